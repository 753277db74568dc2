
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * A call to the token endpoint (RFC 6749, 3.2) in which the client says who
 * it is; its answer is kept in memory.  "*secret" is what the form of the
 * body has to hold, or NULL.  The call is never sent twice.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_token_request(
    ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_secret_t **secret);


#endif /* _NGX_HTTP_OWNCLOUD_SESSION_TOKEN_REQUEST_H_INCLUDED_ */
