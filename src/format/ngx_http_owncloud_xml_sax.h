
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_XML_SAX_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_XML_SAX_H_INCLUDED_


#include "ngx_http_owncloud_xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>


/* shared by the parser and its SAX handlers */


/* interned in the parser's dictionary, so names compare by pointer */

typedef struct {
    const xmlChar                      *ns;
    const xmlChar                      *name;
    ngx_uint_t                          id;
} ngx_http_owncloud_xml_name_t;


typedef struct {
    ngx_uint_t                          id;
    size_t                              start;   /* of its text */
    ngx_uint_t                          outer;   /* namespaces outside it */
    ngx_uint_t                          cut;     /* unsigned  cut:1; */
} ngx_http_owncloud_xml_level_t;


struct ngx_http_owncloud_xml_s {
    ngx_pool_t                         *pool;
    xmlParserCtxtPtr                    ctxt;

    ngx_http_owncloud_xml_element_t    *elements;
    ngx_http_owncloud_xml_handler_t    *handler;
    void                               *data;
    ngx_http_owncloud_xml_limits_t      limits;

    ngx_http_owncloud_xml_name_t       *names;
    ngx_uint_t                          nnames;

    ngx_http_owncloud_xml_level_t      *levels;
    ngx_uint_t                          depth;   /* number of open elements */
    ngx_uint_t                          namespaces;  /* that they declare */
    size_t                              piece;   /* bytes since the last one */

    /*
     * The text of all open elements, one after the other.  A child's text is
     * dropped when it ends, so that the text of an element is contiguous.
     */
    u_char                             *text;
    size_t                              len;
    size_t                              size;

    ngx_uint_t                          error;
    unsigned                            cut:1;
    unsigned                            finished:1;
};


/* sets the SAX handlers, whose data is the parser */
void ngx_http_owncloud_xml_sax(xmlSAXHandler *sax);

/*
 * Makes room for "len" more bytes of text.  Returns NGX_OK, or NGX_ERROR if
 * memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_xml_grow(ngx_http_owncloud_xml_t *xml,
    size_t len);

/* records the first error and stops the parser */
void ngx_http_owncloud_xml_stop(ngx_http_owncloud_xml_t *xml,
    ngx_uint_t error);


#endif /* _NGX_HTTP_OWNCLOUD_XML_SAX_H_INCLUDED_ */
