
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_xml_sax.h"


#define BROKEN   NGX_HTTP_OWNCLOUD_XML_BROKEN
#define DTD      NGX_HTTP_OWNCLOUD_XML_DTD
#define DEPTH    NGX_HTTP_OWNCLOUD_XML_DEPTH
#define STOPPED  NGX_HTTP_OWNCLOUD_XML_STOPPED
#define LONG     NGX_HTTP_OWNCLOUD_XML_TOO_LONG
#define MANY     NGX_HTTP_OWNCLOUD_XML_TOO_MANY

#define UNIT_DEPTH  8
#define UNIT_TEXT   16

#define UNIT_DAV    "<d:a xmlns:d=\"DAV:\" xmlns:o=\"http://owncloud.org/ns\">"


/*
 * What the handlers were told, as text: "(1" is the start of element 1, "1)"
 * its end, preceded by its text in quotes, "!" if that was cut off.
 */

typedef struct {
    ngx_http_owncloud_xml_t  *xml;
    u_char                    told[4096];
    u_char                   *last;
    ngx_uint_t                depth;
    ngx_uint_t                wrong;
    ngx_uint_t                stop_start;     /* ids */
    ngx_uint_t                stop_end;
} unit_told_t;


typedef struct {
    ngx_str_t    text;
    char        *told;
    ngx_uint_t   error;
} unit_document_t;


static ngx_http_owncloud_xml_element_t  unit_elements[] = {
    { "DAV:", "a", 1 },
    { "DAV:", "b", 2 },
    { "http://owncloud.org/ns", "b", 3 },
    { "", "b", 4 },
    { "DAV:", "stop", 5 },
    { "DAV:", "halt", 255 },
    { NULL, NULL, 0 }
};


