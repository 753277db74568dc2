
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_controlled_open_type.h"
#include "ngx_http_owncloud_send.h"


typedef struct {
    ngx_str_t    extension;
    ngx_str_t    type;
} ngx_http_owncloud_shown_t;


/* what browsers show without running anything; other files are saved */

static ngx_http_owncloud_shown_t  ngx_http_owncloud_shown[] = {
    { ngx_string("avif"), ngx_string("image/avif") },
    { ngx_string("bmp"), ngx_string("image/bmp") },
    { ngx_string("gif"), ngx_string("image/gif") },
    { ngx_string("jpe"), ngx_string("image/jpeg") },
    { ngx_string("jpeg"), ngx_string("image/jpeg") },
    { ngx_string("jpg"), ngx_string("image/jpeg") },
    { ngx_string("png"), ngx_string("image/png") },
    { ngx_string("webp"), ngx_string("image/webp") },
    { ngx_string("aac"), ngx_string("audio/aac") },
    { ngx_string("flac"), ngx_string("audio/flac") },
    { ngx_string("m4a"), ngx_string("audio/mp4") },
    { ngx_string("mp3"), ngx_string("audio/mpeg") },
    { ngx_string("oga"), ngx_string("audio/ogg") },
    { ngx_string("ogg"), ngx_string("audio/ogg") },
    { ngx_string("wav"), ngx_string("audio/wav") },
    { ngx_string("m4v"), ngx_string("video/mp4") },
    { ngx_string("mp4"), ngx_string("video/mp4") },
    { ngx_string("ogv"), ngx_string("video/ogg") },
    { ngx_string("webm"), ngx_string("video/webm") },
    { ngx_string("pdf"), ngx_string("application/pdf") },
    { ngx_string("txt"), ngx_string("text/plain; charset=utf-8") },
    { ngx_null_string, ngx_null_string }
};


/* other files that are pictures for Moodle */

static ngx_str_t  ngx_http_owncloud_pictures[] = {
    ngx_string("heic"), ngx_string("ico"), ngx_string("pic"),
    ngx_string("pct"), ngx_string("pict"), ngx_string("svg"),
    ngx_string("svgz"), ngx_string("tif"), ngx_string("tiff"),
    ngx_null_string
};


/* 32 x 32, one grey, palette of one colour */

static u_char  ngx_http_owncloud_open_png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
    0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x20,
    0x01, 0x03, 0x00, 0x00, 0x00, 0x49, 0xb4, 0xe8, 0xb7, 0x00, 0x00, 0x00,
    0x03, 0x50, 0x4c, 0x54, 0x45, 0xe9, 0xec, 0xef, 0xc3, 0x37, 0x95, 0xfc,
    0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60,
    0x18, 0xdc, 0x00, 0x00, 0x00, 0xa0, 0x00, 0x01, 0x8e, 0xfb, 0xb1, 0xb4,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82
};


static void ngx_http_owncloud_open_extension(ngx_str_t *name,
    ngx_str_t *extension);
static ngx_uint_t ngx_http_owncloud_open_same(ngx_str_t *a, ngx_str_t *b);


ngx_str_t *
ngx_http_owncloud_open_type(ngx_str_t *name)
{
    ngx_str_t                   extension;
    ngx_http_owncloud_shown_t  *shown;

    ngx_http_owncloud_open_extension(name, &extension);

    for (shown = ngx_http_owncloud_shown; shown->extension.len; shown++) {

        if (ngx_http_owncloud_open_same(&extension, &shown->extension)) {
            return &shown->type;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_http_owncloud_open_is_picture(ngx_str_t *name)
{
    ngx_str_t  extension, *picture, *type;

    type = ngx_http_owncloud_open_type(name);

    if (type) {
        return ngx_strncmp(type->data, "image/", 6) == 0;
    }

    ngx_http_owncloud_open_extension(name, &extension);

    for (picture = ngx_http_owncloud_pictures; picture->len; picture++) {

        if (ngx_http_owncloud_open_same(&extension, picture)) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_owncloud_open_extension(ngx_str_t *name, ngx_str_t *extension)
{
    u_char  *p, *last;

    last = name->data + name->len;

    for (p = last; p > name->data && p[-1] != '.'; p--) { /* void */ }

    extension->data = p;
    extension->len = (p > name->data) ? last - p : 0;
}


static ngx_uint_t
ngx_http_owncloud_open_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && ngx_strncasecmp(a->data, b->data, a->len) == 0;
}


ngx_int_t
ngx_http_owncloud_open_picture(ngx_http_request_t *r)
{
    ngx_str_t  type, body;

    ngx_str_set(&type, "image/png");

    body.data = ngx_http_owncloud_open_png;
    body.len = sizeof(ngx_http_owncloud_open_png);

    return ngx_http_owncloud_send_text(r, NGX_HTTP_OK, &type, &body);
}
