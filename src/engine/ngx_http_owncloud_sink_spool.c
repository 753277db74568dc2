
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_checksum.h"
#include "ngx_http_owncloud_sink.h"


typedef struct {
    ngx_http_owncloud_sink_t      sink;
    ngx_temp_file_t               temp;
    ngx_err_t                     failed;
    ngx_http_owncloud_checksum_t  checksum;
} ngx_http_owncloud_spool_t;


static ngx_int_t ngx_http_owncloud_sink_spool_write(void *data, u_char *p,
    size_t len);


ngx_http_owncloud_sink_t *
ngx_http_owncloud_sink_spool(ngx_http_request_t *r, off_t limit)
{
    ngx_temp_file_t            *tf;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_owncloud_spool_t  *spool;

    spool = ngx_pcalloc(r->pool, sizeof(ngx_http_owncloud_spool_t));
    if (spool == NULL) {
        return NULL;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    /*
     * set by ngx_pcalloc(): the file is unlinked as soon as it is open, so
     * that nothing remains even if the worker is killed
     *
     *     tf->persistent = 0;
     *     tf->clean = 0;
     */

    tf = &spool->temp;

    tf->file.fd = NGX_INVALID_FILE;
    tf->file.log = r->connection->log;
    tf->path = clcf->client_body_temp_path;
    tf->pool = r->pool;

    spool->sink.write = ngx_http_owncloud_sink_spool_write;
    spool->sink.data = spool;
    spool->sink.limit = limit;

    return &spool->sink;
}


static ngx_int_t
ngx_http_owncloud_sink_spool_write(void *data, u_char *p, size_t len)
{
    ngx_http_owncloud_spool_t *spool = data;

    ngx_buf_t         b;
    ngx_chain_t       cl;
    ngx_temp_file_t  *tf;

    if (len == 0) {
        return NGX_OK;
    }

    ngx_memzero(&b, sizeof(ngx_buf_t));

    b.pos = p;
    b.last = p + len;
    b.memory = 1;

    cl.buf = &b;
    cl.next = NULL;

    tf = &spool->temp;

    if (ngx_http_owncloud_checksum_update(&spool->checksum, p, len)
        != NGX_OK)
    {
        spool->failed = NGX_EINVAL;
        return NGX_ERROR;
    }

    /* sink.size includes these bytes; a new attempt overwrites the first */

    tf->offset = spool->sink.size - (off_t) len;

    ngx_set_errno(0);

    if (ngx_write_chain_to_temp_file(tf, &cl) != (ssize_t) len) {

        spool->failed = ngx_errno ? ngx_errno : NGX_EINVAL;

        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_owncloud_sink_expect(ngx_http_owncloud_sink_t *sink,
    ngx_str_t *checksum)
{
    ngx_http_owncloud_spool_t  *spool;

    spool = sink->data;

    return ngx_http_owncloud_checksum_start(spool->temp.pool, &spool->checksum,
                                            checksum);
}


ngx_int_t
ngx_http_owncloud_sink_intact(ngx_http_owncloud_sink_t *sink)
{
    ngx_http_owncloud_spool_t  *spool;

    spool = sink->data;

    return ngx_http_owncloud_checksum_end(&spool->checksum);
}


ngx_file_t *
ngx_http_owncloud_sink_file(ngx_http_owncloud_sink_t *sink)
{
    ngx_http_owncloud_spool_t  *spool;

    spool = sink->data;

    return &spool->temp.file;
}


ngx_err_t
ngx_http_owncloud_sink_failed(ngx_http_owncloud_sink_t *sink)
{
    ngx_http_owncloud_spool_t  *spool;

    spool = sink->data;

    return spool->failed;
}
