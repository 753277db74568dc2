
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_dav.h"
#include "ngx_http_owncloud_xml.h"


#define BASE  "/oc/remote.php/webdav/"

#define MULTI(responses)                                                      \
    "<?xml version=\"1.0\"?>\n"                                               \
    "<d:multistatus xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\" "     \
    "xmlns:oc=\"http://owncloud.org/ns\">" responses "</d:multistatus>"

#define RESPONSE(href, rest)                                                  \
    "<d:response><d:href>" href "</d:href>" rest "</d:response>"

#define STAT(props, status)                                                   \
    "<d:propstat><d:prop>" props "</d:prop>"                                  \
    "<d:status>HTTP/1.1 " status "</d:status></d:propstat>"

#define GOOD(props)  STAT(props, "200 OK")

#define TYPE_FOLDER  "<d:resourcetype><d:collection/></d:resourcetype>"
#define TYPE_FILE    "<d:resourcetype/>"
#define TIME         "<d:getlastmodified>Sat, 21 Nov 2026 21:02:20 GMT"       \
                     "</d:getlastmodified>"
#define SIZE(n)      "<d:getcontentlength>" #n "</d:getcontentlength>"

#define FOLDER(href)  RESPONSE(href, GOOD(TIME TYPE_FOLDER)                   \
                                     STAT("<d:getcontentlength/>",            \
                                          "404 Not Found"))
#define FILE_(href)   RESPONSE(href, GOOD(TIME SIZE(7) TYPE_FILE))
#define SELF          FOLDER(BASE "a/")
#define IN(rest)      MULTI(SELF rest)


typedef struct {
    char        *name;
    char        *body;
    char        *entries;    /* one a line; NULL: none are given */
    ngx_uint_t   error;
    ngx_uint_t   foreign;
    ngx_uint_t   broken;
} unit_case_t;


