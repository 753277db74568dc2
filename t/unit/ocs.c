
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_ocs.h"
#include "ngx_http_owncloud_xml.h"


#define GOOD       NGX_HTTP_OWNCLOUD_OCS_GOOD
#define MISSING    NGX_HTTP_OWNCLOUD_OCS_MISSING
#define FORBIDDEN  NGX_HTTP_OWNCLOUD_OCS_FORBIDDEN
#define INVALID    NGX_HTTP_OWNCLOUD_OCS_INVALID
#define REFUSED    NGX_HTTP_OWNCLOUD_OCS_REFUSED
#define TOO_MANY   NGX_HTTP_OWNCLOUD_OCS_TOO_MANY
#define FAILED     NGX_HTTP_OWNCLOUD_OCS_FAILED


#define JSON(code, message, data)                                             \
    "{\"ocs\":{\"meta\":{\"status\":\"x\",\"statuscode\":" code               \
    ",\"message\":" message ",\"totalitems\":\"\"},\"data\":" data "}}"

#define XML(code, message, data)                                              \
    "<?xml version=\"1.0\"?>\n<ocs>\n <meta>\n  <status>x</status>\n"         \
    "  <statuscode>" code "</statuscode>\n  " message "\n"                    \
    "  <totalitems></totalitems>\n </meta>\n " data "\n</ocs>\n"

#define TEXT(t)  "<message>" t "</message>"


/* answers, and what becomes of them */

typedef struct {
    ngx_uint_t   status;
    ngx_str_t    body;
    ngx_uint_t   result;
    ngx_uint_t   statuscode;
    ngx_str_t    message;
    ngx_uint_t   shares;
} unit_answer_t;


