
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_proof.h"


#define UNIT_CFG                                                              \
    "M.cfg = {\"wwwroot\":\"https:\\/\\/moodle.test\",\"homeurl\":{},"        \
    "\"sesskey\":\"TESTKxxxxx\",\"svgicons\":true,\"language\":\"en\","       \
    "\"courseId\":2,\"courseContextId\":16,\"contextid\":17,"                 \
    "\"contextInstanceId\":2,\"siteId\":1,\"userId\":6};"

#define UNIT_HEAD  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>F"    \
    "ilter settings</title>\n<script>\nvar M = {}; M.yui = {};\n"

#define UNIT_BODY(id, class)                                                  \
    "\nvar yui = {};</script>\n</head>\n<body  id=\"" id "\" class=\"" class  \
    "\">\n<p>text</p>\n</body>\n</html>\n"

#define UNIT_ERROR(text)                                                      \
    "</script>\n</head>\n<body id=\"page-filter-manage\" class=\"x\">\n"       \
    text "\n</body>\n</html>\n"

#define UNIT_CLASS  "format-topics  path-filter pagelayout-admin context-17"

#define UNIT_PAGE                                                             \
    UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage", UNIT_CLASS)

#define UNIT_YES      NGX_HTTP_OWNCLOUD_PROOF_YES
#define UNIT_NO       NGX_HTTP_OWNCLOUD_PROOF_NO
#define UNIT_UNCLEAR  NGX_HTTP_OWNCLOUD_PROOF_UNCLEAR

#define UNIT_WITH(cfg)                                                        \
    unit_str(UNIT_HEAD "M.cfg = {" cfg "};"                                   \
             UNIT_BODY("page-filter-manage", UNIT_CLASS))


typedef struct {
    ngx_str_t    page;
    uint64_t     context;
    ngx_uint_t   status;
    ngx_uint_t   complete;
    ngx_uint_t   result;
    char        *name;
} unit_case_t;


static ngx_str_t  unit_page = unit_str("page-filter-manage");


