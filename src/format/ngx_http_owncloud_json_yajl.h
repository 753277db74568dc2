
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_JSON_YAJL_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_JSON_YAJL_H_INCLUDED_


#include "ngx_http_owncloud_json.h"

#include <yajl/yajl_parse.h>


/* shared by the reader and its yajl callbacks */


#define NGX_HTTP_OWNCLOUD_JSON_DEPTH  32


struct ngx_http_owncloud_json_reader_s {
    ngx_pool_t                      *pool;
    yajl_handle                      parser;
    ngx_http_owncloud_json_field_t  *fields;
    ngx_uint_t                       n;
    ngx_http_owncloud_json_list_t   *list;

    u_char                          *piece;    /* not parsed yet */
    size_t                           rest;     /* its length */
    size_t                           token;    /* since the last one ended */

    ngx_uint_t                       depth;
    ngx_uint_t                       arrays;   /* how many levels are arrays */

    /*
     * path of the current value; bytes beyond "room", the length of the
     * longest path requested, are counted but not stored
     */
    u_char                          *path;
    size_t                           len;
    size_t                           room;
    size_t                           prefix[NGX_HTTP_OWNCLOUD_JSON_DEPTH];

    ngx_uint_t                       array;    /* depth of the list, or 0 */
    ngx_uint_t                       object;   /* depth of its object, or 0 */
    ngx_uint_t                       wanted;   /* index of its last key */
    ngx_str_t                       *values;

    ngx_int_t                        rc;

    unsigned                         cut:1;
    unsigned                         enough:1;
    unsigned                         finished:1;
};


/* callbacks for yajl_alloc(), whose context is the reader */
extern yajl_callbacks  ngx_http_owncloud_json_callbacks;


#endif /* _NGX_HTTP_OWNCLOUD_JSON_YAJL_H_INCLUDED_ */
