
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_json_yajl.h"


#define UNIT_ENTRIES  10000


static ngx_http_owncloud_json_field_t  unit_empty = { { 0, NULL },
                                                      { 0, NULL }, 0 };


typedef struct {
    ngx_str_t    text;
    char        *path;
    ngx_uint_t   type;
    char        *value;
} unit_read_t;


#define STRING   NGX_HTTP_OWNCLOUD_JSON_STRING
#define NUMBER   NGX_HTTP_OWNCLOUD_JSON_NUMBER
#define BOOLEAN  NGX_HTTP_OWNCLOUD_JSON_BOOLEAN
#define ABSENT   NGX_HTTP_OWNCLOUD_JSON_ABSENT

#define UNIT_OCS  "{\"ocs\":{\"meta\":{\"statuscode\":100},"                  \
                  "\"data\":{\"id\":\"eve\",\"quota\":{\"used\":-1.5e3},"     \
                  "\"groups\":[\"a\",{\"id\":\"x\"}],\"enabled\":true}}}"


static unit_read_t  unit_reads[] = {
    { unit_str(UNIT_OCS), "ocs-data-id", STRING, "eve" },
    { unit_str(UNIT_OCS), "ocs-meta-statuscode", NUMBER, "100" },
    { unit_str(UNIT_OCS), "ocs-data-quota-used", NUMBER, "-1.5e3" },
    { unit_str(UNIT_OCS), "ocs-data-enabled", BOOLEAN, "true" },
    { unit_str(UNIT_OCS), "ocs-data-groups", ABSENT, "" },
    { unit_str(UNIT_OCS), "ocs-data-groups-id", ABSENT, "" },
    { unit_str(UNIT_OCS), "ocs-data", ABSENT, "" },
    { unit_str(UNIT_OCS), "ocs-data-", ABSENT, "" },
    { unit_str(UNIT_OCS), "data-id", ABSENT, "" },
    { unit_str(UNIT_OCS), "OCS-data-id", ABSENT, "" },
    { unit_str(UNIT_OCS), "", ABSENT, "" },
    { unit_str("{}"), "a", ABSENT, "" },
    { unit_str(" {\"a\" : 1 } \r\n\t"), "a", NUMBER, "1" },
    { unit_str("{\"a\":false}"), "a", BOOLEAN, "false" },
    { unit_str("{\"a\":null}"), "a", ABSENT, "" },
    { unit_str("{\"a\":\"\"}"), "a", STRING, "" },
    { unit_str("{\"\":\"x\"}"), "", STRING, "x" },
    { unit_str("{\"a\":{\"\":\"x\"}}"), "a-", STRING, "x" },
    { unit_str("{\"a-b\":1}"), "a-b", NUMBER, "1" },
    { unit_str("{\"abcdefghijkl\":1,\"ab\":2}"), "ab", NUMBER, "2" },
    { unit_str("{\"abc\":{\"d\":{\"e\":1}},\"d\":3}"), "d", NUMBER, "3" },
    { unit_str("{\"a\":1,\"a\":2}"), "a", NUMBER, "2" },
    { unit_str("{\"a\":1,\"a\":null}"), "a", ABSENT, "" },
    { unit_str("{\"a\":1,\"a\":{}}"), "a", ABSENT, "" },
    { unit_str("{\"a\":1,\"a\":[]}"), "a", ABSENT, "" },
    { unit_str("{\"b\":[[],{\"a\":1},[{\"a\":2}]],\"a\":3}"), "a", NUMBER,
      "3" },
    { unit_str("{\"a\":\"\\u00e4\\/\\\"\\\\\\ud83d\\ude00\"}"), "a", STRING,
      "\xc3\xa4/\"\\\xf0\x9f\x98\x80" },
    { unit_str("{\"\\u0061\":\"x\"}"), "a", STRING, "x" },
    { unit_str("{\"a\":123456789012345678901234567890}"), "a", NUMBER,
      "123456789012345678901234567890" }
};


