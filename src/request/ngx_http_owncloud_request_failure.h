
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_REQUEST_FAILURE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_REQUEST_FAILURE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"


/*
 * The result of ctx->call in the user's terms: "*code" is NULL if a complete
 * 2xx response came, else a literal for "errorcode", and "text" is a sentence
 * or two, from r->pool. NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_failure(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *text, char **code);

/*
 * Answers an error: "format" is its text, a literal with "%s" wherever the
 * issuer's name belongs, "code" a literal for "errorcode".  Returns what a
 * step returns.
 */
ngx_int_t ngx_http_owncloud_failure_answer(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *format, char *code);

/* a text with the issuer's name in place of each "%s" */
ngx_int_t ngx_http_owncloud_failure_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *format, ngx_str_t *text);


#endif /* _NGX_HTTP_OWNCLOUD_REQUEST_FAILURE_H_INCLUDED_ */
