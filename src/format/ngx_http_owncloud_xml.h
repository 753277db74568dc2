
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_HTTP_OWNCLOUD_XML_OTHER     0    /* id of elements not named */

/* why a document was refused */
#define NGX_HTTP_OWNCLOUD_XML_GOOD      0
#define NGX_HTTP_OWNCLOUD_XML_BROKEN    1    /* not well-formed */
#define NGX_HTTP_OWNCLOUD_XML_DTD       2
#define NGX_HTTP_OWNCLOUD_XML_DEPTH     3
#define NGX_HTTP_OWNCLOUD_XML_STOPPED   4    /* by a handler */
#define NGX_HTTP_OWNCLOUD_XML_MEMORY    5
#define NGX_HTTP_OWNCLOUD_XML_TOO_LONG  6    /* a tag, of 8 to 24 KB */
#define NGX_HTTP_OWNCLOUD_XML_TOO_MANY  7    /* attributes or namespaces */

#define NGX_HTTP_OWNCLOUD_XML_ATTRIBUTES  64   /* of a tag */
#define NGX_HTTP_OWNCLOUD_XML_NAMESPACES  64   /* declared at one place */


typedef struct ngx_http_owncloud_xml_s  ngx_http_owncloud_xml_t;


/*
 * The elements that a reader knows, those that are met most often first; ids
 * are 1..255, ns == NULL ends a table.
 */

typedef struct {
    char        *ns;
    char        *name;
    ngx_uint_t   id;
} ngx_http_owncloud_xml_element_t;


/*
 * "depth" of the root is 0.  "text" of an element is its own character data,
 * complete, valid during the call; data beyond max_text is cut off and
 * "*cut" told by ngx_http_owncloud_xml_cut().  NGX_ERROR stops the parser.
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
 * A push parser on libxml2's SAX2 interface, freed with the pool: namespaces
 * by URI, no DTD, no entities but the predefined, no network.  The size of
 * the document is the caller's business; the time that a piece of it takes is
 * bounded by how long a tag can be.  Until the first byte is fed, it is next
 * to nothing.
 */
ngx_http_owncloud_xml_t *ngx_http_owncloud_xml_create(ngx_pool_t *pool,
    ngx_http_owncloud_xml_element_t *elements,
    ngx_http_owncloud_xml_handler_t *handler, void *data,
    ngx_http_owncloud_xml_limits_t *limits);

/* NGX_OK, or NGX_ERROR: nothing more may be fed */
ngx_int_t ngx_http_owncloud_xml_feed(ngx_http_owncloud_xml_t *xml, u_char *p,
    size_t len);

/* NGX_OK if the document was complete and well-formed */
ngx_int_t ngx_http_owncloud_xml_finish(ngx_http_owncloud_xml_t *xml);

/* why it was refused, NGX_HTTP_OWNCLOUD_XML_... */
ngx_uint_t ngx_http_owncloud_xml_error(ngx_http_owncloud_xml_t *xml);

/* 1 if the text of the element that is ending was cut off */
ngx_uint_t ngx_http_owncloud_xml_cut(ngx_http_owncloud_xml_t *xml);

/* frees the parser ahead of the pool */
void ngx_http_owncloud_xml_free(ngx_http_owncloud_xml_t *xml);

/* once a process, before the first parser */
void ngx_http_owncloud_xml_init(void);


#endif /* _NGX_HTTP_OWNCLOUD_XML_H_INCLUDED_ */
