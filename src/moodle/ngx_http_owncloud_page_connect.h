
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The pages of "owncloud_connect".  Their buttons send forms to where the
 * page is from.
 */

typedef enum {
    NGX_HTTP_OWNCLOUD_PAGE_SHOW = 0,
    NGX_HTTP_OWNCLOUD_PAGE_DISCONNECT,      /* asks whether it is meant */
    NGX_HTTP_OWNCLOUD_PAGE_REPLACE          /* by another account */
} ngx_http_owncloud_page_kind_e;


typedef enum {
    NGX_HTTP_OWNCLOUD_PAGE_NONE = 0,
    NGX_HTTP_OWNCLOUD_PAGE_CONNECTED,
    NGX_HTTP_OWNCLOUD_PAGE_LOST,            /* the cloud refuses its tokens */
    NGX_HTTP_OWNCLOUD_PAGE_UNREADABLE,      /* what is in the file */
    NGX_HTTP_OWNCLOUD_PAGE_PASSWORD
} ngx_http_owncloud_page_state_e;


typedef struct {
    ngx_uint_t   kind;
    ngx_uint_t   state;
    char        *notice;        /* a sentence about what was asked for, NULL */

    ngx_str_t    user;
    time_t       connected;
    time_t       renewed;

    ngx_str_t    other;         /* of REPLACE: whose tokens wait */
    ngx_str_t    confirm;       /* and by which name */

    ngx_uint_t   links;         /* what the account holds */
    off_t        bytes;
    u_char       oldest[8];     /* "20261129" */
    char        *trouble;       /* why that is not known, or NULL */
    unsigned     counted:1;
    unsigned     more:1;        /* than were counted */
} ngx_http_owncloud_page_connect_t;


/*
 * Sends the page.  Literals may name the issuer by "%s"; all else is escaped
 * here.
 */
ngx_int_t ngx_http_owncloud_page_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_connect_t *connect);

/* the same for what has gone wrong, with the way back to "url" */
ngx_int_t ngx_http_owncloud_page_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text,
    ngx_str_t *url);


#endif /* _NGX_HTTP_OWNCLOUD_PAGE_CONNECT_H_INCLUDED_ */
