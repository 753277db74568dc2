
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_page.h"
#include "ngx_http_owncloud_page_connect.h"
#include "ngx_http_owncloud_send.h"
#include "ngx_http_owncloud_sink.h"
#include "ngx_http_owncloud_text.h"


/*
 * With "no-referrer", browsers send "Origin: null" with forms.  The response
 * to a form may redirect to the cloud and on to its sign-in page, which
 * "form-action" must allow.
 */

#define NGX_HTTP_OWNCLOUD_PAGE_REFERRER  "same-origin"


typedef struct {
    ngx_http_owncloud_memory_t         memory;
    ngx_http_owncloud_page_connect_t  *connect;
    ngx_str_t                          issuer;     /* escaped name */
    ngx_uint_t                         failed;
} ngx_http_owncloud_page_t;


static ngx_int_t ngx_http_owncloud_page_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_t *page);
static ngx_int_t ngx_http_owncloud_page_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_t *page,
    ngx_uint_t status);
static void ngx_http_owncloud_page_state(ngx_http_owncloud_page_t *page);
static void ngx_http_owncloud_page_account(ngx_http_owncloud_page_t *page);
static void ngx_http_owncloud_page_holds(ngx_http_owncloud_page_t *page);
static void ngx_http_owncloud_page_replace(ngx_http_owncloud_page_t *page);
static void ngx_http_owncloud_page_buttons(ngx_http_owncloud_page_t *page);
static void ngx_http_owncloud_page_button(ngx_http_owncloud_page_t *page,
    char *action, char *name, ngx_str_t *value, char *label);
static void ngx_http_owncloud_page_say(ngx_http_owncloud_page_t *page,
    char *text);
static void ngx_http_owncloud_page_name(ngx_http_owncloud_page_t *page,
    ngx_str_t *text);
static void ngx_http_owncloud_page_number(ngx_http_owncloud_page_t *page,
    ngx_uint_t number);
static void ngx_http_owncloud_page_time(ngx_http_owncloud_page_t *page,
    time_t time);
static void ngx_http_owncloud_page_add(ngx_http_owncloud_page_t *page,
    u_char *p, size_t len);


static char  *ngx_http_owncloud_page_states[] = {

    "<p>No account of %s is connected. Access controlled links need a system "
    "account that stores their files: a separate account that nobody uses for "
    "anything else.</p>\n",

    "",

    "<p>%s no longer accepts the tokens of this account. Access controlled "
    "links can be neither created nor opened. Connect the account again: its "
    "links will then work as before.</p>\n",

    "<p>The file of the account cannot be read, is damaged, was sealed with a "
    "key that is not among \"owncloud_seal_key\", or contains tokens of a "
    "cloud at another address. The error log says which. If the key is "
    "missing, add it as another \"owncloud_seal_key\". If the permissions are "
    "wrong, \"chown\" the file to the user of the workers. If nothing helps, "
    "connect the same account again: its links will then work as "
    "before.</p>\n",

    "<p>It signs in with the password in the configuration. There is nothing "
    "to connect here.</p>\n"
};


