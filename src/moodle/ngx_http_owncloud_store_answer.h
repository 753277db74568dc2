
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* the outcome of asking Moodle to store a file */

typedef enum {
    NGX_HTTP_OWNCLOUD_STORE_UNCLEAR = 0,   /* it may be stored or not */
    NGX_HTTP_OWNCLOUD_STORE_STORED,
    NGX_HTTP_OWNCLOUD_STORE_EXISTS,        /* stored under another name, */
                                           /* the picker asks the user */
    NGX_HTTP_OWNCLOUD_STORE_REFUSED        /* not stored */
} ngx_http_owncloud_store_outcome_e;


/*
 * Interprets Moodle's response to action=upload or action=download.  "status"
 * is the HTTP status, or 0 if there was no response; "complete" is 1 if the
 * response ended properly.  Everything but the responses known of Moodle is
 * UNCLEAR, as is a lack of memory.  "pool" is used for temporary data only.
 */
ngx_http_owncloud_store_outcome_e ngx_http_owncloud_store_answer_read(
    ngx_pool_t *pool, ngx_uint_t status, ngx_uint_t complete,
    ngx_str_t *body);


#endif /* _NGX_HTTP_OWNCLOUD_STORE_ANSWER_H_INCLUDED_ */
