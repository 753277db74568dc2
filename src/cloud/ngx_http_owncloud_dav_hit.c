
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_dav_entry.h"


static u_char ngx_http_owncloud_dav_letter(u_char ch);


/*
 * The algorithm of Knuth, Morris and Pratt: a name of repeated letters and a
 * text that nearly matches must not cost the product of their lengths.  For
 * each prefix of the text, "borders" has the length of its longest proper
 * suffix that is also a prefix.
 */

ngx_int_t
ngx_http_owncloud_dav_hit_init(ngx_http_owncloud_dav_t *dav)
{
    u_char     ch, *text;
    size_t     i, n;
    uint16_t  *borders;

    if (dav->text == NULL || dav->text->len == 0) {
        return NGX_OK;
    }

    if (dav->text->len > 65535) {
        return NGX_ERROR;
    }

    borders = ngx_palloc(dav->pool, dav->text->len * sizeof(uint16_t));
    if (borders == NULL) {
        return NGX_ERROR;
    }

    text = dav->text->data;
    borders[0] = 0;

    for (n = 0, i = 1; i < dav->text->len; i++) {

        ch = ngx_http_owncloud_dav_letter(text[i]);

        while (n && ngx_http_owncloud_dav_letter(text[n]) != ch) {
            n = borders[n - 1];
        }

        if (ngx_http_owncloud_dav_letter(text[n]) == ch) {
            n++;
        }

        borders[i] = (uint16_t) n;
    }

    dav->borders = borders;

    return NGX_OK;
}


ngx_uint_t
ngx_http_owncloud_dav_hit(ngx_http_owncloud_dav_t *dav)
{
    u_char  ch, *p, *last, *text;
    size_t  n;

    if (dav->borders == NULL) {
        return 1;
    }

    text = dav->text->data;

    p = dav->name.data + dav->title;
    last = dav->name.data + dav->name.len;

    for (n = 0; p < last; p++) {

        ch = ngx_http_owncloud_dav_letter(*p);

        while (n && ngx_http_owncloud_dav_letter(text[n]) != ch) {
            n = dav->borders[n - 1];
        }

        if (ngx_http_owncloud_dav_letter(text[n]) == ch) {
            n++;
        }

        if (n == dav->text->len) {
            return 1;
        }
    }

    return 0;
}


/*
 * The server has already compared the letters; this is about wildcards only.
 * So all bytes of non-ASCII letters are treated as equal.
 */

static u_char
ngx_http_owncloud_dav_letter(u_char ch)
{
    return (ch < 0x80) ? ngx_tolower(ch) : 0x80;
}
