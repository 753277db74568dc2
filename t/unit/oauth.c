
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_oauth.h"


#define GOOD    NGX_HTTP_OWNCLOUD_OAUTH_GOOD
#define GRANT   NGX_HTTP_OWNCLOUD_OAUTH_GRANT
#define CLIENT  NGX_HTTP_OWNCLOUD_OAUTH_CLIENT
#define BUSY    NGX_HTTP_OWNCLOUD_OAUTH_BUSY
#define FAILED  NGX_HTTP_OWNCLOUD_OAUTH_FAILED

#define MONTH   (30 * 86400)


/* an answer of the token endpoint: "*" stands for what is not looked at */

typedef struct {
    ngx_uint_t   status;
    ngx_str_t    body;
    ngx_uint_t   result;
    char        *access;
    char        *refresh;
    ngx_uint_t   expires;
    char        *user;
} unit_answer_t;


static unit_answer_t  unit_answers[] = {

    /* ownCloud, Nextcloud, OpenCloud */

    { 200, unit_str("{\"access_token\":\"A1\",\"token_type\":\"Bearer\","
                    "\"expires_in\":3600,\"refresh_token\":\"R1\","
                    "\"user_id\":\"alice\",\"message_url\":\"https:\\/\\/x\"}"),
      GOOD, "A1", "R1", 3600, "alice" },
    { 200, unit_str("{\"access_token\":\"eyJ.a-b_c\",\"id_token\":\"x\","
                    "\"expires_in\":300,\"scope\":\"openid\"}"),
      GOOD, "eyJ.a-b_c", "", 300, "" },

    /* how long a token is good */

    { 200, unit_str("{\"access_token\":\"A\"}"), GOOD, "A", "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"user_id\":\"a\\nb\"}"), GOOD,
      "A", "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":\"60\"}"), GOOD,
      "A", "", 60, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":0}"), GOOD, "A",
      "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":-5}"), GOOD, "A",
      "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":1e9}"), GOOD, "A",
      "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":99999999}"), GOOD,
      "A", "", MONTH, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":"
                    "99999999999999999999}"), GOOD, "A", "", 3600, "" },
    { 200, unit_str("{\"access_token\":\"A\",\"expires_in\":null,"
                    "\"user_id\":null,\"refresh_token\":null}"), GOOD, "A",
      "", 3600, "" },

    /* 200 without a token that can be sent */

    { 200, unit_str(""), FAILED, "", "", 0, "" },
    { 200, unit_str("<html></html>"), FAILED, "", "", 0, "" },
    { 200, unit_str("{}"), FAILED, "", "", 0, "" },
    { 200, unit_str("[{\"access_token\":\"A\"}]"), FAILED, "", "", 0, "" },
    { 200, unit_str("{\"access_token\":\"\"}"), FAILED, "", "", 0, "" },
    { 200, unit_str("{\"access_token\":\"A"), FAILED, "", "", 0, "" },
    { 200, unit_str("{\"access_token\":\"A B\"}"), FAILED, "", "", 0, "" },
    { 200, unit_str("{\"access_token\":\"A\\r\\nX: y\"}"), FAILED, "", "", 0,
      "" },
    { 200, unit_str("{\"access_token\":\"A\\u0000\"}"), FAILED, "", "", 0,
      "" },
    { 200, unit_str("{\"access_token\":\"A\\u007f\"}"), FAILED, "", "", 0,
      "" },
    { 200, unit_str("{\"access_token\":\"\xc3\xa4\"}"), FAILED, "", "", 0,
      "" },
    { 200, unit_str("{\"access_token\":\"A\",\"refresh_token\":\"R \"}"),
      FAILED, "*", "", 0, "" },
    { 200, unit_str("{\"error\":\"invalid_grant\"}"), FAILED, "", "", 0, "" },

    /* refused */

    { 400, unit_str("{\"error\":\"invalid_grant\"}"), GRANT, "", "", 0, "" },
    { 400, unit_str("{\"error\":\"invalid_request\"}"), GRANT, "", "", 0,
      "" },
    { 400, unit_str(""), GRANT, "", "", 0, "" },
    { 400, unit_str("{\"error\":\"invalid_client\"}"), CLIENT, "", "", 0,
      "" },
    { 400, unit_str("{\"error\":\"unauthorized_client\"}"), CLIENT, "", "", 0,
      "" },
    { 400, unit_str("{\"error\":\"access_denied\"}"), CLIENT, "", "", 0, "" },
    { 400, unit_str("{\"error\":\"invalid_clien\"}"), GRANT, "", "", 0, "" },
    { 400, unit_str("{\"access_token\":\"A\"}"), GRANT, "", "", 0, "" },
    { 401, unit_str(""), CLIENT, "", "", 0, "" },
    { 403, unit_str("{\"error\":\"invalid_grant\"}"), CLIENT, "", "", 0, "" },

    /* neither */

    { 429, unit_str(""), BUSY, "", "", 0, "" },
    { 503, unit_str("<html>maintenance"), BUSY, "", "", 0, "" },
    { 500, unit_str("{\"error\":\"invalid_client\"}"), FAILED, "", "", 0,
      "" },
    { 404, unit_str(""), FAILED, "", "", 0, "" },
    { 302, unit_str("{\"access_token\":\"A\"}"), FAILED, "", "", 0, "" },
    { 201, unit_str("{\"access_token\":\"A\"}"), FAILED, "", "", 0, "" },
};


