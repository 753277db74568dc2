
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_


#include "ngx_http_owncloud.h"


/*
 * The inline parts of the pages and their digests for Content-Security-Policy:
 * base64 of the SHA-256 of what is between the tags.  The unit tests compare
 * them.
 */

#define NGX_HTTP_OWNCLOUD_PAGE_STYLE                                          \
    "body{margin:1em auto;max-width:34em;padding:0 1em;"                      \
    "font:16px/1.4 sans-serif}"                                               \
    "h1{font-size:1.3em}"                                                     \
    ".said{color:#555;overflow-wrap:anywhere}"

#define NGX_HTTP_OWNCLOUD_PAGE_STYLE_DIGEST                                   \
    "bojZtyoSMGqVvbG4SSkvlqMEJp6+kn1XqZqKOaB6OHk="

#define NGX_HTTP_OWNCLOUD_PAGE_SCRIPT                                         \
    "try{window.opener.M.core_filepicker.active_filepicker.list();"           \
    "window.close()}catch(e){}"

#define NGX_HTTP_OWNCLOUD_PAGE_SCRIPT_DIGEST                                  \
    "BKcdFAlGx8nGYQeas1AgFLc5FJD7/QjsPtlma85yNAQ="


/* "sources" is where the forms of a page may be sent */

#define NGX_HTTP_OWNCLOUD_PAGE_POLICY_FORM(sources)                           \
    "default-src 'none'; base-uri 'none'; form-action " sources "; "          \
    "frame-ancestors 'none'; "                                                \
    "style-src 'sha256-" NGX_HTTP_OWNCLOUD_PAGE_STYLE_DIGEST "'"

#define NGX_HTTP_OWNCLOUD_PAGE_POLICY                                         \
    NGX_HTTP_OWNCLOUD_PAGE_POLICY_FORM("'none'")

#define NGX_HTTP_OWNCLOUD_PAGE_POLICY_SCRIPT                                  \
    "; script-src 'sha256-" NGX_HTTP_OWNCLOUD_PAGE_SCRIPT_DIGEST "'"


/* format of the top of a page; takes the title twice */

#define NGX_HTTP_OWNCLOUD_PAGE_HEAD                                           \
    "<!DOCTYPE html>\n"                                                       \
    "<html lang=\"en\">\n"                                                    \
    "<head>\n"                                                                \
    "<meta charset=\"utf-8\">\n"                                              \
    "<meta name=\"viewport\" content=\"width=device-width\">\n"               \
    "<title>%V</title>\n"                                                     \
    "<style>" NGX_HTTP_OWNCLOUD_PAGE_STYLE "</style>\n"                       \
    "</head>\n"                                                               \
    "<body>\n"                                                                \
    "<h1>%V</h1>\n"

#define NGX_HTTP_OWNCLOUD_PAGE_END                                            \
    "</body>\n"                                                               \
    "</html>\n"


/*
 * Sends a page with the given Referrer-Policy and Content-Security-Policy.
 * Returns the result of ngx_http_output_filter(), or a status code.
 */
ngx_int_t ngx_http_owncloud_page_send(ngx_http_request_t *r,
    ngx_uint_t status, char *referrer, char *policy, ngx_str_t *body);

/*
 * Escapes "text" for HTML into "escaped", allocated from "pool".  Returns
 * NGX_OK, or NGX_ERROR if memory is exhausted.
 */
ngx_int_t ngx_http_owncloud_page_escape(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *escaped);


#endif /* _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_ */
