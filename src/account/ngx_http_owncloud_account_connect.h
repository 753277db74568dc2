
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_page_connect.h"


/*
 * The page of "owncloud_connect", by which an administrator connects the
 * system account: who may see it is for the location to say.
 */


/* a step: the page, or what its buttons do; the form was read */
ngx_int_t ngx_http_owncloud_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * What ties a sign-in of the account to the browser that began it: the digest
 * of a cookie of its own and of the origin.
 */
ngx_int_t ngx_http_owncloud_connect_browser(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, u_char *digest);

/*
 * A step, after the cloud has given tokens: keeps them, asks first if they
 * are another account's, or refuses them.  "target" is the attempt's.
 */
ngx_int_t ngx_http_owncloud_connect_exchanged(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_credential_t *session,
    ngx_str_t *target);


/* what the files of the page have in common, nobody else needs it */

#define NGX_HTTP_OWNCLOUD_CONNECT_ID     16   /* bytes of a random name */
#define NGX_HTTP_OWNCLOUD_CONNECT_HEX    (2 * NGX_HTTP_OWNCLOUD_CONNECT_ID)

typedef struct {
    ngx_http_owncloud_page_connect_t   page;
    ngx_str_t                          path;       /* of the page itself */

    ngx_http_owncloud_credential_t    *session;    /* that is connected, or */
                                                   /* is to be */
    ngx_str_t                          confirm;    /* by which name it waits */

    ngx_http_owncloud_step_pt          next;
    ngx_array_t                        folders;    /* to be looked at */
    ngx_uint_t                         folder;     /* the one on its way */
    ngx_uint_t                         contexts;
    ngx_http_owncloud_items_t         *items;
    ngx_msec_t                         began;      /* to count, or to wait */

    unsigned                           waiting:1;
    unsigned                           replace:1;  /* it was asked for */
} ngx_http_owncloud_connect_t;


/* ngx_http_owncloud_account_connect_page.c */

/*
 * Makes ctx->flow, for the page at "path", whose text the request keeps.
 * NULL: no memory.
 */
ngx_http_owncloud_connect_t *ngx_http_owncloud_connect_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);

/*
 * The page's own URL, with "?confirm=..." unless that is NULL; allocated from
 * r->pool.  NGX_OK; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_connect_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm, ngx_str_t *url);

/* a step: sends the browser to the page */
ngx_int_t ngx_http_owncloud_connect_back(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* answers what has gone wrong; "text" is a literal, with "%s" or without */
ngx_int_t ngx_http_owncloud_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text);

/* who is connected, into connect->page.  NGX_OK; NGX_ERROR. */
ngx_int_t ngx_http_owncloud_connect_load(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_account_connect_count.c: goes on with "next" when it is
 * known what the account holds, or why not
 */
ngx_int_t ngx_http_owncloud_connect_count(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);

/*
 * ngx_http_owncloud_account_connect_signin.c: a step: sends the browser to the
 * cloud
 */
ngx_int_t ngx_http_owncloud_connect_signin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_account_connect_save.c: steps: an account in place of
 * another, or not after all, or none
 */
ngx_int_t ngx_http_owncloud_connect_replace(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_connect_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_connect_remove(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A step: writes connect->session to the file, or asks first if another user's
 * is there.
 */
ngx_int_t ngx_http_owncloud_connect_save(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_account_connect_wait.c: tokens of another account than the
 * one that is connected, until somebody has said what is to become of them:
 * connect->session and ->confirm.  NGX_DECLINED: there are none, or there is
 * no room for them.
 */
ngx_int_t ngx_http_owncloud_connect_wait(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_connect_waiting(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *confirm);
void ngx_http_owncloud_connect_waited(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * A step: tells the cloud that connect->session, if any, is not used any more;
 * then "next", whatever comes of it.
 */
ngx_int_t ngx_http_owncloud_connect_revoke(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_CONNECT_H_INCLUDED_ */