static void unit_tokens(ngx_pool_t *pool);
static void unit_long(ngx_pool_t *pool);
static void unit_words(ngx_pool_t *pool);
static void unit_verifier(void);
static void unit_url(ngx_pool_t *pool);
static void unit_forms(ngx_pool_t *pool);
static ngx_uint_t unit_is(u_char *data, size_t len, char *want);


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_tokens(pool);
    unit_long(pool);
    unit_words(pool);
    unit_verifier();
    unit_url(pool);
    unit_forms(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}


static void
unit_tokens(ngx_pool_t *pool)
{
    ngx_int_t                         rc;
    ngx_str_t                         body;
    ngx_uint_t                        i, result;
    unit_answer_t                    *a;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    for (i = 0; i < unit_n(unit_answers); i++) {
        a = &unit_answers[i];
        body = unit_copy(pool, &a->body);

        rc = ngx_http_owncloud_oauth_answer(pool, a->status, &body, &tokens,
                                            &result);

        unit_ok(rc == NGX_OK && result == a->result, "answer %u: %u",
                (unsigned) i, (unsigned) result);

        unit_ok(unit_is(tokens.access.data, tokens.access.len, a->access)
                && unit_is(tokens.refresh.data, tokens.refresh.len,
                           a->refresh)
                && unit_is(tokens.user.data, tokens.user.len, a->user)
                && tokens.expires_in == a->expires,
                "answer %u: the tokens, for %u s", (unsigned) i,
                (unsigned) tokens.expires_in);
    }
}


/* it has to go into a header and into a cookie */

static void
unit_long(ngx_pool_t *pool)
{
    u_char                           *p;
    ngx_str_t                         body;
    ngx_uint_t                        i, k, result;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    static char  *forms[] = {
        "{\"access_token\":\"%s\",\"refresh_token\":\"R\"}",
        "{\"access_token\":\"A\",\"refresh_token\":\"%s\"}"
    };

    static u_char  token[8192 + 2];

    for (i = 0; i < 2; i++) {
        for (k = 0; k < 2; k++) {

            ngx_memset(token, 'a', 8192 + k);
            token[8192 + k] = '\0';

            body.data = ngx_pnalloc(pool, 16384);
            p = ngx_sprintf(body.data, forms[i], token);
            body.len = p - body.data;

            (void) ngx_http_owncloud_oauth_answer(pool, 200, &body, &tokens,
                                                  &result);

            unit_ok(result == (k ? FAILED : GOOD), "%u characters of token %u",
                    (unsigned) (8192 + k), (unsigned) i);
        }
    }
}


/* what a server says of an error is passed on */

static void
unit_words(ngx_pool_t *pool)
{
    ngx_str_t                         body;
    ngx_uint_t                        result;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    ngx_str_set(&body, "{\"error\":\"invalid_grant\",\"error_description\":"
                       "\"<b>gone\"}");

    (void) ngx_http_owncloud_oauth_answer(pool, 400, &body, &tokens, &result);

    unit_ok(unit_is(tokens.error.data, tokens.error.len, "invalid_grant")
            && unit_is(tokens.description.data, tokens.description.len,
                       "<b>gone"),
            "an error and its description");

    body.len--;

    (void) ngx_http_owncloud_oauth_answer(pool, 400, &body, &tokens, &result);

    unit_ok(result == GRANT && tokens.error.len == 0
            && tokens.description.len == 0, "half a description is none");
}


static void
unit_verifier(void)
{
    u_char      a[NGX_HTTP_OWNCLOUD_VERIFIER_LEN + 1];
    u_char      b[NGX_HTTP_OWNCLOUD_VERIFIER_LEN + 1];
    ngx_uint_t  i, good;

    a[NGX_HTTP_OWNCLOUD_VERIFIER_LEN] = '!';

    good = (ngx_http_owncloud_oauth_verifier(a) == NGX_OK
            && ngx_http_owncloud_oauth_verifier(b) == NGX_OK
            && a[NGX_HTTP_OWNCLOUD_VERIFIER_LEN] == '!'
            && ngx_memcmp(a, b, NGX_HTTP_OWNCLOUD_VERIFIER_LEN) != 0);

    for (i = 0; i < NGX_HTTP_OWNCLOUD_VERIFIER_LEN; i++) {
        good = good && (ngx_strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
                                   "pqrstuvwxyz0123456789-_", a[i]) != NULL);
    }

    unit_ok(good, "a verifier");
}


