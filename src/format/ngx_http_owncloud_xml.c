
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_xml.h"
#include "ngx_http_owncloud_xml_sax.h"


/* before 2.13.0, a document with a broken encoding counts as well-formed */

#if (LIBXML_VERSION >= 21300)
#define ngx_http_owncloud_xml_halted(ctxt)  0
#else
#define ngx_http_owncloud_xml_halted(ctxt)  (ctxt)->disableSAX
#endif


/*
 * libxml2 compares the attributes of a tag in pairs before it calls any
 * handler, so the length of tags must be limited.  The document is parsed up
 * to each multiple of PIECE; at most PENDING bytes of an incomplete tag,
 * comment or reference may then remain.  The result is the same however the
 * bytes are fed.
 */

#define NGX_HTTP_OWNCLOUD_XML_PIECE    16384
#define NGX_HTTP_OWNCLOUD_XML_PENDING  8192


static ngx_int_t ngx_http_owncloud_xml_open(ngx_http_owncloud_xml_t *xml);
static ngx_int_t ngx_http_owncloud_xml_names(ngx_http_owncloud_xml_t *xml);
static ngx_int_t ngx_http_owncloud_xml_push(ngx_http_owncloud_xml_t *xml,
    u_char *p, size_t len, ngx_uint_t last);
static void ngx_http_owncloud_xml_print(void *data, const char *fmt, ...);
static void ngx_http_owncloud_xml_cleanup(void *data);


ngx_http_owncloud_xml_t *
ngx_http_owncloud_xml_create(ngx_pool_t *pool,
    ngx_http_owncloud_xml_element_t *elements,
    ngx_http_owncloud_xml_handler_t *handler, void *data,
    ngx_http_owncloud_xml_limits_t *limits)
{
    ngx_http_owncloud_xml_t  *xml;

    xml = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_xml_t));
    if (xml == NULL) {
        return NULL;
    }

    xml->pool = pool;
    xml->elements = elements;
    xml->handler = handler;
    xml->data = data;
    xml->limits = *limits;

    return xml;
}


/*
 * Called for the first byte: many readers only wait for a server and never
 * need a parser.
 */

