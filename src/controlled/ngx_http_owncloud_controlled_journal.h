
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_JOURNAL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_JOURNAL_H_INCLUDED_


#include "ngx_http_owncloud_controlled_flow.h"


/*
 * Recalls what the zone keeps of the link that ctx->flow is about.  NGX_OK:
 * the link's folder has a name; controlled->copied is set if the copy is
 * complete, ->kept if Moodle may have the link; NGX_DECLINED: nothing is
 * kept; NGX_ERROR: no memory, or no digest.
 */
ngx_int_t ngx_http_owncloud_controlled_recall(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* keeps how far it is; NGX_ERROR: no digest.  A full zone is no error. */
ngx_int_t ngx_http_owncloud_controlled_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* drops what the zone keeps of the link */
void ngx_http_owncloud_controlled_forget(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Sets controlled->folder and ->copy, unless they are set; allocated from
 * r->pool.  NGX_ERROR: no memory, or no random bytes.
 */
ngx_int_t ngx_http_owncloud_controlled_names(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the id of Moodle's context in which the file was chosen, or 0 */
uint64_t ngx_http_owncloud_controlled_context(ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_JOURNAL_H_INCLUDED_ */
