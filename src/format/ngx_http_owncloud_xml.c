
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_http_owncloud_xml.h"

#include <limits.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>


/* 2.12.0: an error is constant for who is told of it */

#if (LIBXML_VERSION >= 21200)
#define ngx_http_owncloud_xml_error_t  const xmlError
#else
#define ngx_http_owncloud_xml_error_t  xmlError
#endif


/* before 2.13.0, a document is well-formed when its encoding is broken */

#if (LIBXML_VERSION >= 21300)
#define ngx_http_owncloud_xml_halted(ctxt)  0
#else
#define ngx_http_owncloud_xml_halted(ctxt)  (ctxt)->disableSAX
#endif


/*
 * A tag, a comment or a reference that is not complete is looked through
 * again with every piece that comes: more than this is not waited for.
 */

#define NGX_HTTP_OWNCLOUD_XML_PENDING  65536


/* names interned in the parser's dictionary: equal ones are one pointer */

typedef struct {
    const xmlChar                      *ns;
    const xmlChar                      *name;
    ngx_uint_t                          id;
} ngx_http_owncloud_xml_name_t;


typedef struct {
    ngx_uint_t                          id;
    size_t                              start;   /* of its text */
    ngx_uint_t                          cut;     /* unsigned  cut:1; */
} ngx_http_owncloud_xml_level_t;


struct ngx_http_owncloud_xml_s {
    ngx_pool_t                         *pool;
    xmlParserCtxtPtr                    ctxt;

    ngx_http_owncloud_xml_handler_t    *handler;
    void                               *data;
    ngx_http_owncloud_xml_limits_t      limits;

    ngx_http_owncloud_xml_name_t       *names;
    ngx_uint_t                          nnames;

    ngx_http_owncloud_xml_level_t      *levels;
    ngx_uint_t                          depth;   /* of elements open */

    /*
     * the text of all elements open, one after the other: that of a child
     * is dropped when it ends, so the text of an element is in one piece
     */
    u_char                             *text;
    size_t                              len;
    size_t                              size;

    ngx_uint_t                          error;
    unsigned                            cut:1;
    unsigned                            finished:1;
};


static ngx_int_t ngx_http_owncloud_xml_names(ngx_http_owncloud_xml_t *xml,
    ngx_http_owncloud_xml_element_t *elements);
static ngx_int_t ngx_http_owncloud_xml_push(ngx_http_owncloud_xml_t *xml,
    u_char *p, size_t len, ngx_uint_t last);
static void ngx_http_owncloud_xml_print(void *data, const char *fmt, ...);
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
static ngx_int_t ngx_http_owncloud_xml_grow(ngx_http_owncloud_xml_t *xml,
    size_t len);
static void ngx_http_owncloud_xml_doctype(void *data, const xmlChar *name,
    const xmlChar *external, const xmlChar *system);
static void ngx_http_owncloud_xml_told(void *data,
    ngx_http_owncloud_xml_error_t *error);
static void ngx_http_owncloud_xml_stop(ngx_http_owncloud_xml_t *xml,
    ngx_uint_t error);
static void ngx_http_owncloud_xml_cleanup(void *data);


