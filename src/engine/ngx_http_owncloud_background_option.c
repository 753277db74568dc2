
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_background.h"


static CURLcode ngx_http_owncloud_background_limits(
    ngx_http_owncloud_background_t *bg);
static CURLcode ngx_http_owncloud_background_tls(
    ngx_http_owncloud_background_t *bg);
static size_t ngx_http_owncloud_background_write(char *p, size_t size,
    size_t n, void *data);


ngx_int_t
ngx_http_owncloud_background_header(ngx_http_owncloud_background_t *bg,
    char *name, u_char *value, size_t len)
{
    u_char             *line;
    struct curl_slist  *list;

    line = ngx_pnalloc(bg->pool, ngx_strlen(name) + sizeof(": ") + len);
    if (line == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(line, "%s: %*s%Z", name, len, value);

    list = curl_slist_append(bg->headers, (char *) line);

    ngx_explicit_memzero(line, ngx_strlen(line));

    if (list == NULL) {
        return NGX_ERROR;
    }

    bg->headers = list;

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_background_options(ngx_http_owncloud_background_t *bg)
{
    CURL      *curl;
    u_char    *url;
    CURLcode   rc;

    curl = bg->curl;

    url = ngx_pnalloc(bg->pool, bg->endpoint->url.text.len + 1);
    if (url == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(url, bg->endpoint->url.text.data,
                       bg->endpoint->url.text.len + 1);

    /* libcurl waits up to a second for a response to "Expect: 100-continue" */

    if (ngx_http_owncloud_background_header(bg, "Expect", (u_char *) "", 0)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if ((rc = curl_easy_setopt(curl, CURLOPT_URL, url)) != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_PRIVATE, bg)) != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, bg->headers))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_USERAGENT,
                                  NGX_HTTP_OWNCLOUD_USER_AGENT))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION,
                                  ngx_http_owncloud_background_write))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_WRITEDATA, bg)) != CURLE_OK
        || (rc = ngx_http_owncloud_background_limits(bg)) != CURLE_OK
        || (rc = ngx_http_owncloud_background_tls(bg)) != CURLE_OK)
    {
        goto failed;
    }

    if (bg->body.len
        && ((rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
                                   (long) bg->body.len))
            != CURLE_OK
            || (rc = curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                                      bg->body.data))
               != CURLE_OK))
    {
        goto failed;
    }

    return NGX_OK;

failed:

    ngx_log_error(NGX_LOG_ERR, bg->log, 0,
                  "libcurl cannot be used for background calls: %s",
                  curl_easy_strerror(rc));

    return NGX_ERROR;
}


/* libcurl must neither use the environment nor follow redirects */

static CURLcode
ngx_http_owncloud_background_limits(ngx_http_owncloud_background_t *bg)
{
    CURL                        *curl;
    CURLcode                     rc;
    ngx_http_owncloud_issuer_t  *issuer;

    curl = bg->curl;
    issuer = bg->issuer;

#if (LIBCURL_VERSION_NUM >= 0x075500)
    rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    rc = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                          (long) (CURLPROTO_HTTP|CURLPROTO_HTTPS));
#endif

    if (rc != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L)) != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_PROXY, "")) != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                                  (long) CURL_HTTP_VERSION_1_1))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                                  (long) issuer->connect_timeout))
           != CURLE_OK)
    {
        return rc;
    }

    return curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                            (long) (issuer->connect_timeout
                                    + issuer->send_timeout
                                    + issuer->read_timeout));
}


static CURLcode
ngx_http_owncloud_background_tls(ngx_http_owncloud_background_t *bg)
{
    CURL                        *curl;
    CURLcode                     rc;
    ngx_http_owncloud_issuer_t  *issuer;
    struct curl_blob             blob;

    if (!bg->endpoint->upstream->tls) {
        return CURLE_OK;
    }

    curl = bg->curl;
    issuer = bg->issuer;

    if ((rc = curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                               (long) CURL_SSLVERSION_TLSv1_2))
        != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER,
                                  issuer->verify ? 1L : 0L))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST,
                                  issuer->verify ? 2L : 0L))
           != CURLE_OK
        || (rc = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL)) != CURLE_OK)
    {
        return rc;
    }

    if (!issuer->verify) {
        return CURLE_OK;
    }

    /* read when nginx started: workers may not be allowed to read the file */

    blob.data = issuer->trusted.data;
    blob.len = issuer->trusted.len;
    blob.flags = CURL_BLOB_NOCOPY;

    return curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
}


/* the host name in the request and in verification stays the same */

CURLcode
ngx_http_owncloud_background_address(ngx_http_owncloud_background_t *bg,
    ngx_str_t *address)
{
    u_char    *p;
    CURLcode   rc;

    p = ngx_pnalloc(bg->pool, sizeof("::") + address->len);
    if (p == NULL) {
        return CURLE_OUT_OF_MEMORY;
    }

    if (address->len > 5 && ngx_strncmp(address->data, "unix:", 5) == 0) {

        (void) ngx_cpystrn(p, address->data + 5, address->len - 5 + 1);

        rc = curl_easy_setopt(bg->curl, CURLOPT_UNIX_SOCKET_PATH, p);

        return (rc == CURLE_OK)
               ? curl_easy_setopt(bg->curl, CURLOPT_CONNECT_TO, NULL) : rc;
    }

    ngx_sprintf(p, "::%V%Z", address);

    curl_slist_free_all(bg->connect);

    bg->connect = curl_slist_append(NULL, (char *) p);
    if (bg->connect == NULL) {
        return CURLE_OUT_OF_MEMORY;
    }

    rc = curl_easy_setopt(bg->curl, CURLOPT_UNIX_SOCKET_PATH, NULL);

    return (rc == CURLE_OK)
           ? curl_easy_setopt(bg->curl, CURLOPT_CONNECT_TO, bg->connect) : rc;
}


static size_t
ngx_http_owncloud_background_write(char *p, size_t size, size_t n, void *data)
{
    ngx_http_owncloud_background_t *bg = data;

    if (n > NGX_HTTP_OWNCLOUD_ANSWER_SIZE - bg->memory.len) {
        bg->too_big = 1;
        return 0;
    }

    return (ngx_http_owncloud_memory_append(&bg->memory, (u_char *) p, n)
            == NGX_OK)
           ? n : 0;
}
