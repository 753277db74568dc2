
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Answers of the OCS share API, version 1 and 2, JSON and XML: what counts is
 * meta.statuscode, which version 1 sends with HTTP 200 whatever it says.
 */

#define NGX_HTTP_OWNCLOUD_OCS_SIZE       8388608   /* bytes of an answer */
#define NGX_HTTP_OWNCLOUD_OCS_SHARES     10000     /* more are not looked at */
#define NGX_HTTP_OWNCLOUD_OCS_TEXT       4096      /* bytes of a value */
#define NGX_HTTP_OWNCLOUD_OCS_MESSAGE    512


typedef enum {
    NGX_HTTP_OWNCLOUD_OCS_GOOD = 0,
    NGX_HTTP_OWNCLOUD_OCS_MISSING,      /* 404: no such file or share, or */
                                        /* sharing is off: see the message */
    NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN,    /* 403: not allowed, or there is one */
    NGX_HTTP_OWNCLOUD_OCS_INVALID,      /* 400 */
    NGX_HTTP_OWNCLOUD_OCS_REFUSED,      /* 401, 997: the token, or the user */
    NGX_HTTP_OWNCLOUD_OCS_TOO_MANY,     /* 429 */
    NGX_HTTP_OWNCLOUD_OCS_FAILED        /* anything else, or no OCS at all */
} ngx_http_owncloud_ocs_result_e;


typedef struct {
    ngx_str_t     id;
    ngx_int_t     type;           /* 0: user, 3: public link; -1: not said */
    ngx_int_t     permissions;    /* -1: not said */
    ngx_str_t     token;          /* of a link */
    ngx_str_t     url;            /* as the server says, with its own host */
    ngx_str_t     expiration;     /* "2026-12-24 00:00:00", or empty */
    ngx_str_t     path;           /* in the owner's files */
    ngx_str_t     file_target;    /* in the recipient's files */
    ngx_str_t     file_source;    /* id of the file */
    ngx_str_t     share_with;     /* recipient; of a link: set if it has a */
                                  /* password */
    ngx_str_t     owner;          /* uid_file_owner or uid_owner */
    unsigned      password:1;     /* a link has one */
    unsigned      folder:1;       /* what is shared is one */
} ngx_http_owncloud_share_t;


typedef struct {
    ngx_uint_t    result;
    ngx_uint_t    statuscode;     /* of meta, or the HTTP status */
    ngx_str_t     message;        /* of meta, in one line; may be empty */
    ngx_array_t   shares;         /* of ..._share_t: data, one or a list */
} ngx_http_owncloud_ocs_t;


typedef struct ngx_http_owncloud_ocs_reader_s  ngx_http_owncloud_ocs_reader_t;


/*
 * Reads an answer of either form as it comes, once.  A share with a value of
 * more than ..._TEXT bytes is left out; no more than ..._SHARES are kept.
 * NULL: no memory.
 */
ngx_http_owncloud_ocs_reader_t *ngx_http_owncloud_ocs_create(
    ngx_pool_t *pool);

/*
 * Bytes of the body.  What is no OCS is not looked at any further, and its end
 * says so.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_ocs_feed(ngx_http_owncloud_ocs_reader_t *reader,
    u_char *p, size_t len);

/*
 * The end of the body of an answer with this HTTP status: what it says is in
 * "ocs", which shares its memory with the reader.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_ocs_finish(ngx_http_owncloud_ocs_reader_t *reader,
    ngx_uint_t status, ngx_http_owncloud_ocs_t *ocs);


#endif /* _NGX_HTTP_OWNCLOUD_OCS_H_INCLUDED_ */
