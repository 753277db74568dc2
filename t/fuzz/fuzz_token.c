
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "ngx_http_owncloud_oauth.h"


/*
 * An answer of the token endpoint; the first byte says which HTTP status it
 * comes with.  What is called good can be sent in a header.
 */


#define FUZZ_TOKEN  8192
#define FUZZ_MONTH  (30 * 86400)


static void fuzz_token(ngx_http_owncloud_secret_t *token);
static void fuzz_text(ngx_str_t *text);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t                         body;
    ngx_uint_t                        status, result;
    ngx_pool_t                       *pool;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    static ngx_uint_t  statuses[] = { 200, 400, 401, 403, 429, 500, 503 };

    if (size == 0) {
        return 0;
    }

    pool = fuzz_pool();

    status = statuses[data[0] % 7];
    body = fuzz_copy(pool, data + 1, size - 1);

    fuzz_assert(ngx_http_owncloud_oauth_answer(pool, status, &body, &tokens,
                                               &result)
                == NGX_OK);

    fuzz_assert(result <= NGX_HTTP_OWNCLOUD_OAUTH_FAILED);

    if (result == NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        fuzz_assert(status == 200 && tokens.access.len != 0);
        fuzz_assert(tokens.expires_in > 0 && tokens.expires_in <= FUZZ_MONTH);

        fuzz_token(&tokens.access);
        fuzz_token(&tokens.refresh);

    } else {
        fuzz_assert(tokens.expires_in == 0 && tokens.user.len == 0);
    }

    if (status != 200) {
        fuzz_assert(tokens.access.len == 0 && tokens.refresh.len == 0);
    }

    fuzz_text(&tokens.user);
    fuzz_text(&tokens.error);
    fuzz_text(&tokens.description);

    ngx_destroy_pool(pool);

    return 0;
}


static void
fuzz_token(ngx_http_owncloud_secret_t *token)
{
    size_t  i;

    fuzz_assert(token->len <= FUZZ_TOKEN);

    for (i = 0; i < token->len; i++) {
        fuzz_assert(token->data[i] > 0x20 && token->data[i] < 0x7f);
    }
}


static void
fuzz_text(ngx_str_t *text)
{
    fuzz_assert(text->len == 0
                || ngx_http_owncloud_utf8_valid(text->data, text->len));
}
