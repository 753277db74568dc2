
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_search_request.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>


#define LONG_16    "0123456789abcdef"
#define LONG_256   LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16    \
                   LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16    \
                   LONG_16 LONG_16
#define LONG_1024  LONG_256 LONG_256 LONG_256 LONG_256


/* a text, and what an XML parser finds in both bodies; NULL: declined */

typedef struct {
    ngx_str_t    text;
    char        *like;
    char        *pattern;
    ngx_uint_t   filter;
} unit_text_t;


static unit_text_t  unit_texts[] = {

    { unit_str("report"), "%report%", "report", 0 },

    { unit_str("a b"), "%a b%", "a b", 0 },

    { unit_str("%"), "%\\%%", "%", 1 },
    { unit_str("_"), "%\\_%", "_", 1 },
    { unit_str("\\"), "%\\\\%", NULL, 0 },
    { unit_str("a\\%b_c"), "%a\\\\\\%b\\_c%", NULL, 0 },

    { unit_str("&"), "%&%", "&", 0 },
    { unit_str("<b>&amp;</b"), NULL, NULL, 0 },
    { unit_str("<!--&#0;]]>"), "%<!--&#0;]]>%", "<!--&#0;]]>", 0 },

    { unit_str("it's \"x\""), "%it's \"x\"%", "it's \"x\"", 0 },
    { unit_str("*.txt?"), "%*.txt?%", "*.txt?", 0 },
    { unit_str("x\" OR name:\"*"), "%x\" OR name:\"*%", "x\" OR name:\"*", 0 },

    { unit_str("\xc3\xbcml\xc3\xa4ut"), "%\xc3\xbcml\xc3\xa4ut%",
      "\xc3\xbcml\xc3\xa4ut", 0 },
    { unit_str("\xf0\x9f\x98\x80"), "%\xf0\x9f\x98\x80%",
      "\xf0\x9f\x98\x80", 0 },
    { unit_str("\xef\xbf\xbd"), "%\xef\xbf\xbd%", "\xef\xbf\xbd", 0 },

    { unit_str(LONG_1024), "%" LONG_1024 "%", LONG_1024, 0 },

    /* no name holds them */

    { unit_str(""), NULL, NULL, 0 },
    { unit_str(LONG_1024 "x"), NULL, NULL, 0 },
    { unit_str("a/b"), NULL, NULL, 0 },
    { unit_str("a\0b"), NULL, NULL, 0 },
    { unit_str("a\n"), NULL, NULL, 0 },
    { unit_str("\tb"), NULL, NULL, 0 },
    { unit_str("\x1f"), NULL, NULL, 0 },
    { unit_str("\x7f"), NULL, NULL, 0 },
    { unit_str("\xff"), NULL, NULL, 0 },
    { unit_str("a\xc3"), NULL, NULL, 0 },
    { unit_str("\xed\xa0\x80"), NULL, NULL, 0 },
    { unit_str("\xef\xbf\xbe"), NULL, NULL, 0 },
    { unit_str("x\xef\xbf\xbf"), NULL, NULL, 0 },
};


/* users, and the scope that is searched */

typedef struct {
    ngx_str_t    user;
    char        *scope;
} unit_user_t;


static unit_user_t  unit_users[] = {
    { unit_str("alice"), "/files/alice/" },
    { unit_str("o'anna b@x.de"), "/files/o'anna b@x.de/" },
    { unit_str("a&b<c>%41"), "/files/a&b<c>%41/" },
    { unit_str("\xc3\xbc"), "/files/\xc3\xbc/" },
    { unit_str(""), NULL },
    { unit_str("a/../b"), NULL },
    { unit_str("a\x01"), NULL },
    { unit_str("a\xff"), NULL },
};


/* answers of the token endpoint, as recorded and worse */

typedef struct {
    ngx_uint_t   status;
    char        *body;
    ngx_uint_t   result;
} unit_answer_t;


