
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_xml_sax.h"


/* since 2.12.0, errors are passed as constants */

#if (LIBXML_VERSION >= 21200)
#define ngx_http_owncloud_xml_error_t  const xmlError
#else
#define ngx_http_owncloud_xml_error_t  xmlError
#endif


/* since 2.14.0, a function returns the declared encoding */

#if (LIBXML_VERSION >= 21400)
#define ngx_http_owncloud_xml_encoding(ctxt)                                  \
    xmlCtxtGetDeclaredEncoding(ctxt)
#else
#define ngx_http_owncloud_xml_encoding(ctxt)                                  \
    ((ctxt)->encoding ? (ctxt)->encoding                                      \
                      : (ctxt)->input ? (ctxt)->input->encoding : NULL)
#endif


static void ngx_http_owncloud_xml_start_document(void *data);
static void ngx_http_owncloud_xml_start_element(void *data,
    const xmlChar *name, const xmlChar *prefix, const xmlChar *ns,
    int nnamespaces, const xmlChar **namespaces, int nattributes,
    int ndefaulted, const xmlChar **attributes);
static ngx_uint_t ngx_http_owncloud_xml_id(ngx_http_owncloud_xml_t *xml,
    const xmlChar *name, const xmlChar *prefix, const xmlChar *ns);
static void ngx_http_owncloud_xml_end_element(void *data,
    const xmlChar *name, const xmlChar *prefix, const xmlChar *ns);
static void ngx_http_owncloud_xml_characters(void *data, const xmlChar *p,
    int n);
static void ngx_http_owncloud_xml_doctype(void *data, const xmlChar *name,
    const xmlChar *external, const xmlChar *system);
static void ngx_http_owncloud_xml_reported(void *data,
    ngx_http_owncloud_xml_error_t *error);


void
ngx_http_owncloud_xml_sax(xmlSAXHandler *sax)
{
    ngx_memzero(sax, sizeof(xmlSAXHandler));

    sax->initialized = XML_SAX2_MAGIC;
    sax->startDocument = ngx_http_owncloud_xml_start_document;
    sax->startElementNs = ngx_http_owncloud_xml_start_element;
    sax->endElementNs = ngx_http_owncloud_xml_end_element;
    sax->characters = ngx_http_owncloud_xml_characters;
    sax->ignorableWhitespace = ngx_http_owncloud_xml_characters;
    sax->cdataBlock = ngx_http_owncloud_xml_characters;
    sax->internalSubset = ngx_http_owncloud_xml_doctype;
    sax->serror = ngx_http_owncloud_xml_reported;
}


/*
 * Accepts only the encodings that libxml2 decodes itself.  For any other it
 * calls iconv(), which loads code and may not report malformed data.
 */

static void
ngx_http_owncloud_xml_start_document(void *data)
{
    ngx_http_owncloud_xml_t *xml = data;

    char           **known;
    const xmlChar   *encoding;

    static char  *encodings[] = {
        "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "US-ASCII",
        NULL
    };

    encoding = ngx_http_owncloud_xml_encoding(xml->ctxt);

    if (encoding == NULL) {
        return;
    }

    for (known = encodings; *known; known++) {
        if (ngx_strcasecmp((u_char *) encoding, (u_char *) *known) == 0) {
            return;
        }
    }

    ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_BROKEN);
}


static void
ngx_http_owncloud_xml_start_element(void *data, const xmlChar *name,
    const xmlChar *prefix, const xmlChar *ns, int nnamespaces,
    const xmlChar **namespaces, int nattributes, int ndefaulted,
    const xmlChar **attributes)
{
    ngx_http_owncloud_xml_t *xml = data;

    ngx_uint_t                      id;
    ngx_http_owncloud_xml_level_t  *level;

    if (xml->error) {
        return;
    }

    if (xml->depth == xml->limits.depth) {
        ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_DEPTH);
        return;
    }

    if (nattributes > NGX_HTTP_OWNCLOUD_XML_ATTRIBUTES
        || nnamespaces > NGX_HTTP_OWNCLOUD_XML_NAMESPACES
                         - (int) xml->namespaces)
    {
        ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_TOO_MANY);
        return;
    }

    id = ngx_http_owncloud_xml_id(xml, name, prefix, ns);

    level = &xml->levels[xml->depth];

    level->id = id;
    level->start = xml->len;
    level->outer = xml->namespaces;
    level->cut = 0;

    xml->namespaces += nnamespaces;

    xml->depth++;

    if (xml->handler->start
        && xml->handler->start(xml->data, id, xml->depth - 1) != NGX_OK)
    {
        ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_STOPPED);
    }
}


