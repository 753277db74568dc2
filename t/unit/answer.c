
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_answer.h"
#include "ngx_http_owncloud_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>


#define ICON    "https://moodle.example.com/theme/image.php/boost/core/1/f/"
#define ICON_E  "https:\\/\\/moodle.example.com\\/theme\\/image.php\\/boost"  \
                "\\/core\\/1\\/f\\/"
#define NBSP    "\xc2\xa0"
#define DATES   ",\"datemodified_f\":\"21 November 2026, 9:02 PM\","          \
                "\"datemodified_f_s\":\"21/11/26, 21:02\""


typedef struct {
    ngx_pool_t                        *pool;
    ngx_http_request_t                 request;
    ngx_connection_t                   connection;
    ngx_http_owncloud_ctx_t            ctx;
    ngx_http_owncloud_issuer_t         issuer;
    ngx_http_owncloud_repository_t     repository;
    ngx_http_owncloud_main_conf_t      main_conf;
    void                              *main_confs[1];
    void                              *ctxs[1];
} unit_request_t;


ngx_module_t  ngx_http_owncloud_module = { .ctx_index = 0 };


/* in the form of Moodle's own, wire recordings of a root and of a folder */

static char  unit_listing[] =
    "{\"dynload\":true,\"nosearch\":false,\"nologin\":false,"
    "\"path\":[{\"name\":\"My \\\"Cloud\\\" <\xc3\xbc>\",\"path\":\"\","
    "\"icon\":\"" ICON_E "folder\"},"
    "{\"name\":\"special\",\"path\":\"\\/special\\/\",\"icon\":\"" ICON_E
    "folder\"},"
    "{\"name\":\"a\\\"b\",\"path\":\"\\/special\\/a\\\"b\\/\",\"icon\":\""
    ICON_E "folder\"}],"
    "\"defaultreturntype\":2,"
    "\"manage\":\"https:\\/\\/cloud.example.com\\/oc\\/\","
    "\"list\":["

    "{\"title\":\"# & + %41 'q' \xc3\xbc\","
    "\"thumbnail\":\"" ICON "folder\",\"children\":[],"
    "\"datemodified\":1795294940,"
    "\"path\":\"/special/a\\\"b/# & + %41 'q' \xc3\xbc/\"" DATES ","
    "\"icon\":\"" ICON "folder\"},"

    "{\"title\":\"undated\",\"thumbnail\":\"" ICON "folder\",\"children\":[],"
    "\"path\":\"/special/a\\\"b/undated/\",\"icon\":\"" ICON "folder\"},"

    "{\"title\":\"\\\"\\\\\\n\\u0001.PDF\",\"thumbnail\":\"" ICON "pdf\","
    "\"size\":104857600,\"datemodified\":1795294940,"
    "\"source\":\"/special/a\\\"b/\\\"\\\\\\n\\u0001.PDF\","
    "\"sourcekey\":\"%s\",\"size_f\":\"100.0" NBSP "MB\"" DATES ","
    "\"mimetype\":\"PDF document\",\"icon\":\"" ICON "pdf\"},"

    "{\"title\":\"noextension\",\"thumbnail\":\"" ICON "unknown\","
    "\"source\":\"/special/a\\\"b/noextension\","
    "\"sourcekey\":\"%s\",\"mimetype\":\"File\",\"icon\":\"" ICON "unknown\"},"

    "{\"title\":\"zero.png\",\"thumbnail\":\"" ICON "image\","
    "\"size\":0,\"datemodified\":1795294940,"
    "\"source\":\"/special/a\\\"b/zero.png\","
    "\"sourcekey\":\"%s\",\"size_f\":\"0" NBSP "bytes\"" DATES ","
    "\"mimetype\":\"Image (PNG)\",\"icon\":\"" ICON "image\"}],"

    "\"filereferencewarning\":\"Warning: This file will become public.\","
    "\"repo_id\":9}";


