
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_JSON_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_HTTP_OWNCLOUD_JSON_ABSENT   0
#define NGX_HTTP_OWNCLOUD_JSON_STRING   1
#define NGX_HTTP_OWNCLOUD_JSON_NUMBER   2
#define NGX_HTTP_OWNCLOUD_JSON_BOOLEAN  3


typedef struct {
    ngx_str_t    path;     /* keys joined by "-", as in "ocs-data-id" */
    ngx_str_t    value;    /* allocated from the pool; numbers as written */
    ngx_uint_t   type;
} ngx_http_owncloud_json_field_t;


typedef struct ngx_http_owncloud_json_s  ngx_http_owncloud_json_t;


/*
 * Reads the "n" fields that are wanted out of a JSON object; paths and types
 * of "fields" are input and output, a path that is not there or null is
 * ABSENT.  Elements of arrays have no path.  NGX_DECLINED: not a JSON object,
 * nested deeper than 32, or followed by something else.
 */
ngx_int_t ngx_http_owncloud_json_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n);


/*
 * The writer: text goes to a chain of bufs from "pool".  Its functions
 * return nothing; an error is kept and told by ngx_http_owncloud_json_end().
 * Strings have to be UTF-8.
 */
ngx_http_owncloud_json_t *ngx_http_owncloud_json_start(ngx_pool_t *pool);

void ngx_http_owncloud_json_map(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_map_end(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array_end(ngx_http_owncloud_json_t *json);

/* "name" is a literal that needs no escaping */
void ngx_http_owncloud_json_key(ngx_http_owncloud_json_t *json, char *name);

void ngx_http_owncloud_json_string(ngx_http_owncloud_json_t *json,
    ngx_str_t *value);
void ngx_http_owncloud_json_text(ngx_http_owncloud_json_t *json, char *value);
void ngx_http_owncloud_json_integer(ngx_http_owncloud_json_t *json,
    int64_t value);
void ngx_http_owncloud_json_boolean(ngx_http_owncloud_json_t *json,
    ngx_uint_t value);

/* a value that is JSON already */
void ngx_http_owncloud_json_raw(ngx_http_owncloud_json_t *json,
    ngx_str_t *value);

/* no more than "limit" bytes are written, and 1 if they were not enough */
void ngx_http_owncloud_json_limit(ngx_http_owncloud_json_t *json,
    off_t limit);
ngx_uint_t ngx_http_owncloud_json_too_big(ngx_http_owncloud_json_t *json);

/*
 * Ends the text: "*out" is the chain, its last buf is marked last_buf and
 * last_in_chain, "*size" the number of bytes.
 */
ngx_int_t ngx_http_owncloud_json_end(ngx_http_owncloud_json_t *json,
    ngx_chain_t **out, off_t *size);


#endif /* _NGX_HTTP_OWNCLOUD_JSON_H_INCLUDED_ */
