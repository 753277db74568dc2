
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_FLOW_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_FLOW_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_controlled_file.h"
#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_controlled_ticket.h"
#include "ngx_http_owncloud_proof.h"
#include "ngx_http_owncloud_range.h"
#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_share.h"


#define NGX_HTTP_OWNCLOUD_OPEN_CALLS   10   /* of one opening, at most */
#define NGX_HTTP_OWNCLOUD_OPEN_MOVING  5    /* of those to move it */


/*
 * The opening of an access controlled link.  The ticket is verified, and
 * whether the reader may edit; the account shares the copy with the reader;
 * the reader locates it, moves it into a folder of his own if that is
 * possible, and gets it.
 */

/* how the reader's path is known; each is tried after the one before it */

typedef enum {
    NGX_HTTP_OWNCLOUD_OPEN_ANNOUNCED = 0,   /* by the account's share */
    NGX_HTTP_OWNCLOUD_OPEN_ACCEPTED,        /* the share, by the reader */
    NGX_HTTP_OWNCLOUD_OPEN_SETTLED,         /* by the reader's share */
    NGX_HTTP_OWNCLOUD_OPEN_SEARCHED         /* by the id, in that folder */
} ngx_http_owncloud_open_located_e;


typedef struct {
    ngx_http_owncloud_controlled_link_t  link;
    ngx_http_owncloud_ticket_t           ticket;
    ngx_str_t                            link_text;     /* as in the path */
    ngx_str_t                            sealed;        /* the ticket */
    ngx_str_t                            reader;        /* of a range note */

    ngx_http_owncloud_lock_t            *lock;
    ngx_http_owncloud_lock_t            *moving;
    ngx_http_owncloud_ocs_t              reply;

    ngx_http_owncloud_proof_e            edit;          /* may the reader? */

    ngx_str_t                            share;         /* id */
    ngx_uint_t                           rights;        /* it is to give */
    ngx_str_t                            received;      /* path at the reader */
    ngx_http_owncloud_open_located_e     located;       /* that path */
    ngx_http_owncloud_lookup_t           lookup;        /* of that path */
    ngx_uint_t                           as;            /* who reads it */
    ngx_uint_t                           number;        /* "name (1).ext" */
    ngx_str_t                            destination;   /* of the move */
    ngx_http_owncloud_range_t            range;         /* asked for */
    off_t                                expected;      /* bytes, or -1 */

    unsigned                             expired:1;     /* ticket: range only */
    unsigned                             less:1;        /* rights than before */
    unsigned                             refused:1;     /* reader's token */
    unsigned                             listed:1;      /* shares, twice */
    unsigned                             fresh:1;       /* just shared */
    unsigned                             reshared:1;    /* taken back, once */
    unsigned                             folder:1;      /* has been made */
    unsigned                             part:1;        /* range asked for */
    unsigned                             changed:1;     /* since the lookup */
} ngx_http_owncloud_open_t;


/*
 * The steps, in the order in which they run.  ctx->flow is an
 * ngx_http_owncloud_open_t.  All of them return what a step returns.
 *
 * ngx_http_owncloud_controlled_open.c: begins with ngx_http_owncloud_open()
 */

/*
 * ngx_http_owncloud_controlled_open_range.c: a range of what was opened within
 * the last three hours is served without all that follows.  NGX_DECLINED: it
 * is not such a request.
 */
ngx_int_t ngx_http_owncloud_open_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* ngx_http_owncloud_controlled_open_edit.c: finds out open->edit */
ngx_int_t ngx_http_owncloud_open_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_controlled_open_share.c: gives the reader a share, or the
 * share he has the rights that he is to have
 */
ngx_int_t ngx_http_owncloud_open_share(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the reader has not received it: takes the share back and gives another */
ngx_int_t ngx_http_owncloud_open_reshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* ngx_http_owncloud_controlled_open_locate.c: finds out open->received */
ngx_int_t ngx_http_owncloud_open_locate(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* verifies that the file at open->received has the id open->lookup.id */
ngx_int_t ngx_http_owncloud_open_verify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_controlled_open_move.c: moves it from the reader's root
 * into the folder for such files
 */
ngx_int_t ngx_http_owncloud_open_move(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_controlled_open_serve.c: serves open->lookup.path of
 * open->as, or redirects to the cloud's page of it
 */
ngx_int_t ngx_http_owncloud_open_serve(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_FLOW_H_INCLUDED_ */