static ngx_http_owncloud_entry_t  unit_entries[] = {
    { (u_char *) "# & + %41 'q' \xc3\xbc", 16, 0, 1, 0, -1, 1795294940 },
    { (u_char *) "undated", 7, 0, 1, 0, -1, -1 },
    { (u_char *) "\"\\\n\x01.PDF", 8, 0, 0, 0, 104857600, 1795294940 },
    { (u_char *) "noextension", 11, 0, 0, 0, -1, -1 },
    { (u_char *) "zero.png", 8, 0, 0, 0, 0, 1795294940 }
};


/* hits, whose names are paths, and what is said of them */

static char  unit_found[] =
    "{\"dynload\":true,\"nosearch\":false,\"nologin\":false,"
    "\"path\":[{\"name\":\"My \\\"Cloud\\\" <\xc3\xbc>\",\"path\":\"\","
    "\"icon\":\"" ICON_E "folder\"}],"
    "\"defaultreturntype\":2,"
    "\"manage\":\"https:\\/\\/cloud.example.com\\/oc\\/\","
    "\"list\":["

    "{\"title\":\"re \\\"po\\\"rt\",\"thumbnail\":\"" ICON "folder\","
    "\"thumbnail_title\":\"/a.b/re \\\"po\\\"rt\",\"children\":[],"
    "\"datemodified\":1795294940,\"path\":\"/a.b/re \\\"po\\\"rt/\"" DATES ","
    "\"icon\":\"" ICON "folder\"},"

    "{\"title\":\"report\",\"thumbnail\":\"" ICON "unknown\","
    "\"thumbnail_title\":\"/x.pdf/\xc3\xbc/report\","
    "\"source\":\"/x.pdf/\xc3\xbc/report\",\"sourcekey\":\"%s\","
    "\"mimetype\":\"File\",\"icon\":\"" ICON "unknown\"},"

    "{\"title\":\"report.pdf\",\"thumbnail\":\"" ICON "pdf\","
    "\"thumbnail_title\":\"/report.pdf\",\"size\":125,"
    "\"source\":\"/report.pdf\",\"sourcekey\":\"%s\","
    "\"size_f\":\"125" NBSP "bytes\","
    "\"mimetype\":\"PDF document\",\"icon\":\"" ICON "pdf\"}],"

    "\"filereferencewarning\":\"Warning: This file will become public.\","
    "\"repo_id\":9,\"page\":2,\"pages\":3,\"issearchresult\":true,"
    "\"message\":\"Only the first 200 <b>of many<\\/b>.\"}";


static ngx_http_owncloud_entry_t  unit_hits[] = {
    { (u_char *) "a.b/re \"po\"rt", 13, 4, 1, 0, -1, 1795294940 },
    { (u_char *) "x.pdf/\xc3\xbc/report", 15, 9, 0, 0, -1, -1 },
    { (u_char *) "report.pdf", 10, 0, 0, 0, 125, -1 }
};


/* a file in "/a &b/", what follows it, and where its picture is */

#define UNIT_PICTURED                                                         \
    "\"list\":[{\"title\":\"\xc3\xbc +.png\",\"thumbnail\":\"" ICON          \
    "image\",\"size\":125,\"datemodified\":1795294940,"                       \
    "\"source\":\"/a &b/\xc3\xbc +.png\",\"sourcekey\":\"%s\","              \
    "\"size_f\":\"125" NBSP "bytes\"" DATES ","                              \
    "\"mimetype\":\"Image (PNG)\",\"icon\":\"" ICON "image\""

#define UNIT_PICTURE                                                          \
    ",\"realthumbnail\":\"https://moodle.example.com/lms"                     \
    "/repository/owncloud/preview/9?v=0123456789abcdef-1795294940-125"        \
    "&file=%2Fa%20%26b%2F%C3%BC%20%2B.png\""


typedef struct {
    ngx_uint_t                         said;
    ngx_uint_t                         guessed;
    ngx_http_owncloud_entry_t          entry;
} unit_pictured_t;


