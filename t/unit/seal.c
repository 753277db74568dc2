
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_seal.h"

#include <ctype.h>


#define UNIT_SEALS  10000


static ngx_str_t  unit_aad = unit_str("cloud\0moodle.example.com");
static ngx_str_t  unit_plain = unit_str("{\"access_token\":\"secret\"}");
static ngx_str_t  unit_none = unit_str("");


static void
unit_ring(ngx_pool_t *pool, ngx_http_owncloud_keyring_t *ring, char *files)
{
    u_char                       file[40];
    ngx_http_owncloud_secret_t   secret;

    (void) ngx_array_init(ring, pool, 1, sizeof(ngx_http_owncloud_key_t));

    for ( /* void */ ; *files; files++) {
        ngx_memset(file, *files, sizeof(file));

        secret.data = file;
        secret.len = sizeof(file);

        if (ngx_http_owncloud_keyring_add(ring, &secret) != NGX_OK) {
            printf("Bail out! no key\n");
            exit(1);
        }
    }
}


/*
 * The keys of a file of 40 times "a", computed by HMAC-SHA-256 step by step,
 * as in RFC 5869.
 */

static void
unit_keys(ngx_pool_t *pool)
{
    u_char                       hex[64];
    ngx_str_t                    got, want;
    ngx_uint_t                   i, j, k, good;
    ngx_http_owncloud_key_t     *key;
    ngx_http_owncloud_secret_t   secret;
    ngx_http_owncloud_keyring_t  ring;

    unit_ring(pool, &ring, "ab");

    key = ring.elts;

    got.data = hex;
    got.len = ngx_hex_dump(hex, key[0].id, 4) - hex;
    ngx_str_set(&want, "4f9ec4c2");
    unit_ok(unit_same(&got, &want), "id of a key");

    got.len = ngx_hex_dump(hex, key[0].purpose[0], 32) - hex;
    ngx_str_set(&want, "356572f3fb50955bb359dea8bebdf2e8"
                        "73a5545a8cd8142bfd363888da427133");
    unit_ok(unit_same(&got, &want), "key of states");

    got.len = ngx_hex_dump(hex, key[0].purpose[5], 32) - hex;
    ngx_str_set(&want, "da9665b40001735a9924f1fffcbc0b1d"
                        "da003d145f6f16985fc6977825474442");
    unit_ok(unit_same(&got, &want), "key of sources");

    good = 1;

    for (i = 0; i < 2 * NGX_HTTP_OWNCLOUD_SEAL_PURPOSES; i++) {
        for (j = 0; j < i; j++) {
            k = NGX_HTTP_OWNCLOUD_SEAL_PURPOSES;

            if (ngx_memcmp(key[i / k].purpose[i % k],
                           key[j / k].purpose[j % k], 32) == 0)
            {
                good = 0;
            }
        }
    }

    unit_ok(good, "no two keys are equal");

    secret.data = (u_char *) "0123456789abcdef0123456789abcdef";
    secret.len = 31;
    unit_ok(ngx_http_owncloud_keyring_add(&ring, &secret) == NGX_DECLINED,
            "31 bytes are too few");

    secret.len = 0;
    unit_ok(ngx_http_owncloud_keyring_add(&ring, &secret) == NGX_DECLINED,
            "none is too few");

    secret.len = 32;
    unit_ok(ngx_http_owncloud_keyring_add(&ring, &secret) == NGX_OK
            && ring.nelts == 3,
            "32 bytes are enough");
    unit_ok(ngx_http_owncloud_keyring_add(&ring, &secret) == NGX_DECLINED
            && ring.nelts == 3,
            "a key that is there");
}


static void
unit_round(ngx_pool_t *pool)
{
    u_char                       text[3000];
    size_t                       len;
    ngx_str_t                    plain, sealed, opened, copy;
    ngx_uint_t                   i, good;
    ngx_http_owncloud_keyring_t  ring;

    unit_ring(pool, &ring, "a");

    good = 1;
    plain.data = text;

    for (i = 0; i < sizeof(text); i++) {
        text[i] = (u_char) (i * 7);
    }

    for (len = 0; good && len < sizeof(text); len += (len < 100) ? 1 : 97) {
        plain.len = len;

        good = ngx_http_owncloud_seal(pool, &ring, 1, &unit_aad, &plain,
                                      &sealed) == NGX_OK
               && ngx_http_owncloud_sealed_form(&sealed)
               && sealed.len == 12 + ((len + 28) * 4 + 2) / 3;

        copy = unit_copy(pool, &sealed);

        good = good
               && ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &copy,
                                           &opened) == NGX_OK
               && unit_same(&opened, &plain);
    }

    unit_ok(good, "what is sealed opens, whatever its length");

    good = ngx_http_owncloud_seal(pool, &ring, 0, &unit_none, &unit_plain,
                                  &sealed) == NGX_OK
           && ngx_http_owncloud_unseal(pool, &ring, 0, &unit_none, &sealed,
                                       &opened) == NGX_OK
           && unit_same(&opened, &unit_plain);

    unit_ok(good, "nothing to bind to");

    unit_ok(ngx_http_owncloud_unseal(pool, &ring, 0, &unit_none, &sealed,
                                     &sealed) == NGX_OK
            && unit_same(&sealed, &unit_plain),
            "opened in place");
}