ngx_int_t
ngx_http_owncloud_page_connect(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_connect_t *connect)
{
    ngx_http_owncloud_page_t  page;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "owncloud page connect k:%ui s:%ui", connect->kind,
                   connect->state);

    if (ngx_http_owncloud_page_begin(r, ctx, &page) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    page.connect = connect;

    if (connect->notice) {
        ngx_http_owncloud_page_say(&page, "<p><strong>");
        ngx_http_owncloud_page_say(&page, connect->notice);
        ngx_http_owncloud_page_say(&page, "</strong></p>\n");
    }

    ngx_http_owncloud_page_state(&page);

    switch (connect->kind) {

    case NGX_HTTP_OWNCLOUD_PAGE_DISCONNECT:
        ngx_http_owncloud_page_say(&page,
            "<p>Without a system account, access controlled links can be "
            "neither created nor opened. The files stay in %s. Links to them "
            "work again when the same account is connected again.</p>\n");
        break;

    case NGX_HTTP_OWNCLOUD_PAGE_REPLACE:
        ngx_http_owncloud_page_replace(&page);
        break;
    }

    ngx_http_owncloud_page_buttons(&page);

    return ngx_http_owncloud_page_end(r, ctx, &page, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_owncloud_page_connect_failed(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_uint_t status, char *text,
    ngx_str_t *url)
{
    ngx_http_owncloud_page_t  page;

    if (ngx_http_owncloud_page_begin(r, ctx, &page) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_owncloud_page_say(&page, "<p>");
    ngx_http_owncloud_page_say(&page, text);
    ngx_http_owncloud_page_say(&page, "</p>\n<p><a href=\"");
    ngx_http_owncloud_page_name(&page, url);
    ngx_http_owncloud_page_say(&page, "\">Back</a></p>\n");

    return ngx_http_owncloud_page_end(r, ctx, &page, status);
}


static ngx_int_t
ngx_http_owncloud_page_begin(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_t *page)
{
    u_char     *p;
    size_t      size;
    ngx_str_t   title;

    static char  format[] = "System account of %V";

    ngx_memzero(page, sizeof(ngx_http_owncloud_page_t));

    page->memory.pool = r->pool;

    if (ngx_http_owncloud_page_escape(r->pool, &ctx->issuer->name,
                                      &page->issuer)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    title.len = sizeof(format) + page->issuer.len;
    size = sizeof(NGX_HTTP_OWNCLOUD_PAGE_HEAD) + 2 * title.len;

    p = ngx_pnalloc(r->pool, title.len + size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    title.data = p;

    p = ngx_sprintf(p, format, &page->issuer);
    title.len = p - title.data;

    ngx_http_owncloud_page_add(page, p,
                               ngx_snprintf(p, size,
                                            NGX_HTTP_OWNCLOUD_PAGE_HEAD,
                                            &title, &title)
                               - p);

    return NGX_OK;
}


static ngx_int_t
ngx_http_owncloud_page_end(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx, ngx_http_owncloud_page_t *page,
    ngx_uint_t status)
{
    char       *policy;
    ngx_str_t   body;

    ngx_http_owncloud_page_say(page, NGX_HTTP_OWNCLOUD_PAGE_END);

    if (page->failed) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    policy = ctx->issuer->authorization.url.tls
             ? NGX_HTTP_OWNCLOUD_PAGE_POLICY_FORM("'self' https:")
             : NGX_HTTP_OWNCLOUD_PAGE_POLICY_FORM("'self' https: http:");

    body.data = page->memory.data;
    body.len = page->memory.len;

    return ngx_http_owncloud_page_send(r, status,
                                       NGX_HTTP_OWNCLOUD_PAGE_REFERRER,
                                       policy, &body);
}


static void
ngx_http_owncloud_page_state(ngx_http_owncloud_page_t *page)
{
    ngx_http_owncloud_page_connect_t  *connect;

    connect = page->connect;

    if (connect->user.len) {
        ngx_http_owncloud_page_account(page);
    }

    ngx_http_owncloud_page_say(page,
                               ngx_http_owncloud_page_states[connect->state]);

    if (connect->trouble) {
        ngx_http_owncloud_page_say(page, "<p>The number of links is unknown "
                                         "at the moment. ");
        ngx_http_owncloud_page_say(page, connect->trouble);
        ngx_http_owncloud_page_say(page, "</p>\n");
    }
}


static void
ngx_http_owncloud_page_account(ngx_http_owncloud_page_t *page)
{
    ngx_http_owncloud_page_connect_t  *connect;

    connect = page->connect;

    ngx_http_owncloud_page_say(page, "<dl>\n<dt>Account</dt><dd>");
    ngx_http_owncloud_page_name(page, &connect->user);
    ngx_http_owncloud_page_say(page, "</dd>\n");

    if (connect->connected) {
        ngx_http_owncloud_page_say(page, "<dt>Connected since</dt><dd>");
        ngx_http_owncloud_page_time(page, connect->connected);
        ngx_http_owncloud_page_say(page, "</dd>\n"
                                         "<dt>Tokens refreshed</dt><dd>");
        ngx_http_owncloud_page_time(page, connect->renewed);
        ngx_http_owncloud_page_say(page, "</dd>\n");
    }

    if (connect->counted) {
        ngx_http_owncloud_page_holds(page);
    }

    ngx_http_owncloud_page_say(page, "</dl>\n");
}


static void
ngx_http_owncloud_page_holds(ngx_http_owncloud_page_t *page)
{
    char                              *least;
    u_char                             buf[NGX_HTTP_OWNCLOUD_SIZE_TEXT];
    ngx_str_t                          text;
    ngx_http_owncloud_page_connect_t  *connect;

    connect = page->connect;
    least = connect->more ? "at least " : "";

    ngx_http_owncloud_page_say(page, "<dt>Links</dt><dd>");
    ngx_http_owncloud_page_say(page, least);
    ngx_http_owncloud_page_number(page, connect->links);

    if (connect->links) {
        ngx_http_owncloud_size_text(connect->bytes, buf, &text);

        ngx_http_owncloud_page_say(page, "</dd>\n<dt>Size</dt><dd>");
        ngx_http_owncloud_page_say(page, least);
        ngx_http_owncloud_page_name(page, &text);

        ngx_http_owncloud_page_say(page, "</dd>\n<dt>Oldest</dt><dd>");
        ngx_http_owncloud_page_add(page, connect->oldest, 4);
        ngx_http_owncloud_page_say(page, "-");
        ngx_http_owncloud_page_add(page, &connect->oldest[4], 2);
        ngx_http_owncloud_page_say(page, "-");
        ngx_http_owncloud_page_add(page, &connect->oldest[6], 2);
    }

    ngx_http_owncloud_page_say(page, "</dd>\n");
}


static void
ngx_http_owncloud_page_replace(ngx_http_owncloud_page_t *page)
{
    ngx_http_owncloud_page_connect_t  *connect;

    connect = page->connect;

    ngx_http_owncloud_page_say(page, "<p>You have signed in as ");
    ngx_http_owncloud_page_name(page, &connect->other);

    if (connect->user.len == 0) {
        ngx_http_owncloud_page_say(page,
            ".</p>\n"
            "<p><strong>The account in the file is unknown, and it is lost "
            "when the file is replaced.</strong> If it is another account, "
            "its links will not open until it is connected again.</p>\n");
        return;
    }

    ngx_http_owncloud_page_say(page, ", which is a different account from ");
    ngx_http_owncloud_page_name(page, &connect->user);
    ngx_http_owncloud_page_say(page,
        ".</p>\n"
        "<p><strong>The links of ");
    ngx_http_owncloud_page_name(page, &connect->user);

    if (connect->counted) {
        ngx_http_owncloud_page_say(page, " (");
        ngx_http_owncloud_page_say(page, connect->more ? "at least " : "");
        ngx_http_owncloud_page_number(page, connect->links);
        ngx_http_owncloud_page_say(page, ")");
    }

    ngx_http_owncloud_page_say(page,
        " will no longer open</strong> when it is replaced, until it is "
        "connected again: their files belong to it.</p>\n");
}


static void
ngx_http_owncloud_page_buttons(ngx_http_owncloud_page_t *page)
{
    ngx_http_owncloud_page_connect_t  *connect;

    static ngx_str_t  yes = ngx_string("1");

    connect = page->connect;

    if (connect->kind == NGX_HTTP_OWNCLOUD_PAGE_DISCONNECT) {
        ngx_http_owncloud_page_button(page, "disconnect", "sure", &yes,
                                      "Disconnect it");
        ngx_http_owncloud_page_button(page, "keep", NULL, NULL, "Keep it");
        return;
    }

    if (connect->kind == NGX_HTTP_OWNCLOUD_PAGE_REPLACE) {
        ngx_http_owncloud_page_button(page, "replace", "confirm",
                                      &connect->confirm, "Replace it");
        ngx_http_owncloud_page_button(page, "keep", "confirm",
                                      &connect->confirm, "Keep it");
        return;
    }

    if (connect->state == NGX_HTTP_OWNCLOUD_PAGE_PASSWORD) {
        return;
    }

    ngx_http_owncloud_page_say(page,
        "<p>You will be asked to sign in to %s. Sign in as the system "
        "account. If this browser is signed in there as somebody else, sign "
        "out first.</p>\n");

    if (connect->state == NGX_HTTP_OWNCLOUD_PAGE_NONE) {
        ngx_http_owncloud_page_button(page, "connect", NULL, NULL,
                                      "Connect an account");
        return;
    }

    ngx_http_owncloud_page_button(page, "connect", NULL, NULL,
                                  "Connect again");
    ngx_http_owncloud_page_button(page, "disconnect", NULL, NULL,
                                  "Disconnect");
}


static void
ngx_http_owncloud_page_button(ngx_http_owncloud_page_t *page, char *action,
    char *name, ngx_str_t *value, char *label)
{
    ngx_http_owncloud_page_say(page, "<form method=\"post\">"
                               "<input type=\"hidden\" name=\"action\" "
                               "value=\"");
    ngx_http_owncloud_page_say(page, action);
    ngx_http_owncloud_page_say(page, "\">");

    if (name) {
        ngx_http_owncloud_page_say(page, "<input type=\"hidden\" name=\"");
        ngx_http_owncloud_page_say(page, name);
        ngx_http_owncloud_page_say(page, "\" value=\"");
        ngx_http_owncloud_page_name(page, value);
        ngx_http_owncloud_page_say(page, "\">");
    }

    ngx_http_owncloud_page_say(page, "<p><button>");
    ngx_http_owncloud_page_say(page, label);
    ngx_http_owncloud_page_say(page, "</button></p></form>\n");
}


/* writes a literal and replaces "%s" with the issuer's name */

static void
ngx_http_owncloud_page_say(ngx_http_owncloud_page_t *page, char *text)
{
    char  *p;

    for (p = strstr(text, "%s"); p; p = strstr(text, "%s")) {
        ngx_http_owncloud_page_add(page, (u_char *) text, p - text);
        ngx_http_owncloud_page_add(page, page->issuer.data, page->issuer.len);

        text = p + 2;
    }

    ngx_http_owncloud_page_add(page, (u_char *) text, ngx_strlen(text));
}


static void
ngx_http_owncloud_page_name(ngx_http_owncloud_page_t *page, ngx_str_t *text)
{
    ngx_str_t  escaped;

    if (ngx_http_owncloud_page_escape(page->memory.pool, text, &escaped)
        != NGX_OK)
    {
        page->failed = 1;
        return;
    }

    ngx_http_owncloud_page_add(page, escaped.data, escaped.len);
}


static void
ngx_http_owncloud_page_number(ngx_http_owncloud_page_t *page,
    ngx_uint_t number)
{
    u_char  buf[NGX_INT64_LEN];

    ngx_http_owncloud_page_add(page, buf,
                               ngx_http_owncloud_number(buf, number) - buf);
}


static void
ngx_http_owncloud_page_time(ngx_http_owncloud_page_t *page, time_t time)
{
    u_char    *p, buf[sizeof("2026-11-29 18:00 UTC") + NGX_INT_T_LEN];
    ngx_tm_t   tm;

    ngx_gmtime(time, &tm);

    p = ngx_snprintf(buf, sizeof(buf), "%04d-%02d-%02d %02d:%02d UTC",
                     tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                     tm.ngx_tm_hour, tm.ngx_tm_min);

    ngx_http_owncloud_page_add(page, buf, p - buf);
}


static void
ngx_http_owncloud_page_add(ngx_http_owncloud_page_t *page, u_char *p,
    size_t len)
{
    if (ngx_http_owncloud_memory_append(&page->memory, p, len) != NGX_OK) {
        page->failed = 1;
    }
}
