
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_OPEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_OPEN_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_remote.h"
#include "ngx_http_owncloud_share.h"
#include "ngx_http_owncloud_target.h"
#include "ngx_http_owncloud_ticket.h"
#include "ngx_http_owncloud_turn.h"


/*
 * The opening of an access controlled link: the ticket is checked, and
 * whether the reader may edit (this file, ..._edit.c); the account shares the
 * copy with the reader (..._share.c), for whom it is moved to where he has
 * such files (..._place.c), and who then gets it (..._serve.c).
 */

typedef struct {
    ngx_http_owncloud_target_t   target;
    ngx_http_owncloud_ticket_t   ticket;
    ngx_str_t                    link;        /* the sealed part of the path */

    ngx_http_owncloud_turn_t    *turn;
    ngx_http_owncloud_ocs_t      told;
    ngx_http_owncloud_lookup_t   lookup;      /* where the reader has it */

    ngx_str_t                    share;       /* id */
    ngx_str_t                    place;       /* where the reader should */
    ngx_uint_t                   as;          /* who reads it */
    ngx_uint_t                   number;      /* in "name (1).ext" */
    ngx_http_owncloud_step_pt    next;        /* after may-edit */
    uint64_t                     asked;       /* the context that is asked */

    unsigned                     may_edit:1;
    unsigned                     unclear:1;   /* Moodle did not say */
    unsigned                     refused:1;   /* the reader's token, once */
    unsigned                     listed:1;    /* shares, once */
    unsigned                     anew:1;      /* a share was made anew, once */
    unsigned                     accepted:1;
    unsigned                     settled:1;   /* the recipient was asked */
    unsigned                     folder:1;    /* was made */
} ngx_http_owncloud_open_t;


/* 1 if the request is for a link; ctx->repository and so on are set */
ngx_uint_t ngx_http_owncloud_open_wanted(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);

/* a step: the first one */
ngx_int_t ngx_http_owncloud_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* what a sign-in on the way takes along, and the way back: a step */
ngx_int_t ngx_http_owncloud_open_target(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);
ngx_int_t ngx_http_owncloud_open_return(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);


#endif /* _NGX_HTTP_OWNCLOUD_OPEN_H_INCLUDED_ */
