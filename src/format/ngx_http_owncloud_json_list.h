
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_JSON_LIST_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_JSON_LIST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * A list of objects inside of a JSON object.  "path" are the keys that lead
 * to it; what is there may be an array of objects or a single one.
 */

typedef struct {
    ngx_str_t    *path;
    ngx_uint_t    npath;

    ngx_str_t    *names;      /* of the values that are wanted of an object */
    ngx_uint_t    nnames;
    size_t        max;        /* bytes of a value */

    /*
     * Called at the end of each object.  Values are allocated from the pool:
     * strings, numbers as written, "true" and "false"; data is NULL for null,
     * for what is not there and for what is nested.  "cut": a value was
     * longer than "max" and is not there.  NGX_ERROR stops the reader.
     */
    ngx_int_t   (*object)(void *data, ngx_str_t *values, ngx_uint_t cut);
    void         *data;
} ngx_http_owncloud_json_list_t;


/*
 * NGX_DECLINED: not a JSON object, nested deeper than 32, or followed by
 * something else; some objects may have been told by then.  NGX_ERROR: no
 * memory, or stopped.
 */
ngx_int_t ngx_http_owncloud_json_list(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_list_t *list);


#endif /* _NGX_HTTP_OWNCLOUD_JSON_LIST_H_INCLUDED_ */