static ngx_str_t  unit_bad_reads[] = {
    unit_str(""),
    unit_str(" "),
    unit_str("null"),
    unit_str("1"),
    unit_str("\"a\""),
    unit_str("true"),
    unit_str("[]"),
    unit_str("[{\"a\":1}]"),
    unit_str("{"),
    unit_str("{\"a\""),
    unit_str("{\"a\":"),
    unit_str("{\"a\":1"),
    unit_str("{\"a\":1,"),
    unit_str("{\"a\":1,}"),
    unit_str("{\"a\":1}}"),
    unit_str("{\"a\":1}x"),
    unit_str("{\"a\":1}{\"a\":2}"),
    unit_str("{\"a\":1} 2"),
    unit_str("{\"a\":1}\0"),
    unit_str("{a:1}"),
    unit_str("{'a':1}"),
    unit_str("{\"a\":01}"),
    unit_str("{\"a\":.5}"),
    unit_str("{\"a\":NaN}"),
    unit_str("{\"a\":tru}"),
    unit_str("{\"a\":\"x"),
    unit_str("{\"a\":\"\\x\"}"),
    unit_str("{\"a\":\"\\u12\"}"),
    unit_str("{\"a\":\"\n\"}"),
    unit_str("{\"a\":\"\xff\"}"),
    unit_str("{\"a\":\"\xed\xa0\x80\"}"),
    unit_str("{\"a\":\"\xc0\x80\"}"),
    unit_str("{\"a\":1 /* x */}"),
    unit_str("<html></html>")
};


static void
unit_read(ngx_pool_t *pool)
{
    ngx_int_t                        rc;
    ngx_str_t                        text, value;
    ngx_uint_t                       i;
    ngx_http_owncloud_json_field_t   field;

    for (i = 0; i < unit_n(unit_reads); i++) {
        field.path.data = (u_char *) unit_reads[i].path;
        field.path.len = ngx_strlen(unit_reads[i].path);
        field.type = 99;

        value.data = (u_char *) unit_reads[i].value;
        value.len = ngx_strlen(unit_reads[i].value);

        text = unit_copy(pool, &unit_reads[i].text);
        rc = ngx_http_owncloud_json_read(pool, &text, &field, 1);

        unit_ok(rc == NGX_OK && field.type == unit_reads[i].type
                && unit_same(&field.value, &value),
                "\"%s\" of %s", unit_reads[i].path, unit_reads[i].text.data);
    }

    for (i = 0; i < unit_n(unit_bad_reads); i++) {
        ngx_str_set(&field.path, "a");
        field.type = 99;

        text = unit_copy(pool, &unit_bad_reads[i]);
        rc = ngx_http_owncloud_json_read(pool, &text, &field, 1);

        unit_ok(rc == NGX_DECLINED && field.type == ABSENT
                && field.value.data == NULL,
                "refuse %s", unit_bad_reads[i].data);
    }
}


static void
unit_read_many(ngx_pool_t *pool)
{
    ngx_int_t                        rc;
    ngx_str_t                        text;
    ngx_http_owncloud_json_field_t   fields[] = {
        { unit_str("access_token"), { 0, NULL }, 0 },
        { unit_str("expires_in"), { 0, NULL }, 0 },
        { unit_str("none"), { 0, NULL }, 0 },
        { unit_str("access_token"), { 0, NULL }, 0 }
    };

    ngx_str_set(&text, "{\"access_token\":\"t\",\"expires_in\":3600}");

    rc = ngx_http_owncloud_json_read(pool, &text, fields, 4);

    unit_ok(rc == NGX_OK
            && fields[0].type == STRING && fields[0].value.data[0] == 't'
            && fields[1].type == NUMBER && fields[1].value.len == 4
            && fields[2].type == ABSENT
            && fields[3].type == STRING && fields[3].value.data[0] == 't',
            "several fields");

    unit_ok(ngx_http_owncloud_json_read(pool, &text, NULL, 0) == NGX_OK,
            "no field");
}


/* "{"a":{"a":...1}}" and "{"a":[[...]]}" of "depth" levels */

static ngx_int_t
unit_nested(ngx_pool_t *pool, ngx_uint_t depth, ngx_uint_t arrays)
{
    u_char      *p;
    ngx_str_t    text;
    ngx_uint_t   i;

    text.data = ngx_pnalloc(pool, depth * 8 + 8);
    p = text.data;

    for (i = 0; i < depth; i++) {
        if (arrays && i) {
            *p++ = '[';
        } else {
            p = ngx_cpymem(p, "{\"a\":", 5);
        }
    }

    *p++ = '1';

    for (i = depth; i > 0; i--) {
        *p++ = (arrays && i > 1) ? ']' : '}';
    }

    text.len = p - text.data;

    return ngx_http_owncloud_json_read(pool, &text, &unit_empty, 1);
}


