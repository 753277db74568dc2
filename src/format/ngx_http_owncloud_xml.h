
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_HTTP_OWNCLOUD_XML_OTHER     0    /* id of unknown elements */

/* reasons for rejecting a document */
#define NGX_HTTP_OWNCLOUD_XML_GOOD      0
#define NGX_HTTP_OWNCLOUD_XML_BROKEN    1    /* not well-formed */
#define NGX_HTTP_OWNCLOUD_XML_DTD       2
#define NGX_HTTP_OWNCLOUD_XML_DEPTH     3
#define NGX_HTTP_OWNCLOUD_XML_STOPPED   4    /* by a handler */
#define NGX_HTTP_OWNCLOUD_XML_MEMORY    5
#define NGX_HTTP_OWNCLOUD_XML_TOO_LONG  6    /* a tag; limit: 8 to 24 KB */
#define NGX_HTTP_OWNCLOUD_XML_TOO_MANY  7    /* attributes or namespaces */

#define NGX_HTTP_OWNCLOUD_XML_ATTRIBUTES  64   /* of a tag */
#define NGX_HTTP_OWNCLOUD_XML_NAMESPACES  64   /* in scope at once */


typedef struct ngx_http_owncloud_xml_s  ngx_http_owncloud_xml_t;


/*
 * The elements that a reader knows, the most frequent ones first.  Ids are 1
 * to 255; ns == NULL ends a table.
 */

typedef struct {
    char        *ns;
    char        *name;
    ngx_uint_t   id;
} ngx_http_owncloud_xml_element_t;


/*
 * The root has depth 0.  "text" is the complete character data of the element
 * itself, valid during the call; it is cut off after limits->text bytes, which
 * ngx_http_owncloud_xml_cut() reports.  NGX_ERROR stops the parser.
 */

typedef struct {
    ngx_int_t  (*start)(void *data, ngx_uint_t id, ngx_uint_t depth);
    ngx_int_t  (*end)(void *data, ngx_uint_t id, ngx_uint_t depth,
                      ngx_str_t *text);
} ngx_http_owncloud_xml_handler_t;


typedef struct {
    ngx_uint_t   depth;      /* 16 is enough for a multistatus */
    size_t       text;       /* bytes of character data per element */
} ngx_http_owncloud_xml_limits_t;


/*
 * Creates a push parser based on libxml2's SAX2 interface, freed with "pool".
 * It resolves namespaces by URI and allows no DTD, no entities except the
 * predefined ones and no network access.  "elements", "handler" and "data"
 * must outlive it; "limits" is copied.  The caller limits the size of a
 * document; the time to parse a piece is bounded by the longest tag.  The
 * parser costs next to nothing until the first byte.  Returns NULL if memory
 * is exhausted.
 */
ngx_http_owncloud_xml_t *ngx_http_owncloud_xml_create(ngx_pool_t *pool,
    ngx_http_owncloud_xml_element_t *elements,
    ngx_http_owncloud_xml_handler_t *handler, void *data,
    ngx_http_owncloud_xml_limits_t *limits);

/*
 * Parses the next "len" bytes.  Returns NGX_OK, or NGX_ERROR, which is
 * permanent; see ngx_http_owncloud_xml_error().
 */
ngx_int_t ngx_http_owncloud_xml_feed(ngx_http_owncloud_xml_t *xml, u_char *p,
    size_t len);

/*
 * Ends the document.  Returns NGX_OK if it was complete and well-formed,
 * otherwise NGX_ERROR.
 */
ngx_int_t ngx_http_owncloud_xml_finish(ngx_http_owncloud_xml_t *xml);

/* returns why the document was rejected, NGX_HTTP_OWNCLOUD_XML_... */
ngx_uint_t ngx_http_owncloud_xml_error(ngx_http_owncloud_xml_t *xml);

/* returns 1 if the text of the element that is ending was cut off */
ngx_uint_t ngx_http_owncloud_xml_cut(ngx_http_owncloud_xml_t *xml);

/* frees the parser before the pool does; it cannot be used afterwards */
void ngx_http_owncloud_xml_free(ngx_http_owncloud_xml_t *xml);

/* initializes libxml2; call it once per process, before the first parser */
void ngx_http_owncloud_xml_init(void);


#endif /* _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_ */
