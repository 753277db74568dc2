
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_controlled_file.h"
#include "ngx_http_owncloud_controlled_link.h"
#include "ngx_http_owncloud_controlled_ticket.h"
#include "ngx_http_owncloud_range.h"
#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_share.h"


#define NGX_HTTP_OWNCLOUD_OPEN_CALLS   10   /* of one opening, at most */
#define NGX_HTTP_OWNCLOUD_OPEN_MOVING  5    /* of those to move it */


/*
 * The opening of an access controlled link: its ticket is checked (..._open.c)
 * and whether the reader may edit (..._edit.c); the account shares the copy
 * with the reader (..._share.c), who has it in a folder of his own if that is
 * possible (..._place.c), and gets it (..._serve.c).
 */

typedef struct {
    ngx_http_owncloud_controlled_link_t  link;
    ngx_http_owncloud_ticket_t           ticket;
    ngx_str_t                            link_text;     /* as in the path */
    ngx_str_t                            sealed;        /* the ticket */
    ngx_str_t                            reader;        /* of a former time */

    ngx_http_owncloud_lock_t            *lock;
    ngx_http_owncloud_lock_t            *moving;
    ngx_http_owncloud_ocs_t              reply;

    ngx_str_t                            share;         /* id */
    ngx_uint_t                           rights;        /* it is to give */
    ngx_str_t                            received;      /* path at the reader */
    ngx_http_owncloud_lookup_t           lookup;        /* of that path */
    ngx_uint_t                           as;            /* who reads it */
    ngx_uint_t                           number;        /* "name (1).ext" */
    ngx_str_t                            destination;   /* of the move */
    ngx_http_owncloud_range_t            range;         /* asked for */
    off_t                                expected;      /* bytes, or -1 */

    unsigned                             expired:1;     /* ticket: range only */
    unsigned                             may_edit:1;
    unsigned                             unclear:1;     /* Moodle's answer */
    unsigned                             less:1;        /* rights than before */
    unsigned                             refused:1;     /* reader's token */
    unsigned                             listed:1;      /* shares, twice */
    unsigned                             fresh:1;       /* just shared */
    unsigned                             anew:1;        /* shared twice */
    unsigned                             settled:1;     /* reader was asked */
    unsigned                             accepted:1;    /* by the reader */
    unsigned                             searched:1;    /* the whole folder */
    unsigned                             folder:1;      /* has been made */
    unsigned                             part:1;        /* range asked for */
    unsigned                             changed:1;     /* since the lookup */
} ngx_http_owncloud_open_t;


/*
 * NGX_OK: the request is for a link, and ctx->repository, ->issuer, ->action
 * and ->purpose are set; NGX_DECLINED
 */
ngx_int_t ngx_http_owncloud_open_match(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_loc_conf_t *olcf);

/* a step: the first one */
ngx_int_t ngx_http_owncloud_open(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* what a sign-in on the way takes along; and the way back, a step */
ngx_int_t ngx_http_owncloud_open_target(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);
ngx_int_t ngx_http_owncloud_open_return(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *target);

/* the error that ctx->call tells of */
ngx_int_t ngx_http_owncloud_open_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * ngx_http_owncloud_controlled_open_edit.c: a step; finds out open->may_edit
 * and goes on with ..._open_share()
 */
ngx_int_t ngx_http_owncloud_open_edit(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * ngx_http_owncloud_controlled_open_share.c: a step; goes on with
 * ..._open_place()
 */
ngx_int_t ngx_http_owncloud_open_share(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a step: what the reader does not get any more is taken and given anew */
ngx_int_t ngx_http_owncloud_open_reshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * ngx_http_owncloud_controlled_open_locate.c: a step; goes on with
 * ..._open_serve()
 */
ngx_int_t ngx_http_owncloud_open_locate(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a step: is open->received what it should be? */
ngx_int_t ngx_http_owncloud_open_verify(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_controlled_open_move.c: a step; the same */
ngx_int_t ngx_http_owncloud_open_move(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* 1 if it could not be moved and is read where it is */
ngx_uint_t ngx_http_owncloud_open_left(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* 1 if there is no folder in the path */
ngx_uint_t ngx_http_owncloud_open_in_root(ngx_str_t *path);


/*
 * ngx_http_owncloud_controlled_open_serve.c: a step; the file
 * open->lookup.path of open->as
 */
ngx_int_t ngx_http_owncloud_open_serve(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * ngx_http_owncloud_controlled_open_part.c: all of the file, or the part asked
 * for
 */

/* asks for a part, if the browser has; sets open->part; NGX_ERROR */
ngx_int_t ngx_http_owncloud_open_part(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call);

/*
 * The header has come: 1 if it is not that of the file, or of the part, that
 * was asked for; sets open->expected and ->changed
 */
ngx_uint_t ngx_http_owncloud_open_wrong(ngx_http_request_t *r,
    ngx_http_owncloud_open_t *open, ngx_http_owncloud_call_t *call);

/* the end has come: NGX_ERROR: it came too soon */
ngx_int_t ngx_http_owncloud_open_ended(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_call_t *call);

/* Content-Range for a 416, allocated, or empty; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_open_no_part(ngx_http_request_t *r,
    ngx_http_owncloud_call_t *call, ngx_str_t *range);


/*
 * ngx_http_owncloud_controlled_open_range.c: for three hours, more parts of
 * what was opened (Range) are had without all of that.  NGX_DECLINED: it is no
 * such request.
 */
ngx_int_t ngx_http_owncloud_open_range(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_open_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_controlled_open_type.c */

/* what it is shown as, or NULL: it is saved */
ngx_str_t *ngx_http_owncloud_open_type(ngx_str_t *name);

/* the picture for those who may only know that there is one */
ngx_int_t ngx_http_owncloud_open_picture(ngx_http_request_t *r);

/* 1 if the name is one of a picture */
ngx_uint_t ngx_http_owncloud_open_is_picture(ngx_str_t *name);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_OPEN_H_INCLUDED_ */