static unit_pictured_t  unit_pictured[] = {
    { 1, 1, { (u_char *) "\xc3\xbc +.png", 8, 0, 0, 1, 125, 1795294940 } },
    { 0, 1, { (u_char *) "\xc3\xbc +.png", 8, 0, 0, 0, 125, 1795294940 } },
    { 1, 0, { (u_char *) "notes.txt", 9, 0, 0, 1, 1, 0 } },
    { 0, 1, { (u_char *) "b.JPEG", 6, 0, 0, 0, 52428800, 1 } },
    { 0, 0, { (u_char *) "b.JPEG", 6, 0, 0, 0, 52428801, 1 } },
    { 0, 0, { (u_char *) "zero.png", 8, 0, 0, 1, 0, 1795294940 } },
    { 0, 0, { (u_char *) "unsized.png", 11, 0, 0, 1, -1, 1795294940 } },
    { 0, 0, { (u_char *) "undated.png", 11, 0, 0, 1, 125, -1 } },
    { 0, 0, { (u_char *) "folder.png", 10, 0, 1, 1, 125, 1795294940 } }
};


static ngx_str_t  unit_sesskey = ngx_string("Tshp4mxoNk");


static ngx_chain_t  *unit_sent;


static void unit_request(unit_request_t *u);
static void unit_body(unit_request_t *u, ngx_str_t *body);
static char *unit_header(unit_request_t *u, char *name);
static ngx_uint_t unit_headers(unit_request_t *u, ngx_uint_t status,
    char *type);
static ngx_int_t unit_answer(unit_request_t *u,
    ngx_http_owncloud_list_t *list, ngx_http_owncloud_entry_t *entries);
static void unit_expected(ngx_str_t *text, char *format, ngx_str_t *sources);
static void unit_list(void);
static void unit_list_search(void);
static void unit_list_pages(void);
static void unit_list_keys(void);
static void unit_list_pictures(void);
static void unit_list_picture(ngx_uint_t i, ngx_uint_t previews);
static void unit_list_empty(void);
static void unit_return_types(void);
static void unit_json(void);
static void unit_moodle(void);
static void unit_pages(void);
static void unit_digest(char *name, char *text, char *digest);
static ngx_int_t unit_header_filter(ngx_http_request_t *r);
static ngx_int_t unit_body_filter(ngx_http_request_t *r, ngx_chain_t *in);


int
main(void)
{
    ngx_http_top_header_filter = unit_header_filter;
    ngx_http_top_body_filter = unit_body_filter;

    unit_list();
    unit_list_search();
    unit_list_pages();
    unit_list_keys();
    unit_list_pictures();
    unit_list_empty();
    unit_return_types();
    unit_json();
    unit_moodle();
    unit_pages();

    unit_digest("style", NGX_HTTP_OWNCLOUD_PAGE_STYLE,
                NGX_HTTP_OWNCLOUD_PAGE_STYLE_DIGEST);
    unit_digest("script", NGX_HTTP_OWNCLOUD_PAGE_SCRIPT,
                NGX_HTTP_OWNCLOUD_PAGE_SCRIPT_DIGEST);

    return unit_done();
}


static void
unit_request(unit_request_t *u)
{
    ngx_memzero(u, sizeof(unit_request_t));

    u->pool = unit_pool();
    u->connection.log = &unit_log;

    u->main_confs[0] = &u->main_conf;

    u->request.pool = u->pool;
    u->request.main = &u->request;
    u->request.connection = &u->connection;
    u->request.main_conf = u->main_confs;
    u->request.ctx = u->ctxs;

    ngx_str_set(&u->issuer.name, "My \"Cloud\" <\xc3\xbc>");
    ngx_str_set(&u->issuer.base.text, "https://cloud.example.com/oc/");

    u->repository.id = 9;
    u->repository.issuer = &u->issuer;
    u->repository.supported_files = NGX_HTTP_OWNCLOUD_BOTH;
    u->repository.default_file = NGX_HTTP_OWNCLOUD_INTERNAL;
    u->repository.secret_key.data = (u_char *) "0123456789abcdef";
    u->repository.secret_key.len = 16;

    ngx_str_set(&u->repository.icons, "/theme/image.php/boost/core/1/f/");
    ngx_str_set(&u->repository.date_format, "%-d %B %Y, %-I:%M %p");
    ngx_str_set(&u->repository.date_format_short, "%-d/%m/%y, %H:%M");

    u->ctx.issuer = &u->issuer;
    u->ctx.repository = &u->repository;
    ngx_str_set(&u->ctx.origin, "https://moodle.example.com");

    if (ngx_list_init(&u->request.headers_out.headers, u->pool, 8,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        exit(1);
    }

    unit_sent = NULL;
}


static void
unit_body(unit_request_t *u, ngx_str_t *body)
{
    u_char       *p;
    ngx_chain_t  *cl, *last;

    body->len = 0;
    last = NULL;

    for (cl = unit_sent; cl; cl = cl->next) {
        body->len += cl->buf->last - cl->buf->pos;
        last = cl;
    }

    p = ngx_pnalloc(u->pool, body->len + 1);
    if (p == NULL) {
        exit(1);
    }

    body->data = p;

    for (cl = unit_sent; cl; cl = cl->next) {

        if (cl->buf->pos != cl->buf->last) {
            p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
        }
    }

    *p = '\0';

    unit_ok(last && last->buf->last_buf
            && u->request.headers_out.content_length_n == (off_t) body->len,
            "the answer is complete, and as long as it says");
}


static char *
unit_header(unit_request_t *u, char *name)
{
    static char  value[1024];

    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &u->request.headers_out.headers.part; part; part = part->next)
    {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].hash && h[i].key.len == strlen(name)
                && ngx_strncasecmp(h[i].key.data, (u_char *) name,
                                   h[i].key.len)
                   == 0)
            {
                (void) ngx_snprintf((u_char *) value, sizeof(value), "%V%Z",
                                    &h[i].value);
                return value;
            }
        }
    }

    return "";
}


