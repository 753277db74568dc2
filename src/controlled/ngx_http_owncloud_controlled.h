
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_


#include "ngx_http_owncloud_account.h"
#include "ngx_http_owncloud_choose_download_form.h"
#include "ngx_http_owncloud_choose_store.h"
#include "ngx_http_owncloud_controlled_file.h"
#include "ngx_http_owncloud_request_lock.h"
#include "ngx_http_owncloud_share.h"
#include "ngx_http_owncloud_site.h"


/*
 * The making of an access controlled link, in three files: the user shares
 * the file with the system account, which looks where it got it (this one),
 * and copies it into a folder of its own; the share is removed and Moodle
 * told (..._keep.c); or all of it is undone (..._undo.c).
 */

#define NGX_HTTP_OWNCLOUD_CONTROLLED_CALLS  9   /* at most, when all is well */
#define NGX_HTTP_OWNCLOUD_CONTROLLED_NAME   32


typedef struct {
    ngx_http_owncloud_download_t  *download;
    ngx_http_owncloud_lock_t      *lock;
    ngx_http_owncloud_ocs_t        reply;

    ngx_str_t                      share;      /* id, while there is one */
    ngx_str_t                      link;       /* where it was said to be */
    ngx_http_owncloud_lookup_t     lookup;     /* where it is */

    /* ours, from the outermost one; the last is the link's own */
    ngx_str_t                      folder[3];
    ngx_uint_t                     level;      /* of the one being made */
    ngx_str_t                      copy;

    char                          *code;       /* why it is undone */
    ngx_str_t                      text;

    u_char                         name[NGX_HTTP_OWNCLOUD_CONTROLLED_NAME];

    unsigned                       own:1;      /* the account's own file */
    unsigned                       refused:1;  /* the user's token, once */
    unsigned                       accepted:1; /* as the recipient */
    unsigned                       made:1;     /* the link's folder may be */
    unsigned                       copied:1;
    unsigned                       again:1;    /* folders from the first on */
    unsigned                       stored:1;   /* Moodle has been asked */
    unsigned                       kept:1;     /* and may have it, before */
    unsigned                       unsure:1;   /* there may be a share */
} ngx_http_owncloud_controlled_t;


/* a way: a link for those whom Moodle lets have the file */
ngx_int_t ngx_http_owncloud_controlled(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_download_t *download);

/* goes on with a share that was found or made */
ngx_int_t ngx_http_owncloud_controlled_shared(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_share_t *share);


/* ngx_http_owncloud_controlled_keep.c: a step; the file was found */
ngx_int_t ngx_http_owncloud_controlled_keep(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* a step: the copy is there, the share is not needed any more */
ngx_int_t ngx_http_owncloud_controlled_unshare(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_controlled_undo.c */

/*
 * Undoes what was made and answers an error: ctx->call says why, or "code"
 * and "format", with the issuer's name for "%s", do.
 */
ngx_int_t ngx_http_owncloud_controlled_fail(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_controlled_fail_text(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, char *code, char *format,
    ngx_str_t *message);

/* a step: the account cannot be used any more; ctx->account says why */
ngx_int_t ngx_http_owncloud_controlled_no_account(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* undoes what was made and passes on what Moodle has said */
ngx_int_t ngx_http_owncloud_controlled_undo(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


/* ngx_http_owncloud_controlled_entry.c: what the zone keeps of it */

#define NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY                                    \
    (1 + NGX_HTTP_OWNCLOUD_CONTROLLED_NAME)


typedef enum {
    NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN = 0,
    NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED,
    NGX_HTTP_OWNCLOUD_CONTROLLED_MADE,      /* the copy */
    NGX_HTTP_OWNCLOUD_CONTROLLED_STORED     /* by Moodle, maybe */
} ngx_http_owncloud_controlled_state_e;


/* which link it is: the same request again is for the same one */

typedef struct {
    ngx_str_t     issuer;
    ngx_str_t     origin;       /* and root: of the Moodle */
    ngx_str_t     root;
    ngx_str_t     user;         /* at the cloud */
    ngx_str_t     path;
    ngx_array_t  *fields;       /* of the form: ctx_id, itemid, ... */
} ngx_http_owncloud_controlled_entry_t;


/* NGX_HTTP_OWNCLOUD_ZONE_KEY_LEN bytes; NGX_ERROR */
ngx_int_t ngx_http_owncloud_controlled_entry_key(
    ngx_http_owncloud_controlled_entry_t *link, u_char *key);

/* NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY bytes to "p" */
void ngx_http_owncloud_controlled_entry_write(u_char *p, ngx_uint_t state,
    u_char *name);

/* and back; "name" is set unless it returns UNKNOWN: not such an entry */
ngx_uint_t ngx_http_owncloud_controlled_entry_read(ngx_str_t *value,
    u_char *name);


/* ngx_http_owncloud_controlled_journal.c */

/*
 * What the zone knows of a link that is being made, or was when a worker
 * ended: NGX_OK: the link's folder was named, "copied" is set if the copy is
 * complete, "kept" if Moodle may have the link; NGX_DECLINED: nothing is
 * known.
 */
ngx_int_t ngx_http_owncloud_controlled_recall(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
ngx_int_t ngx_http_owncloud_controlled_note(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);
void ngx_http_owncloud_controlled_forget(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the names of the folders and of the copy */
ngx_int_t ngx_http_owncloud_controlled_names(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);

/* the context of Moodle in which the file was chosen */
uint64_t ngx_http_owncloud_controlled_context(ngx_http_owncloud_ctx_t *ctx);

/* where all copies of this Moodle are */
ngx_int_t ngx_http_owncloud_controlled_site(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_str_t *folder);


#endif /* _NGX_HTTP_OWNCLOUD_CONTROLLED_H_INCLUDED_ */
