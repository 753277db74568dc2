
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_frame.h"


/* longest Retry-After that is honored, in seconds: one day */
#define NGX_HTTP_OWNCLOUD_RETRY_MAX   86400

/* bytes of an error's body that are examined */
#define NGX_HTTP_OWNCLOUD_EXCERPT_SIZE   512


/*
 * The header of a cloud's response: the status line and the fields needed.  It
 * is parsed strictly; other fields are dropped.
 */

typedef struct {
    ngx_pool_t                *pool;
    size_t                     seen;      /* bytes of a partial line */

    ngx_uint_t                 status;    /* 0: no status line yet */
    ngx_uint_t                 framing;
    off_t                      length;    /* Content-Length; -1: none */
    time_t                     date;      /* 0: none */
    time_t                     retry_at;
    time_t                     retry_after;   /* seconds; 0: none */

    ngx_str_t                  etag;      /* with its quotes; from pool */
    ngx_str_t                  type;      /* Content-Type */
    ngx_str_t                  checksum;  /* OC-Checksum */
    ngx_str_t                  range;     /* Content-Range */

    char                      *invalid;   /* the invalid part, or NULL */

    unsigned                   http11:1;
    unsigned                   close:1;   /* connection is closed */
    unsigned                   chunked:1;
    unsigned                   maintenance:1; /* the cloud is in it */
} ngx_http_owncloud_head_t;


/*
 * Starts a response.  The values of its fields are allocated from "pool".
 */
void ngx_http_owncloud_head_init(ngx_http_owncloud_head_t *head,
    ngx_pool_t *pool);

/*
 * Parses the header from b->pos; data received later is appended at b->last,
 * and b->pos must stay where it was left.  Interim responses (1xx) are
 * skipped.  Returns NGX_OK if the header is complete and the body starts at
 * b->pos; NGX_AGAIN if more data is needed; NGX_DECLINED if it is not
 * acceptable, with the reason in head->invalid; NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_head_read(ngx_http_owncloud_head_t *head,
    ngx_buf_t *b);

/*
 * Returns 1 if "said", the start of the body of a 503, states that the whole
 * cloud is down.  The WebDAV servers of Nextcloud and ownCloud have no header
 * for this.
 */
ngx_uint_t ngx_http_owncloud_head_down(ngx_str_t *said);


/*
 * ngx_http_owncloud_head_value.c: records one field in "head"; "value" has no
 * surrounding white space.  Returns NGX_OK, also for a field that is not
 * needed; NGX_DECLINED if it is not acceptable; NGX_ERROR if memory is
 * exhausted.
 */
ngx_int_t ngx_http_owncloud_head_value(ngx_http_owncloud_head_t *head,
    ngx_str_t *name, ngx_str_t *value);

/* sets head->invalid to "what", a literal, and returns NGX_DECLINED */
ngx_int_t ngx_http_owncloud_head_invalid(ngx_http_owncloud_head_t *head,
    char *what);


#endif /* _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_ */
