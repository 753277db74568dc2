
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


/* reasons for rejecting a multistatus */
#define NGX_HTTP_OWNCLOUD_DAV_GOOD       0
#define NGX_HTTP_OWNCLOUD_DAV_NOT_XML    1
#define NGX_HTTP_OWNCLOUD_DAV_TRUNCATED  2    /* well-formed so far */
#define NGX_HTTP_OWNCLOUD_DAV_NOT_DAV    3    /* not a multistatus, or empty */
#define NGX_HTTP_OWNCLOUD_DAV_TOO_MANY   4
#define NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER  5    /* the resource is a file */
#define NGX_HTTP_OWNCLOUD_DAV_MEMORY     6


typedef struct {
    u_char                    *name;      /* decoded, UTF-8 */
    uint32_t                   len;
    unsigned                   title:30;  /* offset of the last path */
                                          /* component in "name" */
    unsigned                   folder:1;
    unsigned                   preview:1; /* as the server says */
    off_t                      size;      /* -1 if not known */
    time_t                     modified;  /* -1 if not known */
} ngx_http_owncloud_entry_t;


typedef struct ngx_http_owncloud_dav_s  ngx_http_owncloud_dav_t;


/* body of a PROPFIND for exactly the properties that are read */
extern ngx_str_t  ngx_http_owncloud_dav_propfind;

/* the same, plus whether there is a preview, which Nextcloud reports */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_previews;

/* body of a PROPFIND for the ETag only */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_etag;


/*
 * Creates a reader of the multistatus (RFC 4918, 13) for a PROPFIND of depth 1
 * of "folder" (decoded, with a slash at both ends) at the endpoint "base".  It
 * uses the propstat of status 200 only and skips a response whose own status
 * is not 2xx; more than "max_entries" entries are an error.  "base" and the
 * bytes of "folder" must outlive the reader, which is freed with "pool".
 * Returns NULL if memory is exhausted.
 */
ngx_http_owncloud_dav_t *ngx_http_owncloud_dav_create(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_str_t *folder, ngx_uint_t max_entries);

/*
 * The same for the hits of a search anywhere below "base".  Unless "text" is
 * NULL, hits whose last path component does not contain it, ignoring case, are
 * skipped; at most "max_results" hits are kept.  "text" must outlive the
 * reader.
 */
ngx_http_owncloud_dav_t *ngx_http_owncloud_dav_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_str_t *text, ngx_uint_t max_results);

/*
 * Parses the next "len" bytes.  Returns NGX_OK, or NGX_ERROR, which is
 * permanent; see ngx_http_owncloud_dav_error().
 */
ngx_int_t ngx_http_owncloud_dav_feed(ngx_http_owncloud_dav_t *dav, u_char *p,
    size_t len);

/*
 * Ends the body.  Returns NGX_OK, or NGX_ERROR; see
 * ngx_http_owncloud_dav_error().
 */
ngx_int_t ngx_http_owncloud_dav_finish(ngx_http_owncloud_dav_t *dav);

/*
 * Sorts the entries after ngx_http_owncloud_dav_finish(), in slices of a few
 * milliseconds.  Returns NGX_AGAIN if it has to be called again; NGX_ERROR if
 * memory is exhausted; NGX_OK if "*entries" are the "*n" pointers to the
 * entries, which live in the reader's pool.  The order is Moodle's: folders
 * first, then by the bytes of the name in ASCII upper case, then by its bytes.
 */
ngx_int_t ngx_http_owncloud_dav_sort(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);

/* returns why the multistatus was rejected, NGX_HTTP_OWNCLOUD_DAV_... */
ngx_uint_t ngx_http_owncloud_dav_error(ngx_http_owncloud_dav_t *dav);

/*
 * Returns the ETag of the folder itself as received, quotes included, in
 * "etag".  It is empty if there was none.
 */
void ngx_http_owncloud_dav_etag(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *etag);

/*
 * Returns 1 if there may be more hits: some were not kept, or the server
 * returned all of the "asked" hits that were requested.
 */
ngx_uint_t ngx_http_owncloud_dav_more(ngx_http_owncloud_dav_t *dav,
    ngx_uint_t asked);

/*
 * Return how many responses were skipped because their href is outside of the
 * folder, or because they are invalid.
 */
ngx_uint_t ngx_http_owncloud_dav_foreign(ngx_http_owncloud_dav_t *dav);
ngx_uint_t ngx_http_owncloud_dav_broken(ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_ */
