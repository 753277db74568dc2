
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_oauth.h"


/* default if a server sends no lifetime (both apps send 3600); seconds */
#define NGX_HTTP_OWNCLOUD_OAUTH_EXPIRES    3600

/* longest lifetime accepted: 30 days */
#define NGX_HTTP_OWNCLOUD_OAUTH_LONGEST    (30 * 86400)

#define NGX_HTTP_OWNCLOUD_OAUTH_TOKEN_MAX  8192


static ngx_int_t ngx_http_owncloud_oauth_token(ngx_str_t *value,
    ngx_http_owncloud_secret_t *token);
static ngx_uint_t ngx_http_owncloud_oauth_client_error(ngx_str_t *error);
static ngx_uint_t ngx_http_owncloud_oauth_refused(ngx_uint_t status,
    ngx_str_t *error);


ngx_int_t
ngx_http_owncloud_oauth_verifier(u_char *verifier)
{
    u_char     bytes[32];
    ngx_str_t  src, dst;

    if (ngx_http_owncloud_random(bytes, sizeof(bytes)) != NGX_OK) {
        return NGX_ERROR;
    }

    src.data = bytes;
    src.len = sizeof(bytes);
    dst.data = verifier;

    ngx_encode_base64url(&dst, &src);

    ngx_explicit_memzero(bytes, sizeof(bytes));

    return dst.len == NGX_HTTP_OWNCLOUD_VERIFIER_LEN ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_owncloud_oauth_authorize_url(ngx_pool_t *pool,
    ngx_http_owncloud_url_t *endpoint,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *url)
{
    u_char        challenge[NGX_HTTP_OWNCLOUD_VERIFIER_LEN], *p;
    ngx_str_t     verifier, query;
    ngx_keyval_t  field[7];

    verifier.data = request->verifier;
    verifier.len = NGX_HTTP_OWNCLOUD_VERIFIER_LEN;

    if (ngx_http_owncloud_sha256_base64url(&verifier, challenge) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].key, "response_type");
    ngx_str_set(&field[0].value, "code");

    ngx_str_set(&field[1].key, "client_id");
    field[1].value = request->client_id;

    ngx_str_set(&field[2].key, "redirect_uri");
    field[2].value = request->redirect_uri;

    ngx_str_set(&field[3].key, "state");
    field[3].value = request->state;

    ngx_str_set(&field[4].key, "scope");

    if (request->scope.len) {
        field[4].value = request->scope;
    }

    ngx_str_set(&field[5].key, "code_challenge");
    field[5].value.data = challenge;
    field[5].value.len = sizeof(challenge);

    ngx_str_set(&field[6].key, "code_challenge_method");
    ngx_str_set(&field[6].value, "S256");

    if (ngx_http_owncloud_form_encode(pool, field, 7, &query) != NGX_OK) {
        return NGX_ERROR;
    }

    url->len = endpoint->text.len + 1 + query.len;
    url->data = ngx_pnalloc(pool, url->len);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(url->data, endpoint->text.data, endpoint->text.len);
    *p++ = endpoint->query.len ? '&' : '?';
    ngx_memcpy(p, query.data, query.len);

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_oauth_code_form(ngx_pool_t *pool,
    ngx_http_owncloud_oauth_request_t *request, ngx_str_t *code,
    ngx_http_owncloud_secret_t *secret, ngx_str_t *form)
{
    ngx_keyval_t  field[6];

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].key, "grant_type");
    ngx_str_set(&field[0].value, "authorization_code");

    ngx_str_set(&field[1].key, "code");
    field[1].value = *code;

    ngx_str_set(&field[2].key, "redirect_uri");
    field[2].value = request->redirect_uri;

    ngx_str_set(&field[3].key, "code_verifier");
    field[3].value.data = request->verifier;
    field[3].value.len = NGX_HTTP_OWNCLOUD_VERIFIER_LEN;

    ngx_str_set(&field[4].key, "client_id");
    ngx_str_set(&field[5].key, "client_secret");

    if (secret) {
        field[4].value = request->client_id;
        field[5].value.data = secret->data;
        field[5].value.len = secret->len;
    }

    return ngx_http_owncloud_form_encode(pool, field, 6, form);
}


