
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_store_answer.h"


/*
 * What the picker's select dialogue sends when a file has been chosen.  All
 * of it was checked: the source is one that a listing has shown.
 */

typedef struct {
    ngx_str_t    path;      /* decoded, "/folder/name", no slash at the end */
    ngx_str_t    name;      /* the last component of it */
    ngx_str_t    title;     /* what the user wants it to be called */
    off_t        max;       /* bytes; -1: no limit */
} ngx_http_owncloud_download_t;


/* a step: finds out in which way the file is wanted, and does it */
ngx_int_t ngx_http_owncloud_download(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_choose_download_form.c: what is in the form, of
 * ngx_keyval_t; strings stay where they are but for the path, which "pool"
 * has.  Takes download->path and ->name out of "source", which may be NULL.
 * NGX_DECLINED: it is not the path of a file.
 */
ngx_int_t ngx_http_owncloud_download_path(ngx_pool_t *pool,
    ngx_str_t *source, ngx_http_owncloud_download_t *download);

/* sets download->title; 0: it cannot be the name of a file */
ngx_uint_t ngx_http_owncloud_download_title(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/* 0: Moodle will not take a file of such a title */
ngx_uint_t ngx_http_owncloud_download_accepted(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/* sets download->max */
void ngx_http_owncloud_download_max(ngx_array_t *fields,
    ngx_http_owncloud_download_t *download);

/* is the field "name" set? */
ngx_uint_t ngx_http_owncloud_download_flag(ngx_array_t *fields, char *name);

/* ngx_http_owncloud_choose_copy.c: into Moodle's draft area */
ngx_int_t ngx_http_owncloud_copy(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/*
 * ngx_http_owncloud_choose_link.c: a public link, for a URL resource or an
 * editor
 */
ngx_int_t ngx_http_owncloud_link(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/*
 * ngx_http_owncloud_choose_alias.c: the same, stored in Moodle as a reference
 */
ngx_int_t ngx_http_owncloud_alias(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/* ngx_http_owncloud_controlled.c: a link for those whom Moodle lets have it */
ngx_int_t ngx_http_owncloud_controlled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/*
 * ngx_http_owncloud_choose_store.c: asks Moodle to store a reference to "link"
 * (JSON source, usecontrolledlink=1, a key of its own) and passes its answer
 * on; needs secret_key
 */
ngx_int_t ngx_http_owncloud_store(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download,
    ngx_str_t *link);

/*
 * A step, after ctx->local was asked to store something: passes its answer
 * on, if it is one that the picker understands
 */
ngx_int_t ngx_http_owncloud_stored(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * What has become of it: REFUSED also when the request has not left nginx,
 * since there was nobody to take it
 */
ngx_http_owncloud_store_outcome_e ngx_http_owncloud_store_outcome(
    ngx_http_request_t *r, ngx_http_owncloud_subrequest_t *subrequest);

/*
 * The fields of a form for Moodle, of ngx_keyval_t, in the order of "names",
 * which NULL ends: those of "own" (ended by an empty key) or, where it has
 * none of the name, those that the browser sent.  NULL: no memory.
 */
ngx_array_t *ngx_http_owncloud_store_fields(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char **names, ngx_keyval_t *own);


#endif /* _NGX_HTTP_OWNCLOUD_CHOOSE_DOWNLOAD_H_INCLUDED_ */