#define GOOD    NGX_HTTP_OWNCLOUD_OAUTH_GOOD
#define GRANT   NGX_HTTP_OWNCLOUD_OAUTH_GRANT
#define CLIENT  NGX_HTTP_OWNCLOUD_OAUTH_CLIENT
#define BUSY    NGX_HTTP_OWNCLOUD_OAUTH_BUSY
#define FAILED  NGX_HTTP_OWNCLOUD_OAUTH_FAILED

#define PAGE    "<!DOCTYPE html>\n<html><body>429 &amp; more</body></html>"


static unit_answer_t  unit_answers[] = {
    { 200, "{\"access_token\":\"A2\",\"token_type\":\"Bearer\",\"expires_in\""
           ":3600,\"refresh_token\":\"R2\",\"user_id\":\"alice\"}", GOOD },
    { 200, "{\"access_token\":\"A2\"}", GOOD },
    { 200, PAGE, FAILED },
    { 200, "", FAILED },
    { 200, "{}", FAILED },
    { 200, "{\"access_token\":\"A2\",\"token_type\":\"Bea", FAILED },
    { 200, "{\"access_token\":\"\"}", FAILED },
    { 200, "{\"access_token\":\"A 2\"}", FAILED },
    { 200, "{\"access_token\":\"A2\",\"refresh_token\":\"R\\n\"}", FAILED },
    { 200, "[\"access_token\"]", FAILED },
    { 400, "{\"error\":\"invalid_request\"}", GRANT },
    { 400, "{\"error\":\"invalid_grant\",\"error_description\":"
           "\"refresh token does not exist\"}", GRANT },
    { 400, "{\"error\":\"unauthorized_client\",\"error_description\":"
           "\"user not enabled\"}", CLIENT },
    { 400, "{\"error\":\"invalid_client\"}", CLIENT },
    { 400, PAGE, GRANT },
    { 400, "", GRANT },
    { 401, "{\"error\":\"invalid_client\"}", CLIENT },
    { 401, PAGE, CLIENT },
    { 403, PAGE, CLIENT },
    { 429, PAGE, BUSY },
    { 503, PAGE, BUSY },
    { 503, "{\"error\":\"invalid_grant\"}", BUSY },
    { 500, PAGE, FAILED },
    { 500, "{\"error\":\"invalid_grant\"}", FAILED },
    { 502, "", FAILED },
    { 302, PAGE, FAILED },
    { 204, "", FAILED },
    { 404, PAGE, FAILED },
};


static ngx_uint_t unit_found(ngx_str_t *body, const char *root,
    const char *path, const char *expected);
static void unit_text(ngx_pool_t *pool, unit_text_t *c);
static void unit_user(ngx_pool_t *pool, unit_user_t *c);
static void unit_whole(ngx_pool_t *pool);
static void unit_limits(ngx_pool_t *pool);
static void unit_refresh(ngx_pool_t *pool);
static void unit_answer(ngx_pool_t *pool, unit_answer_t *c);


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    xmlInitParser();

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_texts); i++) {
        unit_text(pool, &unit_texts[i]);
    }

    for (i = 0; i < unit_n(unit_users); i++) {
        unit_user(pool, &unit_users[i]);
    }

    unit_whole(pool);
    unit_limits(pool);
    unit_refresh(pool);

    for (i = 0; i < unit_n(unit_answers); i++) {
        unit_answer(pool, &unit_answers[i]);
    }

    ngx_destroy_pool(pool);
    xmlCleanupParser();

    return unit_done();
}


/* 1 if the document says this in just one place */

