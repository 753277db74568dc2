
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* what has become of a file that Moodle was asked to store */

typedef enum {
    NGX_HTTP_OWNCLOUD_STORE_UNCLEAR = 0,   /* it may be there, or not */
    NGX_HTTP_OWNCLOUD_STORE_STORED,
    NGX_HTTP_OWNCLOUD_STORE_EXISTS,        /* stored under another name: */
                                           /* the picker asks the user */
    NGX_HTTP_OWNCLOUD_STORE_REFUSED        /* it is not there */
} ngx_http_owncloud_store_outcome_e;


/*
 * Reads Moodle's answer to action=upload or action=download: its HTTP status
 * (0: there was none), whether its end was seen, and its body.  Whatever is
 * not one of the answers that Moodle is known to give is UNCLEAR, and so is
 * everything when there is no memory in "pool", which keeps nothing that the
 * caller needs.
 */
ngx_http_owncloud_store_outcome_e ngx_http_owncloud_store_answer_read(
    ngx_pool_t *pool, ngx_uint_t status, ngx_uint_t complete,
    ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_ */