static ngx_uint_t
unit_headers(unit_request_t *u, ngx_uint_t status, char *type)
{
    ngx_http_headers_out_t  *h;

    h = &u->request.headers_out;

    return h->status == status
           && h->content_type_len == strlen(type)
           && ngx_strncmp(h->content_type.data, type, h->content_type_len) == 0
           && h->charset.len == 5
           && h->last_modified_time == -1
           && strcmp(unit_header(u, "Cache-Control"), "no-store") == 0
           && strcmp(unit_header(u, "X-Content-Type-Options"), "nosniff") == 0;
}


static ngx_int_t
unit_answer(unit_request_t *u, ngx_http_owncloud_list_t *list,
    ngx_http_owncloud_entry_t *entries)
{
    off_t         size;
    ngx_int_t     rc;
    ngx_uint_t    i;
    ngx_chain_t  *out;

    list->entries = ngx_palloc(u->pool, list->n * sizeof(void *));

    for (i = 0; i < list->n; i++) {
        list->entries[i] = &entries[i];
    }

    rc = ngx_http_owncloud_answer_list(&u->request, &u->ctx, list, &out,
                                       &size);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_owncloud_answer_chain(&u->request, &u->ctx, out, size);
}


/* each "%s" is the key of a source; there is "%" in names, too */

static void
unit_expected(ngx_str_t *text, char *format, ngx_str_t *sources)
{
    ngx_str_t  strings[3];

    static u_char     buf[8192];
    static ngx_str_t  secret = ngx_string("0123456789abcdef");

    text->data = buf;
    text->len = 0;

    for ( /* void */ ; *format; format++) {

        if (format[0] == '%' && format[1] == 's') {
            strings[0] = *sources++;
            strings[1] = secret;
            strings[2] = unit_sesskey;

            (void) ngx_http_owncloud_sha1_hex(buf + text->len, strings, 3);

            text->len += 40;
            format++;
            continue;
        }

        buf[text->len++] = *format;
    }
}


static void
unit_list(void)
{
    ngx_int_t                  rc;
    ngx_str_t                  body, same;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    static ngx_str_t  sources[] = {
        ngx_string("/special/a\"b/\"\\\n\x01.PDF"),
        ngx_string("/special/a\"b/noextension"),
        ngx_string("/special/a\"b/zero.png")
    };

    unit_request(&u);
    unit_expected(&same, unit_listing, sources);

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/special/a\"b/");
    list.sesskey = unit_sesskey;
    list.n = unit_n(unit_entries);

    rc = unit_answer(&u, &list, unit_entries);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_same(&body, &same), "a listing");
    unit_ok(unit_headers(&u, 200, "application/json"), "its headers");

    ngx_destroy_pool(u.pool);
}