static unit_answer_t  unit_answers[] = {

    /* both versions, both forms, both servers' successes */

    { 200, unit_str(JSON("100", "\"OK\"", "[]")), GOOD, 100,
      unit_str("OK"), 0 },
    { 200, unit_str(JSON("100", "null", "[]")), GOOD, 100, unit_str(""), 0 },
    { 200, unit_str(JSON("200", "\"OK\"", "[]")), GOOD, 200,
      unit_str("OK"), 0 },
    { 200, unit_str(JSON("\"200\"", "\"OK\"", "{}")), GOOD, 200,
      unit_str("OK"), 0 },
    { 200, unit_str(XML("100", TEXT("OK"), "<data/>")), GOOD, 100,
      unit_str("OK"), 0 },
    { 200, unit_str(XML("100", "<message/>", "<data/>")), GOOD, 100,
      unit_str(""), 0 },
    { 200, unit_str(XML("200", "", "")), GOOD, 200, unit_str(""), 0 },

    /* an error inside of 200, and the same of version 2 */

    { 200, unit_str(JSON("404", "\"Wrong path, file\\/folder does not "
                         "exist\"", "[]")),
      MISSING, 404, unit_str("Wrong path, file/folder does not exist"), 0 },
    { 404, unit_str(JSON("404", "\"Share API is disabled\"", "[]")),
      MISSING, 404, unit_str("Share API is disabled"), 0 },
    { 200, unit_str(XML("403", TEXT("Passwords are enforced for link shares"),
                        "<data/>")),
      FORBIDDEN, 403, unit_str("Passwords are enforced for link shares"), 0 },
    { 403, unit_str(JSON("104", "\"A share for the recipient already "
                         "exists\"", "null")),
      FORBIDDEN, 104, unit_str("A share for the recipient already exists"),
      0 },
    { 200, unit_str(XML("400", TEXT("Unknown share type"), "<data/>")),
      INVALID, 400, unit_str("Unknown share type"), 0 },
    { 200, unit_str(XML("998", TEXT("not found"), "")), MISSING, 998,
      unit_str("not found"), 0 },
    { 200, unit_str(XML("996", TEXT("grpc &amp; more"), "")), FAILED, 996,
      unit_str("grpc & more"), 0 },
    { 200, unit_str(XML("999", TEXT("Invalid query. DEBUG OUTPUT:\n"),
                        "<data/>")),
      FAILED, 999, unit_str("Invalid query. DEBUG OUTPUT:"), 0 },
    { 500, unit_str(JSON("500", "\"a\\nb\\u007fc\"", "[]")), FAILED, 500,
      unit_str("a b c"), 0 },
    { 503, unit_str(JSON("503", "null", "[]")), FAILED, 503, unit_str(""), 0 },

    /* who is asking */

    { 401, unit_str(JSON("997", "\"Current user is not logged in\"", "[]")),
      REFUSED, 997, unit_str("Current user is not logged in"), 0 },
    { 200, unit_str(XML("997", TEXT("User disabled"), "<data/>")), REFUSED,
      997, unit_str("User disabled"), 0 },
    { 401, unit_str(""), REFUSED, 401, unit_str(""), 0 },
    { 401, unit_str(JSON("100", "null", "[]")), REFUSED, 100,
      unit_str(""), 0 },

    /* too many */

    { 429, unit_str(""), TOO_MANY, 429, unit_str(""), 0 },
    { 429, unit_str("<html><body>slow"), TOO_MANY, 429, unit_str(""), 0 },
    { 200, unit_str(JSON("429", "null", "[]")), TOO_MANY, 429,
      unit_str(""), 0 },
    { 429, unit_str(JSON("404", "null", "[]")), TOO_MANY, 404,
      unit_str(""), 0 },

    /* no OCS, or not all of it */

    { 200, unit_str(""), FAILED, 200, unit_str(""), 0 },
    { 200, unit_str(" \r\n\t"), FAILED, 200, unit_str(""), 0 },
    { 404, unit_str("404 page not found"), FAILED, 404, unit_str(""), 0 },
    { 200, unit_str("<html><body>Log in</body></html>"), FAILED, 200,
      unit_str(""), 0 },
    { 403, unit_str("<!DOCTYPE html><html></html>"), FAILED, 403,
      unit_str(""), 0 },
    { 200, unit_str("{}"), FAILED, 200, unit_str(""), 0 },
    { 200, unit_str("[]"), FAILED, 200, unit_str(""), 0 },
    { 200, unit_str("{\"ocs\":[{\"meta\":{\"statuscode\":100}}]}"), FAILED,
      200, unit_str(""), 0 },
    { 200, unit_str(JSON("100", "\"OK\"", "[{\"id\":1},")), FAILED, 200,
      unit_str(""), 0 },
    { 200, unit_str(JSON("100", "\"\xed\xa0\x80\"", "[]")), FAILED, 200,
      unit_str(""), 0 },
    { 200, unit_str(JSON("-1", "null", "[]")), FAILED, 200, unit_str(""), 0 },
    { 200, unit_str(JSON("1e2", "null", "[]")), FAILED, 200, unit_str(""),
      0 },
    { 200, unit_str(JSON("1000000", "null", "[]")), FAILED, 200,
      unit_str(""), 0 },
    { 200, unit_str(XML("", TEXT("OK"), "<data/>")), FAILED, 200,
      unit_str(""), 0 },
    { 200, unit_str("<ocs><meta><statuscode>100</statuscode></meta>"
                    "<data><id>1</id>"), FAILED, 200, unit_str(""), 0 },
    { 200, unit_str("<!DOCTYPE ocs [<!ENTITY a \"1\">]><ocs><meta>"
                    "<statuscode>100</statuscode></meta></ocs>"), FAILED,
      200, unit_str(""), 0 },
    { 200, unit_str("<x><meta><statuscode>100</statuscode></meta></x>"),
      FAILED, 200, unit_str(""), 0 },
    { 200, unit_str("<ocs><data><statuscode>100</statuscode></data></ocs>"),
      FAILED, 200, unit_str(""), 0 },

    /* a success that the status denies */

    { 500, unit_str(JSON("100", "\"OK\"", "{\"id\":\"1\"}")), FAILED, 100,
      unit_str("OK"), 0 },
    { 302, unit_str(XML("200", TEXT("OK"), "<data><id>1</id></data>")),
      FAILED, 200, unit_str("OK"), 0 },

    /* how many there are */

    { 200, unit_str(JSON("100", "null", "{\"id\":\"1\"}")), GOOD, 100,
      unit_str(""), 1 },
    { 200, unit_str(JSON("100", "null", "[{\"id\":1},{\"id\":\"b\"},{},null,"
                         "[{\"id\":3}],{\"x\":{\"id\":4}},{\"id\":null},"
                         "{\"id\":{\"id\":5}},{\"id\":[6]},{\"id\":\"\"}]")),
      GOOD, 100, unit_str(""), 2 },
    { 200, unit_str("{\"data\":{\"id\":1},\"ocs\":{\"x\":{\"data\":"
                    "{\"id\":2}},\"meta\":{\"statuscode\":100,\"data\":"
                    "[{\"id\":3}]},\"data\":[{\"id\":4}],\"y\":[{\"id\":5}]},"
                    "\"z\":{\"id\":6}}"), GOOD, 100, unit_str(""), 1 },
    { 404, unit_str(JSON("404", "null", "{\"id\":\"1\"}")), MISSING, 404,
      unit_str(""), 0 },
    { 200, unit_str(XML("100", "", "<data><id>1</id></data>")), GOOD, 100,
      unit_str(""), 1 },
    { 200, unit_str(XML("100", "", "<data><element><id>1</id></element>"
                        "<element><x><id>2</id></x></element><element/>"
                        "<element><id>3</id></element></data>"
                        "<x><element><id>4</id></element><id>5</id></x>")),
      GOOD, 100, unit_str(""), 2 },
    { 200, unit_str(XML("404", "", "<data><id>1</id></data>")), MISSING, 404,
      unit_str(""), 0 },
};


