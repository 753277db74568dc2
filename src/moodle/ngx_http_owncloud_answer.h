
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_dav.h"


/*
 * Responses to the picker and the pop-up.  Each function that takes "r" and
 * returns ngx_int_t, except ngx_http_owncloud_answer_list() and
 * ngx_http_owncloud_source_key(), sends a complete uncacheable response and
 * returns the result of ngx_http_output_filter(), or a status code.  Like
 * Moodle's, responses to the picker are JSON with status 200; see
 * repository/filepicker.js of Moodle.
 */


/* which files of a list have previews */
#define NGX_HTTP_OWNCLOUD_PREVIEWS_NONE    0
#define NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED  1   /* as the entries say */
#define NGX_HTTP_OWNCLOUD_PREVIEWS_IMAGES  2   /* images, as a guess */

#define NGX_HTTP_OWNCLOUD_PREVIEW          "/repository/owncloud/preview/"
#define NGX_HTTP_OWNCLOUD_PREVIEW_TAG      16


/*
 * A page of a folder or of the hits of a search.  The names of hits are paths
 * from the root; "folder" is ignored.
 */

typedef struct {
    ngx_str_t                    folder;    /* decoded, slashes at both ends */
    ngx_str_t                    sesskey;   /* signs the sources */
    ngx_http_owncloud_entry_t  **entries;   /* of this page */
    ngx_uint_t                   n;
    ngx_uint_t                   page;      /* from 1; 0: not paged */
    ngx_uint_t                   pages;
    char                        *message;   /* static HTML, or NULL */
    u_char                       tag[NGX_HTTP_OWNCLOUD_PREVIEW_TAG];
                                            /* in URLs of previews: the user */
    unsigned                     previews:2;
    unsigned                     search:1;
} ngx_http_owncloud_list_t;


/*
 * Makes the JSON of a page.  "*out", allocated from r->pool, is the chain,
 * "*size" its length in bytes.  Returns NGX_OK, NGX_DECLINED if the JSON
 * exceeds twice the largest response accepted from a cloud, or NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_answer_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list,
    ngx_chain_t **out, off_t *size);

/* send the JSON of a page, as a chain or as a text */
ngx_int_t ngx_http_owncloud_answer_chain(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_chain_t *out, off_t size);
ngx_int_t ngx_http_owncloud_answer_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text);

/*
 * Sends the login button, which opens "url" in a pop-up.  A preview gets a
 * 403, an access controlled link a redirect to "url".
 */
ngx_int_t ngx_http_owncloud_answer_login(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *url);

/*
 * Sends {"error":TEXT,"errorcode":CODE}.  "text" is meant for the user and may
 * quote the cloud; "code" is a literal.  A preview gets a 404, an access
 * controlled link a page.
 */
ngx_int_t ngx_http_owncloud_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char *code);

/*
 * Sends a placeholder for a missing preview: a blank sheet with status 404,
 * which browsers show instead of a broken image, or an empty 403.
 */
ngx_int_t ngx_http_owncloud_answer_no_preview(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status);

/*
 * Sends {"file":TITLE,"type":"link","url":URL}: the picker inserts the URL
 * instead of a file.
 */
ngx_int_t ngx_http_owncloud_answer_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *title, ngx_str_t *url);

/* sends Moodle's response unchanged */
ngx_int_t ngx_http_owncloud_answer_moodle(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, ngx_str_t *type,
    ngx_str_t *body);

/*
 * Sends the page of the pop-up after a sign-in.  It makes the opener reload
 * its listing and closes the window; without an opener it shows a message.
 * "user" is the user at the cloud, as received; it is escaped here.
 */
ngx_int_t ngx_http_owncloud_answer_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user);

/*
 * Sends an error page.  "title" is a literal, "text" tells what happened and
 * what to do, "detail" (may be empty) quotes the cloud.  All of them are
 * escaped here.
 */
ngx_int_t ngx_http_owncloud_answer_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *title,
    ngx_str_t *text, ngx_str_t *detail);


/*
 * Signs "source", so that it can be verified when it comes back: with Moodle's
 * own sha1(source . reposecretkey . sesskey) or, without "secret_key", with an
 * HMAC.  key->data has room for 64 characters.  Returns NGX_OK, or NGX_ERROR if
 * there is no key or OpenSSL failed.
 */
ngx_int_t ngx_http_owncloud_source_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *source, ngx_str_t *sesskey,
    ngx_str_t *key);


#endif /* _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_ */
