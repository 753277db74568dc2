
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_dav_item.h"
#include "ngx_http_owncloud_xml.h"


#define unit_multistatus(body)                                                \
    "<?xml version=\"1.0\"?>"                                                 \
    "<d:multistatus xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\">"    \
    body "</d:multistatus>"

#define unit_response(href, props)                                            \
    "<d:response><d:href>" href "</d:href><d:propstat><d:prop>" props         \
    "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"

#define unit_file(href, id)                                                   \
    unit_response(href, "<oc:fileid>" id "</oc:fileid>"                       \
                  "<d:getcontentlength>7</d:getcontentlength>"                \
                  "<d:resourcetype/>")


#define UNIT_64                                                               \
    "0123456789012345678901234567890123456789012345678901234567890123"


typedef struct {
    char        *name;
    ngx_str_t    body;
    ngx_int_t    rc;
    char        *items;      /* "PATH ID SIZE;", "/" for folders */
} unit_items_t;


typedef struct {
    u_char       buf[1024];
    u_char      *last;
    ngx_uint_t   most;
} unit_got_t;


static unit_items_t  unit_answers[] = {

    { "a file",
      unit_str(unit_multistatus(unit_file("/dav/a.txt", "12"))),
      NGX_OK, "/a.txt 12 7;" },

    { "a folder, and what is in it",
      unit_str(unit_multistatus(
          unit_response("/dav/", "<oc:fileid>1</oc:fileid><oc:size>9</oc:size>"
                        "<d:resourcetype><d:collection/></d:resourcetype>")
          unit_file("/dav/%C3%A4%20b", "2"))),
      NGX_OK, "/ 1 9 folder;/\xc3\xa4 b 2 7;" },

    { "an id that is a text",
      unit_str(unit_multistatus(unit_file("/dav/a", "s-1$u-2!f-3"))),
      NGX_OK, "/a s-1$u-2!f-3 7;" },

    { "nothing known but the name",
      unit_str(unit_multistatus(unit_response("/dav/a", ""))),
      NGX_OK, "/a  -1;" },

    { "a whole address",
      unit_str(unit_multistatus(
          unit_file("https://cloud.example.com/dav/a", "1"))),
      NGX_OK, "/a 1 7;" },

    { "of another place",
      unit_str(unit_multistatus(
          unit_file("/other/a", "1")
          unit_file("https://other.example.com/dav/a", "2")
          unit_file("/dav/../a", "3") unit_file("/dav/%2e%2e/a", "4")
          unit_file("/dav/b", "5"))),
      NGX_OK, "/b 5 7;" },

    { "refused as a whole",
      unit_str(unit_multistatus(
          "<d:response><d:href>/dav/a</d:href>"
          "<d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
          unit_file("/dav/b", "5"))),
      NGX_OK, "/b 5 7;" },

    { "properties that are not there",
      unit_str(unit_multistatus(
          "<d:response><d:href>/dav/a</d:href>"
          "<d:propstat><d:prop><d:resourcetype/></d:prop>"
          "<d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
          "<d:propstat><d:prop><oc:fileid>9</oc:fileid>"
          "<d:getcontentlength>9</d:getcontentlength></d:prop>"
          "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
          "</d:response>")),
      NGX_OK, "/a  -1;" },

    { "other statuses of 2xx",
      unit_str(unit_multistatus(
          "<d:response><d:href>/dav/a</d:href>"
          "<d:propstat><d:prop><oc:fileid>9</oc:fileid></d:prop>"
          "<d:status>HTTP/1.1 206 Partial Content</d:status></d:propstat>"
          "</d:response>"
          "<d:response><d:href>/dav/b</d:href>"
          "<d:propstat><d:prop><oc:fileid>9</oc:fileid></d:prop>"
          "<d:status>HTTP/1.1 299 </d:status></d:propstat>"
          "<d:propstat><d:prop><d:resourcetype/></d:prop>"
          "<d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
          "</d:response>")),
      NGX_OK, "/b  -1;" },

    { "several hrefs",
      unit_str(unit_multistatus(
          "<d:response><d:href>/dav/a</d:href>"
          "<d:propstat><d:prop><oc:fileid>9</oc:fileid></d:prop>"
          "<d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
          "<d:href>/dav/b</d:href></d:response>"
          "<d:response><d:href>/other/a</d:href><d:href>/dav/c</d:href>"
          "<d:propstat><d:prop><oc:fileid>9</oc:fileid></d:prop>"
          "<d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
          "</d:response>"
          unit_file("/dav/d", "5"))),
      NGX_OK, "/d 5 7;" },

    { "white space around values",
      unit_str(unit_multistatus(unit_response(" /dav/a\n",
          "<oc:fileid>\n 12 </oc:fileid><oc:size>\t9\n</oc:size>"
          "<d:resourcetype> <d:collection/> </d:resourcetype>"))),
      NGX_OK, "/a 12 9 folder;" },

    { "an id that is too long",
      unit_str(unit_multistatus(unit_response("/dav/a",
          "<oc:fileid>" UNIT_64 UNIT_64 UNIT_64 UNIT_64 "</oc:fileid>")
          unit_response("/dav/b",
          "<oc:fileid>" UNIT_64 UNIT_64 UNIT_64 UNIT_64 "5</oc:fileid>"))),
      NGX_OK, "/a " UNIT_64 UNIT_64 UNIT_64 UNIT_64 " -1;/b  -1;" },

    { "a size that is none",
      unit_str(unit_multistatus(unit_response("/dav/a",
          "<d:getcontentlength>many</d:getcontentlength>"))),
      NGX_OK, "/a  -1;" },

    { "elements of another namespace",
      unit_str(unit_multistatus(unit_response("/dav/a",
          "<fileid xmlns=\"x\">7</fileid>"))),
      NGX_OK, "/a  -1;" },

    { "no entries", unit_str(unit_multistatus("")), NGX_OK, "" },

    { "another root", unit_str("<a xmlns=\"DAV:\"/>"), NGX_DECLINED, "" },

    { "an error page", unit_str("<html><body>no</body></html>"),
      NGX_DECLINED, "" },

    { "cut off", unit_str("<d:multistatus xmlns:d=\"DAV:\"><d:respo"),
      NGX_DECLINED, "" },

    { "nothing", unit_str(""), NGX_DECLINED, "" },

    { "with a DTD",
      unit_str("<!DOCTYPE a><d:multistatus xmlns:d=\"DAV:\"/>"),
      NGX_DECLINED, "" }
};