static ngx_uint_t
ngx_http_owncloud_xml_id(ngx_http_owncloud_xml_t *xml, const xmlChar *name,
    const xmlChar *prefix, const xmlChar *ns)
{
    ngx_uint_t  i;

    if (ns == NULL && prefix != NULL) {

        /* the prefix is not declared */

        return NGX_HTTP_OWNCLOUD_XML_OTHER;
    }

    for (i = 0; i < xml->nnames; i++) {
        if (xml->names[i].name == name && xml->names[i].ns == ns) {
            return xml->names[i].id;
        }
    }

    return NGX_HTTP_OWNCLOUD_XML_OTHER;
}


static void
ngx_http_owncloud_xml_end_element(void *data, const xmlChar *name,
    const xmlChar *prefix, const xmlChar *ns)
{
    ngx_http_owncloud_xml_t *xml = data;

    ngx_str_t                       text;
    ngx_http_owncloud_xml_level_t  *level;

    if (xml->error) {
        return;
    }

    xml->depth--;

    level = &xml->levels[xml->depth];

    text.data = xml->text + level->start;
    text.len = xml->len - level->start;

    xml->len = level->start;
    xml->namespaces = level->outer;
    xml->cut = level->cut ? 1 : 0;

    if (xml->handler->end
        && xml->handler->end(xml->data, level->id, xml->depth, &text)
           != NGX_OK)
    {
        ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_STOPPED);
    }
}


static void
ngx_http_owncloud_xml_characters(void *data, const xmlChar *p, int n)
{
    ngx_http_owncloud_xml_t *xml = data;

    size_t                          len, room;
    ngx_http_owncloud_xml_level_t  *level;

    if (xml->error || xml->depth == 0) {
        return;
    }

    level = &xml->levels[xml->depth - 1];

    if (level->cut) {
        return;
    }

    len = n;
    room = xml->limits.text - (xml->len - level->start);

    if (len > room) {
        level->cut = 1;

        /* do not split a character */

        for (len = room; len && (p[len] & 0xc0) == 0x80; len--) {
            /* void */
        }
    }

    if (xml->len + len > xml->size
        && ngx_http_owncloud_xml_grow(xml, len) != NGX_OK)
    {
        ngx_http_owncloud_xml_stop(xml, NGX_HTTP_OWNCLOUD_XML_MEMORY);
        return;
    }

    ngx_memcpy(xml->text + xml->len, p, len);
    xml->len += len;
}


ngx_int_t
ngx_http_owncloud_xml_grow(ngx_http_owncloud_xml_t *xml, size_t len)
{
    size_t   size;
    u_char  *text;

    size = ngx_max(2 * xml->size, xml->len + len);
    size = ngx_max(size, 1024);

    text = ngx_pnalloc(xml->pool, size);
    if (text == NULL) {
        return NGX_ERROR;
    }

    if (xml->text) {
        ngx_memcpy(text, xml->text, xml->len);
        (void) ngx_pfree(xml->pool, xml->text);
    }

    xml->text = text;
    xml->size = size;

    return NGX_OK;
}


static void
ngx_http_owncloud_xml_doctype(void *data, const xmlChar *name,
    const xmlChar *external, const xmlChar *system)
{
    ngx_http_owncloud_xml_stop(data, NGX_HTTP_OWNCLOUD_XML_DTD);
}


static void
ngx_http_owncloud_xml_reported(void *data,
                               ngx_http_owncloud_xml_error_t *error)
{
    ngx_http_owncloud_xml_t *xml = data;

    if (error->code == XML_ERR_NO_MEMORY
        && xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD)
    {
        xml->error = NGX_HTTP_OWNCLOUD_XML_MEMORY;
    }
}


void
ngx_http_owncloud_xml_stop(ngx_http_owncloud_xml_t *xml, ngx_uint_t error)
{
    if (xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD) {
        xml->error = error;
    }

    xmlStopParser(xml->ctxt);
}