static unit_case_t  unit_cases[] = {

    { unit_str(UNIT_PAGE), 17, 200, 1, UNIT_YES, "the page" },
    { unit_str("Notice: deprecated\n" UNIT_PAGE), 17, 200, 1, UNIT_YES,
      "after output of a debugger" },
    { unit_str(UNIT_PAGE), 16, 200, 1, UNIT_NO, "of another context" },
    { unit_str(UNIT_PAGE), 1, 200, 1, UNIT_NO, "of the site" },
    { unit_str(UNIT_PAGE), 17, 200, 0, UNIT_UNCLEAR, "broken off" },

    /* other statuses, whatever the page is */

    { unit_str(UNIT_PAGE), 17, 303, 1, UNIT_NO, "303" },
    { unit_str(UNIT_PAGE), 17, 302, 1, UNIT_NO, "302" },
    { unit_str(UNIT_PAGE), 17, 403, 1, UNIT_NO, "403" },
    { unit_str(UNIT_PAGE), 17, 404, 1, UNIT_NO, "404" },
    { unit_str(UNIT_PAGE), 17, 404, 0, UNIT_NO, "404, broken off" },
    { unit_str(UNIT_PAGE), 17, 0, 1, UNIT_UNCLEAR, "nobody answered" },
    { unit_str(UNIT_PAGE), 17, 100, 1, UNIT_UNCLEAR, "100" },
    { unit_str(UNIT_PAGE), 17, 201, 1, UNIT_UNCLEAR, "201" },
    { unit_str(UNIT_PAGE), 17, 206, 1, UNIT_UNCLEAR, "206" },
    { unit_str(UNIT_PAGE), 17, 304, 1, UNIT_UNCLEAR, "304" },
    { unit_str(UNIT_PAGE), 17, 400, 1, UNIT_UNCLEAR, "400" },
    { unit_str(UNIT_PAGE), 17, 408, 1, UNIT_UNCLEAR, "408" },
    { unit_str(UNIT_PAGE), 17, 429, 1, UNIT_UNCLEAR, "429" },
    { unit_str(UNIT_PAGE), 17, 500, 1, UNIT_UNCLEAR, "500" },
    { unit_str(UNIT_PAGE), 17, 502, 1, UNIT_UNCLEAR, "502" },

    /* what a redirect is for some browsers, and for who is not logged in */

    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage",
               "format-site pagelayout-redirect context-17")),
      17, 200, 1, UNIT_NO, "a redirect" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage",
               "pagelayout-redirect")), 17, 200, 1, UNIT_NO,
      "a redirect, the only class" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage",
               "pagelayout-redirected pagelayout-admin")),
      17, 200, 1, UNIT_YES, "no redirect" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage",
               "pagelayout-admin notloggedin theme")), 17, 200, 1, UNIT_NO,
      "nobody is logged in" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-site-index", UNIT_CLASS)),
      17, 200, 1, UNIT_NO, "another page" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-filter-manage2",
                                            UNIT_CLASS)),
      17, 200, 1, UNIT_NO, "a page of a longer name" },
    { unit_str(UNIT_HEAD UNIT_CFG "<body id='page-filter-manage' "
               "class='pagelayout-redirect'></body></html>"),
      17, 200, 1, UNIT_NO, "other quotes" },
    { unit_str(UNIT_HEAD UNIT_CFG "<body title=\"pagelayout-redirect\" "
               "data-id=\"x\" id=\"page-filter-manage\" "
               "class=\"x\"></body></html>"),
      17, 200, 1, UNIT_YES, "another attribute" },
    { unit_str(UNIT_HEAD UNIT_CFG "<body class=\"x\"></body></html>"),
      17, 200, 1, UNIT_NO, "no name of the page" },
    { unit_str(UNIT_HEAD UNIT_CFG "<body></body></html>"),
      17, 200, 1, UNIT_UNCLEAR, "a body that says nothing" },

    /* errors, where the status was sent before Moodle knew of them */

    { unit_str(UNIT_HEAD UNIT_CFG UNIT_ERROR(
          "<div class=\"errorbox\"><p class=\"errormessage\">Sorry</p></div>"
          )), 17, 200, 1, UNIT_UNCLEAR, "a refusal" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_ERROR(
          "<div data-rel=\"fatalerror\">Sorry</div>")), 17, 200, 1,
      UNIT_UNCLEAR, "a refusal of a theme" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_ERROR(
          "<p>class=&quot;errormessage&quot; errormessage</p>")), 17, 200, 1,
      UNIT_YES, "a text about errors" },
    { unit_str(UNIT_HEAD UNIT_CFG UNIT_BODY("page-site-index", UNIT_CLASS)
               "<p class=\"errormessage\">"), 17, 200, 1, UNIT_NO,
      "a refusal on another page" },

    /* M.cfg */

    { UNIT_WITH("\"contextid\":17,\"userId\":0"), 17, 200, 1, UNIT_NO,
      "for nobody" },
    { UNIT_WITH("\"contextid\":17,\"userId\":1"), 17, 200, 1, UNIT_NO,
      "for the guest" },
    { UNIT_WITH("\"contextid\":17"), 17, 200, 1, UNIT_YES,
      "for whom it does not say" },
    { UNIT_WITH("\"contextid\":\"17\",\"userId\":\"6\""), 17, 200, 1,
      UNIT_YES, "numbers as strings" },
    { UNIT_WITH("\"contextid\":170"), 17, 200, 1, UNIT_NO, "170" },
    { UNIT_WITH("\"contextid\":1"), 17, 200, 1, UNIT_NO, "1" },
    { UNIT_WITH("\"contextid\":17.0"), 17, 200, 1, UNIT_UNCLEAR, "17.0" },
    { UNIT_WITH("\"contextid\":-17"), 17, 200, 1, UNIT_UNCLEAR, "-17" },
    { UNIT_WITH("\"contextid\":null"), 17, 200, 1, UNIT_UNCLEAR, "null" },
    { UNIT_WITH("\"contextid\":\"\""), 17, 200, 1, UNIT_UNCLEAR, "\"\"" },
    { UNIT_WITH("\"contextid\":[17]"), 17, 200, 1, UNIT_UNCLEAR, "[17]" },
    { UNIT_WITH("\"contextid\":{\"a\":17}"), 17, 200, 1, UNIT_UNCLEAR,
      "an object" },
    { UNIT_WITH("\"contextid\":17,\"contextid\":17"), 17, 200, 1,
      UNIT_UNCLEAR, "twice" },
    { UNIT_WITH("\"contextid\":18446744073709551633"), 17, 200, 1,
      UNIT_UNCLEAR, "2^64 + 17" },
    { UNIT_WITH("\"contextid\":17,\"userId\":true"), 17, 200, 1,
      UNIT_UNCLEAR, "a user that is no number" },
    { UNIT_WITH("\"x\":{\"contextid\":17}"), 17, 200, 1, UNIT_UNCLEAR,
      "further in" },
    { UNIT_WITH("\"x\":[\"contextid\",17]"), 17, 200, 1, UNIT_UNCLEAR,
      "in a list" },
    { UNIT_WITH("\"x\":\"a\\\",\\\"contextid\\\":17,\\\"\""), 17, 200, 1,
      UNIT_UNCLEAR, "in a string" },
    { UNIT_WITH("\"x\":\"\\\\\",\"contextid\":17"), 17, 200, 1, UNIT_YES,
      "after a backslash" },
    { UNIT_WITH("\"x\":\"}\",\"contextid\":17"), 17, 200, 1, UNIT_YES,
      "after a brace in a string" },
    { UNIT_WITH("\"contextid\"x:17"), 17, 200, 1, UNIT_UNCLEAR,
      "no colon after the key" },
    { UNIT_WITH("\"contextids\":17"), 17, 200, 1, UNIT_UNCLEAR,
      "a longer key" },
    { UNIT_WITH("\"contextId\":17"), 17, 200, 1, UNIT_UNCLEAR,
      "another key" },

    /* a title that has another one in it */

    { unit_str("<title>M.cfg = {\"contextid\":17}</title>" UNIT_HEAD
               "M.cfg = {\"contextid\":16};"
               UNIT_BODY("page-filter-manage", UNIT_CLASS)),
      17, 200, 1, UNIT_UNCLEAR, "two of them" },
    { unit_str("<title>M.cfg = {\"contextid\":17}</title>" UNIT_HEAD
               "M.cfg = {\"userId\":6};"
               UNIT_BODY("page-filter-manage", UNIT_CLASS)),
      17, 200, 1, UNIT_UNCLEAR, "two of them, the second without a context" },
    { unit_str("<body id=\"page-filter-manage\"> " UNIT_PAGE),
      17, 200, 1, UNIT_UNCLEAR, "after the body began" },
    { unit_str(UNIT_HEAD UNIT_BODY("page-filter-manage", UNIT_CLASS)),
      17, 200, 1, UNIT_UNCLEAR, "none of them" },
    { unit_str(UNIT_HEAD "MM.cfg = {\"contextid\":17};"
               UNIT_BODY("page-filter-manage", UNIT_CLASS)),
      17, 200, 1, UNIT_YES, "begun twice" },

    /* not to its end */

    { unit_str(UNIT_HEAD UNIT_CFG "<body id=\"page-filter-manage\" "
               "class=\"x\">Fatal error"), 17, 200, 1, UNIT_UNCLEAR,
      "died on the way" },
    { unit_str(UNIT_HEAD UNIT_CFG "<body id=\"page-filter-manage\" "
               "class=\"x\"></htm<</html>"), 17, 200, 1, UNIT_YES,
      "an end that begins twice" },
    { unit_str(""), 17, 200, 1, UNIT_UNCLEAR, "nothing" },
    { unit_str("{\"error\":\"x\"}"), 17, 200, 1, UNIT_UNCLEAR, "JSON" }
};


