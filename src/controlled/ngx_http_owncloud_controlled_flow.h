
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_FLOW_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_FLOW_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_controlled.h"
#include "ngx_http_owncloud_controlled_entry.h"
#include "ngx_http_owncloud_controlled_file.h"
#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_share.h"


/*
 * The making of an access controlled link.  The user shares the file with the
 * system account, which finds out where it has received it; the account copies
 * it into a folder of its own; the share is removed, and Moodle stores the
 * link.  If something fails, what was made is undone.
 */

#define NGX_HTTP_OWNCLOUD_CONTROLLED_CALLS  9    /* at most, when all is well */


typedef struct {
    ngx_http_owncloud_download_t  *download;
    ngx_http_owncloud_lock_t      *lock;
    ngx_http_owncloud_ocs_t        reply;
    ngx_http_owncloud_step_pt      next;       /* without the share */

    ngx_str_t                      share;      /* id, while there is one */
    ngx_str_t                      target;     /* its path, as announced */
    ngx_http_owncloud_lookup_t     lookup;     /* where the file really is */

    /* the account's, from the outermost one; the last is the link's own */
    ngx_str_t                      folder[3];
    ngx_uint_t                     level;      /* of the one being made */
    ngx_str_t                      copy;       /* path */

    char                          *code;       /* why all is undone */
    ngx_str_t                      text;

    u_char                         name[NGX_HTTP_OWNCLOUD_CONTROLLED_NAME];

    unsigned                       own:1;      /* the account's own file */
    unsigned                       refused:1;  /* the user's token, once */
    unsigned                       accepted:1; /* the share, as recipient */
    unsigned                       made:1;     /* the link's folder, maybe */
    unsigned                       copied:1;   /* the file */
    unsigned                       again:1;    /* all folders are made */
    unsigned                       stored:1;   /* Moodle has been asked */
    unsigned                       kept:1;     /* it was, by another request */
    unsigned                       unsure:1;   /* there may be a share */
} ngx_http_owncloud_controlled_t;


/*
 * The steps, in the order in which they run.  ctx->flow is an
 * ngx_http_owncloud_controlled_t.  All of them return what a step returns.
 */

/*
 * ngx_http_owncloud_controlled.c: begins with ngx_http_owncloud_controlled().
 * There is a share with the account; "share" need not outlive the call.
 */
ngx_int_t ngx_http_owncloud_controlled_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);


/*
 * ngx_http_owncloud_controlled_keep.c: the account can read the file at
 * controlled->lookup.path, and copies it
 */
ngx_int_t ngx_http_owncloud_controlled_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the copy is complete: removes the share, and has Moodle store the link */
ngx_int_t ngx_http_owncloud_controlled_copied(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/*
 * ngx_http_owncloud_controlled_unshare.c: removes controlled->share, if there
 * is one, and goes on with "next"; the share's id is empty then, unless the
 * cloud has refused, which is logged
 */
ngx_int_t ngx_http_owncloud_controlled_unshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_step_pt next);


/*
 * ngx_http_owncloud_controlled_undo.c: undoes what was made, and answers the
 * error that ctx->call stands for
 */
ngx_int_t ngx_http_owncloud_controlled_fail(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * The same with an error of its own: "code" and "format" are literals, with
 * "%s" for the issuer's name; "message" is what the server has said, or NULL.
 */
ngx_int_t ngx_http_owncloud_controlled_fail_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *format,
    ngx_str_t *message);

/* the same when the account cannot be used: ctx->account says why */
ngx_int_t ngx_http_owncloud_controlled_no_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the same, and passes on what Moodle has answered, if it was asked */
ngx_int_t ngx_http_owncloud_controlled_undo(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_FLOW_H_INCLUDED_ */