static void
unit_bound(ngx_pool_t *pool)
{
    ngx_str_t                    sealed, opened, aad;
    ngx_uint_t                   i, j, good;
    ngx_http_owncloud_keyring_t  ring;

    static ngx_str_t  aads[] = {
        unit_str(""),
        unit_str("cloud"),
        unit_str("cloud\0moodle.example.co"),
        unit_str("cloud\0moodle.example.com\0"),
        unit_str("Cloud\0moodle.example.com"),
        unit_str("\0cloud\0moodle.example.com")
    };

    unit_ring(pool, &ring, "a");

    good = 1;

    for (i = 0; i < NGX_HTTP_OWNCLOUD_SEAL_PURPOSES; i++) {
        (void) ngx_http_owncloud_seal(pool, &ring, i, &unit_aad, &unit_plain,
                                      &sealed);

        for (j = 0; j < NGX_HTTP_OWNCLOUD_SEAL_PURPOSES; j++) {
            if (ngx_http_owncloud_unseal(pool, &ring, j, &unit_aad, &sealed,
                                         &opened)
                != (i == j ? NGX_OK : NGX_DECLINED))
            {
                good = 0;
            }
        }
    }

    unit_ok(good, "bound to the purpose");

    for (i = 0; i < unit_n(aads); i++) {
        aad = aads[i];
        unit_ok(ngx_http_owncloud_unseal(pool, &ring, 5, &aad, &sealed,
                                         &opened) == NGX_DECLINED
                && opened.data == NULL,
                "bound to the additional data: %u", (unsigned) i);
    }

}


static void
unit_refused(ngx_pool_t *pool)
{
    ngx_str_t                    sealed, opened;
    ngx_http_owncloud_keyring_t  ring, other;

    unit_ring(pool, &ring, "a");
    unit_ring(pool, &other, "b");

    (void) ngx_http_owncloud_seal(pool, &ring, 5, &unit_aad, &unit_plain,
                                  &sealed);

    unit_ok(ngx_http_owncloud_unseal(pool, &other, 5, &unit_aad, &sealed,
                                     &opened) == NGX_DECLINED,
            "bound to the key");

    other.nelts = 0;

    unit_ok(ngx_http_owncloud_unseal(pool, &other, 5, &unit_aad, &sealed,
                                     &opened) == NGX_DECLINED,
            "no key opens nothing");
    unit_ok(ngx_http_owncloud_seal(pool, &other, 5, &unit_aad, &unit_plain,
                                   &sealed) == NGX_ERROR,
            "no key seals nothing");
    unit_ok(ngx_http_owncloud_seal(pool, &ring,
                                   NGX_HTTP_OWNCLOUD_SEAL_PURPOSES,
                                   &unit_aad, &unit_plain, &sealed)
            == NGX_ERROR
            && ngx_http_owncloud_unseal(pool, &ring,
                                        NGX_HTTP_OWNCLOUD_SEAL_PURPOSES,
                                        &unit_aad, &sealed, &opened)
               == NGX_ERROR,
            "no such purpose");
}


static void
unit_rotation(ngx_pool_t *pool)
{
    ngx_int_t                    rc;
    ngx_str_t                    sealed, opened;
    ngx_uint_t                   i;
    ngx_http_owncloud_key_t     *key;
    ngx_http_owncloud_keyring_t  ring;

    static struct {
        char       *sealed;
        char       *opened;
        ngx_int_t   rc;
    } rings[] = {
        { "a", "a", NGX_OK },
        { "a", "ab", NGX_OK },
        { "ab", "a", NGX_OK },
        { "a", "ba", NGX_DONE },
        { "ab", "cba", NGX_DONE },
        { "a", "b", NGX_DECLINED },
        { "ab", "b", NGX_DECLINED },
        { "a", "bc", NGX_DECLINED }
    };

    for (i = 0; i < unit_n(rings); i++) {
        unit_ring(pool, &ring, rings[i].sealed);
        (void) ngx_http_owncloud_seal(pool, &ring, 1, &unit_aad, &unit_plain,
                                      &sealed);

        unit_ring(pool, &ring, rings[i].opened);
        rc = ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                      &opened);

        unit_ok(rc == rings[i].rc
                && (rc == NGX_DECLINED || unit_same(&opened, &unit_plain)),
                "sealed with %s, opened with %s", rings[i].sealed,
                rings[i].opened);
    }

    /* two keys whose ids happen to be equal */

    unit_ring(pool, &ring, "b");
    (void) ngx_http_owncloud_seal(pool, &ring, 1, &unit_aad, &unit_plain,
                                  &sealed);

    unit_ring(pool, &ring, "ab");
    key = ring.elts;
    ngx_memcpy(key[0].id, key[1].id, 4);

    unit_ok(ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                     &opened) == NGX_DONE
            && unit_same(&opened, &unit_plain),
            "equal ids");
}


