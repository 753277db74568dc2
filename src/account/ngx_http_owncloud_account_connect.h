
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_page_connect.h"


/*
 * The page of "owncloud_connect", where an administrator connects the system
 * account.  Moodle or, with "authorize=off", the location's configuration
 * restricts access to it.
 */


/* A step: sends the page, or does what its buttons ask; the form was read. */
ngx_int_t ngx_http_owncloud_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Computes what binds a sign-in of the account to the browser: the digest of a
 * cookie of its own and the origin, NGX_HTTP_OWNCLOUD_DIGEST_LEN bytes.
 */
ngx_int_t ngx_http_owncloud_connect_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest);

/*
 * A step: takes the tokens.  Stores them, asks for confirmation if another
 * account is connected, or rejects them.  "target" is that of the attempt.
 */
ngx_int_t ngx_http_owncloud_connect_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_str_t *target);


/* shared by the files of the page only */

#define NGX_HTTP_OWNCLOUD_CONNECT_ID     16   /* random id, bytes */
#define NGX_HTTP_OWNCLOUD_CONNECT_HEX    (2 * NGX_HTTP_OWNCLOUD_CONNECT_ID)

typedef struct {
    ngx_http_owncloud_page_connect_t   page;
    ngx_str_t                          path;       /* of the page itself */

    ngx_http_owncloud_credential_t    *session;    /* connected, */
                                                   /* or to be connected */
    ngx_str_t                          confirm;    /* id of waiting tokens */

    ngx_http_owncloud_step_pt          next;
    ngx_array_t                        folders;    /* to be counted */
    ngx_uint_t                         folder;     /* the current one */
    ngx_uint_t                         contexts;
    ngx_http_owncloud_items_t         *items;
    ngx_msec_t                         began;      /* counting or waiting */

    unsigned                           waiting:1;
    unsigned                           replace:1;  /* confirmed */
} ngx_http_owncloud_connect_t;


/* ngx_http_owncloud_account_connect_page.c */

/*
 * Creates ctx->flow in r->pool, for the page at "path", whose text must
 * outlive the request.  Returns NULL if there is no memory.
 */
ngx_http_owncloud_connect_t *ngx_http_owncloud_connect_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);

/*
 * Sets "url" to the page's URL, with "?confirm=..." unless "confirm" is NULL;
 * allocated from r->pool.  NGX_OK; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_connect_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm, ngx_str_t *url);

/* A step: redirects the browser to the page. */
ngx_int_t ngx_http_owncloud_connect_back(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* Sends an error page; "text" is a literal that may contain "%s". */
ngx_int_t ngx_http_owncloud_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text);

/* Sets connect->page to the account's state.  NGX_OK; NGX_ERROR. */
ngx_int_t ngx_http_owncloud_connect_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Goes on with "next" once it is known what the account stores, or why that is
 * unknown; in ngx_http_owncloud_account_connect_count.c.
 */
ngx_int_t ngx_http_owncloud_connect_count(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * A step: redirects the browser to the authorization endpoint, in
 * ngx_http_owncloud_account_connect_signin.c.
 */
ngx_int_t ngx_http_owncloud_connect_signin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* ngx_http_owncloud_account_connect_save.c: the steps of the page's buttons */

/* A step: replaces the connected account by the one whose tokens wait. */
ngx_int_t ngx_http_owncloud_connect_replace(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* A step: keeps the connected account and revokes the waiting tokens. */
ngx_int_t ngx_http_owncloud_connect_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* A step: disconnects the account. */
ngx_int_t ngx_http_owncloud_connect_remove(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A step: writes connect->session to the file, or asks for confirmation first
 * if the file has another user's.
 */
ngx_int_t ngx_http_owncloud_connect_save(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_account_connect_wait.c: tokens of another account wait in
 * the zone until the administrator decides
 */

/*
 * Stores connect->session and sets connect->confirm.  NGX_OK; NGX_DECLINED:
 * the tokens are too large, or the zone is full; NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_connect_wait(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Loads connect->session by "confirm".  NGX_OK; NGX_DECLINED: there is none;
 * NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_connect_waiting(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm);

/* Deletes what is stored under connect->confirm, if anything. */
void ngx_http_owncloud_connect_waited(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A step: revokes connect->session, if any, and goes on with "next", whatever
 * the result.
 */
ngx_int_t ngx_http_owncloud_connect_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_ */
