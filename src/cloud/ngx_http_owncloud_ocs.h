
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Responses of the OCS share API, version 1 and 2, JSON and XML.
 * meta.statuscode decides: version 1 sends HTTP 200 in any case.
 */

#define NGX_HTTP_OWNCLOUD_OCS_SIZE       8388608   /* bytes of a response */
#define NGX_HTTP_OWNCLOUD_OCS_SHARES     10000     /* more are ignored */
#define NGX_HTTP_OWNCLOUD_OCS_TEXT       4096      /* bytes of a value */
#define NGX_HTTP_OWNCLOUD_OCS_MESSAGE    512


typedef enum {
    NGX_HTTP_OWNCLOUD_OCS_GOOD = 0,
    NGX_HTTP_OWNCLOUD_OCS_MISSING,      /* 404: no such file or share, or */
                                        /* sharing is off; see the message */
    NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN,    /* 403: denied, or shared already */
    NGX_HTTP_OWNCLOUD_OCS_INVALID,      /* 400 */
    NGX_HTTP_OWNCLOUD_OCS_REFUSED,      /* 401, 997: token or user rejected */
    NGX_HTTP_OWNCLOUD_OCS_TOO_MANY,     /* 429 */
    NGX_HTTP_OWNCLOUD_OCS_FAILED        /* anything else, or not OCS */
} ngx_http_owncloud_ocs_result_e;


typedef struct {
    ngx_str_t     id;
    ngx_int_t     type;           /* 0: user, 3: public link; -1: unknown */
    ngx_int_t     permissions;    /* -1: unknown */
    ngx_str_t     token;          /* of a link */
    ngx_str_t     url;            /* as sent, with the server's own host */
    ngx_str_t     expiration;     /* "2026-12-24 00:00:00", or empty */
    ngx_str_t     path;           /* in the owner's files */
    ngx_str_t     file_target;    /* in the recipient's files */
    ngx_str_t     file_source;    /* id of the file */
    ngx_str_t     share_with;     /* recipient; of a link: set if it has */
                                  /* a password */
    ngx_str_t     owner;          /* uid_file_owner or uid_owner */
    unsigned      password:1;     /* of a link: it has one */
    unsigned      folder:1;       /* the shared item is a folder */
} ngx_http_owncloud_share_t;


typedef struct {
    ngx_uint_t    result;
    ngx_uint_t    statuscode;     /* of meta, or the HTTP status */
    ngx_str_t     message;        /* of meta, one line; may be empty */
    ngx_array_t   shares;         /* of ..._share_t, from "data" */
} ngx_http_owncloud_ocs_t;


typedef struct ngx_http_owncloud_ocs_reader_s  ngx_http_owncloud_ocs_reader_t;


/*
 * Creates a reader for one response, JSON or XML, that arrives in pieces.  A
 * share with a value of more than NGX_HTTP_OWNCLOUD_OCS_TEXT bytes is skipped;
 * at most NGX_HTTP_OWNCLOUD_OCS_SHARES are kept.  It is freed with "pool".
 * Returns NULL if memory is exhausted.
 */
ngx_http_owncloud_ocs_reader_t *ngx_http_owncloud_ocs_create(
    ngx_pool_t *pool);

/*
 * Parses the next "len" bytes.  Returns NGX_OK, also if this is not OCS, which
 * ngx_http_owncloud_ocs_finish() reports, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_ocs_feed(ngx_http_owncloud_ocs_reader_t *reader,
    u_char *p, size_t len);

/*
 * Ends the body of a response with HTTP status "status" and fills "ocs", whose
 * strings and array belong to the reader's pool.  Returns NGX_OK, whatever
 * ocs->result is, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_ocs_finish(ngx_http_owncloud_ocs_reader_t *reader,
    ngx_uint_t status, ngx_http_owncloud_ocs_t *ocs);


#endif /* _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_ */
