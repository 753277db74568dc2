
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


/*
 * A list of objects inside of a JSON object.  What is at "path" may be an
 * array of objects or a single one.
 */

typedef struct {
    ngx_str_t   path;   /* as that of a field; not empty */
    ngx_str_t  *names;  /* of the values that are wanted of an object */
    ngx_uint_t  nnames;
    size_t      max;    /* bytes of a value */

    /*
     * Called at the end of each object.  Values are allocated from the pool:
     * strings, numbers as written, "true" and "false"; data is NULL for null,
     * for what is not there and for what is nested.  "cut": a value was
     * longer than "max" and is not there.  NGX_DONE: no more objects are
     * wanted, the rest is only checked; NGX_ERROR stops the reader.
     */
    ngx_int_t   (*object)(void *data, ngx_str_t *values, ngx_uint_t cut);
    void       *data;
} ngx_http_owncloud_json_list_t;


typedef struct ngx_http_owncloud_json_reader_s
    ngx_http_owncloud_json_reader_t;

typedef struct ngx_http_owncloud_json_s  ngx_http_owncloud_json_t;


/*
 * The reader of a JSON object (RFC 8259) that comes in pieces.  The "n" fields
 * that are wanted are input (path) and output (value, type); a path that is
 * not there or null is ABSENT.  Elements of arrays have no path, except those
 * of "list", which may be NULL.  Both have to outlive the reader, which is
 * freed with the pool.  NULL: no memory.
 */
ngx_http_owncloud_json_reader_t *ngx_http_owncloud_json_open(
    ngx_pool_t *pool, ngx_http_owncloud_json_field_t *fields, ngx_uint_t n,
    ngx_http_owncloud_json_list_t *list);

/*
 * NGX_OK; NGX_DECLINED: not a JSON object, nested deeper than 32, followed by
 * something else, or with a token of more than 64 KB; some objects of the list
 * may have been told by then.  NGX_ERROR: no memory, or stopped.  What was
 * returned once stays so.  How much time it takes depends on "len" only; where
 * the text is cut makes no difference.
 */
ngx_int_t ngx_http_owncloud_json_feed(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len);

/* the end of the text: NGX_OK if it was complete, else as above, no fields */
ngx_int_t ngx_http_owncloud_json_finish(
    ngx_http_owncloud_json_reader_t *reader);

/* the same with a text that is there as a whole, without a list */
ngx_int_t ngx_http_owncloud_json_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n);


/*
 * The writer: text goes to a chain of bufs from "pool".  Its functions
 * return nothing; an error is kept and told by ngx_http_owncloud_json_end().
 * Strings have to be UTF-8.
 */
ngx_http_owncloud_json_t *ngx_http_owncloud_json_start(ngx_pool_t *pool);

/* begins and ends a map, and begins and ends an array */
void ngx_http_owncloud_json_map(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_map_end(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array_end(ngx_http_owncloud_json_t *json);

/* "name" is a literal that needs no escaping */
void ngx_http_owncloud_json_key(ngx_http_owncloud_json_t *json, char *name);

/* values: a string of UTF-8, a C string, a number, true or false */
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