static ngx_uint_t
unit_read(unit_case_t *c, ngx_str_t *page, size_t piece)
{
    size_t                      n;
    u_char                     *p, *last;
    ngx_http_owncloud_proof_t   proof;

    ngx_http_owncloud_proof_init(&proof, page, c->context);

    last = c->page.data + c->page.len;

    for (p = c->page.data; p < last; p += n) {
        n = ngx_min(piece, (size_t) (last - p));
        ngx_http_owncloud_proof_read(&proof, p, n);
    }

    return ngx_http_owncloud_proof_result(&proof, c->status, c->complete);
}


/* who a page says it was made for */

static uint64_t
unit_user(char *head, char *body, ngx_uint_t status, ngx_uint_t complete)
{
    ngx_str_t                  none;
    ngx_http_owncloud_proof_t  proof;

    ngx_str_null(&none);

    ngx_http_owncloud_proof_init(&proof, &none, 0);
    ngx_http_owncloud_proof_read(&proof, (u_char *) head, ngx_strlen(head));
    ngx_http_owncloud_proof_read(&proof, (u_char *) body, ngx_strlen(body));

    return ngx_http_owncloud_proof_user(&proof, status, complete);
}


static void
users(void)
{
    char  *six = UNIT_HEAD UNIT_CFG;
    char  *page = UNIT_BODY("page-admin-search", UNIT_CLASS);

    unit_ok(unit_user(six, page, 200, 1) == 6, "a page that he may see");
    unit_ok(unit_user(six, page, 404, 1) == 6, "one that he may not see");
    unit_ok(unit_user(six, page, 404, 0) == 0, "broken off");
    unit_ok(unit_user(six, "", 404, 1) == 0, "without its end");
    unit_ok(unit_user(six, page, 303, 1) == 0, "a redirect");
    unit_ok(unit_user(six, page, 403, 1) == 0, "forbidden");
    unit_ok(unit_user(six, page, 500, 1) == 0, "an error");
    unit_ok(unit_user(six, UNIT_BODY("page-site-index",
                                     "pagelayout-redirect"), 200, 1) == 0,
            "a redirect that is a page");
    unit_ok(unit_user(six, UNIT_BODY("page-site-index",
                                     "x notloggedin y"), 200, 1) == 0,
            "nobody is logged in");
    unit_ok(unit_user(UNIT_HEAD "M.cfg = {\"userId\":1};", page, 200, 1) == 0,
            "a guest");
    unit_ok(unit_user(UNIT_HEAD "M.cfg = {\"userId\":0};", page, 200, 1) == 0,
            "nobody");
    unit_ok(unit_user(UNIT_HEAD "M.cfg = {\"userId\":\"6a\"};", page, 200, 1)
            == 0, "not a number");
    unit_ok(unit_user(UNIT_HEAD "M.cfg = {\"x\":{\"userId\":6}};", page, 200,
                      1) == 0, "not its own");
    unit_ok(unit_user(UNIT_HEAD "M.cfg = {\"contextid\":6};", page, 200, 1)
            == 0, "it is not said");
}


