
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_NOTE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_NOTE_H_INCLUDED_


#include "ngx_http_owncloud_controlled_open_flow.h"


/*
 * What the zone keeps of openings.  Notes are found again by what they are
 * about; a note that the zone has no room for is no error.  Returns of
 * ngx_int_t are NGX_OK, NGX_DECLINED if there is no such note, and NGX_ERROR:
 * no memory, or no digest.
 */

/*
 * Whether the owner of this Moodle session may edit in "context", Moodle's id
 * of one: YES or NO, for NGX_HTTP_OWNCLOUD_PERMISSION_TIME
 */
ngx_int_t ngx_http_owncloud_open_note_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_proof_e *proof);
void ngx_http_owncloud_open_note_edit_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, uint64_t context,
    ngx_http_owncloud_proof_e proof);

/*
 * 1 if open->share could not be moved into the reader's folder, so that it
 * stays where it is for a day
 */
ngx_uint_t ngx_http_owncloud_open_note_left(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_open_note_left_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * 1 if the cloud lets the account make no more shares at the moment; "pause",
 * in seconds, is how long
 */
ngx_uint_t ngx_http_owncloud_open_note_limit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_open_note_limit_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, time_t pause);

/*
 * What was opened with this ticket: sets open->as, open->lookup.path and
 * open->reader.  It is kept for three hours.
 */
ngx_int_t ngx_http_owncloud_open_note_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_open_note_range_put(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_NOTE_H_INCLUDED_ */