/*
 * yajl goes through a token again with each piece that it gets: a server that
 * sends single bytes must not make it do so for each of them
 */

static void
unit_pieces(ngx_pool_t *pool)
{
    ngx_int_t                         rc;
    ngx_uint_t                        i, parsed;
    ngx_http_owncloud_json_field_t    field;
    ngx_http_owncloud_json_reader_t  *reader;

    ngx_memzero(&field, sizeof(field));
    ngx_str_set(&field.path, "a");

    reader = ngx_http_owncloud_json_open(pool, &field, 1, NULL);

    unit_ok(ngx_http_owncloud_json_feed(reader, NULL, 0) == NGX_OK
            && reader->parser == NULL, "no parser before the first byte");

    rc = ngx_http_owncloud_json_feed(reader, (u_char *) "{\"a\":\"", 6);
    parsed = 0;

    for (i = 0; i < 20000 && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_json_feed(reader, (u_char *) "x", 1);
        parsed += (reader->rest == 0);
    }

    unit_ok(rc == NGX_OK && parsed == 20006 / 4096,
            "20006 bytes one by one: parsed %u times", (unsigned) parsed);

    rc = ngx_http_owncloud_json_feed(reader, (u_char *) "\"}", 2);

    unit_ok(rc == NGX_OK && ngx_http_owncloud_json_finish(reader) == NGX_OK
            && field.type == STRING && field.value.len == 20000,
            "the token is whole");

    unit_ok(ngx_http_owncloud_json_feed(reader, (u_char *) "{", 1)
            == NGX_DECLINED
            && ngx_http_owncloud_json_finish(reader) == NGX_OK,
            "nothing comes after the end");

    /* what was wrong once stays so */

    reader = ngx_http_owncloud_json_open(pool, &field, 1, NULL);
    rc = ngx_http_owncloud_json_feed(reader, (u_char *) "[", 1);

    for (i = 0; i < 4096 && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_json_feed(reader, (u_char *) " ", 1);
    }

    unit_ok(rc == NGX_DECLINED && i == 4095
            && ngx_http_owncloud_json_feed(reader, (u_char *) "{}", 2) == rc
            && ngx_http_owncloud_json_finish(reader) == rc
            && field.type == ABSENT && field.value.data == NULL,
            "refused for good");

    /* left alone: freed with the pool */

    reader = ngx_http_owncloud_json_open(pool, &field, 1, NULL);
    (void) ngx_http_owncloud_json_feed(reader, (u_char *) "{", 1);
}


static ngx_int_t
unit_stopped_object(void *data, ngx_str_t *values, ngx_uint_t cut)
{
    return NGX_ERROR;
}


static void
unit_stopped(ngx_pool_t *pool)
{
    ngx_int_t                         rc;
    ngx_http_owncloud_json_list_t     list;
    ngx_http_owncloud_json_field_t    field;
    ngx_http_owncloud_json_reader_t  *reader;

    static ngx_str_t  text = unit_str("{\"a\":{},\"b\":1}");

    ngx_memzero(&list, sizeof(list));
    ngx_memzero(&field, sizeof(field));

    ngx_str_set(&list.path, "a");
    ngx_str_set(&field.path, "b");
    list.object = unit_stopped_object;

    reader = ngx_http_owncloud_json_open(pool, &field, 1, &list);
    (void) ngx_http_owncloud_json_feed(reader, text.data, text.len);
    rc = ngx_http_owncloud_json_finish(reader);

    unit_ok(rc == NGX_ERROR && field.type == ABSENT, "stopped by the list");
}