static void
unit_list_search(void)
{
    ngx_int_t                  rc;
    ngx_str_t                  body, same;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    static ngx_str_t  sources[] = {
        ngx_string("/x.pdf/\xc3\xbc/report"),
        ngx_string("/report.pdf")
    };

    unit_request(&u);
    unit_expected(&same, unit_found, sources);

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/where/it/was/asked/");
    list.sesskey = unit_sesskey;
    list.n = unit_n(unit_hits);
    list.page = 2;
    list.pages = 3;
    list.message = "Only the first 200 <b>of many</b>.";
    list.search = 1;

    rc = unit_answer(&u, &list, unit_hits);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_same(&body, &same), "hits of a search");

    ngx_destroy_pool(u.pool);
}


static void
unit_list_pages(void)
{
    char                      *p;
    ngx_int_t                  rc;
    ngx_str_t                  body, copy;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/special/");
    list.sesskey = unit_sesskey;
    list.n = unit_n(unit_entries);
    list.pages = 7;

    unit_request(&u);

    rc = unit_answer(&u, &list, unit_entries);
    unit_body(&u, &body);

    p = (char *) body.data;

    unit_ok(rc == NGX_OK && strstr(p, "\"page") == NULL
            && strstr(p, "issearchresult") == NULL
            && strstr(p, "message") == NULL
            && strstr(p, "thumbnail_title") == NULL
            && strcmp(p + body.len - 13, ",\"repo_id\":9}") == 0,
            "no pages, no search, no message");

    copy.len = body.len - 1;
    copy.data = ngx_pstrdup(u.pool, &body);
    list.page = 1;

    rc = unit_answer(&u, &list, unit_entries);
    unit_body(&u, &body);

    p = (char *) body.data + copy.len;
    body.len = copy.len;

    unit_ok(rc == NGX_OK && unit_same(&body, &copy)
            && strcmp(p, ",\"page\":1,\"pages\":7}") == 0,
            "pages are told after what is there without them");

    ngx_destroy_pool(u.pool);

    unit_request(&u);
    u.issuer.max_size = 500;

    unit_ok(unit_answer(&u, &list, unit_entries) == NGX_DECLINED,
            "a page that is too big");

    ngx_destroy_pool(u.pool);
}


static void
unit_list_keys(void)
{
    char                       *p;
    u_char                      buf[4][64];
    ngx_int_t                   rc;
    ngx_str_t                   key[4], known, source, sesskey, body;
    ngx_uint_t                  i;
    unit_request_t              u;
    ngx_http_owncloud_list_t    list;
    ngx_http_owncloud_secret_t  file = {
        (u_char *) "0123456789abcdef0123456789abcdef", 32
    };

    unit_request(&u);

    for (i = 0; i < 4; i++) {
        key[i].data = buf[i];
    }

    /* computed by another program */

    ngx_str_set(&source, "/notes.txt");
    ngx_str_set(&sesskey, "Tshp4mxoNk");
    ngx_str_set(&known, "8045725c57115a0d893e6a34dc2bb0a4e48d19bf");

    rc = ngx_http_owncloud_source_key(&u.request, &u.ctx, &source, &sesskey,
                                      &key[0]);

    unit_ok(rc == NGX_OK && unit_same(&key[0], &known), "Moodle's source key");

    u.repository.secret_key.len = 0;

    if (ngx_array_init(&u.main_conf.keyring, u.pool, 1,
                       sizeof(ngx_http_owncloud_key_t))
        != NGX_OK
        || ngx_http_owncloud_keyring_add(&u.main_conf.keyring, &file)
           != NGX_OK)
    {
        exit(1);
    }

    for (i = 0; i < 4; i++) {

        if (i == 2) {
            ngx_str_set(&source, "xoNk/notes.txt");
            ngx_str_set(&sesskey, "Tshp4m");

        } else if (i == 3) {
            source.len = 5000;
            source.data = ngx_pcalloc(u.pool, source.len);
        }

        rc = ngx_http_owncloud_source_key(&u.request, &u.ctx, &source,
                                          &sesskey, &key[i]);

        unit_ok(rc == NGX_OK && key[i].len == 64, "a source key of our own");
    }

    unit_ok(unit_same(&key[0], &key[1]), "the same for the same");
    unit_ok(ngx_memcmp(key[1].data, key[2].data, 64) != 0,
            "the session key and the source are kept apart");

    /* that of a node is the one that it comes back with */

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/special/a\"b/");
    list.sesskey = unit_sesskey;
    list.n = unit_n(unit_entries);

    rc = unit_answer(&u, &list, unit_entries);
    unit_body(&u, &body);

    ngx_str_set(&source, "/special/a\"b/zero.png");
    (void) ngx_http_owncloud_source_key(&u.request, &u.ctx, &source,
                                        &unit_sesskey, &key[0]);
    p = strstr((char *) body.data, "zero.png\",\"sourcekey\":\"");

    unit_ok(rc == NGX_OK && p
            && ngx_memcmp(p + 23, key[0].data, 64) == 0 && p[87] == '"',
            "a listing's source key of our own");

    ngx_destroy_pool(u.pool);
}


