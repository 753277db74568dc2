
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_form.h"


typedef struct {
    ngx_str_t     text;
    char         *fields[9];     /* key, value, ... NULL */
} unit_form_t;


static unit_form_t  unit_forms[] = {
    { unit_str(""), { NULL } },
    { unit_str("&"), { NULL } },
    { unit_str("&&&"), { NULL } },
    { unit_str("="), { NULL } },
    { unit_str("=a&=b"), { NULL } },
    { unit_str("a=b"), { "a", "b", NULL } },
    { unit_str("a"), { "a", "", NULL } },
    { unit_str("a="), { "a", "", NULL } },
    { unit_str("a&b"), { "a", "", "b", "", NULL } },
    { unit_str("a=1&&b=2&"), { "a", "1", "b", "2", NULL } },
    { unit_str("a=b=c"), { "a", "b=c", NULL } },
    { unit_str("a=="), { "a", "=", NULL } },
    { unit_str("a=1&a=2"), { "a", "1", "a", "2", NULL } },
    { unit_str("a+b=c+d"), { "a b", "c d", NULL } },
    { unit_str("a=%2B%2b+%20"), { "a", "++  ", NULL } },
    { unit_str("%61%3d=%26%3D"), { "a=", "&=", NULL } },
    { unit_str("a=%c3%A4"), { "a", "\xc3\xa4", NULL } },
    { unit_str("a=%"), { "a", "%", NULL } },
    { unit_str("a=%4"), { "a", "%4", NULL } },
    { unit_str("a=%zz"), { "a", "%zz", NULL } },
    { unit_str("a=%4z%41"), { "a", "%4zA", NULL } },
    { unit_str("a=100%&b=%2"), { "a", "100%", "b", "%2", NULL } },
    { unit_str("a=%%41"), { "a", "%A", NULL } },
    { unit_str("a[]=1;b=2"), { "a[]", "1;b=2", NULL } },
    { unit_str("a=%0d%0a\r\n"), { "a", "\r\n\r\n", NULL } },
    { unit_str("a=?#/"), { "a", "?#/", NULL } },
    { unit_str("action=list&repo_id=7&p=%2Fa%20b%2F&page="),
      { "action", "list", "repo_id", "7", "p", "/a b/", "page", "", NULL } }
};


static void
unit_parse(ngx_pool_t *pool, unit_form_t *form)
{
    ngx_int_t      rc;
    ngx_str_t      text, key, value;
    ngx_uint_t     i, good;
    ngx_array_t    fields;
    ngx_keyval_t  *field;

    text = unit_copy(pool, &form->text);

    rc = ngx_http_owncloud_form_parse(pool, &text, 8, &fields);

    good = (rc == NGX_OK);
    field = fields.elts;

    for (i = 0; good && i < fields.nelts && form->fields[2 * i]; i++) {
        key.data = (u_char *) form->fields[2 * i];
        key.len = ngx_strlen(key.data);
        value.data = (u_char *) form->fields[2 * i + 1];
        value.len = ngx_strlen(value.data);

        good = unit_same(&field[i].key, &key)
               && unit_same(&field[i].value, &value);
    }

    unit_ok(good && i == fields.nelts && form->fields[2 * i] == NULL,
            "parse %s", form->text.data);
}


static void
unit_limits(ngx_pool_t *pool)
{
    ngx_str_t    text, *value;
    ngx_array_t  fields;

    ngx_str_set(&text, "a=1&b=2&a=3&=4");

    unit_ok(ngx_http_owncloud_form_parse(pool, &text, 4, &fields) == NGX_OK
            && fields.nelts == 3, "as many fields as allowed");

    value = ngx_http_owncloud_form_get(&fields, "a");
    unit_ok(value && value->len == 1 && value->data[0] == '3',
            "the last of equal names");

    value = ngx_http_owncloud_form_get(&fields, "b");
    unit_ok(value && value->len == 1 && value->data[0] == '2', "another");

    unit_ok(ngx_http_owncloud_form_get(&fields, "c") == NULL, "no such name");
    unit_ok(ngx_http_owncloud_form_get(&fields, "") == NULL, "no name");
    unit_ok(ngx_http_owncloud_form_get(&fields, "A") == NULL,
            "names are case-sensitive");

    unit_ok(ngx_http_owncloud_form_parse(pool, &text, 3, &fields)
            == NGX_DECLINED && fields.nelts == 3,
            "one too many, without a name");

    ngx_str_set(&text, "=4&&a=1&b=2");
    unit_ok(ngx_http_owncloud_form_parse(pool, &text, 3, &fields)
            == NGX_DECLINED && fields.nelts == 1,
            "those without a name in front");

    ngx_str_set(&text, "a=1&b=2&a=3&=4");
    unit_ok(ngx_http_owncloud_form_parse(pool, &text, 2, &fields)
            == NGX_DECLINED && fields.nelts == 2, "one field too many");
    unit_ok(ngx_http_owncloud_form_parse(pool, &text, 0, &fields)
            == NGX_DECLINED, "no field allowed");

    ngx_str_set(&text, "a=x%00y");
    (void) ngx_http_owncloud_form_parse(pool, &text, 2, &fields);
    value = ngx_http_owncloud_form_get(&fields, "a");
    unit_ok(value && value->len == 3 && value->data[1] == '\0',
            "a NUL is a byte as any other");
}


static void
unit_encode(ngx_pool_t *pool)
{
    ngx_int_t    rc;
    ngx_str_t    text, want;
    ngx_uint_t   i;
    ngx_array_t  parsed;

    static ngx_keyval_t  fields[] = {
        { unit_str("grant_type"), unit_str("authorization_code") },
        { unit_str("left out"), { 0, NULL } },
        { unit_str("redirect_uri"),
          unit_str("https://m.example/admin/oauth2callback.php") },
        { unit_str("a b&=+%"), unit_str("\xc3\xa4 +&=%\r\n") },
        { unit_str("empty"), unit_str("") }
    };

    rc = ngx_http_owncloud_form_encode(pool, fields, 5, &text);

    ngx_str_set(&want, "grant_type=authorization_code"
                       "&redirect_uri=https%3A%2F%2Fm.example%2Fadmin%2F"
                       "oauth2callback.php"
                       "&a%20b%26%3D%2B%25=%C3%A4%20%2B%26%3D%25%0D%0A"
                       "&empty=");

    unit_ok(rc == NGX_OK && unit_same(&text, &want), "encode");

    rc = ngx_http_owncloud_form_parse(pool, &text, 8, &parsed);
    unit_ok(rc == NGX_OK && parsed.nelts == 4, "parse what was encoded");

    for (i = 0; i < parsed.nelts; i++) {
        unit_ok(unit_same(&((ngx_keyval_t *) parsed.elts)[i].value,
                          &fields[i ? i + 1 : 0].value),
                "field %u comes back", (unsigned) i);
    }

    rc = ngx_http_owncloud_form_encode(pool, fields, 0, &text);
    unit_ok(rc == NGX_OK && text.len == 0, "encode nothing");

    rc = ngx_http_owncloud_form_encode(pool, &fields[1], 1, &text);
    unit_ok(rc == NGX_OK && text.len == 0, "encode a field left out");

    rc = ngx_http_owncloud_form_encode(pool, &fields[1], 2, &text);
    unit_ok(rc == NGX_OK && text.data[0] == 'r', "no leading ampersand");
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_forms); i++) {
        unit_parse(pool, &unit_forms[i]);
    }

    unit_limits(pool);
    unit_encode(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