/* the same link, as the servers tell it */

static ngx_str_t  unit_links[] = {

    unit_str(JSON("100", "\"OK\"",
        "{\"id\":\"21\",\"share_type\":3,\"uid_owner\":\"alice\","
        "\"permissions\":17,\"can_edit\":true,\"parent\":null,"
        "\"expiration\":null,\"token\":\"4bZkn5ct8gAiNQH\","
        "\"uid_file_owner\":\"alice\",\"label\":\"\",\"path\":"
        "\"\\/report \\u00fc.pdf\",\"file_source\":136,\"file_target\":"
        "\"\\/report \\u00fc.pdf\",\"share_with\":null,\"password\":null,"
        "\"item_type\":\"file\",\"attributes\":[{\"id\":\"7\"}],"
        "\"url\":\"https:\\/\\/cloud.test:8243\\/s\\/4bZkn5ct8gAiNQH\"}")),

    unit_str(JSON("200", "null",
        "[{\"id\":21,\"share_type\":\"3\",\"uid_owner\":\"alice\","
        "\"permissions\":17,\"expiration\":\"\",\"token\":\"4bZkn5ct8gAiNQH\","
        "\"path\":\"/report \xc3\xbc.pdf\",\"file_source\":\"136\","
        "\"file_target\":\"/report \xc3\xbc.pdf\",\"share_with\":\"\","
        "\"url\":\"https://cloud.test:8243/s/4bZkn5ct8gAiNQH\"}]")),

    unit_str(XML("100", "<message/>",
        "<data>\n  <id>21</id>\n  <share_type>3</share_type>\n"
        "  <uid_owner>bob</uid_owner><uid_file_owner>alice</uid_file_owner>\n"
        "  <permissions>17</permissions><expiration/>"
        "<token>4bZkn5ct8gAiNQH</token><path>/report \xc3\xbc.pdf</path>"
        "<file_source>136</file_source>"
        "<file_target>/report &#xfc;.pdf</file_target><share_with/>"
        "<password/><url>https://cloud.test:8243/s/4bZkn5ct8gAiNQH</url>"
        "<attributes><id>7</id></attributes>\n </data>")),

    unit_str(XML("200", TEXT("OK"),
        "<data><element><id>21</id><share_type>3</share_type>"
        "<uid_owner>alice</uid_owner><permissions>17</permissions>"
        "<token>4bZkn5ct8gAiNQH</token><path>/report \xc3\xbc.pdf</path>"
        "<file_source>136</file_source>"
        "<file_target>/report \xc3\xbc.pdf</file_target>"
        "<url>https://cloud.test:8243/s/4bZkn5ct8gAiNQH</url>"
        "</element></data>")),
};


/* has the link a password? */

typedef struct {
    ngx_str_t    body;
    ngx_uint_t   password;
} unit_password_t;


