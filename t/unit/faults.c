
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "faults.h"
#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_json.h"
#include "ngx_http_owncloud_oauth.h"
#include "ngx_http_owncloud_ocs.h"
#include "ngx_http_owncloud_seal.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_xml.h"


/*
 * Without memory, what is read or written is refused, or it is what it always
 * is, but never a part of it: each function is called with each of its
 * allocations failing, and with all from it on.
 */


typedef ngx_int_t (*unit_call_pt)(ngx_pool_t *pool, ngx_str_t *told);


static ngx_http_owncloud_keyring_t  unit_ring;
static ngx_str_t                    unit_sealed;

static ngx_str_t  unit_aad = unit_str("issuer");
static ngx_str_t  unit_text = unit_str("a \xc3\xa4/b&c=d");


static ngx_int_t
unit_tell(ngx_pool_t *pool, ngx_str_t *told, ngx_str_t *part, ngx_uint_t n)
{
    size_t      len;
    u_char     *p;
    ngx_uint_t  i;

    for (len = 0, i = 0; i < n; i++) {
        len += part[i].len + 1;
    }

    p = ngx_pnalloc(pool, len);

    told->data = p;
    told->len = len;

    for (i = 0; i < n; i++) {
        p = ngx_cpymem(p, part[i].data, part[i].len);
        *p++ = '\n';
    }

    return NGX_OK;
}


static ngx_int_t
unit_json_read(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_int_t                       rc;
    ngx_str_t                       part[2];
    ngx_http_owncloud_json_field_t  field[2];

    static ngx_str_t  text = unit_str("{\"a\":{\"b\":\"c\"},\"d\":[1],\"e\":7}");

    ngx_memzero(field, sizeof(field));
    ngx_str_set(&field[0].path, "a-b");
    ngx_str_set(&field[1].path, "e");

    rc = ngx_http_owncloud_json_read(pool, &text, field, 2);

    part[0] = field[0].value;
    part[1] = field[1].value;

    return (rc == NGX_OK) ? unit_tell(pool, told, part, 2) : rc;
}