static ngx_str_t
unit_join(ngx_pool_t *pool, ngx_chain_t *out, off_t size, ngx_uint_t *good)
{
    ngx_str_t  text;

    text.data = ngx_pnalloc(pool, (size_t) size);
    text.len = 0;

    for (*good = 1; out; out = out->next) {

        if (out->buf->last_buf != (out->next == NULL)
            || out->buf->last_in_chain != (out->next == NULL)
            || !out->buf->temporary
            || out->buf->last == out->buf->pos
            || (off_t) text.len + (out->buf->last - out->buf->pos) > size)
        {
            *good = 0;
            return text;
        }

        ngx_memcpy(text.data + text.len, out->buf->pos,
                   out->buf->last - out->buf->pos);
        text.len += out->buf->last - out->buf->pos;
    }

    *good = ((off_t) text.len == size);

    return text;
}


static void
unit_write(ngx_pool_t *pool)
{
    off_t                      size;
    ngx_int_t                  rc;
    ngx_str_t                  text, want, value;
    ngx_uint_t                 good;
    ngx_chain_t               *out;
    ngx_http_owncloud_json_t  *json;

    json = ngx_http_owncloud_json_start(pool);

    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_key(json, "list");
    ngx_http_owncloud_json_array(json);
    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_key(json, "title");
    ngx_str_set(&value, "\"\\</script>\b\f\n\r\t\x01\x1f\x7f\xc3\xa4"
                        "\xf0\x9f\x98\x80'&");
    ngx_http_owncloud_json_string(json, &value);
    ngx_http_owncloud_json_key(json, "nul");
    value.data = (u_char *) "a\0b";
    value.len = 3;
    ngx_http_owncloud_json_string(json, &value);
    ngx_http_owncloud_json_key(json, "none");
    ngx_str_null(&value);
    ngx_http_owncloud_json_string(json, &value);
    ngx_http_owncloud_json_map_end(json);
    ngx_http_owncloud_json_array(json);
    ngx_http_owncloud_json_array_end(json);
    ngx_http_owncloud_json_integer(json, 0);
    ngx_http_owncloud_json_integer(json, INT64_MAX);
    ngx_http_owncloud_json_integer(json, INT64_MIN);
    ngx_http_owncloud_json_boolean(json, 1);
    ngx_http_owncloud_json_boolean(json, 0);
    ngx_str_set(&value, "{\"x\": [null]}");
    ngx_http_owncloud_json_raw(json, &value);
    ngx_http_owncloud_json_text(json, "end");
    ngx_http_owncloud_json_array_end(json);
    ngx_http_owncloud_json_map_end(json);

    rc = ngx_http_owncloud_json_end(json, &out, &size);
    unit_ok(rc == NGX_OK, "write");

    text = unit_join(pool, out, size, &good);
    unit_ok(good, "the chain is in order");

    ngx_str_set(&want, "{\"list\":[{\"title\":"
                       "\"\\\"\\\\<\\/script>\\b\\f\\n\\r\\t\\u0001\\u001F"
                       "\x7f\xc3\xa4\xf0\x9f\x98\x80'&\","
                       "\"nul\":\"a\\u0000b\",\"none\":\"\"},[],0,"
                       "9223372036854775807,-9223372036854775808,"
                       "true,false,{\"x\": [null]},\"end\"]}");
    unit_ok(unit_same(&text, &want), "what is written");

    unit_ok(ngx_http_owncloud_json_end(json, &out, &size) == NGX_ERROR,
            "an end cannot come twice");

    ngx_http_owncloud_json_text(json, "x");
    unit_ok(ngx_http_owncloud_json_end(json, &out, &size) == NGX_ERROR,
            "nothing can follow the end");
}


