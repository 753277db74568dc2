
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_dav.h"


/*
 * What the picker and the pop-up get.  Every function sends a complete
 * answer, never cached by anybody, and returns what ngx_http_output_filter()
 * returned, or a status code.  The picker's answers are JSON with status
 * 200, as Moodle's are; see repository/filepicker.js of Moodle.
 */


/*
 * A page of a folder or of the hits of a search.  Names of hits are paths
 * from the root, and their folder is not looked at.
 */

/* which files of a list have previews */
#define NGX_HTTP_OWNCLOUD_PREVIEWS_NONE    0
#define NGX_HTTP_OWNCLOUD_PREVIEWS_SAID    1   /* by the server, in entries */
#define NGX_HTTP_OWNCLOUD_PREVIEWS_IMAGES  2   /* it does not say */

#define NGX_HTTP_OWNCLOUD_PREVIEW          "/repository/owncloud/preview/"
#define NGX_HTTP_OWNCLOUD_PREVIEW_TAG      16


typedef struct {
    ngx_str_t                    folder;    /* decoded, slashes at both ends */
    ngx_str_t                    sesskey;   /* that sources' keys depend on */
    ngx_http_owncloud_entry_t  **entries;   /* of this page */
    ngx_uint_t                   n;
    ngx_uint_t                   page;      /* from 1; 0: without pages */
    ngx_uint_t                   pages;
    char                        *message;   /* HTML without variables, NULL */
    u_char                       tag[NGX_HTTP_OWNCLOUD_PREVIEW_TAG];
                                            /* of previews: whose files */
    unsigned                     previews:2;
    unsigned                     search:1;
} ngx_http_owncloud_list_t;


/*
 * The JSON of a page, in a chain.  NGX_DECLINED: it would have more than
 * twice the bytes that a cloud's answer may have; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_answer_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list,
    ngx_chain_t **out, off_t *size);

/* sends such a chain, or a text that was made of one */
ngx_int_t ngx_http_owncloud_answer_chain(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_chain_t *out, off_t size);
ngx_int_t ngx_http_owncloud_answer_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text);

/* the button that opens "url" in a pop-up */
ngx_int_t ngx_http_owncloud_answer_login(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *url);

/*
 * {"error":TEXT,"errorcode":CODE}: "text" is in the user's terms and may
 * hold what the cloud said; "code" is a literal.
 */
ngx_int_t ngx_http_owncloud_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char *code);

/*
 * For an <img> that there is no picture for: a sheet of paper with status
 * 404, which browsers show in place of a broken image, or an empty 403.
 */
ngx_int_t ngx_http_owncloud_answer_no_preview(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status);

/*
 * {"file":TITLE,"type":"link","url":URL}: the picker takes the URL instead of
 * a file
 */
ngx_int_t ngx_http_owncloud_answer_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *title, ngx_str_t *url);

/* an answer of Moodle, as it came */
ngx_int_t ngx_http_owncloud_answer_moodle(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, ngx_str_t *type,
    ngx_str_t *body);

/*
 * The page in the pop-up after a sign-in: makes the opener reload its
 * listing and closes the window; without an opener it says so.  "user" is who
 * signed in at the cloud, as it came from there; it is shown escaped.
 */
ngx_int_t ngx_http_owncloud_answer_signed_in(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *user);

/*
 * A readable page for what went wrong: "title" is a literal, "text" says
 * what happened and what to do, "detail" (may be empty) what the cloud said.
 * All of it is escaped here.
 */
ngx_int_t ngx_http_owncloud_answer_page(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *title,
    ngx_str_t *text, ngx_str_t *detail);


/*
 * The key that comes back with a source: Moodle's own,
 * sha1(source . reposecretkey . sesskey), or, without secret_key, an HMAC
 * with the seal key.  "key" has room for 64 characters.
 */
ngx_int_t ngx_http_owncloud_source_key(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *source, ngx_str_t *sesskey,
    ngx_str_t *key);


#endif /* _NGX_HTTP_OWNCLOUD_ANSWER_H_INCLUDED_ */