static ngx_int_t
ngx_http_owncloud_xml_open(ngx_http_owncloud_xml_t *xml)
{
    xmlSAXHandler        sax;
    ngx_pool_cleanup_t  *cln;

    xml->levels = ngx_palloc(xml->pool,
                             xml->limits.depth
                             * sizeof(ngx_http_owncloud_xml_level_t));
    if (xml->levels == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_owncloud_xml_grow(xml, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(xml->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ngx_http_owncloud_xml_sax(&sax);

    xml->ctxt = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
    if (xml->ctxt == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_owncloud_xml_cleanup;
    cln->data = xml;

    /* never NOENT, DTDLOAD or HUGE */

    (void) xmlCtxtUseOptions(xml->ctxt, XML_PARSE_NONET|XML_PARSE_NOWARNING);

    return ngx_http_owncloud_xml_names(xml);
}


static ngx_int_t
ngx_http_owncloud_xml_names(ngx_http_owncloud_xml_t *xml)
{
    ngx_uint_t                        i, n;
    ngx_http_owncloud_xml_name_t     *name;
    ngx_http_owncloud_xml_element_t  *elements;

    elements = xml->elements;

    for (n = 0; elements[n].ns; n++) { /* void */ }

    name = ngx_palloc(xml->pool,
                      (n + 1) * sizeof(ngx_http_owncloud_xml_name_t));
    if (name == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        name[i].id = elements[i].id;
        name[i].ns = NULL;

        name[i].name = xmlDictLookup(xml->ctxt->dict,
                                     BAD_CAST elements[i].name, -1);
        if (name[i].name == NULL) {
            return NGX_ERROR;
        }

        /* "no namespace" is NULL in libxml2, not an empty string */

        if (elements[i].ns[0] == '\0') {
            continue;
        }

        name[i].ns = xmlDictLookup(xml->ctxt->dict,
                                   BAD_CAST elements[i].ns, -1);
        if (name[i].ns == NULL) {
            return NGX_ERROR;
        }
    }

    xml->names = name;
    xml->nnames = n;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_xml_feed(ngx_http_owncloud_xml_t *xml, u_char *p,
    size_t len)
{
    size_t  n;

    if (xml->error || xml->finished) {
        return NGX_ERROR;
    }

    if (len && xml->ctxt == NULL
        && ngx_http_owncloud_xml_open(xml) != NGX_OK)
    {
        xml->error = NGX_HTTP_OWNCLOUD_XML_MEMORY;
        return NGX_ERROR;
    }

    while (len) {
        n = ngx_min(len, NGX_HTTP_OWNCLOUD_XML_PIECE - xml->piece);

        if (ngx_http_owncloud_xml_push(xml, p, n, 0) != NGX_OK) {
            return NGX_ERROR;
        }

        p += n;
        len -= n;

        xml->piece = (xml->piece + n) % NGX_HTTP_OWNCLOUD_XML_PIECE;

        if (xml->piece == 0
            && xml->ctxt->input->end - xml->ctxt->input->cur
               > NGX_HTTP_OWNCLOUD_XML_PENDING)
        {
            xml->error = NGX_HTTP_OWNCLOUD_XML_TOO_LONG;
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_xml_finish(ngx_http_owncloud_xml_t *xml)
{
    if (xml->error || xml->finished) {
        return NGX_ERROR;
    }

    xml->finished = 1;

    if (xml->ctxt == NULL) {
        xml->error = NGX_HTTP_OWNCLOUD_XML_BROKEN;
        return NGX_ERROR;
    }

    return ngx_http_owncloud_xml_push(xml, NULL, 0, 1);
}


static ngx_int_t
ngx_http_owncloud_xml_push(ngx_http_owncloud_xml_t *xml, u_char *p,
    size_t len, ngx_uint_t last)
{
    void                 *data;
    xmlGenericErrorFunc   print;

    /* some encoding errors are printed by a global handler */

    print = xmlGenericError;
    data = xmlGenericErrorContext;

    xmlSetGenericErrorFunc(NULL, ngx_http_owncloud_xml_print);

    /* the returned code also covers warnings */

    (void) xmlParseChunk(xml->ctxt, (char *) p, (int) len, (int) last);

    xmlSetGenericErrorFunc(data, print);

    if (xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD
        && (!xml->ctxt->wellFormed
            || ngx_http_owncloud_xml_halted(xml->ctxt)
            || xml->ctxt->input == NULL))
    {
        xml->error = NGX_HTTP_OWNCLOUD_XML_BROKEN;
    }

    return xml->error ? NGX_ERROR : NGX_OK;
}


static void
ngx_http_owncloud_xml_print(void *data, const char *fmt, ...)
{
    /* void */
}


ngx_uint_t
ngx_http_owncloud_xml_error(ngx_http_owncloud_xml_t *xml)
{
    return xml->error;
}


ngx_uint_t
ngx_http_owncloud_xml_cut(ngx_http_owncloud_xml_t *xml)
{
    return xml->cut;
}


void
ngx_http_owncloud_xml_free(ngx_http_owncloud_xml_t *xml)
{
    xml->finished = 1;

    ngx_http_owncloud_xml_cleanup(xml);
}


static void
ngx_http_owncloud_xml_cleanup(void *data)
{
    ngx_http_owncloud_xml_t *xml = data;

    if (xml->ctxt == NULL) {
        return;
    }

    /* entity declarations create a document that nobody else frees */

    if (xml->ctxt->myDoc) {
        xmlFreeDoc(xml->ctxt->myDoc);
        xml->ctxt->myDoc = NULL;
    }

    xmlFreeParserCtxt(xml->ctxt);
    xml->ctxt = NULL;
}


void
ngx_http_owncloud_xml_init(void)
{
    xmlInitParser();
}