static unit_password_t  unit_passwords[] = {
    { unit_str(JSON("100", "null", "{\"id\":1,\"share_type\":3,"
                    "\"share_with\":\"***redacted***\"}")), 1 },
    { unit_str(JSON("100", "null", "{\"id\":1,\"share_type\":3,"
                    "\"share_with\":null,\"password\":\"3|$argon2id$\"}")),
      1 },
    { unit_str(JSON("100", "null", "{\"id\":1,\"share_type\":3,"
                    "\"share_with\":null,\"password\":null}")), 0 },
    { unit_str(JSON("100", "null", "{\"id\":1,\"share_type\":3,"
                    "\"share_with\":\"\",\"password\":\"\"}")), 0 },
    { unit_str(JSON("100", "null", "{\"id\":1,\"share_type\":0,"
                    "\"share_with\":\"bob\"}")), 0 },
    { unit_str(XML("100", "", "<data><id>1</id><share_type>3</share_type>"
                   "<share_with>***redacted***</share_with></data>")), 1 },
    { unit_str(XML("100", "", "<data><id>1</id><share_type>3</share_type>"
                   "<share_with/><password>x</password></data>")), 1 },
    { unit_str(XML("100", "", "<data><id>1</id><share_type>3</share_type>"
                   "<share_with/><password/></data>")), 0 },
};


/* bytes that come at a time; 0: all of them */

static size_t  unit_piece;


static ngx_int_t unit_read(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_ocs_t *ocs);
static void unit_results(void);
static void unit_same_link(void);
static void unit_other_links(void);
static void unit_many(void);
static void unit_long(void);
static void unit_token(void);
static void unit_ended(void);
static void unit_fills(void);
static size_t unit_pool_size(ngx_pool_t *pool);
static void unit_list(void);
static ngx_int_t unit_list_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_list_t *list);
static ngx_int_t unit_list_object(void *data, ngx_str_t *values,
    ngx_uint_t cut);


int
main(void)
{
    ngx_uint_t  i;

    static size_t  pieces[] = { 0, 1, 7, 5000 };

    ngx_http_owncloud_xml_init();

    for (i = 0; i < unit_n(pieces); i++) {
        unit_piece = pieces[i];

        unit_results();
        unit_same_link();
        unit_other_links();
        unit_many();
        unit_long();
        unit_token();
        unit_list();
    }

    unit_ended();
    unit_fills();

    return unit_done();
}


static ngx_int_t
unit_read(ngx_pool_t *pool, ngx_uint_t status, ngx_str_t *body,
    ngx_http_owncloud_ocs_t *ocs)
{
    size_t                           n;
    ngx_str_t                        rest, piece;
    ngx_http_owncloud_ocs_reader_t  *reader;

    reader = ngx_http_owncloud_ocs_create(pool);

    for (rest = *body; rest.len; rest.len -= n) {
        n = unit_piece ? ngx_min(unit_piece, rest.len) : rest.len;

        /* what has been fed may go away */

        piece.data = malloc(n);
        ngx_memcpy(piece.data, rest.data, n);

        if (ngx_http_owncloud_ocs_feed(reader, piece.data, n) != NGX_OK) {
            return NGX_ERROR;
        }

        free(piece.data);
        rest.data += n;
    }

    return ngx_http_owncloud_ocs_finish(reader, status, ocs);
}


static void
unit_results(void)
{
    ngx_str_t                 body;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    unit_answer_t            *a;
    ngx_http_owncloud_ocs_t   ocs;

    for (i = 0; i < unit_n(unit_answers); i++) {
        a = &unit_answers[i];

        pool = unit_pool();
        body = unit_copy(pool, &a->body);

        unit_ok(unit_read(pool, a->status, &body, &ocs)
                == NGX_OK, "answer %u: read", (unsigned) i);

        unit_ok(ocs.result == a->result && ocs.statuscode == a->statuscode
                && ocs.shares.nelts == a->shares,
                "answer %u: %u, code %u, %u shares", (unsigned) i,
                (unsigned) ocs.result, (unsigned) ocs.statuscode,
                (unsigned) ocs.shares.nelts);

        unit_ok(unit_same(&ocs.message, &a->message), "answer %u: message",
                (unsigned) i);

        ngx_destroy_pool(pool);
    }
}