static void
unit_tamper(ngx_pool_t *pool)
{
    u_char                       was;
    ngx_int_t                    rc;
    ngx_str_t                    sealed, opened;
    ngx_uint_t                   i, j, good;
    ngx_http_owncloud_keyring_t  ring;

    static u_char  others[] = "A_-az09.=+/ \0\xff";

    unit_ring(pool, &ring, "a");
    (void) ngx_http_owncloud_seal(pool, &ring, 1, &unit_aad, &unit_plain,
                                  &sealed);

    good = 1;

    for (i = 0; i < sealed.len; i++) {
        was = sealed.data[i];

        for (j = 0; j < 8 + sizeof(others) - 1; j++) {
            sealed.data[i] = (j < 8) ? was ^ (1 << j) : others[j - 8];

            rc = ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                          &opened);

            if (rc != (sealed.data[i] == was ? NGX_OK : NGX_DECLINED)
                || (rc == NGX_OK && !unit_same(&opened, &unit_plain)))
            {
                printf("#   byte %u: %u for %u\n", (unsigned) i,
                       sealed.data[i], was);
                good = 0;
            }
        }

        sealed.data[i] = was;
    }

    unit_ok(good, "no byte can be changed");

    unit_ok(ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                     &opened) == NGX_OK
            && unit_same(&opened, &unit_plain),
            "what was refused leaves nothing behind");

    good = 1;

    while (sealed.len) {
        sealed.len--;

        if (ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                     &opened) != NGX_DECLINED)
        {
            good = 0;
        }
    }

    unit_ok(good, "nothing can be cut off");
}


/* of any length, the spare bits of the last character count */

static void
unit_canonical(ngx_pool_t *pool)
{
    u_char                      *last, was;
    ngx_str_t                    plain, sealed, opened;
    ngx_uint_t                   i, n, good;
    ngx_http_owncloud_keyring_t  ring;

    static u_char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-_";

    unit_ring(pool, &ring, "a");

    for (n = 0; n < 3; n++) {
        plain.data = unit_plain.data;
        plain.len = n;

        (void) ngx_http_owncloud_seal(pool, &ring, 1, &unit_aad, &plain,
                                      &sealed);
        last = &sealed.data[sealed.len - 1];
        was = *last;
        good = 0;

        for (i = 0; i < 64; i++) {
            *last = alphabet[i];

            if (ngx_http_owncloud_unseal(pool, &ring, 1, &unit_aad, &sealed,
                                         &opened) == NGX_OK)
            {
                good += (*last == was) ? 1 : 2;
            }
        }

        unit_ok(good == 1, "one last character of 64, length %u",
                (unsigned) n);
    }
}


