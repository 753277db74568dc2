
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_proof.h"


/*
 * <head> ... M.cfg = {...,"contextid":17,...,"userId":6};
 * <body  id="page-filter-manage" class="... pagelayout-admin ..."> ... </html>
 */

enum {
    NGX_HTTP_OWNCLOUD_PROOF_HEAD = 0,
    NGX_HTTP_OWNCLOUD_PROOF_CFG,
    NGX_HTTP_OWNCLOUD_PROOF_BODY,       /* searching for it */
    NGX_HTTP_OWNCLOUD_PROOF_TAG,        /* inside <body ...> */
    NGX_HTTP_OWNCLOUD_PROOF_END,        /* searching for it */
    NGX_HTTP_OWNCLOUD_PROOF_DONE,
    NGX_HTTP_OWNCLOUD_PROOF_BROKEN
};


enum {
    NGX_HTTP_OWNCLOUD_PROOF_NAME = 0,   /* of an attribute */
    NGX_HTTP_OWNCLOUD_PROOF_ID,
    NGX_HTTP_OWNCLOUD_PROOF_CLASS,
    NGX_HTTP_OWNCLOUD_PROOF_OTHER
};


static ngx_uint_t ngx_http_owncloud_proof_match(ngx_uint_t *matched,
    char *text, u_char c);
