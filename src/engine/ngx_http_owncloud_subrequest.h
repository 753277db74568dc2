
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_sink.h"


/*
 * A question to Moodle: a subrequest to one of the server's own locations,
 * whatever serves it.  Its answer is kept from the client.
 */

struct ngx_http_owncloud_subrequest_s {
    ngx_str_t                   uri;           /* decoded, as nginx has it */
    ngx_str_t                   args;
    ngx_str_t                   content_type;  /* of the body */
    ngx_str_t                   body;          /* empty: a GET */
    ngx_chain_t                *chain;         /* or in pieces and files */
    off_t                       size;          /* of the chain */

    /* gets the answer in pieces; or NULL: it is kept, see "answer" */
    void                        (*read)(void *data, u_char *p, size_t len);
    void                       *data;

    ngx_uint_t                  status;        /* 0: nobody answered */
    ngx_str_t                   answer;
    ngx_str_t                   answer_type;   /* its Content-Type */

    ngx_http_request_t         *request;       /* the subrequest */
    ngx_str_t                   method;        /* of the main request */
    ngx_http_owncloud_memory_t  memory;
    unsigned                    stores:1;      /* cookies are passed on */
    unsigned                    too_big:1;
    unsigned                    complete:1;    /* its end was seen */
    unsigned                    sent:1;        /* it may have been asked */
    unsigned                    done:1;
};


/*
 * Starts the subrequest; the request goes on with ctx->step when it is done
 * (local->done).  Returns NGX_AGAIN, or NGX_ERROR.  The method on the wire
 * of fastcgi_pass is that of the main request, or GET if that is HEAD: below
 * a POST, ask by POST, or for what a POST without a body does not change.
 */
ngx_int_t ngx_http_owncloud_subrequest_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);

/* ngx_http_owncloud_subrequest_setup.c: makes it what Moodle is to get */
ngx_int_t ngx_http_owncloud_subrequest_setup(ngx_http_request_t *r,
    ngx_http_request_t *sr, ngx_http_owncloud_subrequest_t *subrequest);

/* installs the filters that keep answers from the client; postconfiguration */
ngx_int_t ngx_http_owncloud_subrequest_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_ */