static void
unit_list_pictures(void)
{
    ngx_uint_t  i;

    for (i = 0; i < unit_n(unit_pictured); i++) {
        unit_list_picture(i, NGX_HTTP_OWNCLOUD_PREVIEWS_NONE);
        unit_list_picture(i, NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED);
        unit_list_picture(i, NGX_HTTP_OWNCLOUD_PREVIEWS_IMAGES);
    }
}


static void
unit_list_picture(ngx_uint_t i, ngx_uint_t previews)
{
    char                      *p;
    ngx_int_t                  rc;
    ngx_str_t                  body, same;
    ngx_uint_t                 wanted, good;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    static ngx_str_t  sources[] = { ngx_string("/a &b/\xc3\xbc +.png") };

    wanted = previews == NGX_HTTP_OWNCLOUD_PREVIEWS_LISTED
             ? unit_pictured[i].said
             : previews == NGX_HTTP_OWNCLOUD_PREVIEWS_IMAGES
               ? unit_pictured[i].guessed : 0;

    unit_request(&u);
    ngx_str_set(&u.repository.moodle_root, "/lms");

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/a &b/");
    ngx_memcpy(list.tag, "0123456789abcdef", NGX_HTTP_OWNCLOUD_PREVIEW_TAG);
    list.sesskey = unit_sesskey;
    list.previews = previews & 3;
    list.n = 1;

    rc = unit_answer(&u, &list, &unit_pictured[i].entry);
    unit_body(&u, &body);

    p = strstr((char *) body.data, "\"list\":[");
    good = rc == NGX_OK && p
           && (strstr(p, "realthumbnail") != NULL) == (int) wanted;

    if (i < 2) {
        unit_expected(&same, wanted ? UNIT_PICTURED UNIT_PICTURE "}],"
                                    : UNIT_PICTURED "}],", sources);

        good = good && strncmp(p, (char *) same.data, same.len) == 0;
    }

    unit_ok(good, "previews %u, of file %u: %s", (unsigned) previews,
            (unsigned) i, wanted ? "a picture" : "no picture");

    ngx_destroy_pool(u.pool);
}


static void
unit_list_empty(void)
{
    ngx_int_t                  rc;
    ngx_str_t                  body;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    unit_request(&u);

    ngx_str_set(&u.repository.icons, "https://static.example.com/f/");

    ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
    ngx_str_set(&list.folder, "/");

    rc = unit_answer(&u, &list, NULL);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK
            && strstr((char *) body.data,
                      "\"path\":[{\"name\":\"My \\\"Cloud\\\" <\xc3\xbc>\","
                      "\"path\":\"\",\"icon\":\"https:\\/\\/static.example.com"
                      "\\/f\\/folder\"}],")
            && strstr((char *) body.data, "\"list\":[],\"filereference"),
            "an empty root folder");

    ngx_destroy_pool(u.pool);
}


