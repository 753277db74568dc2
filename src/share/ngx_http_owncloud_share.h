
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_ocs.h"


/*
 * Shares and public links, by the share API of ownCloud (OCS,
 * apps/files_sharing/api/v1/shares), which Nextcloud and OpenCloud have, too.
 */

/* permissions, bits */
#define NGX_HTTP_OWNCLOUD_SHARE_READ   1
#define NGX_HTTP_OWNCLOUD_SHARE_WRITE  2
#define NGX_HTTP_OWNCLOUD_SHARE_AGAIN  16    /* to share it with others */

/* share types */
#define NGX_HTTP_OWNCLOUD_SHARE_USER   0
#define NGX_HTTP_OWNCLOUD_SHARE_LINK   3

#define NGX_HTTP_OWNCLOUD_SHARES         "apps/files_sharing/api/v1/shares"
#define NGX_HTTP_OWNCLOUD_SHARES_PENDING NGX_HTTP_OWNCLOUD_SHARES "/pending"


/*
 * The following make calls, which are not started.  "as" is who makes them:
 * NGX_HTTP_OWNCLOUD_AS_USER or ..._AS_ACCOUNT.  Paths are decoded and begin
 * with a slash; strings need not outlive the call of the function.  NULL: no
 * memory.
 */

/* the user's own shares of a file */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);

/*
 * As the user: makes a public link to a file, read-only, with the expiration
 * and the password that "share_expire" and "share_password" ask for
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);


/* ngx_http_owncloud_share_user.c: shares of a file with one user */

/* all shares of a file of the caller's, also those made by others */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_all(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path);

/* shares a file with "user"; "permissions" are NGX_HTTP_OWNCLOUD_SHARE_... */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path,
    ngx_str_t *user, ngx_uint_t permissions);

/* changes the permissions of the share "id" */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_permit(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *id, ngx_uint_t permissions);

/* deletes the share or the public link "id" */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_take(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id);

/*
 * The share "id" as its recipient sees it: only the recipient is answered
 * where the file really is
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id);

/* accepts the share "id", for clouds that do not do so by themselves */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_accept(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *id);


/*
 * ngx_http_owncloud_share.c: what ctx->call has brought, which one of the
 * above has made; strings of "ocs" are allocated from r->pool.  NGX_OK:
 * ocs->result says what it was; NGX_DECLINED: no answer of the share API, see
 * ngx_http_owncloud_failure(); NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_share_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *ocs);


/*
 * ngx_http_owncloud_share_user.c: the share of "ocs" with that user, or NULL
 */
ngx_http_owncloud_share_t *ngx_http_owncloud_share_of(
    ngx_http_owncloud_ocs_t *ocs, ngx_str_t *user);

/* returns 1 if the ids, of users of one cloud, are the same, but for case */
ngx_uint_t ngx_http_owncloud_share_same_user(ngx_str_t *a, ngx_str_t *b);


/*
 * ngx_http_owncloud_share_link.c: the public link of "ocs" that is best used
 * once more for the file at "path", or NULL
 */
ngx_http_owncloud_share_t *ngx_http_owncloud_share_find(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *ocs,
    ngx_str_t *path);

/* returns 1 if it is a public link whose token has letters and digits only */
ngx_uint_t ngx_http_owncloud_share_link(ngx_http_owncloud_share_t *share);

/* returns 1 if it allows no more than to read, or to share it with others */
ngx_uint_t ngx_http_owncloud_share_read_only(
    ngx_http_owncloud_share_t *share);

/* returns 1 if it expires when "share_expire" asks for it */
ngx_uint_t ngx_http_owncloud_share_ends(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_t *share);

#define NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN  10

/* writes the date "days" from now, as "2026-12-24", to "date" */
void ngx_http_owncloud_share_date(u_char *date, time_t days);


/*
 * ngx_http_owncloud_share_fault.c: why a link is deleted that the cloud has
 * just made
 */

typedef struct {
    char       *code;       /* for "errorcode" */
    char       *text;       /* with "%s" for the issuer's name */
} ngx_http_owncloud_share_fault_t;

/* what is wrong with the link "share", or NULL */
ngx_http_owncloud_share_fault_t *ngx_http_owncloud_share_fault(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);


/*
 * ngx_http_owncloud_share_refused.c: a call, as the user, for the capabilities
 * (cloud/capabilities): which shares the cloud lets people make
 */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_policy(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);

/*
 * Answers why a link was refused: "reply" is what the cloud answered,
 * ctx->call is that of ngx_http_owncloud_share_policy(), which may have
 * failed; "listed": the list of the file's links was there before.  This and
 * the next two return what a step returns.
 */
ngx_int_t ngx_http_owncloud_share_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *reply,
    ngx_uint_t listed);

/* answers that there were too many shares, and when to try again */
ngx_int_t ngx_http_owncloud_share_too_many(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * Answers an error: "text" has "%s" for the issuer's name, and is followed by
 * "message", what the cloud said, unless that is empty.
 */
ngx_int_t ngx_http_owncloud_share_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message,
    char *code);

/*
 * Such a text, "whole", allocated from r->pool; "message" may be NULL.
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_share_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message,
    ngx_str_t *whole);


#endif /* _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_ */