static ngx_uint_t
unit_found(ngx_str_t *body, const char *root, const char *path,
    const char *expected)
{
    xmlChar            *text;
    xmlDocPtr           doc;
    ngx_uint_t          good;
    xmlXPathObjectPtr   found;
    xmlXPathContextPtr  context;

    doc = xmlReadMemory((char *) body->data, (int) body->len, NULL, NULL,
                        XML_PARSE_NONET);
    if (doc == NULL) {
        return 0;
    }

    context = xmlXPathNewContext(doc);
    (void) xmlXPathRegisterNs(context, BAD_CAST "d", BAD_CAST "DAV:");
    (void) xmlXPathRegisterNs(context, BAD_CAST "oc",
                              BAD_CAST "http://owncloud.org/ns");

    good = strcmp((char *) xmlDocGetRootElement(doc)->name, root) == 0;

    found = xmlXPathEvalExpression(BAD_CAST path, context);

    good = good && found && found->nodesetval
           && found->nodesetval->nodeNr == 1;

    if (good) {
        text = xmlNodeGetContent(found->nodesetval->nodeTab[0]);
        good = (strcmp((char *) text, expected) == 0);

        if (!good) {
            printf("#   got \"%s\", expected \"%s\"\n", (char *) text,
                   expected);
        }

        xmlFree(text);
    }

    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);

    return good;
}


static void
unit_text(ngx_pool_t *pool, unit_text_t *c)
{
    ngx_int_t                           rc;
    ngx_str_t                           body;
    ngx_http_owncloud_search_request_t  search;

    ngx_str_set(&search.user, "alice");
    search.text = unit_copy(pool, &c->text);
    search.limit = 200;

    rc = ngx_http_owncloud_search_request_body(pool, &search, &body);

    unit_ok(c->like ? rc == NGX_OK && unit_found(&body, "searchrequest",
                                  "/*/d:basicsearch/d:where/d:like/d:literal",
                                  c->like)
                    : rc == NGX_DECLINED,
            "Nextcloud: %s", c->text.data);

    search.filter = 99;
    rc = ngx_http_owncloud_search_request_report(pool, &search, &body);

    unit_ok(c->pattern ? rc == NGX_OK && search.filter == c->filter
                         && unit_found(&body, "search-files",
                                       "/*/oc:search/oc:pattern", c->pattern)
                       : rc == NGX_DECLINED,
            "ownCloud: %s", c->text.data);
}


static void
unit_user(ngx_pool_t *pool, unit_user_t *c)
{
    ngx_int_t                           rc;
    ngx_str_t                           body;
    ngx_http_owncloud_search_request_t  search;

    search.user = unit_copy(pool, &c->user);
    ngx_str_set(&search.text, "x");
    search.limit = 200;

    rc = ngx_http_owncloud_search_request_body(pool, &search, &body);

    unit_ok(c->scope ? rc == NGX_OK
                       && unit_found(&body, "searchrequest",
                                     "//d:from/d:scope/d:href", c->scope)
                     : rc == NGX_DECLINED,
            "the user: %s", c->user.data);
}


static void
unit_whole(ngx_pool_t *pool)
{
    ngx_str_t                           body;
    ngx_http_owncloud_search_request_t  search;

    static ngx_str_t  request = ngx_string(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<d:searchrequest xmlns:d=\"DAV:\"><d:basicsearch><d:select><d:prop>"
        "<d:getcontentlength/><d:getlastmodified/><d:resourcetype/></d:prop>"
        "</d:select><d:from><d:scope><d:href>/files/a&amp;b/</d:href>"
        "<d:depth>infinity</d:depth></d:scope></d:from><d:where><d:like>"
        "<d:prop><d:displayname/></d:prop><d:literal>%5\\%&lt;%</d:literal>"
        "</d:like></d:where><d:orderby><d:order><d:prop><d:displayname/>"
        "</d:prop><d:ascending/></d:order></d:orderby><d:limit><d:nresults>8"
        "</d:nresults></d:limit></d:basicsearch></d:searchrequest>");

    static ngx_str_t  report = ngx_string(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<oc:search-files xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns"
        "\"><d:prop><d:getcontentlength/><d:getlastmodified/>"
        "<d:resourcetype/></d:prop><oc:search><oc:pattern>5%&lt;"
        "</oc:pattern><oc:limit>70</oc:limit></oc:search></oc:search-files>");

    ngx_str_set(&search.user, "a&b");
    ngx_str_set(&search.text, "5%<");
    search.limit = 7;

    unit_ok(ngx_http_owncloud_search_request_body(pool, &search,
                                                  &body) == NGX_OK
            && unit_same(&body, &request), "a SEARCH");

    unit_ok(ngx_http_owncloud_search_request_report(pool, &search, &body)
            == NGX_OK
            && unit_same(&body, &report), "a REPORT");
}