static void
unit_return_types(void)
{
    ngx_int_t                  rc;
    ngx_str_t                  body;
    ngx_uint_t                 i;
    unit_request_t             u;
    ngx_http_owncloud_list_t   list;

    static ngx_uint_t  types[][3] = {
        { NGX_HTTP_OWNCLOUD_BOTH, NGX_HTTP_OWNCLOUD_INTERNAL, 2 },
        { NGX_HTTP_OWNCLOUD_BOTH, NGX_HTTP_OWNCLOUD_EXTERNAL, 8 },
        { NGX_HTTP_OWNCLOUD_INTERNAL, NGX_HTTP_OWNCLOUD_EXTERNAL, 2 },
        { NGX_HTTP_OWNCLOUD_EXTERNAL, NGX_HTTP_OWNCLOUD_INTERNAL, 8 }
    };

    for (i = 0; i < unit_n(types); i++) {
        unit_request(&u);

        u.repository.supported_files = types[i][0];
        u.repository.default_file = types[i][1];

        ngx_memzero(&list, sizeof(ngx_http_owncloud_list_t));
        ngx_str_set(&list.folder, "/");

        rc = unit_answer(&u, &list, NULL);
        unit_body(&u, &body);

        unit_ok(rc == NGX_OK
                && strstr((char *) body.data, types[i][2] == 2
                                              ? "\"defaultreturntype\":2,"
                                              : "\"defaultreturntype\":8,"),
                "what is proposed is %u", (unsigned) types[i][2]);

        ngx_destroy_pool(u.pool);
    }
}


static void
unit_json(void)
{
    ngx_int_t        rc;
    ngx_str_t        body, text, same;
    unit_request_t   u;

    unit_request(&u);

    ngx_str_set(&text, "https://cloud.example.com/authorize?a=b&c=%22\"");
    ngx_str_set(&same, "{\"login\":[{\"type\":\"popup\",\"url\":\"https:\\/\\/"
                       "cloud.example.com\\/authorize?a=b&c=%22\\\"\"}],"
                       "\"repo_id\":9}");

    rc = ngx_http_owncloud_answer_login(&u.request, &u.ctx, &text);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_same(&body, &same)
            && unit_headers(&u, 200, "application/json"), "a login");

    ngx_destroy_pool(u.pool);

    unit_request(&u);

    ngx_str_set(&text, "It said \"\xff\xe4\n</script>\".");
    ngx_str_set(&same, "{\"error\":\"It said \\\"?\?\\n<\\/script>\\\".\","
                       "\"errorcode\":\"cloudsaid\",\"stacktrace\":null,"
                       "\"debuginfo\":null,\"reproductionlink\":null}");

    rc = ngx_http_owncloud_answer_error(&u.request, &u.ctx, &text,
                                        "cloudsaid");
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_same(&body, &same)
            && unit_headers(&u, 200, "application/json"), "an error");

    ngx_str_set(&same, "cloudsaid");

    unit_ok(unit_same(&u.ctx.error, &same), "its code for the log");

    ngx_destroy_pool(u.pool);
}


static void
unit_moodle(void)
{
    ngx_int_t        rc;
    ngx_str_t        body, text, type;
    unit_request_t   u;

    unit_request(&u);

    ngx_str_set(&text, "{\"repo_id\":9}");
    ngx_str_set(&type, "application/json; charset=utf-8");

    rc = ngx_http_owncloud_answer_moodle(&u.request, &u.ctx, 404, &type,
                                         &text);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_same(&body, &text)
            && u.request.headers_out.status == 404
            && unit_same(&u.request.headers_out.content_type, &type)
            && u.request.headers_out.content_type_len == 16
            && u.request.headers_out.charset.len == 0,
            "an answer of Moodle");

    ngx_destroy_pool(u.pool);

    unit_request(&u);

    u.request.header_only = 1;
    text.len = 0;

    rc = ngx_http_owncloud_answer_moodle(&u.request, &u.ctx, 200, &type,
                                         &text);

    unit_ok(rc == NGX_OK && unit_sent == NULL, "nothing is sent for a HEAD");

    u.request.header_only = 0;

    rc = ngx_http_owncloud_answer_moodle(&u.request, &u.ctx, 200, &type,
                                         &text);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK && unit_sent && ngx_buf_special(unit_sent->buf),
            "an empty answer");

    ngx_destroy_pool(u.pool);
}


