
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_sink.h"


/*
 * A subrequest to a location of this server that Moodle serves.  Its response
 * is not sent to the client.
 */

struct ngx_http_owncloud_subrequest_s {
    ngx_str_t                   uri;           /* decoded, as in r->uri */
    ngx_str_t                   args;
    ngx_str_t                   content_type;  /* of the body */
    ngx_str_t                   body;          /* empty: a GET */
    ngx_chain_t                *chain;         /* or in buffers and files */
    off_t                       size;          /* of the chain, bytes */

    /* Gets the response as it arrives; NULL: it is kept in "answer". */
    void                        (*read)(void *data, u_char *p, size_t len);
    void                       *data;

    ngx_uint_t                  status;        /* 0: no response */
    ngx_str_t                   answer;
    ngx_str_t                   answer_type;   /* its Content-Type */

    ngx_http_request_t         *request;       /* the subrequest */
    ngx_str_t                   method;        /* of the main request */
    ngx_http_owncloud_memory_t  memory;
    unsigned                    stores:1;      /* cookies are passed on */
    unsigned                    too_big:1;
    unsigned                    complete:1;    /* the last buffer was seen */
    unsigned                    sent:1;        /* Moodle may have got it */
    unsigned                    done:1;
};


/*
 * Starts the subrequest.  When it is done (subrequest->done), the request goes
 * on with ctx->step.  Returns NGX_AGAIN or NGX_ERROR.
 *
 * fastcgi_pass sends the method of the main request, or GET if that is HEAD:
 * below a POST, use POST or a URI that treats an empty POST like a GET.
 */
ngx_int_t ngx_http_owncloud_subrequest_start(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_subrequest_t *subrequest);

/*
 * Sets the method, headers, body and variables of "sr", in
 * ngx_http_owncloud_subrequest_setup.c.  Returns NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_subrequest_setup(ngx_http_request_t *r,
    ngx_http_request_t *sr, ngx_http_owncloud_subrequest_t *subrequest);

/*
 * Installs the filters that keep these responses from the client, at
 * postconfiguration.
 */
ngx_int_t ngx_http_owncloud_subrequest_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_OWNCLOUD_SUBREQUEST_H_INCLUDED_ */