int
main(void)
{
    size_t        cut;
    ngx_str_t     any;
    ngx_uint_t    i, yes;
    unit_case_t   c;

    static size_t  pieces[] = { 100000, 1, 2, 7 };

    ngx_str_null(&any);

    for (i = 0; i < unit_n(unit_cases) * unit_n(pieces); i++) {

        c = unit_cases[i / unit_n(pieces)];

        unit_ok(unit_read(&c, &unit_page, pieces[i % unit_n(pieces)])
                == c.result, "%s, in pieces of %u", c.name,
                (unsigned) pieces[i % unit_n(pieces)]);
    }

    /* a page of which only its context is known */

    c = unit_cases[0];
    unit_ok(unit_read(&c, &any, 100000) == UNIT_YES, "any page");
    c.context = 16;
    unit_ok(unit_read(&c, &any, 100000) == UNIT_NO,
            "any page, of another context");

    /* no part of the page is enough */

    for (yes = 0, cut = 0; cut < unit_cases[0].page.len; cut++) {
        c = unit_cases[0];
        c.page.len = cut;
        yes += (unit_read(&c, &unit_page, 100000) != UNIT_UNCLEAR);
    }

    unit_ok(yes == 1, "a part of it: only without the last line break");

    users();

    return unit_done();
}