static void
unit_same_link(void)
{
    ngx_str_t                   body;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_share_t  *s;

    static ngx_str_t  id = unit_str("21");
    static ngx_str_t  token = unit_str("4bZkn5ct8gAiNQH");
    static ngx_str_t  path = unit_str("/report \xc3\xbc.pdf");
    static ngx_str_t  source = unit_str("136");
    static ngx_str_t  owner = unit_str("alice");
    static ngx_str_t  url =
                      unit_str("https://cloud.test:8243/s/4bZkn5ct8gAiNQH");

    for (i = 0; i < unit_n(unit_links); i++) {

        pool = unit_pool();
        body = unit_copy(pool, &unit_links[i]);

        unit_ok(unit_read(pool, 200, &body, &ocs) == NGX_OK
                && ocs.result == GOOD && ocs.shares.nelts == 1,
                "link %u: read", (unsigned) i);

        if (ocs.shares.nelts == 1) {
            s = ocs.shares.elts;

            unit_ok(unit_same(&s->id, &id) && unit_same(&s->token, &token)
                    && unit_same(&s->path, &path)
                    && unit_same(&s->file_target, &path)
                    && unit_same(&s->file_source, &source)
                    && unit_same(&s->owner, &owner)
                    && unit_same(&s->url, &url),
                    "link %u: texts", (unsigned) i);

            unit_ok(s->type == 3 && s->permissions == 17 && !s->password
                    && !s->folder && s->expiration.len == 0
                    && s->share_with.len == 0,
                    "link %u: the rest", (unsigned) i);
        }

        ngx_destroy_pool(pool);
    }
}


