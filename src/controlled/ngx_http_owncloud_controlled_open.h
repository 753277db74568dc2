
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The opening of an access controlled link, which a ticket from Moodle
 * allows.
 */

/*
 * NGX_OK: the request is for a link to a Moodle of "olcf", and
 * ctx->repository, ->issuer, ->action and ->purpose are set; NGX_DECLINED.
 */
ngx_int_t ngx_http_owncloud_open_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);

/* a step, the first one; needs ctx->repository */
ngx_int_t ngx_http_owncloud_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * What a sign-in on the way takes along, allocated from r->pool.  NGX_ERROR:
 * no memory.
 */
ngx_int_t ngx_http_owncloud_open_target(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);

/*
 * After the sign-in: redirects to the link that "target" stands for, with
 * another ticket.  Returns what a step returns.
 */
ngx_int_t ngx_http_owncloud_open_return(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_ */