/* the verifier and the challenge of RFC 7636, appendix B */

static u_char  unit_rfc_verifier[] =
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";


static void
unit_url(ngx_pool_t *pool)
{
    char                               *reason;
    ngx_str_t                           url, text;
    ngx_http_owncloud_url_t             endpoint;
    ngx_http_owncloud_oauth_request_t   request;

    ngx_memzero(&request, sizeof(request));

    ngx_str_set(&request.redirect_uri, "https://moodle.example.com/cb?a=b");
    ngx_str_set(&request.client_id, "id&1");
    ngx_str_set(&request.state, "v1.x");
    request.verifier = unit_rfc_verifier;

    ngx_str_set(&text, "https://cloud.example.com/authorize");

    (void) ngx_http_owncloud_url_parse(pool, &text, &endpoint, &reason);

    unit_ok(ngx_http_owncloud_oauth_authorize_url(pool, &endpoint, &request,
                                                  &url)
            == NGX_OK
            && unit_is(url.data, url.len,
                "https://cloud.example.com/authorize?response_type=code"
                "&client_id=id%261&redirect_uri=https%3A%2F%2Fmoodle.example."
                "com%2Fcb%3Fa%3Db&state=v1.x&code_challenge="
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                "&code_challenge_method=S256"),
            "the address to sign in at: %.*s", (int) url.len, url.data);

    ngx_str_set(&text, "https://cloud.example.com/authorize?x=1");
    ngx_str_set(&request.scope, "openid profile");

    (void) ngx_http_owncloud_url_parse(pool, &text, &endpoint, &reason);
    (void) ngx_http_owncloud_oauth_authorize_url(pool, &endpoint, &request,
                                                 &url);

    unit_ok(ngx_strnstr(url.data, "authorize?x=1&response_type=code&", url.len)
            && (ngx_strnstr(url.data, "&scope=openid+profile&", url.len)
                || ngx_strnstr(url.data, "&scope=openid%20profile&", url.len)),
            "with a query and a scope: %.*s", (int) url.len, url.data);
}


static void
unit_forms(ngx_pool_t *pool)
{
    ngx_str_t                          form, code, client;
    ngx_http_owncloud_secret_t         secret, token;
    ngx_http_owncloud_oauth_request_t  request;

    ngx_memzero(&request, sizeof(request));

    ngx_str_set(&request.redirect_uri, "https://m/cb");
    ngx_str_set(&request.client_id, "id");
    request.verifier = unit_rfc_verifier;

    ngx_str_set(&code, "c&d=e");
    ngx_str_set(&client, "id");

    secret.data = (u_char *) "s+1";
    secret.len = 3;
    token.data = (u_char *) "R/1";
    token.len = 3;

    (void) ngx_http_owncloud_oauth_code_form(pool, &request, &code, NULL,
                                             &form);

    unit_ok(unit_is(form.data, form.len,
                "grant_type=authorization_code&code=c%26d%3De&redirect_uri="
                "https%3A%2F%2Fm%2Fcb&code_verifier="
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "the form of a code: %.*s", (int) form.len, form.data);

    (void) ngx_http_owncloud_oauth_code_form(pool, &request, &code, &secret,
                                             &form);

    unit_ok(ngx_strnstr(form.data, "&client_id=id&client_secret=s%2B1",
                        form.len) != NULL,
            "with a secret: %.*s", (int) form.len, form.data);

    (void) ngx_http_owncloud_oauth_refresh_form(pool, &client, &token, NULL,
                                                &form);

    unit_ok(unit_is(form.data, form.len,
                    "grant_type=refresh_token&refresh_token=R%2F1"),
            "the form of a refresh: %.*s", (int) form.len, form.data);

    (void) ngx_http_owncloud_oauth_refresh_form(pool, &client, &token,
                                                &secret, &form);

    unit_ok(unit_is(form.data, form.len,
                    "grant_type=refresh_token&refresh_token=R%2F1"
                    "&client_id=id&client_secret=s%2B1"),
            "with a secret: %.*s", (int) form.len, form.data);
}


static ngx_uint_t
unit_is(u_char *data, size_t len, char *want)
{
    if (ngx_strcmp(want, "*") == 0) {
        return 1;
    }

    return len == ngx_strlen(want)
           && (len == 0 || ngx_memcmp(data, want, len) == 0);
}
