
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_


#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_call.h"


/*
 * Small pictures of files, at MOODLE/repository/owncloud/preview/REPOSITORY
 * ?v=TAG-MODIFIED-SIZE&file=PATH.  The version lets browsers keep them: the
 * tag is that of the user at the cloud, so that nobody who signs in with the
 * same browser gets a picture of somebody else's file of that name.
 */

#define NGX_HTTP_OWNCLOUD_PREVIEW_MAX   524288    /* bytes */


/* 1 if the request is for one; ctx->repository and ctx->action are set */
ngx_int_t ngx_http_owncloud_preview_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);

/* a step: gets it from the cloud */
ngx_int_t ngx_http_owncloud_preview(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * NGX_HTTP_OWNCLOUD_PREVIEWS_...: who knows which files have one.  A server
 * that was not asked yet which it is, is not asked for this.
 */
ngx_uint_t ngx_http_owncloud_preview_source(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* list->previews and list->tag */
ngx_int_t ngx_http_owncloud_preview_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_list_t *list);


/*
 * ngx_http_owncloud_browse_preview_call.c: to a server that "type" is; or NULL
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_preview_call(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t type,
    ngx_str_t *path);

/*
 * ngx_http_owncloud_browse_preview_send.c: 1 if the browser has that version
 */
ngx_uint_t ngx_http_owncloud_preview_cached(ngx_http_request_t *r,
    ngx_str_t *version);

/* tells it so */
ngx_int_t ngx_http_owncloud_preview_unchanged(ngx_http_request_t *r,
    ngx_str_t *version);

/* NGX_DECLINED: "type", a Content-Type, is none of a picture */
ngx_int_t ngx_http_owncloud_preview_send(ngx_http_request_t *r,
    ngx_str_t *version, ngx_str_t *type, ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_BROWSE_PREVIEW_H_INCLUDED_ */