/* one more than asked for; with hits that may be none, many more */

static void
unit_limits(ngx_pool_t *pool)
{
    char                                expected[32];
    ngx_str_t                           body;
    ngx_uint_t                          i;
    ngx_http_owncloud_search_request_t  search;

    static struct {
        ngx_uint_t  limit;
        ngx_uint_t  filtered;
    } limits[] = {
        { 1, 10 }, { 200, 2000 }, { 499, 4990 }, { 500, 5000 }, { 501, 5000 },
        { 4999, 5000 }, { 5000, 5001 }, { 100000, 100001 }
    };

    ngx_str_set(&search.user, "alice");

    for (i = 0; i < unit_n(limits); i++) {
        search.limit = limits[i].limit;

        (void) sprintf(expected, "%u", (unsigned) limits[i].limit + 1);

        ngx_str_set(&search.text, "x");

        unit_ok(ngx_http_owncloud_search_request_body(pool, &search,
                                                      &body) == NGX_OK
                && unit_found(&body, "searchrequest",
                              "/*/d:basicsearch/d:limit/d:nresults", expected),
                "Nextcloud: %s hits", expected);

        unit_ok(ngx_http_owncloud_search_request_report(pool, &search, &body)
                == NGX_OK
                && unit_found(&body, "search-files",
                              "/*/oc:search/oc:limit", expected),
                "ownCloud: %s hits", expected);

        (void) sprintf(expected, "%u", (unsigned) limits[i].filtered);

        ngx_str_set(&search.text, "%?");

        unit_ok(ngx_http_owncloud_search_request_report(pool, &search, &body)
                == NGX_OK
                && unit_found(&body, "search-files",
                              "/*/oc:search/oc:limit", expected),
                "ownCloud: %s hits to look through", expected);
    }
}


static void
unit_refresh(ngx_pool_t *pool)
{
    ngx_str_t                   form, id = ngx_string("moodle&1");
    ngx_str_t                   plain, body;
    ngx_http_owncloud_secret_t  token, secret;

    token.data = (u_char *) "R1+/=";
    token.len = 5;
    secret.data = (u_char *) "s e";
    secret.len = 3;

    ngx_str_set(&plain, "grant_type=refresh_token"
                        "&refresh_token=R1%2B%2F%3D");
    ngx_str_set(&body, "grant_type=refresh_token"
                       "&refresh_token=R1%2B%2F%3D"
                       "&client_id=moodle%261&client_secret=s%20e");

    unit_ok(ngx_http_owncloud_oauth_refresh_form(pool, &id, &token, NULL,
                                                 &form)
            == NGX_OK
            && unit_same(&form, &plain), "a refresh");

    unit_ok(ngx_http_owncloud_oauth_refresh_form(pool, &id, &token, &secret,
                                                 &form)
            == NGX_OK
            && unit_same(&form, &body), "a refresh with the secret in it");
}


static void
unit_answer(ngx_pool_t *pool, unit_answer_t *c)
{
    ngx_int_t                         rc;
    ngx_str_t                         plain, body;
    ngx_uint_t                        result;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    plain.data = (u_char *) c->body;
    plain.len = strlen(c->body);
    body = unit_copy(pool, &plain);

    result = 99;
    rc = ngx_http_owncloud_oauth_answer(pool, c->status, &body, &tokens,
                                        &result);

    unit_ok(rc == NGX_OK && result == c->result
            && (result != GOOD || (tokens.access.len == 2
                                   && tokens.expires_in == 3600)),
            "a refresh answered %u %s", (unsigned) c->status, c->body);
}
