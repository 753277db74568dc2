
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_request.h"


static ngx_uint_t ngx_http_owncloud_reached(
    ngx_http_owncloud_repository_t *repository, ngx_str_t *uri);
static void **ngx_http_owncloud_reach_location(void **loc_conf,
    ngx_str_t *uri, ngx_uint_t *final);
static ngx_http_core_loc_conf_t *ngx_http_owncloud_reach_static(
    ngx_http_location_tree_node_t *node, ngx_str_t *uri, ngx_uint_t *final);


/*
 * A location that does not get all requests of a repository is easily written
 * and hard to notice. This does not know what rewrites do, so it only warns.
 */

ngx_int_t
ngx_http_owncloud_reach(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository)
{
    ngx_str_t  uri;

    uri.len = repository->moodle_root.len
              + sizeof(NGX_HTTP_OWNCLOUD_AJAX) - 1;

    uri.data = ngx_pnalloc(cf->temp_pool, uri.len);
    if (uri.data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(uri.data, "%V" NGX_HTTP_OWNCLOUD_AJAX,
                &repository->moodle_root);

    if (!ngx_http_owncloud_reached(repository, &uri)) {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, repository->file,
                                   repository->line,
                                   "requests for \"%V\" bypass repository "
                                   "\"%i\" and reach Moodle: write it into "
                                   "the \"server\" block and no location, or "
                                   "into the location that handles them", &uri,
                                   repository->id);
        return NGX_OK;
    }

    if (!ngx_http_owncloud_reached(repository, &repository->callback)) {
        ngx_http_owncloud_conf_log(NGX_LOG_WARN, cf, repository->file,
                                   repository->line,
                                   "requests for \"%V\" do not reach "
                                   "repository \"%i\", nobody can sign in: "
                                   "write it into the \"server\" block and no "
                                   "location, or also into the location that "
                                   "handles them", &repository->callback,
                                   repository->id);
    }

    return NGX_OK;
}


/* another block for the same repository does as well */

static ngx_uint_t
ngx_http_owncloud_reached(ngx_http_owncloud_repository_t *repository,
    ngx_str_t *uri)
{
    void                            **loc_conf;
    ngx_uint_t                        i, final;
    ngx_http_owncloud_loc_conf_t     *lcf;
    ngx_http_owncloud_repository_t  **p;

    loc_conf = ngx_http_owncloud_reach_location(
                                 repository->server->ctx->loc_conf, uri,
                                 &final);

    lcf = loc_conf[ngx_http_owncloud_module.ctx_index];

    if (lcf->repositories == NULL) {
        return 0;
    }

    p = lcf->repositories->elts;

    for (i = 0; i < lcf->repositories->nelts; i++) {

        if (p[i]->id == repository->id
            && p[i]->moodle_root.len == repository->moodle_root.len
            && ngx_strncmp(p[i]->moodle_root.data,
                           repository->moodle_root.data,
                           repository->moodle_root.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* as ngx_http_core_find_location(), without a request */

static void **
ngx_http_owncloud_reach_location(void **loc_conf, ngx_str_t *uri,
    ngx_uint_t *final)
{
    void                      **found;
    ngx_http_core_loc_conf_t   *clcf, *clcfs;
#if (NGX_PCRE)
    ngx_uint_t                  noregex;
    ngx_http_core_loc_conf_t  **clcfp;
#endif

    clcf = loc_conf[ngx_http_core_module.ctx_index];
    found = loc_conf;
    *final = 0;

#if (NGX_PCRE)
    noregex = 0;
#endif

    clcfs = ngx_http_owncloud_reach_static(clcf->static_locations, uri,
                                           final);

    if (clcfs) {
        found = clcfs->loc_conf;

        if (*final) {
            return found;
        }

#if (NGX_PCRE)
        noregex = clcfs->noregex;
#endif

        found = ngx_http_owncloud_reach_location(found, uri, final);

        if (*final) {
            return found;
        }
    }

#if (NGX_PCRE)

    if (noregex || clcf->regex_locations == NULL) {
        return found;
    }

    for (clcfp = clcf->regex_locations; *clcfp; clcfp++) {

        if (ngx_regex_exec((*clcfp)->regex->regex, uri, NULL, 0) >= 0) {

            found = ngx_http_owncloud_reach_location((*clcfp)->loc_conf, uri,
                                                     final);
            *final = 1;

            return found;
        }
    }

#endif

    return found;
}


/* as ngx_http_core_find_static_location() */

static ngx_http_core_loc_conf_t *
ngx_http_owncloud_reach_static(ngx_http_location_tree_node_t *node,
    ngx_str_t *uri, ngx_uint_t *final)
{
    u_char                    *p;
    size_t                     len, n;
    ngx_int_t                  rc;
    ngx_http_core_loc_conf_t  *found;

    p = uri->data;
    len = uri->len;
    found = NULL;

    while (node) {

        n = ngx_min(len, (size_t) node->len);

        rc = ngx_filename_cmp(p, node->name, n);

        if (rc != 0) {
            node = (rc < 0) ? node->left : node->right;
            continue;
        }

        if (len > node->len) {

            if (node->inclusive == NULL) {
                node = node->right;
                continue;
            }

            found = node->inclusive;
            node = node->tree;
            p += n;
            len -= n;

            continue;
        }

        if (len < node->len) {
            node = node->left;
            continue;
        }

        *final = (node->exact != NULL);

        return node->exact ? node->exact : node->inclusive;
    }

    return found;
}
