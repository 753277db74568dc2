
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_


#include "ngx_http_owncloud.h"


/* texts that Moodle would format itself */


#define NGX_HTTP_OWNCLOUD_SIZE_TEXT  32
#define NGX_HTTP_OWNCLOUD_DATE_TEXT  128


/*
 * Formats a size in bytes like Moodle's display_size(): "1.6 KB" with a
 * no-break space.  "buf" has NGX_HTTP_OWNCLOUD_SIZE_TEXT bytes; "text" points
 * there.
 */
void ngx_http_owncloud_size_text(off_t size, u_char *buf, ngx_str_t *text);

/*
 * Writes "number" in decimal to "p", at most NGX_INT64_LEN bytes, and returns
 * the end.
 */
u_char *ngx_http_owncloud_number(u_char *p, int64_t number);


typedef struct {
    time_t                   local;
    ngx_int_t                offset;        /* seconds east of UTC */
    ngx_tm_t                 tm;
    ngx_uint_t               none;          /* not a valid date */
} ngx_http_owncloud_date_t;


/* converts "t" to a date in the time zone of "repository" */
void ngx_http_owncloud_date(ngx_http_owncloud_repository_t *repository,
    time_t t, ngx_http_owncloud_date_t *date);

/*
 * Formats "date" like strftime(); "format" ends with a NUL.  "buf" has
 * NGX_HTTP_OWNCLOUD_DATE_TEXT bytes; "text" points there and is empty if the
 * date is invalid or does not fit.
 */
void ngx_http_owncloud_date_text(ngx_http_owncloud_date_t *date,
    ngx_str_t *format, u_char *buf, ngx_str_t *text);


typedef struct {
    char                    *extension;     /* lower case */
    char                    *icon;          /* in theme/image.php/.../f/ */
    char                    *type;          /* Moodle's name, in English */
} ngx_http_owncloud_filetype_t;


/*
 * Returns the type of a file by the extension of its name, never NULL:
 * "unknown" and "File" by default.
 */
ngx_http_owncloud_filetype_t *ngx_http_owncloud_filetype(u_char *name,
    size_t len);


#endif /* _NGX_HTTP_OWNCLOUD_TEXT_H_INCLUDED_ */