static unit_document_t  unit_documents[] = {

    { unit_str(UNIT_DAV "</d:a>"), "(1''1)", 0 },
    { unit_str("<a/>"), "(0''0)", 0 },
    { unit_str("<b/>"), "(4''4)", 0 },
    { unit_str("<b xmlns=\"\"/>"), "(4''4)", 0 },
    { unit_str("<a xmlns=\"DAV:\"><b/></a>"), "(1(2''2)''1)", 0 },
    { unit_str("<a xmlns=\"dav:\"/>"), "(0''0)", 0 },
    { unit_str("<A xmlns=\"DAV:\"/>"), "(0''0)", 0 },
    { unit_str("<x:a xmlns:x=\"DAV:\"><x:b><x:b xmlns:x=\"http://ownclou"
               "d.org/ns\"/></x:b></x:a>"), "(1(2(3''3)''2)''1)", 0 },
    { unit_str("<d:a><d:b/></d:a>"), "(0(0''0)''0)", 0 },
    { unit_str("<?xml version=\"1.0\"?>\n<!-- c --><b/>\n<!-- d -->\n<?p i?>"),
      "(4''4)", 0 },
    { unit_str("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><b/>"),
      "(4''4)", 0 },

    /* character data */

    { unit_str(UNIT_DAV "x</d:a>"), "(1'x'1)", 0 },
    { unit_str(UNIT_DAV " </d:a>"), "(1' '1)", 0 },
    { unit_str(UNIT_DAV "\r\n \t<d:b/></d:a>"), "(1(2''2)'\n \t'1)", 0 },
    { unit_str(UNIT_DAV "a<d:b>b<o:b>c</o:b>d</d:b>e<d:b>f</d:b>g</d:a>"),
      "(1(2(3'c'3)'bd'2)(2'f'2)'aeg'1)", 0 },
    { unit_str("<b>a&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#xe4;</b>"),
      "(4'a&<>\"'AB\xc3\xa4'4)", 0 },
    { unit_str("<b>a<![CDATA[<&b]]>c<![CDATA[]]>]]<!--x-->d<?e f?></b>"),
      "(4'a<&bc]]d'4)", 0 },
    { unit_str("<b>\xc3\xa4\xf0\x9f\x98\x80</b>"),
      "(4'\xc3\xa4\xf0\x9f\x98\x80'4)", 0 },
    { unit_str("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><b>\xe4</b>"),
      "(4'\xc3\xa4'4)", 0 },
    { unit_str("\xff\xfe<\0b\0>\0\xe4\0<\0/\0b\0>\0"), "(4'\xc3\xa4'4)", 0 },
    { unit_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><b>\xc3\xa4</b>"),
      "(4'\xc3\xa4'4)", 0 },
    { unit_str("<?xml version=\"1.0\" encoding=\"us-ascii\"?><b>x</b>"),
      "(4'x'4)", 0 },

    /* encodings that nobody sends */

    { unit_str("<?xml version=\"1.0\" encoding=\"EUC-JP\"?><b>x</b>"), "",
      BROKEN },
    { unit_str("<?xml version=\"1.0\" encoding=\"EUC--JP\"?><b>\x8f\xfd\xfe"
               "</b>"), "", BROKEN },
    { unit_str("<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><b>x</b>"),
      "", BROKEN },
    { unit_str("<?xml version=\"1.0\" encoding=\"UTF-7\"?><b>x</b>"), "",
      BROKEN },

    /* a text that is too long */

    { unit_str("<b>0123456789abcdef</b>"), "(4'0123456789abcdef'4)", 0 },
    { unit_str("<b>0123456789abcdefg</b>"), "(4'0123456789abcdef'!4)", 0 },
    { unit_str("<b>0123456789abcde\xc3\xa4</b>"),
      "(4'0123456789abcde'!4)", 0 },
    { unit_str("<b>0123456789abc\xf0\x9f\x98\x80</b>"),
      "(4'0123456789abc'!4)", 0 },
    { unit_str("<b>0123456789abcde<x/>\xc3\xa4<x/>f</b>"),
      "(4(0''0)(0''0)'0123456789abcde'!4)", 0 },
    { unit_str("<b>0123456789<b>0123456789abcdef</b>abcdefg<b>h</b></b>"),
      "(4(4'0123456789abcdef'4)(4'h'4)'0123456789abcdef'!4)", 0 },

    /* not well-formed */

    { unit_str(""), "", BROKEN },
    { unit_str(" "), "", BROKEN },
    { unit_str("x"), "", BROKEN },
    { unit_str("{\"a\":1}"), "", BROKEN },
    { unit_str("<b>"), "", BROKEN },
    { unit_str("<b>x"), "(4", BROKEN },
    { unit_str("<b"), "", BROKEN },
    { unit_str("<"), "", BROKEN },
    { unit_str("<b></a>"), "(4", BROKEN },
    { unit_str("<b/><b/>"), "(4''4)", BROKEN },
    { unit_str("<b/>x"), "(4''4)", BROKEN },
    { unit_str("<b a=\"1\" a=\"2\"/>"), "", BROKEN },
    { unit_str("<b a=1/>"), "", BROKEN },
    { unit_str("<b>&</b>"), "(4", BROKEN },
    { unit_str("<b>&nbsp;</b>"), "(4", BROKEN },
    { unit_str("<b>&x;</b>"), "(4", BROKEN },
    { unit_str("<b>]]></b>"), "(4", BROKEN },
    { unit_str("<b>&#0;</b>"), "(4", BROKEN },
    { unit_str("<b>&#xd800;</b>"), "(4", BROKEN },
    { unit_str("<b>\x01</b>"), "(4", BROKEN },
    { unit_str("<b>\0</b>"), "(4", BROKEN },
    { unit_str("<b>\xff</b>"), "(4", BROKEN },
    { unit_str("<b>\xed\xa0\x80</b>"), "(4", BROKEN },
    { unit_str("<!DOCTYPE html><html/>"), "", DTD },
    { unit_str("<html><br></html>"), "(0(0", BROKEN },

    /* DTD and entities */

    { unit_str("<!DOCTYPE b><b/>"), "", DTD },
    { unit_str("<!DOCTYPE b []><b/>"), "", DTD },
    { unit_str("<!DOCTYPE b SYSTEM \"file:///etc/passwd\"><b/>"), "", DTD },
    { unit_str("<!DOCTYPE b PUBLIC \"x\" \"http://127.0.0.1:9/\"><b/>"), "",
      DTD },
    { unit_str("<!DOCTYPE b [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
               "<b>&x;</b>"), "", DTD },
    { unit_str("<!DOCTYPE b [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/\">"
               "%x;]><b/>"), "", DTD },
    { unit_str("<!DOCTYPE b [<!ENTITY a \"aaaaaaaaaa\">"
               "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
               "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
               "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">]>"
               "<b>&e;</b>"), "", DTD },
    { unit_str("<!DOCTYPE b [<!ATTLIST b x CDATA \"y\">"), "", DTD },

    /* nested too deep, stopped */

    { unit_str("<b><b><b><b><b><b><b><b></b></b></b></b></b></b></b></b>"),
      "(4(4(4(4(4(4(4(4''4)''4)''4)''4)''4)''4)''4)''4)", 0 },
    { unit_str("<b><b><b><b><b><b><b><b><b></b></b></b></b></b></b></b></b>"
               "</b>"), "(4(4(4(4(4(4(4(4", DEPTH },
    { unit_str(UNIT_DAV "<d:stop>x</d:stop><d:b/></d:a>"), "(1(5", STOPPED },
    { unit_str(UNIT_DAV "<d:stop/><d:b/></d:a>"), "(1(5", STOPPED },
    { unit_str(UNIT_DAV "<d:halt>x</d:halt><d:b/></d:a>"), "(1(255'x'255)",
      STOPPED },
    { unit_str(UNIT_DAV "<d:halt/><d:b/></d:a>"), "(1(255''255)", STOPPED }
};


