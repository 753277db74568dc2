
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_search_request.h"
#include "ngx_http_owncloud_uri.h"


#define NGX_HTTP_OWNCLOUD_SEARCH_TEXT    1024    /* longest name */

/* factor and limit for the hits to request if some may not match */
#define NGX_HTTP_OWNCLOUD_SEARCH_FACTOR  10
#define NGX_HTTP_OWNCLOUD_SEARCH_MOST    5000

#define NGX_HTTP_OWNCLOUD_SEARCH_PROP                                         \
    "<d:prop><d:getcontentlength/><d:getlastmodified/><d:resourcetype/>"      \
    "</d:prop>"


static ngx_int_t ngx_http_owncloud_search_check(ngx_str_t *text);
static ngx_int_t ngx_http_owncloud_search_escape(ngx_pool_t *pool,
    ngx_str_t *text, ngx_str_t *escaped);


/* the scope is a path relative to the endpoint and is not percent-decoded */

static char  ngx_http_owncloud_search_request_xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<d:searchrequest xmlns:d=\"DAV:\"><d:basicsearch>"
    "<d:select>" NGX_HTTP_OWNCLOUD_SEARCH_PROP "</d:select>"
    "<d:from><d:scope><d:href>/files/%V/</d:href>"
    "<d:depth>infinity</d:depth></d:scope></d:from>"
    "<d:where><d:like><d:prop><d:displayname/></d:prop>"
    "<d:literal>%%%V%%</d:literal></d:like></d:where>"
    "<d:orderby><d:order><d:prop><d:displayname/></d:prop><d:ascending/>"
    "</d:order></d:orderby>"
    "<d:limit><d:nresults>%ui</d:nresults></d:limit>"
    "</d:basicsearch></d:searchrequest>";


static char  ngx_http_owncloud_search_report_request[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<oc:search-files xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\">"
    NGX_HTTP_OWNCLOUD_SEARCH_PROP
    "<oc:search><oc:pattern>%V</oc:pattern><oc:limit>%ui</oc:limit>"
    "</oc:search></oc:search-files>";


ngx_int_t
ngx_http_owncloud_search_request_body(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body)
{
    u_char     *p;
    size_t      i;
    ngx_int_t   rc;
    ngx_str_t   pattern, text, user;

    rc = ngx_http_owncloud_search_check(&search->text);

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_search_check(&search->user);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    pattern.data = ngx_pnalloc(pool, 2 * search->text.len);
    if (pattern.data == NULL) {
        return NGX_ERROR;
    }

    p = pattern.data;

    for (i = 0; i < search->text.len; i++) {

        switch (search->text.data[i]) {

        case '\\':
        case '%':
        case '_':
            *p++ = '\\';
            break;
        }

        *p++ = search->text.data[i];
    }

    pattern.len = p - pattern.data;

    if (ngx_http_owncloud_search_escape(pool, &pattern, &text) != NGX_OK
        || ngx_http_owncloud_search_escape(pool, &search->user, &user)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    search->asked = search->limit + 1;
    search->filter = 0;

    body->data = ngx_pnalloc(pool, sizeof(ngx_http_owncloud_search_request_xml)
                                   + text.len + user.len + NGX_INT_T_LEN);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(body->data, ngx_http_owncloud_search_request_xml, &user,
                    &text, search->asked);

    body->len = p - body->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_search_request_report(ngx_pool_t *pool,
    ngx_http_owncloud_search_request_t *search, ngx_str_t *body)
{
    u_char      *p, *last;
    ngx_int_t    rc;
    ngx_str_t    text;
    ngx_uint_t   most;

    rc = ngx_http_owncloud_search_check(&search->text);

    if (rc != NGX_OK) {
        return rc;
    }

    search->filter = 0;

    p = search->text.data;
    last = p + search->text.len;

    for ( /* void */ ; p < last; p++) {

        /* an escape character in some databases */

        if (*p == '\\') {
            return NGX_DECLINED;
        }

        if (*p == '%' || *p == '_') {
            search->filter = 1;
        }
    }

    search->asked = search->limit + 1;

    if (search->filter && search->asked < NGX_HTTP_OWNCLOUD_SEARCH_MOST) {
        most = search->limit * NGX_HTTP_OWNCLOUD_SEARCH_FACTOR;
        most = ngx_min(most, NGX_HTTP_OWNCLOUD_SEARCH_MOST);
        search->asked = ngx_max(search->asked, most);
    }

    if (ngx_http_owncloud_search_escape(pool, &search->text, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    body->data = ngx_pnalloc(pool,
                             sizeof(ngx_http_owncloud_search_report_request)
                             + text.len + NGX_INT_T_LEN);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(body->data, ngx_http_owncloud_search_report_request, &text,
                    search->asked);

    body->len = p - body->data;

    return NGX_OK;
}


/* checks what a file name or a user id can contain */

static ngx_int_t
ngx_http_owncloud_search_check(ngx_str_t *text)
{
    size_t   i;
    u_char  *p;

    if (text->len == 0 || text->len > NGX_HTTP_OWNCLOUD_SEARCH_TEXT
        || !ngx_http_owncloud_utf8_valid(text->data, text->len))
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < text->len; i++) {
        p = &text->data[i];

        if (*p < 0x20 || *p == 0x7f || *p == '/') {
            return NGX_DECLINED;
        }

        /* U+FFFE and U+FFFF */

        if (*p == 0xef && p[1] == 0xbf && p[2] >= 0xbe) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_search_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped)
{
    escaped->len = text->len + ngx_escape_html(NULL, text->data, text->len);

    escaped->data = ngx_pnalloc(pool, escaped->len);
    if (escaped->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_escape_html(escaped->data, text->data, text->len);

    return NGX_OK;
}