static ngx_int_t
unit_json_write(ngx_pool_t *pool, ngx_str_t *told)
{
    off_t                      size;
    ngx_str_t                  part;
    ngx_chain_t               *cl;
    ngx_http_owncloud_json_t  *json;

    json = ngx_http_owncloud_json_start(pool);
    if (json == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_string(json, &unit_text);
    ngx_http_owncloud_json_string(json, &unit_text);
    ngx_http_owncloud_json_map_end(json);

    if (ngx_http_owncloud_json_end(json, &cl, &size) != NGX_OK) {
        return NGX_ERROR;
    }

    part.data = cl->buf->pos;
    part.len = size;

    return unit_tell(pool, told, &part, 1);
}


static ngx_int_t
unit_form(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_str_t     text;
    ngx_array_t   fields;

    static ngx_str_t  form = unit_str("a=b+c&d=%41%42&e=&f=g");

    if (ngx_http_owncloud_form_parse(pool, &form, 16, &fields) != NGX_OK
        || ngx_http_owncloud_form_encode(pool, fields.elts, fields.nelts,
                                         &text)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return unit_tell(pool, told, &text, 1);
}


static ngx_int_t
unit_url(ngx_pool_t *pool, ngx_str_t *told)
{
    char                     *reason;
    ngx_str_t                 part[3];
    ngx_http_owncloud_url_t   url;

    static ngx_str_t  text = unit_str("https://cloud.example.com:8443/a/b/");

    if (ngx_http_owncloud_url_parse(pool, &text, &url, &reason) != NGX_OK
        || ngx_http_owncloud_uri_escape(pool, &unit_text, &part[2], 0)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    part[0] = url.host;
    part[1] = url.path;

    return unit_tell(pool, told, part, 3);
}


static ngx_int_t
unit_seal(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_str_t  sealed, plain;

    if (ngx_http_owncloud_seal(pool, &unit_ring, 0, &unit_aad, &unit_text,
                               &sealed)
        != NGX_OK
        || ngx_http_owncloud_unseal(pool, &unit_ring, 0, &unit_aad, &sealed,
                                    &plain)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return unit_tell(pool, told, &plain, 1);
}


static ngx_int_t
unit_unseal(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_int_t  rc;
    ngx_str_t  plain;

    rc = ngx_http_owncloud_unseal(pool, &unit_ring, 0, &unit_aad,
                                  &unit_sealed, &plain);

    return (rc == NGX_OK) ? unit_tell(pool, told, &plain, 1) : rc;
}


static ngx_int_t
unit_listing(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_str_t                    part[3];
    ngx_uint_t                   i, n;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    static ngx_str_t                folder = unit_str("/");
    static ngx_http_owncloud_url_t  base = {
        .host = unit_str("cloud.example.com"), .path = unit_str("/dav/"),
        .port = 443, .tls = 1
    };

#define UNIT_ENTRY(name, type)                                                \
    "<d:response><d:href>/dav/" name "</d:href><d:propstat><d:prop>"          \
    "<d:resourcetype>" type "</d:resourcetype></d:prop>"                      \
    "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"

    static ngx_str_t  text = unit_str("<d:multistatus xmlns:d=\"DAV:\">"
        UNIT_ENTRY("", "<d:collection/>") UNIT_ENTRY("a.txt", "")
        UNIT_ENTRY("b.txt", "") UNIT_ENTRY("c.txt", "") "</d:multistatus>");

    dav = ngx_http_owncloud_dav_create(pool, &base, &folder, 50);

    if (dav == NULL
        || ngx_http_owncloud_dav_feed(dav, text.data, text.len) != NGX_OK
        || ngx_http_owncloud_dav_finish(dav) != NGX_OK
        || ngx_http_owncloud_dav_sort(dav, &entries, &n) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < n && i < 3; i++) {
        part[i].data = entries[i]->name;
        part[i].len = entries[i]->len;
    }

    return unit_tell(pool, told, part, i);
}


static ngx_int_t
unit_shares(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_str_t                        part[2];
    ngx_http_owncloud_ocs_t          ocs;
    ngx_http_owncloud_share_t       *share;
    ngx_http_owncloud_ocs_reader_t  *reader;

#define UNIT_SHARE(id)                                                        \
    "{\"id\":\"" id "\",\"share_type\":3,\"permissions\":1,"                  \
    "\"path\":\"/a\",\"url\":\"https://cloud.example.com/s/" id "\"}"

    static ngx_str_t  text = unit_str("{\"ocs\":{\"meta\":{\"status\":\"ok\","
        "\"statuscode\":200},\"data\":[" UNIT_SHARE("1") "," UNIT_SHARE("2")
        "]}}");

    reader = ngx_http_owncloud_ocs_create(pool);

    if (reader == NULL
        || ngx_http_owncloud_ocs_feed(reader, text.data, text.len) != NGX_OK
        || ngx_http_owncloud_ocs_finish(reader, 200, &ocs) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ocs.result != NGX_HTTP_OWNCLOUD_OCS_GOOD || ocs.shares.nelts != 2) {
        return NGX_DECLINED;
    }

    share = ocs.shares.elts;
    part[0] = share[0].id;
    part[1] = share[1].id;

    return unit_tell(pool, told, part, 2);
}


static ngx_int_t
unit_tokens(ngx_pool_t *pool, ngx_str_t *told)
{
    ngx_int_t                         rc;
    ngx_str_t                         part[3];
    ngx_uint_t                        result;
    ngx_http_owncloud_oauth_tokens_t  tokens;

    static ngx_str_t  text = unit_str("{\"access_token\":\"a\","
        "\"token_type\":\"Bearer\",\"expires_in\":3600,"
        "\"refresh_token\":\"b\",\"user_id\":\"c\"}");

    rc = ngx_http_owncloud_oauth_answer(pool, 200, &text, &tokens, &result);

    if (rc != NGX_OK) {
        return rc;
    }

    if (result != NGX_HTTP_OWNCLOUD_OAUTH_GOOD) {
        return NGX_DECLINED;
    }

    part[0].data = tokens.access.data;
    part[0].len = tokens.access.len;
    part[1].data = tokens.refresh.data;
    part[1].len = tokens.refresh.len;
    part[2] = tokens.user;

    return unit_tell(pool, told, part, 3);
}


static void
unit_each(char *name, unit_call_pt call, uint64_t mode)
{
    char        *what;
    uint64_t     k;
    ngx_int_t    rc;
    ngx_str_t    good, told;
    ngx_pool_t  *memory, *pool;

    memory = unit_pool();
    what = (mode == FAULTS_NTH) ? "one" : "all from one on";

    unit_ok(call(memory, &good) == NGX_OK, "%s", name);

    for (k = 1; k < 1000; k++) {
        pool = unit_pool();

        faults->mode = mode;
        faults->nth = k;
        faults->count = 0;
        faults->failed = 0;

        rc = call(pool, &told);

        faults->mode = FAULTS_OFF;

        if (faults->failed == 0) {
            ngx_destroy_pool(pool);
            break;
        }

        if (rc != NGX_ERROR && (rc != NGX_OK || !unit_same(&told, &good))) {
            unit_ok(0, "%s without memory at %s: %d", name, faults->where,
                    (int) rc);
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(k > 1 && k < 1000, "%s: %u allocations, %s fails", name,
            (unsigned) k - 1, what);

    ngx_destroy_pool(memory);
}


int
main(void)
{
    u_char                       file[32];
    ngx_uint_t                   i;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_secret_t   secret;

    static struct {
        char          *name;
        unit_call_pt   call;
    } calls[] = {
        { "JSON read", unit_json_read },
        { "JSON written", unit_json_write },
        { "a form", unit_form },
        { "a URL", unit_url },
        { "sealed", unit_seal },
        { "unsealed", unit_unseal },
        { "a listing", unit_listing },
        { "shares", unit_shares },
        { "tokens", unit_tokens },
    };

    pool = unit_pool();

    ngx_http_owncloud_xml_init();

    ngx_memset(file, 'k', sizeof(file));
    secret.data = file;
    secret.len = sizeof(file);

    if (ngx_array_init(&unit_ring, pool, 1, sizeof(ngx_http_owncloud_key_t))
        != NGX_OK
        || ngx_http_owncloud_keyring_add(&unit_ring, &secret) != NGX_OK
        || ngx_http_owncloud_seal(pool, &unit_ring, 0, &unit_aad, &unit_text,
                                  &unit_sealed)
           != NGX_OK)
    {
        unit_ok(0, "a key");
    }

    for (i = 0; i < unit_n(calls); i++) {
        unit_each(calls[i].name, calls[i].call, FAULTS_NTH);
        unit_each(calls[i].name, calls[i].call, FAULTS_REST);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