static ngx_int_t
unit_start(void *data, ngx_uint_t id, ngx_uint_t depth)
{
    unit_told_t *told = data;

    if (depth != told->depth++) {
        told->wrong = 1;
    }

    told->last = ngx_slprintf(told->last, told->told + sizeof(told->told),
                              "(%ui", id);

    return (id == told->stop_start) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
unit_end(void *data, ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    unit_told_t *told = data;

    if (depth != --told->depth) {
        told->wrong = 1;
    }

    told->last = ngx_slprintf(told->last, told->told + sizeof(told->told),
                              "'%V'%s%ui)", text,
                              ngx_http_owncloud_xml_cut(told->xml) ? "!" : "",
                              id);

    return (id == told->stop_end) ? NGX_ERROR : NGX_OK;
}


static ngx_http_owncloud_xml_handler_t  unit_handler = {
    unit_start, unit_end
};

static ngx_http_owncloud_xml_handler_t  unit_no_handler = { NULL, NULL };

static ngx_http_owncloud_xml_limits_t  unit_limits = {
    UNIT_DEPTH, UNIT_TEXT
};


static void
unit_open(ngx_pool_t *pool, unit_told_t *told)
{
    ngx_memzero(told, sizeof(unit_told_t));

    told->last = told->told;
    told->stop_start = 5;
    told->stop_end = 255;

    told->xml = ngx_http_owncloud_xml_create(pool, unit_elements,
                                             &unit_handler, told,
                                             &unit_limits);
    if (told->xml == NULL) {
        printf("Bail out! no parser\n");
        exit(1);
    }
}


/* feeds in pieces of "piece" bytes */

static void
unit_document(unit_document_t *document, size_t piece)
{
    size_t        n;
    ngx_int_t     rc;
    ngx_str_t     text, want, got;
    ngx_uint_t    error;
    ngx_pool_t   *pool;
    unit_told_t   told;

    pool = unit_pool();
    unit_open(pool, &told);

    rc = NGX_OK;

    for (text = document->text; text.len && rc == NGX_OK; text.len -= n) {
        n = ngx_min(piece, text.len);

        got.len = n;
        got.data = text.data;
        got = unit_copy(pool, &got);

        rc = ngx_http_owncloud_xml_feed(told.xml, got.data, n);
        text.data += n;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_xml_finish(told.xml);
    }

    error = ngx_http_owncloud_xml_error(told.xml);

    got.data = told.told;
    got.len = told.last - told.told;
    want.data = (u_char *) document->told;
    want.len = ngx_strlen(document->told);

    /* of a broken document more or less may have been told */

    if (error == BROKEN && got.len > want.len) {
        got.len = want.len;
    }

    unit_ok(rc == (document->error ? NGX_ERROR : NGX_OK)
            && error == document->error && !told.wrong
            && unit_same(&got, &want)
            && ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<b/>", 4)
               == NGX_ERROR
            && ngx_http_owncloud_xml_finish(told.xml) == NGX_ERROR
            && ngx_http_owncloud_xml_error(told.xml) == error,
            "%u by %u: %s", (unsigned) (document - unit_documents),
            (unsigned) piece, document->text.data);

    ngx_destroy_pool(pool);
}


/* feeds "n" times "text", then "last" */

static ngx_uint_t
unit_repeat(char *first, char *text, ngx_uint_t n, char *last,
    unit_told_t *told)
{
    ngx_int_t    rc;
    ngx_uint_t   i, error;
    ngx_pool_t  *pool;

    pool = unit_pool();
    unit_open(pool, told);

    rc = ngx_http_owncloud_xml_feed(told->xml, (u_char *) first,
                                    ngx_strlen(first));

    for (i = 0; i < n && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_xml_feed(told->xml, (u_char *) text,
                                        ngx_strlen(text));
        told->last = told->told;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_xml_feed(told->xml, (u_char *) last,
                                        ngx_strlen(last));
    }

    if (rc == NGX_OK) {
        rc = ngx_http_owncloud_xml_finish(told->xml);
    }

    error = ngx_http_owncloud_xml_error(told->xml);

    if ((rc == NGX_OK) != (error == 0)) {
        error = 99;
    }

    ngx_destroy_pool(pool);

    return error;
}


static void
unit_bombs(void)
{
    ngx_str_t    got, want;
    unit_told_t  told;

    unit_ok(unit_repeat("", "<x>", 200000, "", &told) == DEPTH,
            "200000 levels");

    unit_ok(unit_repeat("<b>", "0123456789", 1200000, "</b>", &told) == 0,
            "12 MB of text");

    got.data = told.told;
    got.len = told.last - told.told;
    ngx_str_set(&want, "'0123456789012345'!4)");
    unit_ok(unit_same(&got, &want), "12 MB of text are cut off");

    unit_ok(unit_repeat("<b>", "<b>x</b>", 100000, "</b>", &told) == 0,
            "100000 elements");

    unit_ok(unit_repeat("<b>", "<!-- 0123456789 -->", 100000, "</b>", &told)
            == 0, "100000 comments");

    unit_ok(unit_repeat("<b x=\"", "0123456789", 1200000, "\"/>", &told)
            == LONG, "an attribute of 12 MB");

    unit_ok(unit_repeat("<", "abcdefghij", 100000, "/>", &told) == LONG,
            "a name of 1 MB");

    unit_ok(unit_repeat("<b>&", "abcdefghij", 100000, ";</b>", &told)
            == LONG, "an entity name of 1 MB");

    unit_ok(unit_repeat("<!DOCTYPE b [", "<!ENTITY x \"y\">", 1000,
                        "]><b>&x;</b>", &told)
            == DTD, "1000 entity declarations");

    unit_ok(unit_repeat("<?xml version=\"1.0\" encoding=\"EUC-JP\"?><b>",
                        "\x8f\xff\xfe\x8e", 4, "</b>", &told)
            == BROKEN, "broken EUC-JP");

    unit_ok(unit_repeat("<?xml version=\"1.0\" encoding=\"x-nonsense\"?><b>",
                        "x", 4, "</b>", &told)
            == BROKEN, "an encoding nobody knows");
}


/*
 * "first", "n" numbered pieces and "last", fed in pieces of "piece" bytes; the
 * bytes that were taken before an error
 */

static size_t
unit_fed(char *first, char *middle, ngx_uint_t n, char *last, size_t piece,
    ngx_uint_t *error)
{
    u_char       *text, *p;
    size_t        len, fed;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    unit_told_t   told;

    pool = unit_pool();
    unit_open(pool, &told);

    text = ngx_palloc(pool, ngx_strlen(first) + ngx_strlen(last)
                            + n * (ngx_strlen(middle) + 2 * NGX_INT_T_LEN));

    p = ngx_sprintf(text, "%s", first);

    for (i = 0; i < n; i++) {
        p = ngx_sprintf(p, middle, i, i);
    }

    p = ngx_sprintf(p, "%s", last);
    len = p - text;

    for (fed = 0; fed < len; fed += piece) {
        piece = ngx_min(piece, len - fed);

        if (ngx_http_owncloud_xml_feed(told.xml, text + fed, piece) != NGX_OK)
        {
            break;
        }
    }

    if (fed == len) {
        (void) ngx_http_owncloud_xml_finish(told.xml);
    }

    *error = ngx_http_owncloud_xml_error(told.xml);

    ngx_destroy_pool(pool);

    return fed;
}


/* libxml2 compares all attributes of a tag with each other */

static void
unit_attributes(void)
{
    size_t      fed;
    ngx_uint_t  i, k, error;

    static size_t  pieces[] = { 1, 1000, 16384, 1000000 };

    static struct {
        char        *name;
        char        *first;
        char        *middle;
        ngx_uint_t   n;
        char        *last;
        ngx_uint_t   error;
    } tags[] = {
        { "64 attributes", "<b", " a%ui=''", 64, "/>", 0 },
        { "65 attributes", "<b", " a%ui=''", 65, "/>", MANY },
        { "64 attributes and 64 namespaces", "<b",
          " a%ui='' xmlns:n%ui='x'", 64, "/>", 0 },
        { "64 namespaces", "<b", " xmlns:n%ui='x'", 64, "/>", 0 },
        { "65 namespaces", "<b", " xmlns:n%ui='x'", 65, "/>", MANY },
        { "namespaces of one after the other", "<b>",
          "<b xmlns:n%ui='x' xmlns:m%ui='x'/>", 1000, "</b>", 0 },
        { "64 around an element, and none", "<b",
          " xmlns:n%ui='x'", 64, "><b xmlns:x='x'/></b>", MANY },
        { "as many as there is room for", "<b>", "<b xmlns:n%ui='x'>", 6,
          "<b/></b></b></b></b></b></b></b>", 0 },
        { "1000 attributes", "<b", " a%ui=''", 1000, "/>", MANY },
        { "10000 attributes", "<b", " a%ui=''", 10000, "/>", LONG },
        { "10000 namespaces", "<b", " xmlns:n%ui='x'", 10000, "/>", LONG },
        { "a comment of 8 KB", "<b><!--", "%07ui ", 1023, "--></b>", 0 },
        { "a comment of 25 KB", "<b><!--", "%07ui ", 3200, "--></b>", LONG },
    };

    for (i = 0; i < unit_n(tags); i++) {
        for (k = 0; k < unit_n(pieces); k++) {

            fed = unit_fed(tags[i].first, tags[i].middle, tags[i].n,
                           tags[i].last, pieces[k], &error);

            unit_ok(error == tags[i].error, "%s by %u: %u", tags[i].name,
                    (unsigned) pieces[k], (unsigned) error);

            unit_ok(error == 0 || fed < 32768, "refused early: %u bytes",
                    (unsigned) fed);
        }
    }
}


/* levels with namespaces of their own: what counts is all that are open */

static void
unit_nested(void)
{
    ngx_uint_t  error;

    (void) unit_fed("<b><b", " xmlns:n%ui='x'", 30,
                    "><b xmlns:a='x' xmlns:b='x'/></b>"
                    "<b xmlns:a='x'/></b>", 1000000, &error);
    unit_ok(error == 0, "less than 64 in two levels");

    (void) unit_fed("<b xmlns:a='x'><b xmlns:b='x'><b", " xmlns:n%ui='x'", 62,
                    "/><b xmlns:c='x' xmlns:d='x'/></b></b>", 1000000,
                    &error);
    unit_ok(error == 0, "64 in three levels");

    (void) unit_fed("<b xmlns:a='x'><b xmlns:b='x'><b", " xmlns:n%ui='x'", 63,
                    "/></b></b>", 1000000, &error);
    unit_ok(error == MANY, "65 in three levels");
}


static void
unit_lifetime(void)
{
    ngx_pool_t                *pool;
    unit_told_t                told;
    ngx_http_owncloud_xml_t   *xml;

    pool = unit_pool();

    /* left alone in the middle, with and without an entity declared */

    unit_open(pool, &told);
    (void) ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<b>x<b>", 7);

    unit_open(pool, &told);
    unit_ok(ngx_http_owncloud_xml_feed(told.xml,
                         (u_char *) "<!DOCTYPE b [<!ENTITY x \"y\">]><b>", 34)
            == NGX_ERROR, "an entity declared");

    ngx_http_owncloud_xml_free(told.xml);
    ngx_http_owncloud_xml_free(told.xml);

    unit_ok(ngx_http_owncloud_xml_error(told.xml) == DTD
            && ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<", 1)
               == NGX_ERROR,
            "freed twice");

    unit_open(pool, &told);
    ngx_http_owncloud_xml_free(told.xml);
    unit_ok(ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<b/>", 4)
            == NGX_ERROR
            && ngx_http_owncloud_xml_finish(told.xml) == NGX_ERROR,
            "fed after it was freed");

    unit_open(pool, &told);
    unit_ok(ngx_http_owncloud_xml_feed(told.xml, NULL, 0) == NGX_OK
            && told.xml->ctxt == NULL && told.xml->text == NULL,
            "no parser before the first byte");

    unit_ok(ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<b/>", 4)
               == NGX_OK
            && ngx_http_owncloud_xml_finish(told.xml) == NGX_OK,
            "fed with nothing");

    unit_open(pool, &told);
    unit_ok(ngx_http_owncloud_xml_finish(told.xml) == NGX_ERROR
            && ngx_http_owncloud_xml_error(told.xml) == BROKEN
            && ngx_http_owncloud_xml_feed(told.xml, (u_char *) "<b/>", 4)
               == NGX_ERROR,
            "ended before the first byte");

    xml = ngx_http_owncloud_xml_create(pool, unit_elements, &unit_no_handler,
                                       NULL, &unit_limits);
    unit_ok(xml && ngx_http_owncloud_xml_feed(xml, (u_char *) "<b>x</b>", 8)
                   == NGX_OK
            && ngx_http_owncloud_xml_finish(xml) == NGX_OK,
            "without handlers");

    ngx_destroy_pool(pool);
}


static ngx_int_t
unit_length(void *data, ngx_uint_t id, ngx_uint_t depth, ngx_str_t *text)
{
    size_t *lengths = data;

    size_t  i;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] != (depth ? 'y' : 'x')) {
            return NGX_ERROR;
        }
    }

    lengths[depth] += text->len;

    return NGX_OK;
}


