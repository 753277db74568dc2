
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * What an answer of Moodle proves.  A page that only some people may see is
 * asked for in the reader's name; that it came is the proof that the reader
 * is one of them.  The status 200 is none: Moodle's redirects are pages with
 * that status for some browsers, and whenever debugging output was printed.
 * So the page has to say itself what it is.  Nor is the name of the page one:
 * that somebody may not see it is said on it, and where output was sent before
 * it, Moodle can no longer say 404 in the header.
 *
 * It is read as it comes, in pieces of any size, and never kept: pages of
 * Moodle have some 150 KB.
 */

#define NGX_HTTP_OWNCLOUD_PROOF_WORD  48    /* of the page that is compared */


typedef enum {
    NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR = 0,    /* it takes and gives nothing */
    NGX_HTTP_OWNCLOUD_PROOF_NO,             /* Moodle has said no */
    NGX_HTTP_OWNCLOUD_PROOF_YES
} ngx_http_owncloud_proof_e;


typedef struct {
    ngx_str_t    page;          /* id of its <body>, or empty: any */
    uint64_t     context;       /* that it has to be about */

    ngx_uint_t   state;
    ngx_uint_t   matched;       /* bytes of what is looked for */
    ngx_uint_t   again;         /* the same, of a second M.cfg or an error */
    ngx_uint_t   box;           /* the same, of what is around an error */

    /* M.cfg, an object of JSON */
    ngx_uint_t   depth;
    uint64_t     number;
    uint64_t     found;         /* "contextid" */
    uint64_t     user;          /* "userId" */

    /* a key of it, or a word of <body>: longer ones are cut */
    u_char       word[NGX_HTTP_OWNCLOUD_PROOF_WORD];
    ngx_uint_t   len;
    u_char       quote;         /* that ends an attribute */
    ngx_uint_t   attribute;

    unsigned     string:1;
    unsigned     escaped:1;
    unsigned     value:1;       /* what comes is a value, not a key */
    unsigned     digits:1;      /* and was a number so far */
    unsigned     odd:1;         /* and is something else */
    unsigned     has_context:1;
    unsigned     has_user:1;
    unsigned     elsewhere:1;   /* a redirect, or nobody is logged in */
    unsigned     named:1;       /* the id of <body> was "page" */
    unsigned     error:1;       /* and the page says what went wrong */
} ngx_http_owncloud_proof_t;


/* "page" may be empty; what it points to has to stay */
void ngx_http_owncloud_proof_init(ngx_http_owncloud_proof_t *proof,
    ngx_str_t *page, uint64_t context);

/* the next bytes of the page; "data" is the proof: see local->read */
void ngx_http_owncloud_proof_read(void *data, u_char *p, size_t len);

/*
 * After the last byte: "status" is that of the answer, 0 if nobody answered,
 * "complete" is 1 if its end was seen.
 */
ngx_http_owncloud_proof_e ngx_http_owncloud_proof_result(
    ngx_http_owncloud_proof_t *proof, ngx_uint_t status, ngx_uint_t complete);

/*
 * The id of the user that the page was made for, whether he may see it or is
 * told that he may not; 0: nobody, a guest, or it is not said.
 */
uint64_t ngx_http_owncloud_proof_user(ngx_http_owncloud_proof_t *proof,
    ngx_uint_t status, ngx_uint_t complete);


#endif /* _NGX_HTTP_OWNCLOUD_PROOF_H_INCLUDED_ */