static void ngx_http_owncloud_proof_head(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_cfg(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_string(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_digit(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_member(ngx_http_owncloud_proof_t *proof);
static void ngx_http_owncloud_proof_tag(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_value(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_word(ngx_http_owncloud_proof_t *proof,
    u_char c);
static void ngx_http_owncloud_proof_end(ngx_http_owncloud_proof_t *proof,
    u_char c);
static ngx_uint_t ngx_http_owncloud_proof_is(ngx_http_owncloud_proof_t *proof,
    char *text);


void
ngx_http_owncloud_proof_init(ngx_http_owncloud_proof_t *proof,
    ngx_str_t *page, uint64_t context)
{
    ngx_memzero(proof, sizeof(ngx_http_owncloud_proof_t));

    proof->page = *page;
    proof->context = context;
}


void
ngx_http_owncloud_proof_read(void *data, u_char *p, size_t len)
{
    ngx_http_owncloud_proof_t  *proof = data;

    u_char  *last;

    for (last = p + len; p < last; p++) {

        switch (proof->state) {

        case NGX_HTTP_OWNCLOUD_PROOF_HEAD:
        case NGX_HTTP_OWNCLOUD_PROOF_BODY:
            ngx_http_owncloud_proof_head(proof, *p);
            break;

        case NGX_HTTP_OWNCLOUD_PROOF_CFG:
            ngx_http_owncloud_proof_cfg(proof, *p);
            break;

        case NGX_HTTP_OWNCLOUD_PROOF_TAG:
            ngx_http_owncloud_proof_tag(proof, *p);
            break;

        case NGX_HTTP_OWNCLOUD_PROOF_END:

            ngx_http_owncloud_proof_end(proof, *p);
            break;

        default: /* NGX_HTTP_OWNCLOUD_PROOF_DONE, ..._BROKEN */
            return;
        }
    }
}


ngx_http_owncloud_proof_e
ngx_http_owncloud_proof_result(ngx_http_owncloud_proof_t *proof,
    ngx_uint_t status, ngx_uint_t complete)
{
    switch (status) {

    case 200:
        break;

    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
    case 401:
    case 403:
    case 404:
        return NGX_HTTP_OWNCLOUD_PROOF_NO;

    default:
        return NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR;
    }

    if (!complete || proof->state != NGX_HTTP_OWNCLOUD_PROOF_DONE
        || !proof->has_context)
    {
        return NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR;
    }

    /* older versions of Moodle do not state the user; 1 is the guest */

    if (proof->elsewhere || proof->found != proof->context
        || (proof->has_user && proof->user <= 1)
        || (proof->page.len && !proof->named))
    {
        return NGX_HTTP_OWNCLOUD_PROOF_NO;
    }

    return proof->error ? NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR
                        : NGX_HTTP_OWNCLOUD_PROOF_YES;
}


uint64_t
ngx_http_owncloud_proof_user(ngx_http_owncloud_proof_t *proof,
    ngx_uint_t status, ngx_uint_t complete)
{
    if ((status != 200 && status != 404) || !complete
        || proof->state != NGX_HTTP_OWNCLOUD_PROOF_DONE || proof->elsewhere
        || !proof->has_user || proof->user <= 1)
    {
        return 0;
    }

    return proof->user;
}


/* for texts whose first byte does not recur in them */

static ngx_uint_t
ngx_http_owncloud_proof_match(ngx_uint_t *matched, char *text, u_char c)
{
    if (c != (u_char) text[*matched]) {
        *matched = 0;
    }

    if (c == (u_char) text[*matched]) {
        (*matched)++;
    }

    if (text[*matched] == '\0') {
        *matched = 0;
        return 1;
    }

    return 0;
}


/* a title may imitate M.cfg, so a page with two of them proves nothing */

static void
ngx_http_owncloud_proof_head(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (ngx_http_owncloud_proof_match(&proof->again, "M.cfg = {", c)) {

        if (proof->state == NGX_HTTP_OWNCLOUD_PROOF_BODY) {
            proof->state = NGX_HTTP_OWNCLOUD_PROOF_BROKEN;
            return;
        }

        proof->state = NGX_HTTP_OWNCLOUD_PROOF_CFG;
        proof->depth = 1;
        proof->matched = 0;

        return;
    }

    if (ngx_http_owncloud_proof_match(&proof->matched, "<body ", c)) {

        proof->state = (proof->state == NGX_HTTP_OWNCLOUD_PROOF_BODY)
                       ? NGX_HTTP_OWNCLOUD_PROOF_TAG
                       : NGX_HTTP_OWNCLOUD_PROOF_BROKEN;

        proof->len = 0;
        proof->attribute = NGX_HTTP_OWNCLOUD_PROOF_NAME;
        proof->again = 0;
    }
}


static void
ngx_http_owncloud_proof_cfg(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (proof->string) {
        ngx_http_owncloud_proof_string(proof, c);
        return;
    }

    switch (c) {

    case '"':
        proof->string = 1;

        if (proof->depth == 1 && !proof->value) {
            proof->len = 0;
        }

        return;

    case '{':
    case '[':
        proof->depth++;
        proof->odd = 1;
        return;

    case '}':
    case ']':

        if (proof->depth == 1) {
            ngx_http_owncloud_proof_member(proof);

            if (proof->state == NGX_HTTP_OWNCLOUD_PROOF_CFG) {
                proof->state = NGX_HTTP_OWNCLOUD_PROOF_BODY;
            }
        }

        proof->depth--;
        return;
    }

    if (proof->depth > 1) {
        return;
    }

    if (c == ':') {
        proof->value = 1;
        proof->digits = 0;
        proof->odd = 0;
        proof->number = 0;

    } else if (c == ',') {
        ngx_http_owncloud_proof_member(proof);

    } else if (proof->value) {
        ngx_http_owncloud_proof_digit(proof, c);

    } else {
        proof->len = 0;     /* the key lacks a colon */
    }
}


/* older databases return numbers as strings */

static void
ngx_http_owncloud_proof_string(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (!proof->escaped && c == '"') {
        proof->string = 0;
        return;
    }

    if (proof->depth == 1 && proof->value) {
        ngx_http_owncloud_proof_digit(proof, c);

    } else if (proof->depth == 1) {
        ngx_http_owncloud_proof_word(proof, c);
    }

    proof->escaped = (!proof->escaped && c == '\\');
}


static void
ngx_http_owncloud_proof_digit(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (c < '0' || c > '9' || proof->number > NGX_MAX_INT32_VALUE) {
        proof->odd = 1;
        return;
    }

    proof->digits = 1;
    proof->number = 10 * proof->number + c - '0';
}


static void
ngx_http_owncloud_proof_member(ngx_http_owncloud_proof_t *proof)
{
    ngx_uint_t  good;

    good = proof->value && proof->digits && !proof->odd;

    if (ngx_http_owncloud_proof_is(proof, "contextid")) {

        if (!good || proof->has_context) {
            proof->state = NGX_HTTP_OWNCLOUD_PROOF_BROKEN;
        }

        proof->has_context = 1;
        proof->found = proof->number;
    }

    if (ngx_http_owncloud_proof_is(proof, "userId")) {

        if (!good || proof->has_user) {
            proof->state = NGX_HTTP_OWNCLOUD_PROOF_BROKEN;
        }

        proof->has_user = 1;
        proof->user = proof->number;
    }

    proof->value = 0;
    proof->len = 0;
}


/* id="page-filter-manage" class="... pagelayout-admin context-17 ..." */

static void
ngx_http_owncloud_proof_tag(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (proof->quote) {
        ngx_http_owncloud_proof_value(proof, c);
        return;
    }

    switch (c) {

    case '>':
        proof->state = NGX_HTTP_OWNCLOUD_PROOF_END;
        return;

    case '"':
    case '\'':
        proof->quote = c;
        proof->len = 0;
        return;

    case ' ':
    case '\t':
    case '\r':
    case '\n':
        proof->len = 0;
        return;

    case '=':

        if (ngx_http_owncloud_proof_is(proof, "id")) {
            proof->attribute = NGX_HTTP_OWNCLOUD_PROOF_ID;

        } else if (ngx_http_owncloud_proof_is(proof, "class")) {
            proof->attribute = NGX_HTTP_OWNCLOUD_PROOF_CLASS;

        } else {
            proof->attribute = NGX_HTTP_OWNCLOUD_PROOF_OTHER;
        }

        return;

    default:
        ngx_http_owncloud_proof_word(proof, c);
    }
}


static void
ngx_http_owncloud_proof_value(ngx_http_owncloud_proof_t *proof, u_char c)
{
    ngx_uint_t  end;

    end = (c == proof->quote);

    if (!end && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        ngx_http_owncloud_proof_word(proof, c);
        return;
    }

    if (proof->attribute == NGX_HTTP_OWNCLOUD_PROOF_CLASS
        && (ngx_http_owncloud_proof_is(proof, "pagelayout-redirect")
            || ngx_http_owncloud_proof_is(proof, "notloggedin")))
    {
        proof->elsewhere = 1;
    }

    if (proof->attribute == NGX_HTTP_OWNCLOUD_PROOF_ID
        && proof->page.len && proof->len == proof->page.len
        && ngx_memcmp(proof->word, proof->page.data, proof->len) == 0)
    {
        proof->named = 1;
    }

    proof->len = 0;

    if (end) {
        proof->quote = 0;
        proof->attribute = NGX_HTTP_OWNCLOUD_PROOF_NAME;
    }
}


/* the last byte marks a word that is too long and matches nothing */

static void
ngx_http_owncloud_proof_word(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (proof->len < NGX_HTTP_OWNCLOUD_PROOF_WORD) {
        proof->word[proof->len++] = c;
    }
}


/*
 * <div ... data-rel="fatalerror"><p class="errormessage">Sorry, ...: a theme
 * may drop either of them.  Moodle escapes the quotes in what users write.
 */

static void
ngx_http_owncloud_proof_end(ngx_http_owncloud_proof_t *proof, u_char c)
{
    if (ngx_http_owncloud_proof_match(&proof->again, "class=\"errormessage\"",
                                      c)
        || ngx_http_owncloud_proof_match(&proof->box,
                                         "data-rel=\"fatalerror\"", c))
    {
        proof->error = 1;
    }

    if (ngx_http_owncloud_proof_match(&proof->matched, "</html>", c)) {
        proof->state = NGX_HTTP_OWNCLOUD_PROOF_DONE;
    }
}


static ngx_uint_t
ngx_http_owncloud_proof_is(ngx_http_owncloud_proof_t *proof, char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    return proof->len == len && ngx_memcmp(proof->word, text, len) == 0;
}
