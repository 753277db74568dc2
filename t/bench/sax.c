
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */

/*
 * What libxml2 alone needs: a file is parsed again and again by its SAX2 push
 * parser, in pieces of 16 KB, with callbacks that do nothing.
 *
 *     sax FILE TIMES    prints microseconds of CPU time for each time
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>


#define SAX_PIECE  16384


static unsigned  sax_elements;


static void
sax_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int nnamespaces, const xmlChar **namespaces,
    int nattributes, int ndefaulted, const xmlChar **attributes)
{
    sax_elements++;
}


static void
sax_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri)
{
    /* void */
}


static void
sax_text(void *ctx, const xmlChar *text, int len)
{
    /* void */
}


static int
sax_parse(char *data, size_t size)
{
    int               rc;
    size_t            n;
    xmlSAXHandler     handler;
    xmlParserCtxtPtr  ctxt;

    memset(&handler, 0, sizeof(xmlSAXHandler));

    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = sax_start;
    handler.endElementNs = sax_end;
    handler.characters = sax_text;

    ctxt = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);

    if (ctxt == NULL) {
        return -1;
    }

    xmlCtxtUseOptions(ctxt, XML_PARSE_NONET);

    rc = 0;

    while (size && rc == 0) {
        n = size < SAX_PIECE ? size : SAX_PIECE;
        rc = xmlParseChunk(ctxt, data, n, 0);
        data += n;
        size -= n;
    }

    if (rc == 0) {
        rc = xmlParseChunk(ctxt, NULL, 0, 1);
    }

    xmlFreeParserCtxt(ctxt);

    return rc;
}


int
main(int argc, char *const *argv)
{
    int      i, times;
    FILE    *f;
    char    *data;
    size_t   size;
    clock_t  begin;

    if (argc != 3) {
        fprintf(stderr, "usage: sax FILE TIMES\n");
        return 2;
    }

    f = fopen(argv[1], "rb");

    if (f == NULL) {
        perror(argv[1]);
        return 2;
    }

    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);

    data = malloc(size);

    if (data == NULL || fread(data, 1, size, f) != size) {
        perror(argv[1]);
        return 2;
    }

    times = atoi(argv[2]);
    sax_parse(data, size);
    sax_elements = 0;

    begin = clock();

    for (i = 0; i < times; i++) {
        if (sax_parse(data, size) != 0) {
            fprintf(stderr, "sax: %s is not well-formed\n", argv[1]);
            return 1;
        }
    }

    printf("us=%.1f elements=%u libxml2=%s\n",
           (double) (clock() - begin) * 1e6 / CLOCKS_PER_SEC / times,
           sax_elements / times, LIBXML_DOTTED_VERSION);

    return 0;
}
