
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SHARE_CALL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SHARE_CALL_H_INCLUDED_


#include "ngx_http_owncloud_share.h"


/* what a call to the share API is about */

typedef struct {
    char          *resource;    /* below the OCS endpoint */
    ngx_str_t     *id;          /* of a share, or NULL */
    ngx_str_t     *path;        /* of a file, for the query, or NULL */
    char          *query;       /* more of it, "&name=value", or NULL */
    ngx_keyval_t  *field;       /* of the form in the body */
    ngx_uint_t     n;
} ngx_http_owncloud_share_what_t;


/*
 * A call to OCS, of NGX_HTTP_OWNCLOUD_AS_USER or ..._AS_ACCOUNT, with a reader
 * of shares for the answer.  What "what" points to need not outlive this.  The
 * call is not started.  NULL: no memory.
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method,
    ngx_http_owncloud_share_what_t *what);


#endif /* _NGX_HTTP_OWNCLOUD_SHARE_CALL_H_INCLUDED_ */