ngx_http_owncloud_xml_t *
ngx_http_owncloud_xml_create(ngx_pool_t *pool,
    ngx_http_owncloud_xml_element_t *elements,
    ngx_http_owncloud_xml_handler_t *handler, void *data,
    ngx_http_owncloud_xml_limits_t *limits)
{
    xmlSAXHandler             sax;
    ngx_pool_cleanup_t       *cln;
    ngx_http_owncloud_xml_t  *xml;

    xml = ngx_pcalloc(pool, sizeof(ngx_http_owncloud_xml_t));
    if (xml == NULL) {
        return NULL;
    }

    xml->pool = pool;
    xml->handler = handler;
    xml->data = data;
    xml->limits = *limits;

    xml->levels = ngx_palloc(pool, limits->depth
                                   * sizeof(ngx_http_owncloud_xml_level_t));
    if (xml->levels == NULL) {
        return NULL;
    }

    if (ngx_http_owncloud_xml_grow(xml, 0) != NGX_OK) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    ngx_memzero(&sax, sizeof(xmlSAXHandler));

    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = ngx_http_owncloud_xml_start_element;
    sax.endElementNs = ngx_http_owncloud_xml_end_element;
    sax.characters = ngx_http_owncloud_xml_characters;
    sax.ignorableWhitespace = ngx_http_owncloud_xml_characters;
    sax.cdataBlock = ngx_http_owncloud_xml_characters;
    sax.internalSubset = ngx_http_owncloud_xml_doctype;
    sax.serror = ngx_http_owncloud_xml_told;

    xml->ctxt = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
    if (xml->ctxt == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_owncloud_xml_cleanup;
    cln->data = xml;

    /* neither NOENT nor DTDLOAD nor HUGE, ever */

    (void) xmlCtxtUseOptions(xml->ctxt, XML_PARSE_NONET|XML_PARSE_NOWARNING);

    if (ngx_http_owncloud_xml_names(xml, elements) != NGX_OK) {
        return NULL;
    }

    return xml;
}


static ngx_int_t
ngx_http_owncloud_xml_names(ngx_http_owncloud_xml_t *xml,
    ngx_http_owncloud_xml_element_t *elements)
{
    ngx_uint_t                     i, n;
    ngx_http_owncloud_xml_name_t  *name;

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

        /* an element without a namespace has none, not an empty one */

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

    if (xml->error || xml->finished || xml->ctxt == NULL) {
        return NGX_ERROR;
    }

    while (len) {
        n = ngx_min(len, INT_MAX / 2);

        if (ngx_http_owncloud_xml_push(xml, p, n, 0) != NGX_OK) {
            return NGX_ERROR;
        }

        p += n;
        len -= n;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_xml_finish(ngx_http_owncloud_xml_t *xml)
{
    if (xml->error || xml->finished || xml->ctxt == NULL) {
        return NGX_ERROR;
    }

    xml->finished = 1;

    return ngx_http_owncloud_xml_push(xml, NULL, 0, 1);
}


static ngx_int_t
ngx_http_owncloud_xml_push(ngx_http_owncloud_xml_t *xml, u_char *p,
    size_t len, ngx_uint_t last)
{
    void                 *data;
    xmlGenericErrorFunc   print;

    /* some errors of an encoding are printed without asking the parser */

    print = xmlGenericError;
    data = xmlGenericErrorContext;

    xmlSetGenericErrorFunc(NULL, ngx_http_owncloud_xml_print);

    /* the code returned tells of warnings, too */

    (void) xmlParseChunk(xml->ctxt, (char *) p, (int) len, (int) last);

    xmlSetGenericErrorFunc(data, print);

    if (xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD
        && (!xml->ctxt->wellFormed
            || ngx_http_owncloud_xml_halted(xml->ctxt)
            || xml->ctxt->input == NULL
            || xml->ctxt->input->end - xml->ctxt->input->cur
               > NGX_HTTP_OWNCLOUD_XML_PENDING))
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

    id = ngx_http_owncloud_xml_id(xml, name, prefix, ns);

    level = &xml->levels[xml->depth];

    level->id = id;
    level->start = xml->len;
    level->cut = 0;

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

        /* nobody declared the prefix */

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

        /* not within a character */

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


static ngx_int_t
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
ngx_http_owncloud_xml_told(void *data, ngx_http_owncloud_xml_error_t *error)
{
    ngx_http_owncloud_xml_t *xml = data;

    if (error->code == XML_ERR_NO_MEMORY
        && xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD)
    {
        xml->error = NGX_HTTP_OWNCLOUD_XML_MEMORY;
    }
}


static void
ngx_http_owncloud_xml_stop(ngx_http_owncloud_xml_t *xml, ngx_uint_t error)
{
    if (xml->error == NGX_HTTP_OWNCLOUD_XML_GOOD) {
        xml->error = error;
    }

    xmlStopParser(xml->ctxt);
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
    ngx_http_owncloud_xml_cleanup(xml);
}


static void
ngx_http_owncloud_xml_cleanup(void *data)
{
    ngx_http_owncloud_xml_t *xml = data;

    if (xml->ctxt == NULL) {
        return;
    }

    /* an entity declaration makes a document that nobody else frees */

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