static void
unit_pages(void)
{
    char            *p;
    ngx_int_t        rc;
    ngx_str_t        body, text, detail;
    unit_request_t   u;

    unit_request(&u);

    ngx_str_set(&text, "ali<ce");

    rc = ngx_http_owncloud_answer_signed_in(&u.request, &u.ctx, &text);
    unit_body(&u, &body);

    p = (char *) body.data;

    unit_ok(rc == NGX_OK && unit_headers(&u, 200, "text/html")
            && strstr(p, "<html lang=\"en\">")
            && strstr(p, "signed in to My &quot;Cloud&quot; &lt;\xc3\xbc&gt; "
                         "as ali&lt;ce. ")
            && strstr(p, "<script>" NGX_HTTP_OWNCLOUD_PAGE_SCRIPT "</script>")
            && strstr(p, "<style>" NGX_HTTP_OWNCLOUD_PAGE_STYLE "</style>")
            && strcmp(p + body.len - 8, "</html>\n") == 0,
            "the page after a sign-in");

    p = unit_header(&u, "Content-Security-Policy");

    unit_ok(strstr(p, "default-src 'none';") && strstr(p, "base-uri 'none';")
            && strstr(p, "frame-ancestors 'none';")
            && strstr(p, "form-action 'none';")
            && strstr(p, "script-src 'sha256-"
                         NGX_HTTP_OWNCLOUD_PAGE_SCRIPT_DIGEST "'")
            && strstr(p, "style-src 'sha256-"
                         NGX_HTTP_OWNCLOUD_PAGE_STYLE_DIGEST "'")
            && strstr(p, "unsafe") == NULL,
            "its policy");

    unit_ok(!strcmp(unit_header(&u, "Referrer-Policy"), "no-referrer")
            && !strcmp(unit_header(&u, "X-Frame-Options"), "DENY")
            && !strcmp(unit_header(&u, "Cross-Origin-Opener-Policy"), ""),
            "its headers");

    ngx_destroy_pool(u.pool);

    unit_request(&u);

    ngx_str_set(&text, "The cloud <b>refused</b> it & that is it.");
    ngx_str_set(&detail, "<script>alert(\"1\")</script>");

    rc = ngx_http_owncloud_answer_page(&u.request, &u.ctx, 502, "Not <good>",
                                       &text, &detail);
    unit_body(&u, &body);

    p = (char *) body.data;

    unit_ok(rc == NGX_OK && unit_headers(&u, 502, "text/html")
            && strstr(p, "<title>Not &lt;good&gt;</title>")
            && strstr(p, "<h1>Not &lt;good&gt;</h1>")
            && strstr(p, "The cloud &lt;b&gt;refused&lt;/b&gt; it &amp; that")
            && strstr(p, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;")
            && strstr(p, "<script") == NULL
            && strcmp(p + body.len - 8, "</html>\n") == 0,
            "a page of what went wrong");

    unit_ok(strstr(unit_header(&u, "Content-Security-Policy"), "script-src")
            == NULL, "no scripts on it");

    ngx_destroy_pool(u.pool);

    unit_request(&u);

    ngx_str_null(&detail);

    rc = ngx_http_owncloud_answer_page(&u.request, &u.ctx, 403, "No", &text,
                                       &detail);
    unit_body(&u, &body);

    unit_ok(rc == NGX_OK
            && strstr((char *) body.data, "class=\"said\"") == NULL,
            "nothing is said to have been said");

    ngx_destroy_pool(u.pool);
}


/* the policy allows what is on the page, and only that */

static void
unit_digest(char *name, char *text, char *digest)
{
    u_char  hash[SHA256_DIGEST_LENGTH], encoded[64];

    (void) SHA256((u_char *) text, strlen(text), hash);
    (void) EVP_EncodeBlock(encoded, hash, SHA256_DIGEST_LENGTH);

    unit_ok(strcmp((char *) encoded, digest) == 0,
            "the digest of the %s is %s", name, encoded);
    unit_ok(strchr(text, '%') == NULL && strchr(text, '<') == NULL,
            "the %s is text in a format and in a page", name);
}


static ngx_int_t
unit_header_filter(ngx_http_request_t *r)
{
    return NGX_OK;
}


static ngx_int_t
unit_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    unit_sent = in;

    return NGX_OK;
}