static unit_case_t  unit_cases[] = {

    { "an empty folder", IN(""), "", 0, 0, 0 },

    { "a folder and a file", IN(FOLDER(BASE "a/f/") FILE_(BASE "a/x.txt")),
      "D f -1 1795294940\n- x.txt 7 1795294940\n", 0, 0, 0 },

    { "the endpoint's own folder is another one",
      MULTI(FOLDER(BASE) FILE_(BASE "x")), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 2, 0 },

    { "the folder without its slash", MULTI(FOLDER(BASE "a")), "", 0, 0, 0 },

    { "the folder is not told", MULTI(FILE_(BASE "a/x")),
      "- x 7 1795294940\n", 0, 0, 0 },

    { "the folder with a type that is not told",
      MULTI(RESPONSE(BASE "a/", GOOD(TIME))), "", 0, 0, 0 },

    /* properties */

    { "properties that are not found are none",
      IN(RESPONSE(BASE "a/x", STAT(SIZE(5) TIME, "404 Not Found")
                              GOOD(TYPE_FILE)
                              STAT(SIZE(6), "403 Forbidden"))),
      "- x -1 -1\n", 0, 0, 0 },

    { "a status ahead of its properties",
      IN("<d:response><d:propstat><d:status>HTTP/1.1 200 OK</d:status>"
         "<d:prop>" SIZE(3) TYPE_FILE "</d:prop></d:propstat>"
         "<d:href>" BASE "a/x</d:href></d:response>"),
      "- x 3 -1\n", 0, 0, 0 },

    { "good properties in two propstats",
      IN(RESPONSE(BASE "a/x/", GOOD(TIME) GOOD(TYPE_FOLDER))),
      "D x -1 1795294940\n", 0, 0, 0 },

    { "a status without a reason, and of another version",
      IN(RESPONSE(BASE "a/x", "<d:propstat><d:prop>" SIZE(3) TYPE_FILE
                  "</d:prop><d:status>HTTP/2 200</d:status></d:propstat>")),
      "- x 3 -1\n", 0, 0, 0 },

    { "bad statuses",
      IN(RESPONSE(BASE "a/x", STAT(TYPE_FILE, "2000 OK"))
         RESPONSE(BASE "a/y", STAT(TYPE_FILE, ""))
         RESPONSE(BASE "a/z", STAT(TYPE_FILE, "OK"))
         RESPONSE(BASE "a/w", "<d:propstat><d:prop>" TYPE_FILE "</d:prop>"
                              "</d:propstat>")
         RESPONSE(BASE "a/v", STAT(TYPE_FILE, "20 0"))),
      "", 0, 0, 5 },

    { "sizes",
      IN(RESPONSE(BASE "a/1", GOOD(SIZE(0) TYPE_FILE))
         RESPONSE(BASE "a/2", GOOD(SIZE(9223372036854775807) TYPE_FILE))
         RESPONSE(BASE "a/3", GOOD(SIZE(9223372036854775808) TYPE_FILE))
         RESPONSE(BASE "a/4", GOOD(SIZE(-5) TYPE_FILE))
         RESPONSE(BASE "a/5", GOOD(SIZE() TYPE_FILE))
         RESPONSE(BASE "a/6", GOOD(SIZE(1e3) TYPE_FILE))),
      "- 1 0 -1\n- 2 9223372036854775807 -1\n- 3 -1 -1\n- 4 -1 -1\n"
      "- 5 -1 -1\n- 6 -1 -1\n", 0, 0, 0 },

#define DATED(name, date)                                                     \
    RESPONSE(BASE "a/" name, GOOD(TYPE_FILE "<d:getlastmodified>" date        \
                                  "</d:getlastmodified>"))

    { "dates",
      IN(DATED("1", "Sat, 21 Nov 2026 21:31:46 +0000")
         DATED("2", "Sat, 21 Nov 2026 22:31:46 +0100")
         DATED("3", "Sat, 21 Nov 2026 16:01:46 -0530")
         DATED("4", "Saturday, 21-Nov-26 21:31:46 GMT")
         DATED("5", "2026-11-21T21:31:46Z")
         DATED("6", "yesterday")
         DATED("7", "Thu, 01 Jan 1970 00:00:00 +0100")
         DATED("8", "Sat, 21 Nov 2026 21:31:46 +xx00")
         DATED("9", "")),
      "- 1 -1 1795296706\n- 2 -1 1795296706\n- 3 -1 1795296706\n"
      "- 4 -1 1795296706\n- 5 -1 -1\n- 6 -1 -1\n- 7 -1 -1\n- 8 -1 -1\n"
      "- 9 -1 -1\n", 0, 0, 0 },

    { "dates told again",
      IN(DATED("1", "Sat, 21 Nov 2026 21:31:46 GMT")
         DATED("2", "Sat, 21 Nov 2026 21:31:46 GMT")
         DATED("3", "Sat, 21 Nov 2026 21:31:47 GMT")
         DATED("4", "\n Sat, 21 Nov 2026 21:31:47 GMT ")
         DATED("5", "Sat, 21 Nov 2026 21:31:46 XYZ?")
         DATED("6", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
         DATED("7", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
         DATED("8", "Sat, 21 Nov 2026 21:31:46 GMT")
         RESPONSE(BASE "a/9", GOOD(TYPE_FILE))),
      "- 1 -1 1795296706\n- 2 -1 1795296706\n- 3 -1 1795296707\n"
      "- 4 -1 1795296707\n- 5 -1 1795296706\n- 6 -1 -1\n- 7 -1 -1\n"
      "- 8 -1 1795296706\n- 9 -1 -1\n", 0, 0, 0 },

    { "what is like a property is none",
      IN(RESPONSE(BASE "a/x",
                  GOOD("<oc:getcontentlength>5</oc:getcontentlength>"
                       "<oc:resourcetype><d:collection/></oc:resourcetype>"
                       "<oc:x>" SIZE(6) TYPE_FOLDER "</oc:x>"
                       "<d:resourcetype><oc:collection/></d:resourcetype>")
                  "<oc:propstat><d:prop>" SIZE(8) "</d:prop><d:status>HTTP/1.1"
                  " 200 OK</d:status></oc:propstat>")),
      "- x -1 -1\n", 0, 0, 0 },

    { "a folder of two types",
      IN(RESPONSE(BASE "a/x/", GOOD("<d:resourcetype><oc:y/><d:collection/>"
                                    "<oc:z/></d:resourcetype>"))),
      "D x -1 -1\n", 0, 0, 0 },

#define PREVIEW(said)                                                         \
    "<nc:has-preview xmlns:nc=\"http://nextcloud.org/ns\">" said              \
    "</nc:has-preview>"

    { "previews, of those alone that have one",
      IN(RESPONSE(BASE "a/1", GOOD(TYPE_FILE PREVIEW("true")))
         RESPONSE(BASE "a/2", GOOD(TYPE_FILE PREVIEW("false")))
         RESPONSE(BASE "a/3", GOOD(TYPE_FILE PREVIEW("true")))
         RESPONSE(BASE "a/4", GOOD(TYPE_FILE))
         RESPONSE(BASE "a/5", GOOD(TYPE_FILE PREVIEW("")))
         RESPONSE(BASE "a/6", GOOD(TYPE_FILE PREVIEW("true?")))
         RESPONSE(BASE "a/7", GOOD(TYPE_FILE PREVIEW("1")))
         RESPONSE(BASE "a/8", GOOD(TYPE_FOLDER PREVIEW("true")))),
      "D 8 -1 -1 preview\n- 1 -1 -1 preview\n- 2 -1 -1\n"
      "- 3 -1 -1 preview\n- 4 -1 -1\n- 5 -1 -1\n- 6 -1 -1\n- 7 -1 -1\n",
      0, 0, 0 },

    { "previews in one propstat of several",
      IN(RESPONSE(BASE "a/1", GOOD(PREVIEW("true")) GOOD(TYPE_FILE))
         RESPONSE(BASE "a/2", GOOD(TYPE_FILE)
                              STAT(PREVIEW("true"), "404 Not Found"))
         RESPONSE(BASE "a/3", STAT(PREVIEW("true"), "403 Forbidden")
                              GOOD(TYPE_FILE))),
      "- 1 -1 -1 preview\n- 2 -1 -1\n- 3 -1 -1\n", 0, 0, 0 },

    { "previews that somebody else has",
      IN(RESPONSE(BASE "a/1", GOOD(TYPE_FILE "<d:has-preview>true"
                                   "</d:has-preview><oc:has-preview>true"
                                   "</oc:has-preview><oc:x>" PREVIEW("true")
                                   "</oc:x>"))),
      "- 1 -1 -1\n", 0, 0, 0 },

    { "folders told by their slash alone",
      IN(RESPONSE(BASE "a/x/", GOOD(TIME)) RESPONSE(BASE "a/y", GOOD(TIME))),
      "D x -1 1795294940\n- y -1 1795294940\n", 0, 0, 0 },

    /* namespaces and forms of XML */

    { "a default namespace",
      "<multistatus xmlns=\"DAV:\"><response><href>" BASE "a/</href><propstat>"
      "<prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1"
      " 200 OK</status></propstat></response></multistatus>", "", 0, 0, 0 },

    { "a prefix that others have",
      "<oc:multistatus xmlns:oc=\"DAV:\" xmlns:d=\"http://owncloud.org/ns\">"
      "<oc:response><oc:href>" BASE "a/x</oc:href><oc:propstat><oc:prop>"
      "<d:getcontentlength>9</d:getcontentlength><oc:getcontentlength>8"
      "</oc:getcontentlength></oc:prop><oc:status>HTTP/1.1 200 OK</oc:status>"
      "</oc:propstat></oc:response></oc:multistatus>", "- x 8 -1\n", 0, 0, 0 },

    { "another namespace",
      "<d:multistatus xmlns:d=\"DAV\"><d:response/></d:multistatus>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 0, 0 },

    { "indented",
      "<d:multistatus xmlns:d=\"DAV:\">\n <d:response>\n  <d:href>\n   "
      BASE "a/\n  </d:href>\n  <d:propstat>\n   <d:prop>\n "
      "<d:resourcetype>\n <d:collection/>\n </d:resourcetype>\n </d:prop>\n"
      "<d:status>\n HTTP/1.1 200 OK\n</d:status>\n </d:propstat>\n "
      "</d:response>\n <d:response>\n<d:href>" BASE "a/x</d:href>\n"
      "<d:propstat><d:prop>\n<d:getcontentlength>\n 12\n </d:getcontentlength>"
      "\n</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
      "</d:response>\n</d:multistatus>\n", "- x 12 -1\n", 0, 0, 0 },

    { "character data in pieces",
      IN(RESPONSE(BASE "a/x&amp;y<![CDATA[&amp;]]>&#x7a;<!-- no --><?no no?>!",
                  GOOD(TYPE_FILE))),
      "- x&y&amp;z! -1 -1\n", 0, 0, 0 },

    /* names */

    { "special names",
      IN(FILE_(BASE "a/a%20b") FILE_(BASE "a/a%23b") FILE_(BASE "a/a%2541b")
         FILE_(BASE "a/a%2bb") FILE_(BASE "a/a+b") FILE_(BASE "a/a%26b")
         FILE_(BASE "a/a%27%22b") FILE_(BASE "a/a%3cb") FILE_(BASE "a/b.")
         FILE_(BASE "a/%f0%9f%98%80") FILE_(BASE "a/%C3%BC")
         FILE_(BASE "a/\xc3\xb6") FILE_(BASE "a/e%cc%81")),
      "- a b 7 1795294940\n- a#b 7 1795294940\n- a%41b 7 1795294940\n"
      "- a&b 7 1795294940\n- a'\"b 7 1795294940\n- a+b 7 1795294940\n"
      "- a<b 7 1795294940\n- b. 7 1795294940\n- e\xcc\x81 7 1795294940\n"
      "- \xc3\xb6 7 1795294940\n- \xc3\xbc 7 1795294940\n"
      "- \xf0\x9f\x98\x80 7 1795294940\n", 0, 0, 0 },

    { "the order",
      IN(FILE_(BASE "a/b") FOLDER(BASE "a/z/") FILE_(BASE "a/B")
         FILE_(BASE "a/_") FILE_(BASE "a/a") FOLDER(BASE "a/Y/")
         FILE_(BASE "a/ab") FILE_(BASE "a/10") FILE_(BASE "a/9")
         FILE_(BASE "a/aB") FILE_(BASE "a/Ab")),
      "D Y -1 1795294940\nD z -1 1795294940\n- 10 7 1795294940\n"
      "- 9 7 1795294940\n- a 7 1795294940\n- Ab 7 1795294940\n"
      "- aB 7 1795294940\n- ab 7 1795294940\n- B 7 1795294940\n"
      "- b 7 1795294940\n- _ 7 1795294940\n", 0, 0, 0 },

    { "an entry told twice",
      IN(FILE_(BASE "a/x") FILE_(BASE "a/%78") FILE_(BASE "a/y")),
      "- x 7 1795294940\n- y 7 1795294940\n", 0, 0, 0 },

    { "a URL of the same origin",
      IN(FILE_("https://Cloud.example.com:8000" BASE "a/x")),
      "- x 7 1795294940\n", 0, 0, 0 },

    { "an endpoint written in another way",
      IN(FILE_("/oc/remote%2ephp/webdav/%61/x")), "- x 7 1795294940\n",
      0, 0, 0 },

    /* responses left out */

    { "hrefs of other places",
      IN(FILE_(BASE "a/b/x") FOLDER(BASE "a/b/c/") FILE_(BASE "x")
         FILE_(BASE "ab/x") FILE_(BASE "A/x") FOLDER(BASE) FILE_("/x")
         FILE_("https://other.example.com:8000" BASE "a/x")
         FILE_("http://cloud.example.com:8000" BASE "a/x")
         FILE_("//cloud.example.com:8000" BASE "a/x")
         FILE_(BASE "a/../a/x") FILE_(BASE "a/%2e%2e") FILE_(BASE "a/.")
         FILE_("x")),
      "", 0, 14, 0 },

    { "broken names",
      IN(FILE_(BASE "a/%") FILE_(BASE "a/%4") FILE_(BASE "a/%zz")
         FILE_(BASE "a/%ff") FILE_(BASE "a/%ed%a0%80") FILE_(BASE "a/%00")
         FILE_("") "<d:response/>" FILE_(BASE "a/good")),
      "- good 7 1795294940\n", 0, 0, 8 },

    { "several hrefs in a response",
      IN("<d:response><d:href>" BASE "a/x</d:href><d:href>" BASE "a/y</d:href>"
         "<d:status>HTTP/1.1 200 OK</d:status></d:response>"),
      "", 0, 0, 1 },

    { "several hrefs, and properties of one of them",
      IN("<d:response><d:href>" BASE "a/x</d:href>" GOOD(SIZE(1) TYPE_FILE)
         "<d:href>" BASE "a/y</d:href></d:response>"
         "<d:response><d:href>/other/x</d:href><d:href>" BASE "a/z</d:href>"
         GOOD(SIZE(2) TYPE_FILE) "</d:response>"
         RESPONSE(BASE "a/w", GOOD(SIZE(3) TYPE_FILE))),
      "- w 3 -1\n", 0, 0, 2 },

    { "other statuses of 2xx",
      IN(RESPONSE(BASE "a/x", STAT(SIZE(1) TYPE_FILE, "206 Partial Content"))
         RESPONSE(BASE "a/y", STAT(SIZE(2), "299 ") GOOD(TYPE_FILE))),
      "- y -1 -1\n", 0, 0, 1 },

    { "numbers with white space around them, and other sizes",
      IN(RESPONSE(BASE "a/x", GOOD("<d:getcontentlength>\n 7 "
                                   "</d:getcontentlength>" TYPE_FILE))
         RESPONSE(BASE "a/y", GOOD("<oc:size>9</oc:size>" TYPE_FILE))),
      "- x 7 -1\n- y -1 -1\n", 0, 0, 0 },

    { "a response with a status of its own",
      IN(RESPONSE(BASE "a/x", "<d:status>HTTP/1.1 404 Not Found</d:status>")
         RESPONSE(BASE "a/y", GOOD(TYPE_FILE)
                              "<d:status>HTTP/1.1 403 Forbidden</d:status>")
         RESPONSE(BASE "a/z", GOOD(TYPE_FILE)
                              "<d:status>HTTP/1.1 200 OK</d:status>")),
      "- z -1 -1\n", 0, 0, 2 },

    { "an entry nothing of which is readable",
      IN(RESPONSE(BASE "a/x", STAT(TYPE_FILE, "403 Forbidden"))
         FILE_(BASE "a/y")), "- y 7 1795294940\n", 0, 0, 1 },

    /* documents refused */

    { "a file was asked", MULTI(FILE_(BASE "a")), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NO_FOLDER, 0, 0 },

    { "nothing in a multistatus", MULTI(""), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 0, 0 },

    { "a multistatus of another folder", MULTI(FOLDER(BASE "b/")), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 1, 0 },

    { "a DAV error",
      "<d:error xmlns:d=\"DAV:\"><d:message>no</d:message></d:error>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 0, 0 },

    { "nothing", "", NULL, NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },
    { "white space", " \n", NULL, NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },
    { "text", "Internal Server Error", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },
    { "JSON", "{\"ocs\":{}}", NULL, NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },
    { "a page", "<!DOCTYPE html><html><body>Log in</body></html>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },
    { "an old page", "<html><body>Log in<br></html>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 0, 0 },

    { "an entity",
      "<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
      "<d:multistatus xmlns:d=\"DAV:\">&e;</d:multistatus>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "an unknown entity", IN(FILE_(BASE "a/&nbsp;")), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "not UTF-8", IN(FILE_(BASE "a/\xff")), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "tags that do not match", IN("<d:response></d:href>"), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "something behind it", MULTI(SELF) "<p>Notice: ...</p>", NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "something ahead of it", "Notice: ..." MULTI(SELF), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 },

    { "too deep",
      IN(RESPONSE(BASE "a/x", GOOD("<a><a><a><a><a><a><a><a><a><a><a><a><a>"
                                   "</a></a></a></a></a></a></a></a></a></a>"
                                   "</a></a></a>"))), NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0 }
};


/* hits of a search, sorted: the folder, the name, and where that begins */

typedef struct {
    char        *name;
    char        *body;
    char        *text;
    ngx_uint_t   max;
    char        *entries;
    ngx_uint_t   error;
    ngx_uint_t   more;
    ngx_uint_t   foreign;
    ngx_uint_t   broken;
} unit_search_t;


static unit_search_t  unit_searches[] = {

    { "no hit", MULTI(""), NULL, 10, "", 0, 0, 0, 0 },

    { "no hit, self-closed", "<d:multistatus xmlns:d=\"DAV:\"/>", NULL, 10,
      "", 0, 0, 0, 0 },

    { "hits anywhere",
      MULTI(FILE_(BASE "x.txt") FILE_(BASE "a/b/x.txt") FOLDER(BASE "a/X/")
            FILE_(BASE "a/w")),
      NULL, 10, "D a/X 2\n- a/w 2\n- a/b/x.txt 4\n- x.txt 0\n", 0, 0, 0, 0 },

    { "a folder without its slash, as ownCloud tells it",
      MULTI(FOLDER(BASE "a/deep") FILE_(BASE "deep.txt")), NULL, 10,
      "D a/deep 2\n- deep.txt 0\n", 0, 0, 0, 0 },

    { "the order: names, then paths",
      MULTI(FILE_(BASE "c/x") FILE_(BASE "B/x") FILE_(BASE "a/x")
            FILE_(BASE "z/X") FILE_(BASE "b/x") FILE_(BASE "x")
            FOLDER(BASE "z/x/") FILE_(BASE "q/xa")),
      NULL, 10, "D z/x 2\n- z/X 2\n- a/x 2\n- B/x 2\n- b/x 2\n- c/x 2\n"
      "- x 0\n- q/xa 2\n", 0, 0, 0, 0 },

    { "a hit told twice is one",
      MULTI(FILE_(BASE "a/x") FILE_(BASE "b/x") FILE_(BASE "%61/x")),
      NULL, 10, "- a/x 2\n- b/x 2\n", 0, 0, 0, 0 },

    { "the root is no hit, nor are other places",
      MULTI(FOLDER(BASE) FILE_("/other/x") FILE_(BASE "../x")
            FILE_("https://evil.example.com" BASE "x") FILE_(BASE "a//x")
            FILE_(BASE "a%2fx") FILE_(BASE "x") FILE_("")),
      NULL, 10, "- x 0\n", 0, 0, 5, 1 },

    { "the root as a file", MULTI(FILE_(BASE) FILE_(BASE "x")), NULL, 10,
      "- x 0\n", 0, 0, 0, 0 },

    { "hits without properties",
      MULTI(RESPONSE(BASE "x", STAT(TYPE_FILE, "404 Not Found"))), NULL, 10,
      "", 0, 0, 0, 1 },

    { "as many as may be", MULTI(FILE_(BASE "b") FILE_(BASE "a")), NULL, 2,
      "- a 0\n- b 0\n", 0, 0, 0, 0 },

    { "the last are dropped",
      MULTI(FILE_(BASE "c") FILE_(BASE "b") FILE_(BASE "a") FOLDER(BASE "d/")),
      NULL, 2, "- b 0\n- c 0\n", 0, 1, 0, 0 },

    { "text in the name",
      MULTI(FILE_(BASE "100%.txt") FILE_(BASE "100.txt") FILE_(BASE "a/0%25")
            FILE_(BASE "0%25/a") FOLDER(BASE "x0%25y/")),
      "0%", 10, "D x0%y 0\n- a/0% 2\n", 0, 0, 0, 1 },

    { "text in another case",
      MULTI(FILE_(BASE "A_B") FILE_(BASE "a_b") FILE_(BASE "aXb")
            FILE_(BASE "xa_") FILE_(BASE "a_bc/x") FILE_(BASE "_b")),
      "a_B", 10, "- A_B 0\n- a_b 0\n", 0, 0, 0, 0 },

    { "no text", MULTI(FILE_(BASE "x")), "", 10, "- x 0\n", 0, 0, 0, 0 },

    { "text that leaves out does not count",
      MULTI(FILE_(BASE "a") FILE_(BASE "b") FILE_(BASE "c")), "b", 1,
      "- b 0\n", 0, 0, 0, 0 },

    { "more that have the text",
      MULTI(FILE_(BASE "a1") FILE_(BASE "b") FILE_(BASE "a2")), "A", 1,
      "- a1 0\n", 0, 1, 0, 0 },

    { "a path that has no end", MULTI(FILE_(BASE "a") "<d:response"), NULL, 10,
      NULL, NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0, 0 },

    { "an error", "<d:error xmlns:d=\"DAV:\"/>", NULL, 10, NULL,
      NGX_HTTP_OWNCLOUD_DAV_NOT_DAV, 0, 0, 0 },

    { "nothing", "", NULL, 10, NULL, NGX_HTTP_OWNCLOUD_DAV_NOT_XML, 0, 0, 0 }
};


/* ETags of "/a/" */

typedef struct {
    char        *name;
    char        *body;
    char        *etag;
} unit_etag_t;


#define ETAG(etag)    "<d:getetag>" etag "</d:getetag>"
#define TAGGED(rest)  RESPONSE(BASE "a/", rest)

#define ETAG_16       "0123456789abcdef"
#define ETAG_240      ETAG_16 ETAG_16 ETAG_16 ETAG_16 ETAG_16                 \
                      ETAG_16 ETAG_16 ETAG_16 ETAG_16 ETAG_16                 \
                      ETAG_16 ETAG_16 ETAG_16 ETAG_16 ETAG_16


static unit_etag_t  unit_tags[] = {
    { "none", IN(""), "" },

    { "with quotes",
      MULTI(TAGGED(GOOD(TYPE_FOLDER ETAG("&quot;6920d5cc6db6d&quot;")))
            RESPONSE(BASE "a/x", GOOD(ETAG("&quot;other&quot;")))),
      "\"6920d5cc6db6d\"" },

    { "after entries",
      MULTI(RESPONSE(BASE "a/x", GOOD(ETAG("\"x\"")))
            TAGGED(GOOD(ETAG("\"1\"")))
            RESPONSE(BASE "a/y", GOOD(ETAG("\"y\"")))), "\"1\"" },

    { "the folder comes without one",
      MULTI(RESPONSE(BASE "a/x", GOOD(ETAG("\"x\"")))
            TAGGED(GOOD(TYPE_FOLDER))
            RESPONSE(BASE "a/y", GOOD(ETAG("\"y\"")))), "" },

    { "ahead of the href",
      MULTI("<d:response>" GOOD(ETAG("W/\"1\"")) "<d:href>" BASE
            "a/</d:href></d:response>"), "W/\"1\"" },

    { "an entry's, ahead of its href",
      MULTI("<d:response>" GOOD(ETAG("\"1\"")) "<d:href>" BASE
            "a/x</d:href></d:response>" SELF), "" },

    { "of another status",
      MULTI(TAGGED(GOOD(TYPE_FOLDER) STAT(ETAG("\"1\""), "404 Not Found"))),
      "" },

    { "of two statuses",
      MULTI(TAGGED(GOOD(ETAG("\"1\"")) STAT(ETAG("\"2\""), "404 No"))),
      "\"1\"" },

    { "empty", MULTI(TAGGED(GOOD(ETAG("")))), "" },

    { "of another namespace",
      MULTI(TAGGED(GOOD("<oc:getetag>\"1\"</oc:getetag>"))), "" },

    { "white space", MULTI(TAGGED(GOOD(ETAG("\n \"1\"\n ")))), "\"1\"" },

    { "256 bytes", MULTI(TAGGED(GOOD(ETAG(ETAG_240 ETAG_16)))),
      ETAG_240 ETAG_16 },

    { "257 bytes", MULTI(TAGGED(GOOD(ETAG(ETAG_240 ETAG_16 "x")))), "" },

    { "of a response that is broken",
      MULTI(TAGGED(GOOD(ETAG("\"1\"")) "<d:status>HTTP/1.1 403 No</d:status>")
            FILE_(BASE "a/x")), "" },
};


/* makes the i-th name */

typedef void (*unit_name_t)(char *p, unsigned long i);


static ngx_http_owncloud_url_t  unit_base = {
    .host = unit_str("cloud.example.com"),
    .path = unit_str(BASE),
    .port = 8000,
    .tls = 1
};


static ngx_http_owncloud_dav_t *unit_feed(ngx_pool_t *pool, char *body,
    size_t len, size_t piece, ngx_uint_t max);
static ngx_int_t unit_finish(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n);
static void unit_case(unit_case_t *c, size_t piece);
static void unit_etags(void);
static void unit_search(unit_search_t *c, size_t piece);
static void unit_search_long(void);
static void unit_sort(unit_name_t name, unsigned long n, const char *what);
static void unit_sort_slices(void);
static int unit_compare(const void *one, const void *two);
static void unit_name_random(char *p, unsigned long i);
static void unit_name_numbered(char *p, unsigned long i);
static void unit_name_prefix(char *p, unsigned long i);
static void unit_name_groups(char *p, unsigned long i);
static void unit_alike(void);
static void unit_alike_one(const char *name);
static void unit_truncated(void);
static void unit_long(void);
static void unit_many(void);
static void unit_root(void);
static void unit_text(ngx_pool_t *pool, ngx_http_owncloud_entry_t **entries,
    ngx_uint_t n, ngx_str_t *text);


int
main(void)
{
    ngx_uint_t  i;

    ngx_http_owncloud_xml_init();

    for (i = 0; i < unit_n(unit_cases); i++) {
        unit_case(&unit_cases[i], 0);
        unit_case(&unit_cases[i], 1);
        unit_case(&unit_cases[i], 7);
    }

    for (i = 0; i < unit_n(unit_searches); i++) {
        unit_search(&unit_searches[i], 0);
        unit_search(&unit_searches[i], 1);
    }

    unit_etags();
    unit_alike();
    unit_truncated();
    unit_long();
    unit_search_long();
    unit_many();
    unit_root();

    for (i = 0; i < 70; i++) {
        unit_sort(unit_name_random, i, "random");
    }

    unit_sort(unit_name_random, 3000, "random");
    unit_sort(unit_name_numbered, 3000, "numbered");
    unit_sort(unit_name_prefix, 3000, "with a prefix of 1000 bytes");
    unit_sort(unit_name_groups, 3000, "in groups of one prefix");
    unit_sort_slices();

    return unit_done();
}


static ngx_http_owncloud_dav_t *
unit_feed(ngx_pool_t *pool, char *body, size_t len, size_t piece,
    ngx_uint_t max)
{
    size_t                    n;
    ngx_str_t                 folder = ngx_string("/a/");
    ngx_http_owncloud_dav_t  *dav;

    dav = ngx_http_owncloud_dav_create(pool, &unit_base, &folder, max);
    if (dav == NULL) {
        printf("Bail out! no memory\n");
        exit(1);
    }

    if (piece == 0) {
        piece = len;
    }

    while (len) {
        n = ngx_min(len, piece);

        if (ngx_http_owncloud_dav_feed(dav, (u_char *) body, n) != NGX_OK) {
            break;
        }

        body += n;
        len -= n;
    }

    return dav;
}


static ngx_int_t
unit_finish(ngx_http_owncloud_dav_t *dav,
    ngx_http_owncloud_entry_t ***entries, ngx_uint_t *n)
{
    ngx_int_t  rc;

    if (ngx_http_owncloud_dav_finish(dav) != NGX_OK) {
        return NGX_ERROR;
    }

    do {
        rc = ngx_http_owncloud_dav_sort(dav, entries, n);
    } while (rc == NGX_AGAIN);

    return rc;
}


static void
unit_case(unit_case_t *c, size_t piece)
{
    ngx_str_t                    text, expected;
    ngx_int_t                    rc;
    ngx_uint_t                   n, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    pool = unit_pool();

    dav = unit_feed(pool, c->body, strlen(c->body), piece, 100);

    rc = unit_finish(dav, &entries, &n);

    if (rc == NGX_OK) {
        unit_text(pool, entries, n, &text);

    } else {
        ngx_str_null(&text);
    }

    expected.data = (u_char *) (c->entries ? c->entries : "");
    expected.len = strlen((char *) expected.data);

    good = (rc == (c->entries ? NGX_OK : NGX_ERROR))
           && unit_same(&text, &expected)
           && ngx_http_owncloud_dav_error(dav) == c->error
           && ngx_http_owncloud_dav_foreign(dav) == c->foreign
           && ngx_http_owncloud_dav_broken(dav) == c->broken;

    if (!good) {
        printf("#   rc %d error %u foreign %u broken %u\n", (int) rc,
               (unsigned) ngx_http_owncloud_dav_error(dav),
               (unsigned) ngx_http_owncloud_dav_foreign(dav),
               (unsigned) ngx_http_owncloud_dav_broken(dav));
    }

    unit_ok(good, "%s, in pieces of %u", c->name, (unsigned) piece);

    ngx_destroy_pool(pool);
}


static void
unit_etags(void)
{
    ngx_str_t                 etag, expected;
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    unit_etag_t              *c;
    ngx_http_owncloud_dav_t  *dav;

    for (i = 0; i < 2 * unit_n(unit_tags); i++) {
        c = &unit_tags[i / 2];

        pool = unit_pool();

        dav = unit_feed(pool, c->body, strlen(c->body), i % 2, 10);

        rc = ngx_http_owncloud_dav_finish(dav);
        ngx_http_owncloud_dav_etag(dav, &etag);

        expected.data = (u_char *) c->etag;
        expected.len = strlen(c->etag);

        unit_ok(rc == NGX_OK && unit_same(&etag, &expected),
                "an ETag: %s, in pieces of %u", c->name, (unsigned) (i % 2));

        ngx_destroy_pool(pool);
    }
}


static void
unit_search(unit_search_t *c, size_t piece)
{
    u_char                      *p;
    size_t                       i, n, len;
    ngx_int_t                    rc;
    ngx_str_t                    name, text, got, expected;
    ngx_uint_t                   count, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    pool = unit_pool();

    if (c->text) {
        name.data = (u_char *) c->text;
        name.len = strlen(c->text);
        text = unit_copy(pool, &name);
    }

    dav = ngx_http_owncloud_dav_search(pool, &unit_base,
                                       c->text ? &text : NULL, c->max);

    len = strlen(c->body);

    for (i = 0; i < len; i += n) {
        n = piece ? ngx_min(piece, len - i) : len;

        if (ngx_http_owncloud_dav_feed(dav, (u_char *) c->body + i, n)
            != NGX_OK)
        {
            break;
        }
    }

    got.data = ngx_pnalloc(pool, 4096);
    p = got.data;

    rc = unit_finish(dav, &entries, &count);

    for (i = 0; rc == NGX_OK && i < count; i++) {
        name.data = entries[i]->name;
        name.len = entries[i]->len;

        p = ngx_sprintf(p, "%s %V %ui\n", entries[i]->folder ? "D" : "-",
                        &name, (ngx_uint_t) entries[i]->title);
    }

    got.len = p - got.data;

    expected.data = (u_char *) (c->entries ? c->entries : "");
    expected.len = strlen((char *) expected.data);

    good = (rc == (c->entries ? NGX_OK : NGX_ERROR))
           && unit_same(&got, &expected)
           && ngx_http_owncloud_dav_error(dav) == c->error
           && ngx_http_owncloud_dav_more(dav, (ngx_uint_t) -1) == c->more
           && ngx_http_owncloud_dav_foreign(dav) == c->foreign
           && ngx_http_owncloud_dav_broken(dav) == c->broken;

    if (!good) {
        printf("#   rc %d error %u more %u foreign %u broken %u\n", (int) rc,
               (unsigned) ngx_http_owncloud_dav_error(dav),
               (unsigned) ngx_http_owncloud_dav_more(dav, (ngx_uint_t) -1),
               (unsigned) ngx_http_owncloud_dav_foreign(dav),
               (unsigned) ngx_http_owncloud_dav_broken(dav));
    }

    unit_ok(good, "a search: %s, in pieces of %u", c->name, (unsigned) piece);

    ngx_destroy_pool(pool);
}


/*
 * How a name is read must not depend on what was read before it: entries that
 * follow one are read in a shorter way.
 */

static void
unit_alike(void)
{
    char        name[3200];
    unsigned    i;

    static const char  *names[] = {
        "", "/", "a", "a/", "ab", "ab/", "abc", "abc/", "abc//", "/abc", ".",
        "..", "./", "../", "...", ".../", "%2e", "%2e.", "%2e%2e", "%2E%2e/",
        "%2e%2e%2e", "..a", "a..", "a/b", "abc/d", "a/../b", "%2f", "abc%2f",
        "abc%2fd", "abc%2Fd/", "%252fabc", "%", "%a", "abc%", "abc%4",
        "abc%4/", "abc%zz", "abc%41", "abc%4g", "abc%%41", "%00abc", "abc%0a",
        "abc%7f", "abc%25", "%c3%bc", "%c3%bcx", "%c3x%bc", "%c3", "abc%c3",
        "%c3%bc/", "%ed%a0%80x", "%c0%afx", "%f0%9f%98%80", "%ff%fe%fd",
        "abc?d", "?abc", "abc#d", "abc%3fd", "abc%23d", "a b c", " abc",
        "abc ", "abc+d", "a&amp;b&lt;c", "abc\xc3\xbc", "\xc3\xbc" "abc"
    };

    for (i = 0; i < unit_n(names); i++) {
        unit_alike_one(names[i]);
    }

    for (i = 0; i < 256; i++) {
        (void) sprintf(name, "ab%%%02xcd", i);
        unit_alike_one(name);

        if (i >= 0x20) {
            (void) sprintf(name, "ab&#x%x;cd", i);
            unit_alike_one(name);
        }
    }

    for (i = 1022; i < 1027; i++) {
        ngx_memset(name, 'n', i);
        name[i] = '\0';
        unit_alike_one(name);

        name[i++] = '/';
        name[i--] = '\0';
        unit_alike_one(name);
    }

    /* 1023, 1024 and 1025 bytes, most of them encoded */

    for (i = 0; i < 1000; i++) {
        (void) sprintf(name + 3 * i, "%%6e");
    }

    for (i = 23; i < 26; i++) {
        ngx_memset(name + 3000, 'n', i);
        name[3000 + i] = '\0';
        unit_alike_one(name);
    }
}


static void
unit_alike_one(const char *name)
{
    char                        *body;
    ngx_str_t                    one, two;
    ngx_uint_t                   n, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *first, *second;
    ngx_http_owncloud_entry_t  **entries;

    static const char  format[] =
        "<d:multistatus xmlns:d=\"DAV:\">%s<d:response><d:href>" BASE "a/%s"
        "</d:href>" GOOD(SIZE(7)) "</d:response>" "</d:multistatus>";

    pool = unit_pool();

    body = ngx_palloc(pool, 8192);
    if (body == NULL) {
        exit(1);
    }

    n = sprintf(body, format, SELF, name);
    first = unit_feed(pool, body, n, 0, 10);

    good = unit_finish(first, &entries, &n) == NGX_OK;
    unit_text(pool, entries, good ? n : 0, &one);

    /* what is ahead is sorted to the end, or to the start */

    n = sprintf(body, format, SELF FOLDER(BASE "a/ahead/"), name);
    second = unit_feed(pool, body, n, 0, 10);

    good = good && unit_finish(second, &entries, &n) == NGX_OK && n > 0;

    if (good && ngx_strncmp(entries[0]->name, "ahead", 5) == 0) {
        unit_text(pool, entries + 1, n - 1, &two);

    } else {
        unit_text(pool, entries, good ? n - 1 : 0, &two);
    }

    unit_ok(good && unit_same(&one, &two)
            && ngx_http_owncloud_dav_foreign(first)
               == ngx_http_owncloud_dav_foreign(second)
            && ngx_http_owncloud_dav_broken(first)
               == ngx_http_owncloud_dav_broken(second),
            "read alike: %.60s", name);

    ngx_destroy_pool(pool);
}


/* no part of a listing is a listing */

static void
unit_truncated(void)
{
    size_t                       i, root;
    ngx_uint_t                   n, error, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    static char  body[] = IN(FOLDER(BASE "a/f/") FILE_(BASE "a/x%20y.txt"));

    good = 1;
    root = strstr(body, "ns\">") - body + sizeof("ns\">") - 1;

    for (i = 0; i < sizeof(body) - 1; i++) {
        pool = unit_pool();

        dav = unit_feed(pool, body, i, 0, 100);

        if (unit_finish(dav, &entries, &n) == NGX_OK) {
            good = 0;
        }

        error = ngx_http_owncloud_dav_error(dav);

        if (error != NGX_HTTP_OWNCLOUD_DAV_TRUNCATED
            && (i > root || error != NGX_HTTP_OWNCLOUD_DAV_NOT_XML))
        {
            printf("#   %u bytes: error %u\n", (unsigned) i,
                   (unsigned) error);
            good = 0;
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(good, "a listing cut anywhere");
}


static void
unit_long(void)
{
    char                        *body, *p;
    ngx_uint_t                   n;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    static char  head[] =
        "<d:multistatus xmlns:d=\"DAV:\">" FOLDER(BASE "a/");

    static size_t  lengths[] = { 250, 1024, 1025, 16383, 16384, 20000 };

    pool = unit_pool();

    body = ngx_palloc(pool, 6 * 61000);
    if (body == NULL) {
        return;
    }

    p = body + sprintf(body, "%s", head);

    for (n = 0; n < unit_n(lengths); n++) {
        p += sprintf(p, "<d:response><d:href>" BASE "a/");

        ngx_memset(p, 'n', lengths[n]);
        p += lengths[n];

        p += sprintf(p, "</d:href>" GOOD(TYPE_FILE) "</d:response>");
    }

    p += sprintf(p, "</d:multistatus>");

    dav = unit_feed(pool, body, p - body, 0, 100);

    unit_ok(unit_finish(dav, &entries, &n) == NGX_OK
            && n == 2 && entries[0]->len == 250 && entries[1]->len == 1024
            && ngx_http_owncloud_dav_broken(dav) == 4,
            "names too long");

    ngx_destroy_pool(pool);
}


/* paths of 4096 bytes, both slashes included, and names of 1024 */

static void
unit_search_long(void)
{
    char                        *body, *p;
    size_t                       i, len;
    ngx_uint_t                   n;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    static size_t  lengths[] = { 4094, 4095, 8000, 16384 };

    pool = unit_pool();

    body = ngx_palloc(pool, 100000);
    if (body == NULL) {
        return;
    }

    p = body + sprintf(body, "<d:multistatus xmlns:d=\"DAV:\">");

    for (n = 0; n < unit_n(lengths); n++) {
        p += sprintf(p, "<d:response><d:href>" BASE);

        for (i = 1; i <= lengths[n]; i++) {
            *p++ = (i % 500 || i == lengths[n]) ? 'p' : '/';
        }

        p += sprintf(p, "</d:href>" GOOD(TYPE_FILE) "</d:response>");
    }

    for (len = 1024; len <= 1025; len++) {
        p += sprintf(p, "<d:response><d:href>" BASE "a/");

        ngx_memset(p, 'q', len);
        p += len;

        p += sprintf(p, "</d:href>" GOOD(TYPE_FILE) "</d:response>");
    }

    p += sprintf(p, "</d:multistatus>");

    dav = ngx_http_owncloud_dav_search(pool, &unit_base, NULL, 100);

    (void) ngx_http_owncloud_dav_feed(dav, (u_char *) body, p - body);

    unit_ok(unit_finish(dav, &entries, &n) == NGX_OK
            && n == 2 && entries[0]->len == 4094 && entries[0]->title == 4000
            && entries[1]->len == 1026 && entries[1]->title == 2
            && ngx_http_owncloud_dav_broken(dav) == 4,
            "paths too long");

    ngx_destroy_pool(pool);
}


static void
unit_many(void)
{
    char                        *body, *p;
    ngx_uint_t                   i, n, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    pool = unit_pool();

    body = ngx_palloc(pool, 1000 * 512);
    if (body == NULL) {
        return;
    }

    p = body + sprintf(body, "<d:multistatus xmlns:d=\"DAV:\">" SELF);

    for (i = 0; i < 1000; i++) {
        p += sprintf(p, "<d:response><d:href>" BASE "a/n%03u</d:href>"
                     GOOD(TYPE_FILE) "</d:response>",
                     (unsigned) (i * 377 % 1000));
    }

    p += sprintf(p, "</d:multistatus>");

    dav = unit_feed(pool, body, p - body, 100, 1000);

    good = unit_finish(dav, &entries, &n) == NGX_OK
           && n == 1000;

    for (i = 0; good && i < n; i++) {
        good = ngx_atoi(entries[i]->name + 1, 3) == (ngx_int_t) i;
    }

    unit_ok(good, "as many entries as may be");

    dav = unit_feed(pool, body, p - body, 100, 999);

    unit_ok(ngx_http_owncloud_dav_error(dav) == NGX_HTTP_OWNCLOUD_DAV_TOO_MANY
            && ngx_http_owncloud_dav_feed(dav, (u_char *) " ", 1) == NGX_ERROR
            && unit_finish(dav, &entries, &n) == NGX_ERROR,
            "one entry more");

    ngx_destroy_pool(pool);
}


static void
unit_root(void)
{
    ngx_str_t                    folder = ngx_string("/"), text;
    ngx_str_t                    expected = ngx_string("D a -1 1795294940\n"
                                                       "- x 7 1795294940\n");
    ngx_uint_t                   n;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    static char  body[] = MULTI(FOLDER(BASE) FILE_(BASE "x") FOLDER(BASE "a/")
                                FILE_(BASE "a/y"));

    pool = unit_pool();

    dav = ngx_http_owncloud_dav_create(pool, &unit_base, &folder, 100);

    unit_ok(dav != NULL
            && ngx_http_owncloud_dav_feed(dav, (u_char *) body,
                                          sizeof(body) - 1)
               == NGX_OK
            && unit_finish(dav, &entries, &n) == NGX_OK,
            "the folder of the endpoint is read");

    unit_text(pool, entries, n, &text);

    unit_ok(unit_same(&text, &expected)
            && ngx_http_owncloud_dav_foreign(dav) == 1,
            "the folder of the endpoint");

    ngx_destroy_pool(pool);
}


/* what the C library's sort says, of the same order written plainly */

static void
unit_sort(unit_name_t name, unsigned long n, const char *what)
{
    char                        *body, *p, *names, **list;
    size_t                       len;
    ngx_uint_t                   i, k, count, good;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries;

    pool = unit_pool();

    body = ngx_palloc(pool, (n + 1) * 1600);
    names = ngx_palloc(pool, (n + 1) * 1100);
    list = ngx_palloc(pool, (n + 1) * sizeof(char *));

    if (body == NULL || names == NULL || list == NULL) {
        printf("Bail out! no memory\n");
        exit(1);
    }

    p = body + sprintf(body, "<d:multistatus xmlns:d=\"DAV:\">" SELF);

    for (i = 0; i < n; i++) {

        /* a file's name follows a "-", that of a folder a "+" */

        list[i] = names + i * 1100;
        list[i][0] = (i % 10 == 9) ? '+' : '-';

        name(list[i] + 1, i);

        p += sprintf(p, "<d:response><d:href>" BASE "a/%s</d:href>"
                     "<d:propstat><d:prop>%s</d:prop><d:status>HTTP/1.1 200"
                     "</d:status></d:propstat></d:response>", list[i] + 1,
                     list[i][0] == '+' ? TYPE_FOLDER : TYPE_FILE);
    }

    p += sprintf(p, "</d:multistatus>");

    qsort(list, n, sizeof(char *), unit_compare);

    dav = unit_feed(pool, body, p - body, 0, n);

    good = (unit_finish(dav, &entries, &count) == NGX_OK);

    for (i = 0, k = 0; good && i < n; i++) {

        if (i && strcmp(list[i - 1], list[i]) == 0) {
            continue;
        }

        len = strlen(list[i] + 1);

        good = k < count
               && entries[k]->folder == (list[i][0] == '+')
               && entries[k]->len == len
               && ngx_memcmp(entries[k]->name, list[i] + 1, len) == 0;
        k++;
    }

    unit_ok(good && (n == 0 || k == count), "%lu sorted: %s", n, what);

    ngx_destroy_pool(pool);
}


static int
unit_compare(const void *one, const void *two)
{
    int          c, d;
    const char  *a, *b, *p, *q;

    a = *(const char **) one;
    b = *(const char **) two;

    if (*a != *b) {
        return *a == '+' ? -1 : 1;
    }

    for (p = a, q = b; /* void */ ; p++, q++) {
        c = (*p >= 'a' && *p <= 'z') ? *p - 32 : (u_char) *p;
        d = (*q >= 'a' && *q <= 'z') ? *q - 32 : (u_char) *q;

        if (c != d) {
            return c - d;
        }

        if (c == 0) {
            return strcmp(a, b);
        }
    }
}


/* short names, so that some are the same, or but for their case */

static void
unit_name_random(char *p, unsigned long i)
{
    unsigned long  x, len;

    x = i * 2654435761UL + 12345;
    x ^= x >> 13;
    len = x % 9 + 1;

    while (len--) {
        x = x * 6364136223846793005UL + 1442695040888963407UL;
        *p++ = "aAbB_~"[(x >> 33) % 6];
    }

    *p = '\0';
}


static void
unit_name_numbered(char *p, unsigned long i)
{
    (void) sprintf(p, "%s-%05lu.txt", i % 2 ? "file" : "File", i / 2);
}


static void
unit_name_prefix(char *p, unsigned long i)
{
    ngx_memset(p, 'p', 1000);
    (void) sprintf(p + 1000, "%lu", i * 377 % 3001);
}


static void
unit_name_groups(char *p, unsigned long i)
{
    ngx_memset(p, 'a' + i % 3, 900);
    (void) sprintf(p + 900, "%lu", i * 377 % 3001);
}


/* a large listing takes several calls, a small one does not */

static void
unit_sort_slices(void)
{
    char                        *body, *p;
    ngx_int_t                    rc;
    ngx_uint_t                   i, n, calls, good, size;
    ngx_pool_t                  *pool;
    ngx_http_owncloud_dav_t     *dav;
    ngx_http_owncloud_entry_t  **entries, **again;

    for (size = 2000; size <= 200000; size *= 100) {
        pool = unit_pool();

        body = ngx_palloc(pool, size * 256);
        if (body == NULL) {
            return;
        }

        p = body + sprintf(body, "<d:multistatus xmlns:d=\"DAV:\">");

        for (i = 0; i < size; i++) {
            p += sprintf(p, "<d:response><d:href>" BASE "a/n%06u</d:href>"
                         "<d:propstat><d:prop/><d:status>HTTP/1.1 200"
                         "</d:status></d:propstat></d:response>",
                         (unsigned) (i * 377 % size));
        }

        p += sprintf(p, "</d:multistatus>");

        dav = unit_feed(pool, body, p - body, 16384, size);

        good = ngx_http_owncloud_dav_finish(dav) == NGX_OK;

        for (calls = 1; /* void */ ; calls++) {
            rc = ngx_http_owncloud_dav_sort(dav, &entries, &n);

            if (rc != NGX_AGAIN) {
                break;
            }
        }

        good = good && rc == NGX_OK && n == size;

        for (i = 0; good && i < n; i++) {
            good = ngx_atoi(entries[i]->name + 1, 6) == (ngx_int_t) i;
        }

        unit_ok(good && (size > 2000) == (calls > 1),
                "%u entries sorted in %s", (unsigned) size,
                size > 2000 ? "slices" : "one call");

        unit_ok(ngx_http_owncloud_dav_sort(dav, &again, &n) == NGX_OK
                && again == entries && n == size,
                "%u entries, asked for once more", (unsigned) size);

        ngx_destroy_pool(pool);
    }
}


static void
unit_text(ngx_pool_t *pool, ngx_http_owncloud_entry_t **entries, ngx_uint_t n,
    ngx_str_t *text)
{
    u_char      *p;
    size_t       len;
    ngx_str_t    name;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        len += entries[i]->len + 64;
    }

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        exit(1);
    }

    text->data = p;

    for (i = 0; i < n; i++) {
        name.data = entries[i]->name;
        name.len = entries[i]->len;

        p = ngx_sprintf(p, "%s %V %O %T%s\n", entries[i]->folder ? "D" : "-",
                        &name, entries[i]->size, entries[i]->modified,
                        entries[i]->preview ? " preview" : "");
    }

    text->len = p - text->data;
}
