
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The pages of "owncloud_connect".  Their forms are submitted to the URL of
 * the page.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_PAGE_SHOW = 0,
    NGX_HTTP_OWNCLOUD_PAGE_DISCONNECT,      /* asks for confirmation */
    NGX_HTTP_OWNCLOUD_PAGE_REPLACE          /* by another account */
} ngx_http_owncloud_page_kind_e;


typedef enum {
    NGX_HTTP_OWNCLOUD_PAGE_NONE = 0,
    NGX_HTTP_OWNCLOUD_PAGE_CONNECTED,
    NGX_HTTP_OWNCLOUD_PAGE_LOST,            /* the cloud rejects the tokens */
    NGX_HTTP_OWNCLOUD_PAGE_UNREADABLE,      /* the account file is invalid */
    NGX_HTTP_OWNCLOUD_PAGE_PASSWORD
} ngx_http_owncloud_page_state_e;


typedef struct {
    ngx_uint_t   kind;
    ngx_uint_t   state;
    char        *notice;        /* result of an action, or NULL */

    ngx_str_t    user;
    time_t       connected;
    time_t       renewed;

    ngx_str_t    other;         /* REPLACE: the new user */
    ngx_str_t    confirm;       /* id of the confirmation */

    ngx_uint_t   links;         /* number of links held */
    off_t        bytes;
    u_char       oldest[8];     /* "20261129" */
    char        *trouble;       /* why it is unknown, or NULL */
    unsigned     counted:1;
    unsigned     more:1;        /* than were counted */
} ngx_http_owncloud_page_connect_t;


/*
 * Sends the page.  A literal may contain "%s" for the issuer's name;
 * everything else is escaped here.  Returns the result of
 * ngx_http_output_filter(), or a status code.
 */
ngx_int_t ngx_http_owncloud_page_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_connect_t *connect);

/* sends an error page with a link back to "url"; the rest is as above */
ngx_int_t ngx_http_owncloud_page_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text,
    ngx_str_t *url);


#endif /* _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_ */