static void
unit_form(ngx_pool_t *pool)
{
    ngx_str_t                    text, opened;
    ngx_uint_t                   i, form;
    ngx_http_owncloud_keyring_t  ring;

#define UNIT_38  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    static struct {
        ngx_str_t    text;
        ngx_uint_t   form;
    } forms[] = {
        { unit_str("v1.0123abcd." UNIT_38), 1 },
        { unit_str("v1.0123abcd." UNIT_38 "z-_9"), 1 },
        { unit_str("v1.0123abcd." UNIT_38 "A"), 1 },
        { unit_str(""), 0 },
        { unit_str("v1"), 0 },
        { unit_str("v1.0123abcd."), 0 },
        { unit_str("v1.0123abcd.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 0 },
        { unit_str("v2.0123abcd." UNIT_38), 0 },
        { unit_str("V1.0123abcd." UNIT_38), 0 },
        { unit_str("v1.0123ABCD." UNIT_38), 0 },
        { unit_str("v1.0123abcg." UNIT_38), 0 },
        { unit_str("v1.0123abc.." UNIT_38), 0 },
        { unit_str("v1.0123abcd-" UNIT_38), 0 },
        { unit_str("v1.0123abcd." UNIT_38 "="), 0 },
        { unit_str("v1.0123abcd." UNIT_38 "+"), 0 },
        { unit_str("v1.0123abcd." UNIT_38 "\0"), 0 },
        { unit_str("v1.0123abcd." UNIT_38 "\xe1"), 0 },
        { unit_str("v1.0123abcd." UNIT_38 "."), 0 },
        { unit_str(" v1.0123abcd." UNIT_38), 0 }
    };

    unit_ring(pool, &ring, "a");

    for (i = 0; i < unit_n(forms); i++) {
        text = unit_copy(pool, &forms[i].text);
        form = ngx_http_owncloud_sealed_form(&text);

        unit_ok(form == forms[i].form
                && ngx_http_owncloud_unseal(pool, &ring, 0, &unit_none, &text,
                                            &opened) == NGX_DECLINED,
                "form of %s", forms[i].text.data);
    }

    form = 1;
    ngx_str_set(&text, "v1.0123abcd." UNIT_38);
    text = unit_copy(pool, &text);

    for (i = 0; i < 256; i++) {
        text.data[text.len - 20] = (u_char) i;

        if (ngx_http_owncloud_sealed_form(&text)
            != (i < 0x80 && (isalnum(i) || i == '-' || i == '_')))
        {
            form = 0;
        }
    }

    unit_ok(form, "the characters of base64url, and no others");
}


static void
unit_longest(ngx_pool_t *pool)
{
    ngx_str_t                    text, sealed, opened;
    ngx_http_owncloud_keyring_t  ring;

    unit_ring(pool, &ring, "a");

    text.len = (NGX_HTTP_OWNCLOUD_SEALED_MAX - 12) / 4 * 3 - 28;
    text.data = ngx_pcalloc(pool, NGX_HTTP_OWNCLOUD_SEALED_MAX + 2);

    unit_ok(ngx_http_owncloud_seal(pool, &ring, 0, &unit_none, &text, &sealed)
            == NGX_OK
            && sealed.len == NGX_HTTP_OWNCLOUD_SEALED_MAX
            && ngx_http_owncloud_unseal(pool, &ring, 0, &unit_none, &sealed,
                                        &opened) == NGX_OK
            && unit_same(&opened, &text),
            "the longest text");

    text.len++;
    unit_ok(ngx_http_owncloud_seal(pool, &ring, 0, &unit_none, &text, &sealed)
            == NGX_ERROR, "one byte more");

    text.len = NGX_HTTP_OWNCLOUD_SEALED_MAX + 1;
    unit_ok(ngx_http_owncloud_seal(pool, &ring, 0, &unit_none, &text, &sealed)
            == NGX_ERROR, "much more");

    ngx_memset(text.data, 'A', text.len);
    ngx_memcpy(text.data, "v1.0123abcd.", 12);
    unit_ok(!ngx_http_owncloud_sealed_form(&text), "a form too long");

    text.len--;
    unit_ok(ngx_http_owncloud_sealed_form(&text), "the longest form");
}


static int
unit_compare(const void *a, const void *b)
{
    return ngx_memcmp(a, b, 16);
}


static void
unit_nonces(ngx_pool_t *pool)
{
    u_char                      *nonces;
    ngx_str_t                    sealed;
    ngx_uint_t                   i, good;
    ngx_pool_t                  *temp;
    ngx_http_owncloud_keyring_t  ring;

    unit_ring(pool, &ring, "a");
    nonces = ngx_palloc(pool, UNIT_SEALS * 16);
    good = 1;

    for (i = 0; i < UNIT_SEALS; i++) {
        temp = unit_pool();

        if (ngx_http_owncloud_seal(temp, &ring, 0, &unit_aad, &unit_plain,
                                   &sealed) != NGX_OK)
        {
            good = 0;
        }

        ngx_memcpy(nonces + i * 16, sealed.data + 12, 16);
        ngx_destroy_pool(temp);
    }

    qsort(nonces, UNIT_SEALS, 16, unit_compare);

    for (i = 1; i < UNIT_SEALS; i++) {
        if (ngx_memcmp(nonces + i * 16, nonces + i * 16 - 16, 16) == 0) {
            good = 0;
        }
    }

    unit_ok(good, "%u nonces, all different", UNIT_SEALS);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_keys(pool);
    unit_round(pool);
    unit_bound(pool);
    unit_refused(pool);
    unit_rotation(pool);
    unit_tamper(pool);
    unit_canonical(pool);
    unit_form(pool);
    unit_longest(pool);
    unit_nonces(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