static ngx_http_owncloud_url_t  unit_base = {
    .host = ngx_string("cloud.example.com"),
    .path = ngx_string("/dav/"),
    .port = 443,
    .tls = 1
};


static ngx_int_t
unit_item(void *data, ngx_http_owncloud_item_t *item)
{
    unit_got_t *got = data;

    got->last = ngx_snprintf(got->last, got->buf + sizeof(got->buf)
                                        - got->last,
                             "%V %V %O%s;", &item->path, &item->id,
                             item->size, item->folder ? " folder" : "");

    if (got->most && --got->most == 0) {
        return NGX_DONE;
    }

    return NGX_OK;
}


static ngx_int_t
unit_read(ngx_pool_t *pool, ngx_str_t *body, size_t piece, unit_got_t *got)
{
    size_t                      n;
    ngx_str_t                   rest;
    ngx_http_owncloud_items_t  *items;

    rest = unit_copy(pool, body);
    got->last = got->buf;

    items = ngx_http_owncloud_items_create(pool, &unit_base, unit_item, got);

    while (rest.len) {
        n = ngx_min(rest.len, piece);

        if (ngx_http_owncloud_items_feed(items, rest.data, n) != NGX_OK) {
            break;
        }

        rest.data += n;
        rest.len -= n;
    }

    return ngx_http_owncloud_items_finish(items);
}


static void
unit_answer(ngx_pool_t *pool, unit_items_t *answer)
{
    size_t      i;
    ngx_int_t   rc;
    ngx_str_t   want, text;
    unit_got_t  got;

    static size_t  pieces[] = { 1, 7, 100000 };

    want.data = (u_char *) answer->items;
    want.len = ngx_strlen(answer->items);

    for (i = 0; i < unit_n(pieces); i++) {
        got.most = 0;
        rc = unit_read(pool, &answer->body, pieces[i], &got);

        text.data = got.buf;
        text.len = got.last - got.buf;

        unit_ok(rc == answer->rc && unit_same(&text, &want),
                "%s, in pieces of %u", answer->name, (unsigned) pieces[i]);
    }
}


/* who has found it need not read on, nor does it matter what comes */

static void
unit_enough(ngx_pool_t *pool)
{
    ngx_str_t   body, text, want;
    unit_got_t  got;

    ngx_str_set(&body, "<d:multistatus xmlns:d=\"DAV:\">"
                       unit_response("/dav/a", "")
                       unit_response("/dav/b", "") "<broken");
    ngx_str_set(&want, "/a  -1;");

    got.most = 1;

    unit_ok(unit_read(pool, &body, 10, &got) == NGX_OK, "it is enough");

    text.data = got.buf;
    text.len = got.last - got.buf;

    unit_ok(unit_same(&text, &want), "after the first one");
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    ngx_http_owncloud_xml_init();

    for (i = 0; i < unit_n(unit_answers); i++) {
        unit_answer(pool, &unit_answers[i]);
    }

    unit_enough(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
