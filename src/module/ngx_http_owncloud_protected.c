
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_module.h"


/*
 * Checks whether a location restricts access.  nginx's modules have no
 * interface for it, so this reads the beginning of their configurations, three
 * structures that never changed, found by the names of modules and directives.
 * nginx may be built without any of these modules.
 */


/* as in ngx_http_access_module.c */

typedef struct {
    in_addr_t            mask;
    in_addr_t            addr;
    ngx_uint_t           deny;
} ngx_http_owncloud_rule_t;


#if (NGX_HAVE_INET6)

typedef struct {
    struct in6_addr      addr;
    struct in6_addr      mask;
    ngx_uint_t           deny;
} ngx_http_owncloud_rule6_t;

#endif


typedef enum {
    NGX_HTTP_OWNCLOUD_RULES_NONE = 0,
    NGX_HTTP_OWNCLOUD_RULES_OPEN,       /* "allow all", or no "deny all" */
    NGX_HTTP_OWNCLOUD_RULES_CLOSED
} ngx_http_owncloud_rules_e;


static ngx_module_t *ngx_http_owncloud_protected_module(ngx_conf_t *cf,
    char *name);
static void *ngx_http_owncloud_protected_setting(ngx_conf_t *cf,
    void **loc_conf, char *module, char *directive);
static ngx_http_owncloud_rules_e ngx_http_owncloud_protected_rules(
    ngx_conf_t *cf, void **loc_conf);
static ngx_http_owncloud_rules_e ngx_http_owncloud_protected_rules6(
    ngx_array_t **rules);
static ngx_uint_t ngx_http_owncloud_protected_basic(ngx_conf_t *cf,
    void **loc_conf);


ngx_uint_t
ngx_http_owncloud_protected(ngx_conf_t *cf, void **loc_conf)
{
    ngx_str_t                  *request;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_owncloud_rules_e   rules;

    clcf = loc_conf[ngx_http_core_module.ctx_index];

    if (clcf->internal) {
        return 1;
    }

    rules = ngx_http_owncloud_protected_rules(cf, loc_conf);

    if (rules == NGX_HTTP_OWNCLOUD_RULES_CLOSED) {
        return 1;
    }

    /* "satisfy any": an allowed address needs no password */

    if (rules == NGX_HTTP_OWNCLOUD_RULES_OPEN
        && clcf->satisfy == NGX_HTTP_SATISFY_ANY)
    {
        return 0;
    }

    request = ngx_http_owncloud_protected_setting(cf, loc_conf,
                                              "ngx_http_auth_request_module",
                                              "auth_request");

    return ngx_http_owncloud_protected_basic(cf, loc_conf)
           || (request && request->len);
}


static ngx_module_t *
ngx_http_owncloud_protected_module(ngx_conf_t *cf, char *name)
{
    ngx_uint_t  i;

    for (i = 0; cf->cycle->modules[i]; i++) {

        if (ngx_strcmp(cf->cycle->modules[i]->name, name) == 0) {
            return cf->cycle->modules[i];
        }
    }

    return NULL;
}


/* the address of a directive's value in its module's configuration, or NULL */

static void *
ngx_http_owncloud_protected_setting(ngx_conf_t *cf, void **loc_conf,
    char *name, char *directive)
{
    u_char         *conf;
    ngx_module_t   *module;
    ngx_command_t  *command;

    module = ngx_http_owncloud_protected_module(cf, name);

    if (module == NULL || module->commands == NULL) {
        return NULL;
    }

    conf = loc_conf[module->ctx_index];

    if (conf == NULL) {
        return NULL;
    }

    for (command = module->commands; command->name.len; command++) {

        if (ngx_strcmp(command->name.data, directive) == 0) {
            return conf + command->offset;
        }
    }

    return NULL;
}


/* allow and deny: the first rule for all addresses counts */

static ngx_http_owncloud_rules_e
ngx_http_owncloud_protected_rules(ngx_conf_t *cf, void **loc_conf)
{
    ngx_uint_t                  i;
    ngx_array_t               **rules;
    ngx_http_owncloud_rule_t   *rule;

    rules = ngx_http_owncloud_protected_setting(cf, loc_conf,
                                                "ngx_http_access_module",
                                                "deny");
    if (rules == NULL) {
        return NGX_HTTP_OWNCLOUD_RULES_NONE;
    }

    if (rules[0] == NULL) {

        /* no rules, or only for other addresses */

#if (NGX_HAVE_INET6)
        if (rules[1]) {
            return NGX_HTTP_OWNCLOUD_RULES_OPEN;
        }
#endif

        return NGX_HTTP_OWNCLOUD_RULES_NONE;
    }

    rule = rules[0]->elts;

    for (i = 0; i < rules[0]->nelts; i++) {

        if (rule[i].mask == 0) {
            return rule[i].deny ? ngx_http_owncloud_protected_rules6(rules)
                                : NGX_HTTP_OWNCLOUD_RULES_OPEN;
        }
    }

    return NGX_HTTP_OWNCLOUD_RULES_OPEN;
}


static ngx_http_owncloud_rules_e
ngx_http_owncloud_protected_rules6(ngx_array_t **rules)
{
#if (NGX_HAVE_INET6)

    ngx_uint_t                   i;
    ngx_http_owncloud_rule6_t   *rule;

    if (rules[1]) {
        rule = rules[1]->elts;

        for (i = 0; i < rules[1]->nelts; i++) {

            if (IN6_IS_ADDR_UNSPECIFIED(&rule[i].mask)) {
                return rule[i].deny ? NGX_HTTP_OWNCLOUD_RULES_CLOSED
                                    : NGX_HTTP_OWNCLOUD_RULES_OPEN;
            }
        }
    }

    return NGX_HTTP_OWNCLOUD_RULES_OPEN;

#else

    return NGX_HTTP_OWNCLOUD_RULES_CLOSED;

#endif
}


/* a password is asked for if there are a realm, not "off", and a file */

static ngx_uint_t
ngx_http_owncloud_protected_basic(ngx_conf_t *cf, void **loc_conf)
{
    void                       **file;
    ngx_http_complex_value_t   **realm;

    static char  module[] = "ngx_http_auth_basic_module";

    realm = ngx_http_owncloud_protected_setting(cf, loc_conf, module,
                                                "auth_basic");
    file = ngx_http_owncloud_protected_setting(cf, loc_conf, module,
                                               "auth_basic_user_file");

    if (realm == NULL || *realm == NULL || file == NULL || *file == NULL) {
        return 0;
    }

    return !((*realm)->lengths == NULL
             && (*realm)->value.len == sizeof("off") - 1
             && ngx_strncmp((*realm)->value.data, "off", sizeof("off") - 1)
                == 0);
}
