
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include <ngx_http.h>
#include "ngx_http_owncloud_controlled_entry.h"


static u_char  unit_name[] = "20261129-0123456789abcdef0123456";


static void
unit_link(ngx_http_owncloud_controlled_entry_t *link, ngx_array_t *fields)
{
    ngx_str_set(&link->issuer, "cloud");
    ngx_str_set(&link->origin, "https://moodle.example.com");
    ngx_str_set(&link->root, "/lms");
    ngx_str_set(&link->user, "alice");
    ngx_str_set(&link->path, "/report.pdf");
    link->fields = fields;
}


static ngx_uint_t
unit_differs(ngx_http_owncloud_controlled_entry_t *link, u_char *old)
{
    u_char  key[32];

    return ngx_http_owncloud_controlled_entry_key(link, key) == NGX_OK
           && ngx_memcmp(key, old, sizeof(key)) != 0;
}


/* each part of it makes another link */

static void
unit_key(ngx_pool_t *pool)
{
    u_char                                old[32];
    ngx_str_t                            *part, was;
    ngx_uint_t                            i;
    ngx_array_t                           fields;
    ngx_keyval_t                         *field;
    ngx_http_owncloud_controlled_entry_t  link;

    static char  *names[] = { "ctx_id", "itemid", "savepath", "title" };

    (void) ngx_array_init(&fields, pool, 8, sizeof(ngx_keyval_t));

    for (i = 0; i < 5; i++) {
        field = ngx_array_push(&fields);
        field->key.data = (u_char *) (i < 4 ? names[i] : "author");
        field->key.len = ngx_strlen(field->key.data);
        ngx_str_set(&field->value, "1");
    }

    unit_link(&link, &fields);

    unit_ok(ngx_http_owncloud_controlled_entry_key(&link, old) == NGX_OK,
            "a key");
    unit_ok(!unit_differs(&link, old), "the same again");

    part = &link.issuer;

    for (i = 0; i < 5; i++) {
        was = part[i];
        ngx_str_set(&part[i], "other");
        unit_ok(unit_differs(&link, old), "part %u", (unsigned) i);
        part[i] = was;
    }

    field = fields.elts;

    for (i = 0; i < 4; i++) {
        ngx_str_set(&field[i].value, "2");
        unit_ok(unit_differs(&link, old), "field %s", names[i]);

        field[i].key.len--;
        unit_ok(unit_differs(&link, old), "without field %s", names[i]);
        field[i].key.len++;

        ngx_str_set(&field[i].value, "1");
    }

    ngx_str_set(&field[4].value, "2");
    unit_ok(!unit_differs(&link, old), "nothing else of the form counts");

    /* no two of them run into each other */

    ngx_str_set(&link.origin, "https://moodle.example.com/lms");
    ngx_str_set(&link.root, "");
    unit_ok(unit_differs(&link, old), "a path of the other's origin");
}


static void
unit_entry(ngx_pool_t *pool)
{
    u_char      buf[NGX_HTTP_OWNCLOUD_CONTROLLED_ENTRY];
    u_char      name[NGX_HTTP_OWNCLOUD_CONTROLLED_NAME];
    ngx_str_t   value, part;
    ngx_uint_t  i, state, good;

    unit_ok(sizeof(unit_name) - 1 == NGX_HTTP_OWNCLOUD_CONTROLLED_NAME,
            "a name of this length");

    value.data = buf;
    value.len = sizeof(buf);

    for (state = NGX_HTTP_OWNCLOUD_CONTROLLED_NAMED;
         state <= NGX_HTTP_OWNCLOUD_CONTROLLED_STORED;
         state++)
    {
        ngx_http_owncloud_controlled_entry_write(buf, state, unit_name);
        ngx_memzero(name, sizeof(name));

        part = unit_copy(pool, &value);

        unit_ok(ngx_http_owncloud_controlled_entry_read(&part, name) == state
                && ngx_memcmp(name, unit_name, sizeof(name)) == 0,
                "state %u and back", (unsigned) state);
    }

    for (good = 1, i = 0; i < 256; i++) {

        if (i >= '1' && i <= '3') {
            continue;
        }

        buf[0] = (u_char) i;
        good = good && ngx_http_owncloud_controlled_entry_read(&value, name)
                       == NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN;
    }

    unit_ok(good, "no other state");

    buf[0] = '1';

    for (good = 1, i = 0; i < 256; i++) {

        buf[20] = (u_char) i;
        state = ngx_http_owncloud_controlled_entry_read(&value, name);

        good = good
               && ((state != NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN)
                   == ((i >= '0' && i <= '9') || (i >= 'a' && i <= 'f')
                       || i == '-'));
    }

    unit_ok(good, "nothing but what names of ours are made of");

    value.len--;
    unit_ok(ngx_http_owncloud_controlled_entry_read(&value, name)
            == NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN, "cut");

    value.len = 0;
    unit_ok(ngx_http_owncloud_controlled_entry_read(&value, name)
            == NGX_HTTP_OWNCLOUD_CONTROLLED_UNKNOWN, "empty");
}


/* what is read again for the next range of a file */

static void
unit_opened(ngx_pool_t *pool)
{
    size_t      len, i;
    ngx_str_t   path, reader, value, cut, read_path, read_reader;
    ngx_uint_t  as, refused;

    ngx_str_set(&path, "/Moodle/report.pdf");
    ngx_str_set(&reader, "alice");

    unit_ok(ngx_http_owncloud_controlled_opened_write(pool, 1, &path, &reader,
                                                      &value)
            == NGX_OK
            && ngx_http_owncloud_controlled_opened_read(&value, &as,
                                                        &read_path,
                                                        &read_reader)
               == NGX_OK
            && as == 1 && unit_same(&path, &read_path)
            && unit_same(&reader, &read_reader), "opened: written and read");

    refused = 0;
    len = value.len;

    for (i = 0; i < len; i++) {
        cut.data = value.data;
        cut.len = i;
        cut = unit_copy(pool, &cut);

        refused += ngx_http_owncloud_controlled_opened_read(&cut, &as,
                                                   &read_path, &read_reader)
                   == NGX_DECLINED;
    }

    unit_ok(refused == len, "opened: cut off");

    cut.data = ngx_pcalloc(pool, len + 1);
    cut.len = len + 1;
    ngx_memcpy(cut.data, value.data, len);

    unit_ok(ngx_http_owncloud_controlled_opened_read(&cut, &as, &read_path,
                                                     &read_reader)
            == NGX_DECLINED, "opened: a byte too many");

    value.data[0] = 2;

    unit_ok(ngx_http_owncloud_controlled_opened_read(&value, &as, &read_path,
                                                     &read_reader)
            == NGX_DECLINED, "opened: as nobody");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_key(pool);
    unit_entry(pool);

    unit_opened(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
