
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_


/*
 * What is inline on the pages, and the digests that allow it: base64 of the
 * SHA-256 of what is between the tags.  The unit tests compare them.
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


#define NGX_HTTP_OWNCLOUD_PAGE_POLICY                                         \
    "default-src 'none'; base-uri 'none'; form-action 'none'; "               \
    "frame-ancestors 'none'; "                                                \
    "style-src 'sha256-" NGX_HTTP_OWNCLOUD_PAGE_STYLE_DIGEST "'"

#define NGX_HTTP_OWNCLOUD_PAGE_POLICY_SCRIPT                                  \
    "; script-src 'sha256-" NGX_HTTP_OWNCLOUD_PAGE_SCRIPT_DIGEST "'"


#endif /* _NGX_HTTP_OWNCLOUD_PAGE_H_INCLUDED_ */
