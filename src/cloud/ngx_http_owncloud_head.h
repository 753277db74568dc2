
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_frame.h"


/* no cloud knows what will be after a day; seconds */
#define NGX_HTTP_OWNCLOUD_RETRY_MAX   86400

/* of an error's body, what is looked at; bytes */
#define NGX_HTTP_OWNCLOUD_SAID_SIZE   512


/*
 * The header of a cloud's answer: the status line and what is needed of the
 * lines below it.  It is read strictly, and nothing else of it is kept.
 */

typedef struct {
    ngx_pool_t                *pool;
    size_t                     seen;      /* of a line that is not complete */

    ngx_uint_t                 status;    /* 0: the status line is to come */
    ngx_uint_t                 framing;
    off_t                      length;    /* Content-Length; -1: not said */
    time_t                     date;      /* 0: not said */
    time_t                     retry_at;
    time_t                     retry_after;   /* seconds; 0: not said */

    ngx_str_t                  etag;      /* with its quotes; of the pool */
    ngx_str_t                  type;      /* Content-Type */
    ngx_str_t                  checksum;  /* OC-Checksum */
    ngx_str_t                  range;     /* Content-Range */

    char                      *invalid;   /* which part of it, or NULL */

    unsigned                   http11:1;
    unsigned                   close:1;   /* the connection ends with it */
    unsigned                   chunked:1;
    unsigned                   maintenance:1; /* the cloud says so */
} ngx_http_owncloud_head_t;


/* before an answer; values are copied to the pool */
void ngx_http_owncloud_head_init(ngx_http_owncloud_head_t *head,
    ngx_pool_t *pool);

/*
 * Reads on from b->pos; what comes in the meantime is added at b->last, with
 * b->pos where it was left.  Interim answers (1xx) are passed over.  NGX_OK:
 * that was all, the body begins at b->pos; NGX_AGAIN: more has to come;
 * NGX_DECLINED: it is not as we accept it, head->invalid says what; NGX_ERROR:
 * no memory.
 */
ngx_int_t ngx_http_owncloud_head_read(ngx_http_owncloud_head_t *head,
    ngx_buf_t *b);

/*
 * 1 if the beginning of a 503's body says that all of the cloud is down:
 * WebDAV of Nextcloud and ownCloud has no header for that
 */
ngx_uint_t ngx_http_owncloud_head_down(ngx_str_t *said);


/*
 * ngx_http_owncloud_head_value.c: one field, without white space around its
 * value, is noted in "head".  NGX_OK, also for a field that nobody needs;
 * NGX_DECLINED: it is not as we accept it; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_head_value(ngx_http_owncloud_head_t *head,
    ngx_str_t *name, ngx_str_t *value);

/* head->invalid becomes "what", a literal; returns NGX_DECLINED */
ngx_int_t ngx_http_owncloud_head_invalid(ngx_http_owncloud_head_t *head,
    char *what);


#endif /* _NGX_HTTP_OWNCLOUD_HEAD_H_INCLUDED_ */
