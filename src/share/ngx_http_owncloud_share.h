
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_


#include "ngx_http_owncloud_call.h"
#include "ngx_http_owncloud_ocs.h"


/* permissions */

#define NGX_HTTP_OWNCLOUD_SHARE_READ   1
#define NGX_HTTP_OWNCLOUD_SHARE_WRITE  2
#define NGX_HTTP_OWNCLOUD_SHARE_AGAIN  16    /* to share it again */

#define NGX_HTTP_OWNCLOUD_SHARE_USER   0     /* types */
#define NGX_HTTP_OWNCLOUD_SHARE_LINK   3

#define NGX_HTTP_OWNCLOUD_SHARES         "apps/files_sharing/api/v1/shares"
#define NGX_HTTP_OWNCLOUD_SHARES_PENDING NGX_HTTP_OWNCLOUD_SHARES "/pending"


/* what a call to OCS is about */

typedef struct {
    char          *resource;
    ngx_str_t     *id;          /* or NULL */
    ngx_str_t     *path;        /* of the query, or NULL */
    char          *query;       /* more of it, "&name=value", or NULL */
    ngx_keyval_t  *field;       /* of the form in the body */
    ngx_uint_t     n;
} ngx_http_owncloud_share_what_t;


/* calls, not started yet; NULL: no memory */

/* "as": NGX_HTTP_OWNCLOUD_AS_USER or ..._AS_ACCOUNT */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_call(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, char *method,
    ngx_http_owncloud_share_what_t *what);

/* the following as the user */

/* the user's own shares of a file */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_list(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);

/* a public link to it, for reading, as "share_expire" and so on want it */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_create(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *path);

ngx_http_owncloud_call_t *ngx_http_owncloud_share_delete(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_str_t *id);

/*
 * What ctx->call brought.  NGX_DECLINED: nothing that ocs->result tells, see
 * ngx_http_owncloud_failure(); NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_share_received(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *ocs);


/* ngx_http_owncloud_share_user.c: shares of a file with one user */

/* all shares of a file of the caller's, also those made by others */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_all(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path);

ngx_http_owncloud_call_t *ngx_http_owncloud_share_give(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *path,
    ngx_str_t *user, ngx_uint_t permissions);

/* other permissions */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_permit(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *id, ngx_uint_t permissions);

ngx_http_owncloud_call_t *ngx_http_owncloud_share_take(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id);

/* as its recipient, who alone is told where it really is */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_get(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as, ngx_str_t *id);

/* where recipients are asked before they get something */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_accept(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx, ngx_uint_t as,
    ngx_str_t *id);

/* the share of "ocs" with that user, or NULL */
ngx_http_owncloud_share_t *ngx_http_owncloud_share_of(
    ngx_http_owncloud_ocs_t *ocs, ngx_str_t *user);


/* ngx_http_owncloud_share_link.c */

/* one of the links in "ocs" that can be used again for "path", or NULL */
ngx_http_owncloud_share_t *ngx_http_owncloud_share_find(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *ocs,
    ngx_str_t *path);

/* 1 if it is a link, with a token of letters and digits */
ngx_uint_t ngx_http_owncloud_share_link(ngx_http_owncloud_share_t *share);

/* 1 if no more can be done with it than to read */
ngx_uint_t ngx_http_owncloud_share_read_only(
    ngx_http_owncloud_share_t *share);

/* 1 if it ends when "share_expire" wants it to */
ngx_uint_t ngx_http_owncloud_share_ends(ngx_http_owncloud_ctx_t *ctx,
    ngx_http_owncloud_share_t *share);

/* where the file "name" itself is to be had, below the issuer's "base_url" */
ngx_int_t ngx_http_owncloud_share_url(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share,
    ngx_str_t *name, ngx_str_t *url);

/* "2026-12-24", so many days from now */
#define NGX_HTTP_OWNCLOUD_SHARE_DATE_LEN  10

void ngx_http_owncloud_share_date(u_char *date, time_t days);


/* ngx_http_owncloud_share_fault.c */

/* what is told of a link that does not stay; the text has a "%s" */

typedef struct {
    char       *code;
    char       *text;
} ngx_http_owncloud_share_fault_t;

/* what is wrong with a link that the server has just made, or NULL */
ngx_http_owncloud_share_fault_t *ngx_http_owncloud_share_fault(
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);


/* ngx_http_owncloud_share_refused.c */

/* as the user: the capabilities, which shares the server lets people make */
ngx_http_owncloud_call_t *ngx_http_owncloud_share_policy(
    ngx_http_request_t *r, ngx_http_owncloud_ctx_t *ctx);

/*
 * The error that tells why a link was refused: "told" is what the server
 * answered, ctx->call is that of ..._share_policy(), which may have failed.
 * "listed": it had answered which links there are.
 */
ngx_int_t ngx_http_owncloud_share_refused(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_ocs_t *reply,
    ngx_uint_t listed);

/* the error after too many of them: when to try again */
ngx_int_t ngx_http_owncloud_share_too_many(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/*
 * An error whose text has the issuer's name in place of "%s" and is followed
 * by what the server said, if it said something.
 */
ngx_int_t ngx_http_owncloud_share_answer_error(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message,
    char *code);

/* such a text; "message" may be NULL */
ngx_int_t ngx_http_owncloud_share_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *text, ngx_str_t *message,
    ngx_str_t *whole);


#endif /* _NGX_HTTP_OWNCLOUD_SHARE_H_INCLUDED_ */
