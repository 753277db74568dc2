
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Determines what a response of Moodle proves.  We request a page that only
 * some users may see on behalf of the client; if Moodle shows it, the client
 * is one of them.  Status 200 proves nothing: for some browsers, and whenever
 * debugging output was printed, Moodle's redirects are pages with this status.
 * So the page must identify itself.  Its name is not enough either: the error
 * page for users without access has the same name, and once output was sent,
 * Moodle cannot send a 404.
 *
 * A page has about 150 KB.  It is parsed as it arrives, in pieces of any size,
 * and never stored.
 */

#define NGX_HTTP_OWNCLOUD_PROOF_WORD  48    /* longest word compared */


typedef enum {
    NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR = 0,    /* neither yes nor no */
    NGX_HTTP_OWNCLOUD_PROOF_NO,             /* Moodle denied access */
    NGX_HTTP_OWNCLOUD_PROOF_YES
} ngx_http_owncloud_proof_e;


typedef struct {
    ngx_str_t    page;          /* id of <body>; empty: any */
    uint64_t     context;       /* the page must be about it */

    ngx_uint_t   state;
    ngx_uint_t   matched;       /* bytes matched of a text */
    ngx_uint_t   again;         /* same, second M.cfg or error */
    ngx_uint_t   box;           /* same, element around an error */

    /* M.cfg, a JSON object */
    ngx_uint_t   depth;
    uint64_t     number;
    uint64_t     found;         /* "contextid" */
    uint64_t     user;          /* "userId" */

    /* a key of M.cfg or a word of <body>, truncated */
    u_char       word[NGX_HTTP_OWNCLOUD_PROOF_WORD];
    ngx_uint_t   len;
    u_char       quote;         /* ends the attribute */
    ngx_uint_t   attribute;

    unsigned     string:1;
    unsigned     escaped:1;
    unsigned     value:1;       /* in a value, not a key */
    unsigned     digits:1;      /* it is a number so far */
    unsigned     odd:1;         /* it is not a number */
    unsigned     has_context:1;
    unsigned     has_user:1;
    unsigned     elsewhere:1;   /* redirected or not logged in */
    unsigned     named:1;       /* id of <body> is "page" */
    unsigned     error:1;       /* the page shows an error */
} ngx_http_owncloud_proof_t;


/*
 * Starts a proof.  "page" may be empty; its bytes must outlive the proof.
 */
void ngx_http_owncloud_proof_init(ngx_http_owncloud_proof_t *proof,
    ngx_str_t *page, uint64_t context);

/*
 * Parses the next "len" bytes of the page.  "data" is the proof, as
 * subrequest->read requires.
 */
void ngx_http_owncloud_proof_read(void *data, u_char *p, size_t len);

/*
 * Returns the result after the last byte.  "status" is the HTTP status, or 0
 * if there was no response; "complete" is 1 if the response ended properly.
 */
ngx_http_owncloud_proof_e ngx_http_owncloud_proof_result(
    ngx_http_owncloud_proof_t *proof, ngx_uint_t status, ngx_uint_t complete);

/*
 * Returns the id of the user the page was made for, whether or not this user
 * may see it; 0 if unknown, for a guest or if nobody is logged in.
 */
uint64_t ngx_http_owncloud_proof_user(ngx_http_owncloud_proof_t *proof,
    ngx_uint_t status, ngx_uint_t complete);


#endif /* _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_ */