ngx_int_t
ngx_http_owncloud_oauth_refresh_form(ngx_pool_t *pool, ngx_str_t *client_id,
    ngx_http_owncloud_secret_t *token, ngx_http_owncloud_secret_t *secret,
    ngx_str_t *form)
{
    ngx_keyval_t  field[4];

    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].key, "grant_type");
    ngx_str_set(&field[0].value, "refresh_token");

    ngx_str_set(&field[1].key, "refresh_token");
    field[1].value.data = token->data;
    field[1].value.len = token->len;

    ngx_str_set(&field[2].key, "client_id");
    ngx_str_set(&field[3].key, "client_secret");

    if (secret) {
        field[2].value = *client_id;
        field[3].value.data = secret->data;
        field[3].value.len = secret->len;
    }

    return ngx_http_owncloud_form_encode(pool, field, 4, form);
}


ngx_int_t
ngx_http_owncloud_oauth_answer(ngx_pool_t *pool, ngx_uint_t status,
    ngx_str_t *body, ngx_http_owncloud_oauth_tokens_t *tokens,
    ngx_uint_t *result)
{
    ngx_int_t                        rc, n;
    ngx_http_owncloud_json_field_t   field[6];

    ngx_memzero(tokens, sizeof(ngx_http_owncloud_oauth_tokens_t));
    ngx_memzero(field, sizeof(field));

    ngx_str_set(&field[0].path, "access_token");
    ngx_str_set(&field[1].path, "refresh_token");
    ngx_str_set(&field[2].path, "expires_in");
    ngx_str_set(&field[3].path, "user_id");
    ngx_str_set(&field[4].path, "error");
    ngx_str_set(&field[5].path, "error_description");

    /* a server that is busy, in maintenance mode or broken sends HTML */

    rc = ngx_http_owncloud_json_read(pool, body, field, 6);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        tokens->error = field[4].value;
        tokens->description = field[5].value;
    }

    if (status != 200) {
        *result = ngx_http_owncloud_oauth_refused(status, &tokens->error);
        return NGX_OK;
    }

    *result = NGX_HTTP_OWNCLOUD_OAUTH_FAILED;

    if (rc != NGX_OK
        || ngx_http_owncloud_oauth_token(&field[0].value, &tokens->access)
           != NGX_OK
        || tokens->access.len == 0
        || ngx_http_owncloud_oauth_token(&field[1].value, &tokens->refresh)
           != NGX_OK)
    {
        return NGX_OK;
    }

    n = ngx_atoi(field[2].value.data, field[2].value.len);

    if (n <= 0) {
        n = NGX_HTTP_OWNCLOUD_OAUTH_EXPIRES;
    }

    tokens->expires_in = ngx_min(n, NGX_HTTP_OWNCLOUD_OAUTH_LONGEST);

    if (ngx_http_owncloud_info_name(&field[3].value)) {
        tokens->user = field[3].value;
    }

    *result = NGX_HTTP_OWNCLOUD_OAUTH_GOOD;

    return NGX_OK;
}


/* a token is sent in a header: only the characters of RFC 6749, A.12 */

static ngx_int_t
ngx_http_owncloud_oauth_token(ngx_str_t *value,
    ngx_http_owncloud_secret_t *token)
{
    size_t  i;

    if (value->len > NGX_HTTP_OWNCLOUD_OAUTH_TOKEN_MAX) {
        return NGX_DECLINED;
    }

    for (i = 0; i < value->len; i++) {
        if (value->data[i] <= 0x20 || value->data[i] >= 0x7f) {
            return NGX_DECLINED;
        }
    }

    token->data = value->data;
    token->len = value->len;

    return NGX_OK;
}


/*
 * Error codes differ between servers.  Nextcloud sends 400 for everything,
 * with invalid_request for an expired code; OpenCloud sends access_denied for
 * a wrong secret; a client without a name gets a page with status 500.
 */

static ngx_uint_t
ngx_http_owncloud_oauth_refused(ngx_uint_t status, ngx_str_t *error)
{
    if (status == 429 || status == 503) {
        return NGX_HTTP_OWNCLOUD_OAUTH_BUSY;
    }

    if (status == 401 || status == 403
        || (status == 400 && ngx_http_owncloud_oauth_client_error(error)))
    {
        return NGX_HTTP_OWNCLOUD_OAUTH_CLIENT;
    }

    if (status == 400) {
        return NGX_HTTP_OWNCLOUD_OAUTH_GRANT;
    }

    return NGX_HTTP_OWNCLOUD_OAUTH_FAILED;
}


static ngx_uint_t
ngx_http_owncloud_oauth_client_error(ngx_str_t *error)
{
    ngx_str_t  *code;

    static ngx_str_t  codes[] = {
        ngx_string("invalid_client"),
        ngx_string("unauthorized_client"),
        ngx_string("access_denied"),
        ngx_null_string
    };

    for (code = codes; code->len; code++) {

        if (error->len == code->len
            && ngx_strncmp(error->data, code->data, code->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