/* the buffer grows while the text of an outer element is in it */

static void
unit_grow(void)
{
    u_char                    x[500], y[500];
    size_t                    lengths[2];
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_owncloud_xml_t  *xml;

    static ngx_http_owncloud_xml_limits_t   limits = { 4, 1000000 };
    static ngx_http_owncloud_xml_handler_t  handler = { NULL, unit_length };

    pool = unit_pool();

    xml = ngx_http_owncloud_xml_create(pool, unit_elements, &handler, lengths,
                                       &limits);
    lengths[0] = 0;
    lengths[1] = 0;

    ngx_memset(x, 'x', sizeof(x));
    ngx_memset(y, 'y', sizeof(y));

    rc = ngx_http_owncloud_xml_feed(xml, (u_char *) "<b>", 3);

    for (i = 0; i < 400 && rc == NGX_OK; i++) {
        rc = ngx_http_owncloud_xml_feed(xml, x, sizeof(x));

        if (rc == NGX_OK && i % 4 == 0) {
            rc = ngx_http_owncloud_xml_feed(xml, (u_char *) "<b>", 3);
            (void) ngx_http_owncloud_xml_feed(xml, y, sizeof(y));
            (void) ngx_http_owncloud_xml_feed(xml, y, sizeof(y));
            (void) ngx_http_owncloud_xml_feed(xml, (u_char *) "</b>", 4);
        }
    }

    if (rc == NGX_OK) {
        (void) ngx_http_owncloud_xml_feed(xml, (u_char *) "</b>", 4);
        rc = ngx_http_owncloud_xml_finish(xml);
    }

    unit_ok(rc == NGX_OK && lengths[0] == 200000 && lengths[1] == 100000,
            "texts that need room");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_uint_t  i;

    /* nothing may be written there */

    if (freopen("/dev/null", "r", stdin) == NULL) {
        return 1;
    }

    ngx_http_owncloud_xml_init();

    for (i = 0; i < unit_n(unit_documents); i++) {
        unit_document(&unit_documents[i], 100000);
        unit_document(&unit_documents[i], 1);
        unit_document(&unit_documents[i], 7);
    }

    unit_bombs();
    unit_attributes();
    unit_nested();
    unit_lifetime();
    unit_grow();

    return unit_done();
}