static void
unit_other_links(void)
{
    ngx_str_t                   body;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_share_t  *s;

    static ngx_str_t  date = unit_str("2026-11-28 00:00:00");
    static ngx_str_t  odd =
        unit_str(JSON("100", "null", "{\"id\":\"FnLLOESMNcDwfPu\","
                      "\"share_type\":\"x\",\"permissions\":-1,"
                      "\"expiration\":\"2026-11-28 00:00:00\"}"));
    static ngx_str_t  folders[] = {
        unit_str(JSON("200", "null", "{\"id\":\"4\",\"share_type\":3,"
                      "\"item_type\":\"folder\"}")),
        unit_str(XML("100", "<message/>", "<data><id>4</id>"
                     "<share_type>3</share_type>"
                     "<item_type>folder</item_type></data>"))
    };

    for (i = 0; i < unit_n(unit_passwords); i++) {

        pool = unit_pool();
        body = unit_copy(pool, &unit_passwords[i].body);

        (void) unit_read(pool, 200, &body, &ocs);

        s = ocs.shares.elts;

        unit_ok(ocs.shares.nelts == 1
                && s->password == unit_passwords[i].password,
                "password %u", (unsigned) i);

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();
    body = unit_copy(pool, &odd);

    (void) unit_read(pool, 200, &body, &ocs);

    s = ocs.shares.elts;

    unit_ok(ocs.shares.nelts == 1 && s->type == -1 && s->permissions == -1
            && s->id.len == 15 && unit_same(&s->expiration, &date),
            "what is not said");

    ngx_destroy_pool(pool);

    for (i = 0; i < unit_n(folders); i++) {

        pool = unit_pool();
        body = unit_copy(pool, &folders[i]);

        (void) unit_read(pool, 200, &body, &ocs);

        s = ocs.shares.elts;

        unit_ok(ocs.shares.nelts == 1 && s->folder, "folder %u",
                (unsigned) i);

        ngx_destroy_pool(pool);
    }
}


/* no more than so many */

static void
unit_many(void)
{
    u_char                   *p;
    ngx_str_t                 body;
    ngx_uint_t                i, n;
    ngx_pool_t               *pool;
    ngx_http_owncloud_ocs_t   ocs;

    n = NGX_HTTP_OWNCLOUD_OCS_SHARES + 5;

    pool = unit_pool();

    body.data = ngx_pnalloc(pool, n * 32 + 256);

    p = ngx_sprintf(body.data,
                    "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[");

    for (i = 0; i < n; i++) {
        p = ngx_sprintf(p, "%s{\"id\":%ui}", i ? "," : "", i);
    }

    p = ngx_sprintf(p, "]}}");
    body.len = p - body.data;

    (void) unit_read(pool, 200, &body, &ocs);

    unit_ok(ocs.result == GOOD
            && ocs.shares.nelts == NGX_HTTP_OWNCLOUD_OCS_SHARES,
            "%u shares of %u", (unsigned) ocs.shares.nelts, (unsigned) n);

    ngx_destroy_pool(pool);
}


/* a value that is cut off is worse than none; a message is not */

static void
unit_long(void)
{
    u_char                     *p;
    ngx_str_t                   body;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_owncloud_ocs_t     ocs;
    ngx_http_owncloud_share_t  *s;

    static char  *forms[] = {
        "{\"ocs\":{\"meta\":{\"statuscode\":100,\"message\":\"%s\"},"
        "\"data\":[{\"id\":1,\"path\":\"/%s\"},{\"id\":2},"
        "{\"id\":3,\"x\":\"%s\"}]}}",

        "<ocs><meta><statuscode>100</statuscode><message>%s</message></meta>"
        "<data><element><id>1</id><path>/%s</path></element>"
        "<element><id>2</id></element>"
        "<element><id>3</id><x>%s</x></element></data></ocs>"
    };

    static u_char  text[NGX_HTTP_OWNCLOUD_OCS_TEXT + 1];

    /* "\xc3\xbc" in a row, so that the limit is inside of one */

    for (i = 0; i < sizeof(text) - 1; i++) {
        text[i] = (i == 0) ? 'a' : (i % 2) ? 0xc3 : 0xbc;
    }

    text[sizeof(text) - 2] = 'z';

    for (i = 0; i < unit_n(forms); i++) {

        pool = unit_pool();

        body.data = ngx_pnalloc(pool, 4 * sizeof(text) + 512);
        p = ngx_sprintf(body.data, forms[i], text, text, text);
        body.len = p - body.data;

        (void) unit_read(pool, 200, &body, &ocs);

        s = ocs.shares.elts;

        unit_ok(ocs.result == GOOD && ocs.shares.nelts == 2
                && s[0].id.data[0] == '2' && s[1].id.data[0] == '3',
                "long %u: left out, and no other", (unsigned) i);

        unit_ok(ocs.message.len == NGX_HTTP_OWNCLOUD_OCS_MESSAGE - 1
                && ocs.message.data[ocs.message.len - 1] == 0xbc,
                "long %u: a message of %u", (unsigned) i,
                (unsigned) ocs.message.len);

        ngx_destroy_pool(pool);
    }
}


/* a token that does not end is not waited for */

static void
unit_token(void)
{
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_uint_t                k;
    ngx_pool_t               *pool;
    ngx_http_owncloud_ocs_t   ocs;
    ngx_str_t                 body;

    static struct {
        char        *begin;
        u_char       fill;
        size_t       n;
        char        *end;
        ngx_uint_t   result;
    } tokens[] = {
        { "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[{\"id\":1,"
          "\"x\":\"", 'a', 60000, "\"}]}}", GOOD },
        { "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[{\"id\":1,"
          "\"x\":\"", 'a', 80000, "\"}]}}", FAILED },
        { "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[{\"id\":1,"
          "\"x\":", '1', 80000, "}]}}", FAILED },
        { "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[]", ' ',
          60000, "}}", GOOD },
        { "<ocs><meta><statuscode>100</statuscode></meta><data><id>1</id>"
          "<x>", 'a', 80000, "</x></data></ocs>", GOOD },
        { "<ocs><meta><statuscode>100</statuscode></meta><data><id>1</id>"
          "<x a=\"", 'a', 80000, "\"/></data></ocs>", FAILED }
    };

    for (k = 0; k < unit_n(tokens); k++) {

        pool = unit_pool();
        body.data = ngx_pnalloc(pool, tokens[k].n + 512);

        p = ngx_sprintf(body.data, "%s", tokens[k].begin);
        ngx_memset(p, tokens[k].fill, tokens[k].n);
        p = ngx_sprintf(p + tokens[k].n, "%s", tokens[k].end);
        body.len = p - body.data;

        rc = unit_read(pool, 200, &body, &ocs);

        unit_ok(rc == NGX_OK && ocs.result == tokens[k].result,
                "token %u by %u: %u", (unsigned) k, (unsigned) unit_piece,
                (unsigned) ocs.result);

        ngx_destroy_pool(pool);
    }
}


/* an end is an end, and may be asked for again */

static void
unit_ended(void)
{
    ngx_pool_t                      *pool;
    ngx_http_owncloud_ocs_t          ocs;
    ngx_http_owncloud_ocs_reader_t  *reader;

    static ngx_str_t  body = unit_str(JSON("100", "\"OK\"", "{\"id\":1}"));

    pool = unit_pool();

    reader = ngx_http_owncloud_ocs_create(pool);
    (void) ngx_http_owncloud_ocs_feed(reader, body.data, body.len);

    unit_ok(ngx_http_owncloud_ocs_finish(reader, 200, &ocs) == NGX_OK
            && ocs.result == GOOD && ocs.shares.nelts == 1, "the end");

    unit_ok(ngx_http_owncloud_ocs_finish(reader, 500, &ocs) == NGX_OK
            && ocs.result == FAILED && ocs.shares.nelts == 0
            && ngx_http_owncloud_ocs_finish(reader, 200, &ocs) == NGX_OK
            && ocs.result == GOOD && ocs.shares.nelts == 1,
            "the end again");

    (void) ngx_http_owncloud_ocs_feed(reader, body.data, body.len);

    unit_ok(ngx_http_owncloud_ocs_finish(reader, 200, &ocs) == NGX_OK
            && ocs.result == GOOD && ocs.shares.nelts == 1,
            "nothing comes after it");

    /* left alone in the middle: freed with the pool */

    reader = ngx_http_owncloud_ocs_create(pool);
    (void) ngx_http_owncloud_ocs_feed(reader, body.data, body.len - 9);

    reader = ngx_http_owncloud_ocs_create(pool);
    (void) ngx_http_owncloud_ocs_feed(reader, (u_char *) "<ocs><data>", 11);

    ngx_destroy_pool(pool);
}


/*
 * Eight million bytes of objects, as they come: what they take of the pool
 * does not grow with them once there are as many as are kept.
 */

static void
unit_fills(void)
{
    u_char                           text[4096], *p;
    size_t                           before, after;
    ngx_int_t                        rc;
    ngx_uint_t                       i, k;
    ngx_pool_t                      *pool;
    ngx_http_owncloud_ocs_t          ocs;
    ngx_http_owncloud_ocs_reader_t  *reader;

    static char  *forms[][3] = {
        { "{\"ocs\":{\"meta\":{\"statuscode\":100},\"data\":[{\"id\":1}",
          ",{\"id\":\"%07ui\"}", "]}}" },
        { "<ocs><meta><statuscode>100</statuscode></meta><data>",
          "<element><id>%07ui</id></element>", "</data></ocs>" }
    };

    for (k = 0; k < unit_n(forms); k++) {

        pool = unit_pool();
        reader = ngx_http_owncloud_ocs_create(pool);
        before = 0;

        (void) ngx_http_owncloud_ocs_feed(reader, (u_char *) forms[k][0],
                                          ngx_strlen(forms[k][0]));

        for (i = 0; i < 200000; /* void */ ) {

            for (p = text; p < text + sizeof(text) - 64; i++) {
                p = ngx_sprintf(p, forms[k][1], i);
            }

            (void) ngx_http_owncloud_ocs_feed(reader, text, p - text);

            if (before == 0 && i > NGX_HTTP_OWNCLOUD_OCS_SHARES + 1000) {
                before = unit_pool_size(pool);
            }
        }

        (void) ngx_http_owncloud_ocs_feed(reader, (u_char *) forms[k][2],
                                          ngx_strlen(forms[k][2]));

        rc = ngx_http_owncloud_ocs_finish(reader, 200, &ocs);

        unit_ok(rc == NGX_OK && ocs.result == GOOD
                && ocs.shares.nelts == NGX_HTTP_OWNCLOUD_OCS_SHARES,
                "%u of %u are kept", (unsigned) ocs.shares.nelts,
                (unsigned) i);

        after = unit_pool_size(pool);

        unit_ok(before && after == before,
                "blocks of the pool: %u, then %u", (unsigned) before,
                (unsigned) after);

        ngx_destroy_pool(pool);
    }
}


/* the blocks of a pool, large ones included */

static size_t
unit_pool_size(ngx_pool_t *pool)
{
    size_t             n;
    ngx_pool_t        *p;
    ngx_pool_large_t  *large;

    n = 0;

    for (p = pool; p; p = p->d.next) {
        n++;
    }

    for (large = pool->large; large; large = large->next) {
        n++;
    }

    return n;
}


/* what the reader of lists does with paths */

static void
unit_list(void)
{
    ngx_uint_t                      i, n;
    ngx_pool_t                     *pool;
    ngx_http_owncloud_json_list_t   list;

    static ngx_str_t  paths[] = { unit_str("a"), unit_str("a-b") };
    static ngx_str_t  names[] = { unit_str("v") };

    static struct {
        ngx_str_t    text;
        ngx_uint_t   keys;
        ngx_int_t    rc;
        ngx_uint_t   n;
    } lists[] = {
        { unit_str("{\"v\":1}"), 1, NGX_OK, 0 },
        { unit_str("{\"a\":[{\"v\":1},{\"v\":1}]}"), 1, NGX_OK, 2 },
        { unit_str("{\"a\":{\"v\":1}}"), 1, NGX_OK, 1 },
        { unit_str("{\"a\":{\"b\":[{\"v\":1},{}]}}"), 2, NGX_OK, 2 },
        { unit_str("{\"b\":{\"a\":[{\"v\":1}]},\"a\":1}"), 2, NGX_OK, 0 },
        { unit_str("{\"a\":[{\"b\":[{\"v\":1}]}]}"), 2, NGX_OK, 0 },
        { unit_str("{\"a\":{\"c\":{\"b\":[{\"v\":1}]}}}"), 2, NGX_OK, 0 },
        { unit_str("{\"a\":{\"b\":[[{\"v\":1}],1,\"x\",null,true]}}"), 2,
          NGX_OK, 0 },
        { unit_str("{\"a\":{\"b\":1},\"a\":{\"b\":{\"v\":1}}}"), 2, NGX_OK,
          1 },
        { unit_str("{\"a\":{\"b\":{\"v\":1,\"a\":{\"b\":{}}},\"x\":{}}}"), 2,
          NGX_OK, 1 },
        { unit_str("{\"a\":1,\"c\":{\"v\":1}}"), 1, NGX_OK, 0 },
        { unit_str("{\"a\":{}} x"), 1, NGX_DECLINED, 1 },
        { unit_str("[]"), 1, NGX_DECLINED, 0 },
        { unit_str("1"), 1, NGX_DECLINED, 0 },
        { unit_str("{\"a\":{\"v\":\"\xff\"}}"), 1, NGX_DECLINED, 0 },
    };

    for (i = 0; i < unit_n(lists); i++) {

        pool = unit_pool();
        n = 0;

        list.path = paths[lists[i].keys - 1];
        list.names = names;
        list.nnames = 1;
        list.max = 16;
        list.object = unit_list_object;
        list.data = &n;

        unit_ok(unit_list_read(pool, &lists[i].text, &list) == lists[i].rc
                && n == lists[i].n,
                "list %u: %u objects", (unsigned) i, (unsigned) n);

        ngx_destroy_pool(pool);
    }
}


static ngx_int_t
unit_list_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_owncloud_json_list_t *list)
{
    size_t                            i, n;
    ngx_http_owncloud_json_reader_t  *reader;

    reader = ngx_http_owncloud_json_open(pool, NULL, 0, list);

    for (i = 0; i < text->len; i += n) {
        n = unit_piece ? ngx_min(unit_piece, text->len - i) : text->len;

        (void) ngx_http_owncloud_json_feed(reader, text->data + i, n);
    }

    return ngx_http_owncloud_json_finish(reader);
}


static ngx_int_t
unit_list_object(void *data, ngx_str_t *values, ngx_uint_t cut)
{
    ngx_uint_t *n = data;

    (*n)++;

    return NGX_OK;
}
