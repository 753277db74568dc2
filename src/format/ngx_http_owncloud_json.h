
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
    ngx_str_t    value;    /* from the pool; numbers as written */
    ngx_uint_t   type;
} ngx_http_owncloud_json_field_t;


/*
 * A list of objects within a JSON object.  The value at "path" may be an array
 * of objects or a single object.
 */

typedef struct {
    ngx_str_t   path;   /* as in a field; not empty */
    ngx_str_t  *names;  /* keys to read from each object */
    ngx_uint_t  nnames;
    size_t      max;    /* longest value, in bytes */

    /*
     * Called at the end of each object with "nnames" values, in the order of
     * "names" and allocated from the pool: strings, numbers as written, "true"
     * and "false".  The data is NULL if a value is null, missing or nested.
     * "cut" is 1 if a value exceeded "max"; its data is NULL, too.  NGX_DONE:
     * want no more objects, only check the rest; NGX_ERROR stops the reader.
     */
    ngx_int_t   (*object)(void *data, ngx_str_t *values, ngx_uint_t cut);
    void       *data;
} ngx_http_owncloud_json_list_t;


typedef struct ngx_http_owncloud_json_reader_s
    ngx_http_owncloud_json_reader_t;

typedef struct ngx_http_owncloud_json_s  ngx_http_owncloud_json_t;


/*
 * Creates a reader of a JSON object (RFC 8259) that arrives in pieces.  Each
 * of the "n" fields has a path as input, and a value and a type as output; the
 * type is ABSENT if the value is missing or null.  Elements of arrays have no
 * path, except those of "list", which may be NULL.  "fields" and "list" must
 * outlive the reader, which is freed with "pool".  Returns NULL if memory is
 * exhausted.
 */
ngx_http_owncloud_json_reader_t *ngx_http_owncloud_json_open(
    ngx_pool_t *pool, ngx_http_owncloud_json_field_t *fields, ngx_uint_t n,
    ngx_http_owncloud_json_list_t *list);

/*
 * Parses the next "len" bytes.  Where the text is split makes no difference,
 * and the time depends on "len" only.  Returns NGX_OK; NGX_DECLINED if this is
 * not a JSON object, is nested deeper than 32, has data after the object or a
 * token of more than 64 KB (objects of the list may already have been
 * reported); NGX_ERROR if memory is exhausted or the list's handler stopped.
 * An error is permanent.
 */
ngx_int_t ngx_http_owncloud_json_feed(ngx_http_owncloud_json_reader_t *reader,
    u_char *p, size_t len);

/*
 * Ends the text.  Returns NGX_OK if it was complete, otherwise an error as
 * above; all fields are then ABSENT.
 */
ngx_int_t ngx_http_owncloud_json_finish(
    ngx_http_owncloud_json_reader_t *reader);

/* reads "text" in one go, without a list; fields and results are as above */
ngx_int_t ngx_http_owncloud_json_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_field_t *fields, ngx_uint_t n);


/*
 * Creates a writer of JSON, which fills a chain of bufs from "pool" and is
 * freed with it.  Returns NULL if memory is exhausted.  The functions that
 * write return nothing: ngx_http_owncloud_json_end() reports any error.
 * Strings must be UTF-8.
 */
ngx_http_owncloud_json_t *ngx_http_owncloud_json_start(ngx_pool_t *pool);

/* start and end a map or an array */
void ngx_http_owncloud_json_map(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_map_end(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array(ngx_http_owncloud_json_t *json);
void ngx_http_owncloud_json_array_end(ngx_http_owncloud_json_t *json);

/* writes a key of a map */
void ngx_http_owncloud_json_key(ngx_http_owncloud_json_t *json, char *name);

/* write a value: a UTF-8 string, a C string, a number, true or false */
void ngx_http_owncloud_json_string(ngx_http_owncloud_json_t *json,
    ngx_str_t *value);
void ngx_http_owncloud_json_text(ngx_http_owncloud_json_t *json, char *value);
void ngx_http_owncloud_json_integer(ngx_http_owncloud_json_t *json,
    int64_t value);
void ngx_http_owncloud_json_boolean(ngx_http_owncloud_json_t *json,
    ngx_uint_t value);

/* writes a value that is already JSON; it must not be empty */
void ngx_http_owncloud_json_raw(ngx_http_owncloud_json_t *json,
    ngx_str_t *value);

/*
 * Limits the text to "limit" bytes (0: unlimited); exceeding the limit is an
 * error, after which ngx_http_owncloud_json_too_big() returns 1.
 */
void ngx_http_owncloud_json_limit(ngx_http_owncloud_json_t *json,
    off_t limit);
ngx_uint_t ngx_http_owncloud_json_too_big(ngx_http_owncloud_json_t *json);

/*
 * Ends the text and the writer.  "*out" is the chain, whose last buf has
 * last_buf and last_in_chain set; "*size" is its length in bytes.  Returns
 * NGX_OK, or NGX_ERROR if any call has failed, the limit was exceeded or the
 * text is incomplete.
 */
ngx_int_t ngx_http_owncloud_json_end(ngx_http_owncloud_json_t *json,
    ngx_chain_t **out, off_t *size);


#endif /* _NGX_HTTP_OWNCLOUD_JSON_H_INCLUDED_ */