static void
unit_write_wrong(ngx_pool_t *pool)
{
    off_t                      size;
    ngx_str_t                  value;
    ngx_uint_t                 i, n;
    ngx_chain_t               *out;
    ngx_http_owncloud_json_t  *json;

    static char  *wrong[] = {
        "", "{", "[", "}", "]", "{1", "{{", "{[", "{}{", "{}1", "[}]]", "{s",
        "{b", "{r", "{k", "{k}x", "[u", "[e", "[u]", "1]", "{k[u]}", "{k[e]}"
    };

    for (i = 0; i < unit_n(wrong); i++) {
        json = ngx_http_owncloud_json_start(pool);

        for (n = 0; wrong[i][n]; n++) {
            ngx_str_set(&value, "x");

            switch (wrong[i][n]) {
            case '{': ngx_http_owncloud_json_map(json); break;
            case '}': ngx_http_owncloud_json_map_end(json); break;
            case '[': ngx_http_owncloud_json_array(json); break;
            case ']': ngx_http_owncloud_json_array_end(json); break;
            case '1': ngx_http_owncloud_json_integer(json, 1); break;
            case 'b': ngx_http_owncloud_json_boolean(json, 1); break;
            case 'r': ngx_http_owncloud_json_raw(json, &value); break;
            case 'k': ngx_http_owncloud_json_key(json, "k"); break;
            case 'x': ngx_http_owncloud_json_text(json, "x"); break;
            case 's': ngx_http_owncloud_json_string(json, &value); break;
            case 'e': value.len = 0; ngx_http_owncloud_json_raw(json, &value);
                      break;
            case 'u': value.data = (u_char *) "\xff";
                      ngx_http_owncloud_json_string(json, &value);
            }
        }

        unit_ok(ngx_http_owncloud_json_end(json, &out, &size) == NGX_ERROR,
                "refuse to write %s", wrong[i]);
    }

    json = ngx_http_owncloud_json_start(pool);

    for (i = 0; i < 1000; i++) {
        ngx_http_owncloud_json_array(json);
    }

    for (i = 0; i < 1000; i++) {
        ngx_http_owncloud_json_array_end(json);
    }

    unit_ok(ngx_http_owncloud_json_end(json, &out, &size) == NGX_ERROR,
            "refuse to write what is nested too deep");

    /* one that nobody ends is freed with the pool */

    json = ngx_http_owncloud_json_start(pool);
    ngx_http_owncloud_json_map(json);
}


static void
unit_write_long(ngx_pool_t *pool)
{
    off_t                      size;
    ngx_int_t                  rc;
    ngx_str_t                  text, path;
    ngx_uint_t                 i, j, good;
    ngx_chain_t               *out, *cl;
    ngx_http_owncloud_json_t  *json;

    static char  *keys[] = { "title", "thumbnail", "icon", "source", "path" };

    json = ngx_http_owncloud_json_start(pool);
    ngx_str_set(&path, "/Documents/A folder/\xc3\x9c""bung 1.pdf");

    ngx_http_owncloud_json_map(json);
    ngx_http_owncloud_json_key(json, "list");
    ngx_http_owncloud_json_array(json);

    for (i = 0; i < UNIT_ENTRIES; i++) {
        ngx_http_owncloud_json_map(json);

        for (j = 0; j < 5; j++) {
            ngx_http_owncloud_json_key(json, keys[j]);
            ngx_http_owncloud_json_string(json, &path);
        }

        ngx_http_owncloud_json_key(json, "size");
        ngx_http_owncloud_json_integer(json, i);
        ngx_http_owncloud_json_map_end(json);
    }

    ngx_http_owncloud_json_array_end(json);
    ngx_http_owncloud_json_map_end(json);

    rc = ngx_http_owncloud_json_end(json, &out, &size);

    good = (rc == NGX_OK && out->buf->end - out->buf->start == 4096);

    for (cl = out->next; good && cl; cl = cl->next) {
        good = (cl->buf->end - cl->buf->start == 32768)
               && (cl->next == NULL || cl->buf->last == cl->buf->end);
    }

    unit_ok(good, "a long text comes in bounded bufs");

    text = unit_join(pool, out, size, &good);
    unit_ok(good && ngx_http_owncloud_json_read(pool, &text, &unit_empty, 1)
                    == NGX_OK,
            "a long text is read again");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    unit_read(pool);
    unit_read_many(pool);

    unit_ok(unit_nested(pool, 32, 0) == NGX_OK, "32 maps");
    unit_ok(unit_nested(pool, 33, 0) == NGX_DECLINED, "33 maps");
    unit_ok(unit_nested(pool, 32, 1) == NGX_OK, "32 levels with arrays");
    unit_ok(unit_nested(pool, 33, 1) == NGX_DECLINED,
            "33 levels with arrays");
    unit_ok(unit_nested(pool, 100000, 0) == NGX_DECLINED, "100000 maps");
    unit_ok(unit_nested(pool, 100000, 1) == NGX_DECLINED, "100000 arrays");

    unit_pieces(pool);
    unit_stopped(pool);

    unit_write(pool);
    unit_write_wrong(pool);
    unit_write_long(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
