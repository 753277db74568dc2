
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_uri.h"


/* why a multistatus was refused */
#define NGX_HTTP_OWNCLOUD_DAV_GOOD       0
#define NGX_HTTP_OWNCLOUD_DAV_NOT_XML    1
#define NGX_HTTP_OWNCLOUD_DAV_TRUNCATED  2    /* well-formed so far */
#define NGX_HTTP_OWNCLOUD_DAV_NOT_DAV    3    /* none, or of nothing */
#define NGX_HTTP_OWNCLOUD_DAV_TOO_MANY   4
#define NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER  5    /* what was asked is a file */
#define NGX_HTTP_OWNCLOUD_DAV_MEMORY     6


typedef struct {
    u_char                    *name;      /* decoded, UTF-8 */
    uint32_t                   len;
    unsigned                   title:30;  /* where, after the last slash, */
                                          /* the name proper begins */
    unsigned                   folder:1;
    unsigned                   preview:1; /* the server says it has one */
    off_t                      size;      /* -1 if not known */
    time_t                     modified;  /* -1 if not known */
} ngx_http_owncloud_entry_t;


typedef struct ngx_http_owncloud_dav_s  ngx_http_owncloud_dav_t;


/* the body of a PROPFIND for just the properties that are read */
extern ngx_str_t  ngx_http_owncloud_dav_propfind;

/* the same, and whether there are previews: Nextcloud knows */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_previews;

/* the same for nothing but the ETag */
extern ngx_str_t  ngx_http_owncloud_dav_propfind_etag;


/*
 * Reads the multistatus (RFC 4918, 13) that answers a PROPFIND of depth 1
 * of "folder" (decoded, with a slash at both ends) at the endpoint "base".
 * Properties are taken from the propstat of status 200 only; a response
 * with a status of its own that is not 2xx is left out.
 */
ngx_http_owncloud_dav_t *ngx_http_owncloud_dav_create(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_str_t *folder, ngx_uint_t max_entries);

/*
 * The same for the hits of a search anywhere below "base".  Those whose name
 * proper does not hold "text" (the case of letters aside) are left out
 * unless "text" is NULL; no more than "max_results" are kept.
 */
ngx_http_owncloud_dav_t *ngx_http_owncloud_dav_search(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *base, ngx_str_t *text, ngx_uint_t max_results);

/* NGX_OK, or NGX_ERROR: nothing more may be fed */
ngx_int_t ngx_http_owncloud_dav_feed(ngx_http_owncloud_dav_t *dav, u_char *p,
    size_t len);

/* the end of the body: NGX_OK, or NGX_ERROR, see ..._error() */
ngx_int_t ngx_http_owncloud_dav_finish(ngx_http_owncloud_dav_t *dav);

/*
 * NGX_OK: "*entries" are the "*n" pointers to the entries, sorted as Moodle
 * sorts: folders first, then by the bytes of the name in ASCII upper case;
 * equal but for case: by the bytes.  NGX_AGAIN: some milliseconds were spent
 * on it, call it again.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_dav_sort(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);

/* why it was refused, NGX_HTTP_OWNCLOUD_DAV_... */
ngx_uint_t ngx_http_owncloud_dav_error(ngx_http_owncloud_dav_t *dav);

/* the folder's own ETag as it was sent, with its quotes; may be empty */
void ngx_http_owncloud_dav_etag(ngx_http_owncloud_dav_t *dav,
    ngx_str_t *etag);

/*
 * 1 if there were more hits than were kept, or as many as the server was
 * asked for: then there may be more of them
 */
ngx_uint_t ngx_http_owncloud_dav_more(ngx_http_owncloud_dav_t *dav,
    ngx_uint_t asked);

/* responses left out: hrefs of other places, and broken ones */
ngx_uint_t ngx_http_owncloud_dav_foreign(ngx_http_owncloud_dav_t *dav);
ngx_uint_t ngx_http_owncloud_dav_broken(ngx_http_owncloud_dav_t *dav);


#endif /* _NGX_HTTP_OWNCLOUD_DAV_H_INCLUDED_ */
