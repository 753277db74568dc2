
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* texts that Moodle would format itself */


#define NGX_HTTP_OWNCLOUD_SIZE_TEXT  32
#define NGX_HTTP_OWNCLOUD_DATE_TEXT  128


/* as Moodle's display_size(): "1.6 KB" with a no-break space */
void ngx_http_owncloud_size_text(off_t size, u_char *buf, ngx_str_t *text);

/* a number in decimal digits; no more than NGX_INT64_LEN of them */
u_char *ngx_http_owncloud_number(u_char *p, int64_t number);


typedef struct {
    time_t                   local;
    ngx_int_t                offset;        /* from UTC */
    ngx_tm_t                 tm;
    ngx_uint_t               none;          /* there is no such date */
} ngx_http_owncloud_date_t;


/* a moment in the repository's time zone, and as strftime() writes it */
void ngx_http_owncloud_date(ngx_http_owncloud_repository_t *repository,
    time_t t, ngx_http_owncloud_date_t *date);

/* empty if there is no such date, or if it does not fit */
void ngx_http_owncloud_date_text(ngx_http_owncloud_date_t *date,
    ngx_str_t *format, u_char *buf, ngx_str_t *text);


typedef struct {
    char                    *extension;     /* lower case */
    char                    *icon;          /* of theme/image.php/.../f/ */
    char                    *type;          /* what Moodle calls it, English */
} ngx_http_owncloud_filetype_t;


/* by the extension of the name; never NULL, "unknown" and "File" */
ngx_http_owncloud_filetype_t *ngx_http_owncloud_filetype(u_char *name,
    size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_ */
