
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_site.h"


/* shared by the files of module/; slots are setters of directives */


/* ngx_http_owncloud_block.c */

/*
 * Parses a block with its own command table.  "conf" is passed to the setters,
 * which include nginx's slots.
 */
char *ngx_http_owncloud_block(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf);

/*
 * Sets one directive of such a block from elsewhere; the strings are
 * null-terminated.
 */
char *ngx_http_owncloud_block_setting(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf, ngx_str_t *name, ngx_str_t *value);

/* Logs like ngx_conf_log_error(), with the file and line of a block. */
void ngx_cdecl ngx_http_owncloud_conf_log(ngx_uint_t level, ngx_conf_t *cf,
    u_char *file, ngx_uint_t line, const char *fmt, ...);

/* Returns 1 if the text is UTF-8 without control characters. */
ngx_uint_t ngx_http_owncloud_printable(ngx_str_t *text);


/* ngx_http_owncloud_secret.c */

/*
 * Wipes the secret when the configuration's pool is destroyed.  NGX_ERROR: no
 * memory; it is wiped at once.
 */
ngx_int_t ngx_http_owncloud_secret_wipe(ngx_conf_t *cf,
    ngx_http_owncloud_secret_t *secret);

/*
 * Reads a file of at most "max" bytes, allocated from cf->pool.  If "text" is
 * 1, the file is one line, and its newline is dropped.  NGX_ERROR; errors are
 * logged.
 */
ngx_int_t ngx_http_owncloud_secret_read(ngx_conf_t *cf, ngx_str_t *path,
    ngx_http_owncloud_secret_t *secret, size_t max, ngx_uint_t text);

/*
 * Sets "header" to "Basic ..." for a name and a password (RFC 7617), which is
 * wiped in the end.
 */
ngx_int_t ngx_http_owncloud_secret_header(ngx_conf_t *cf, ngx_str_t *user,
    ngx_http_owncloud_secret_t *password, ngx_http_owncloud_secret_t *header);

/*
 * Sets the Authorization header of the client (RFC 6749, 2.3.1): id and
 * secret.
 */
ngx_int_t ngx_http_owncloud_secret_basic(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/* A slot: "name FILE". */
char *ngx_http_owncloud_secret_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/*
 * ngx_http_owncloud_issuer.c
 *
 * Parses the block "owncloud_issuer ID { }".
 */
char *ngx_http_owncloud_issuer(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_owncloud_setting.c */

/* Slots: "user_name" and "user_email", "moodle_root", "moved_from". */
char *ngx_http_owncloud_user_field(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_moodle_root(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_moved_from(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Sets "origin" to "https://host:port" of "url", allocated from cf->pool.
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_origin_set(ngx_conf_t *cf, ngx_str_t *origin,
    ngx_http_owncloud_url_t *url);

/* Returns 1 if the text is a valid cookie name (RFC 6265, 4.1.1). */
ngx_uint_t ngx_http_owncloud_cookie_name(ngx_str_t *name);

/* post handlers that check a text, a folder, a cookie name, a logo */
extern ngx_conf_post_t  ngx_http_owncloud_text_post;
extern ngx_conf_post_t  ngx_http_owncloud_folder_post;
extern ngx_conf_post_t  ngx_http_owncloud_cookie_post;
extern ngx_conf_post_t  ngx_http_owncloud_logo_post;


/* ngx_http_owncloud_limit.c */

/* A slot: "name NUMBER", within an ngx_conf_num_bounds_t. */
char *ngx_http_owncloud_number_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* Slots of an issuer: "max_listing", "max_calls". */
char *ngx_http_owncloud_max_listing(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_max_calls(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* Sets the default limits of an issuer. */
void ngx_http_owncloud_issuer_limits(ngx_http_owncloud_issuer_t *issuer);

/* Slots of a repository: "cache_valid", "remember". */
char *ngx_http_owncloud_cache_valid(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_remember(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Sets the default limits of a repository and checks them.  NGX_ERROR, which
 * is logged.
 */
ngx_int_t ngx_http_owncloud_repository_limits(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);

/*
 * Sets repository->cookie_size, so that the sessions of all issuers of this
 * Moodle fit into one Cookie header.
 */
void ngx_http_owncloud_cookie_limit(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);

/*
 * Checks that repositories that share sessions agree on "remember".
 * NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_remember_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_account_slot.c */

/* A slot of an issuer: the system account. */
char *ngx_http_owncloud_account_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Checks that workers can write the account's file.  NGX_ERROR, which is
 * logged.
 */
ngx_int_t ngx_http_owncloud_account_check(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/*
 * ngx_http_owncloud_trust.c
 *
 * Reads the trusted certificates into issuer->trusted if background calls need
 * them: the workers may not be allowed to.  NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_trust(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_files.c: how files can be chosen */

/*
 * Sets the defaults of a repository, and warns of missing settings.
 * NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_files_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);

/* A slot of a repository: "may_edit". */
char *ngx_http_owncloud_may_edit(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_owncloud_controlled_check.c */

/*
 * Checks whether a repository makes controlled links, or could.  NGX_ERROR,
 * which is logged.
 */
ngx_int_t ngx_http_owncloud_controlled_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);

/*
 * Checks a location with "owncloud_connect": its account, and its callback.
 * NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_connect_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);


/* ngx_http_owncloud_share_slot.c */

/* Slots of an issuer: "share_expire", "share_password". */
char *ngx_http_owncloud_share_expire(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_share_password(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* A slot of a repository: "alias". */
char *ngx_http_owncloud_alias_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* Sets the default of "alias", and warns of missing settings. */
void ngx_http_owncloud_alias_default(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_url_slot.c */

/* Slots: a URL; an endpoint, whose text is kept in "written". */
char *ngx_http_owncloud_url_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_endpoint_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* post handlers: a path that ends with "/", the OCS root, the userinfo */
extern ngx_conf_post_t  ngx_http_owncloud_url_post_folder;
extern ngx_conf_post_t  ngx_http_owncloud_url_post_ocs;
extern ngx_conf_post_t  ngx_http_owncloud_url_post_userinfo;


/* ngx_http_owncloud_endpoint.c */

/*
 * Derives the endpoints that are not configured from base_url and the cloud
 * type, and sets the upstream of each.  NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_endpoints(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/*
 * Returns the name of the first endpoint that listings need and that is
 * missing, or NULL.
 */
char *ngx_http_owncloud_endpoint_missing(ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_origin_upstream.c */

/*
 * Returns the upstream of the URL's origin, which is created on first use;
 * "setting" and "value" are for messages.  Returns NULL on errors, which are
 * logged.
 */
ngx_http_owncloud_upstream_t *ngx_http_owncloud_origin_upstream(
    ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_url_t *url,
    char *setting, ngx_str_t *value);


/* ngx_http_owncloud_tls.c */

/*
 * Creates the TLS context of an issuer's upstreams.  Returns NULL on errors,
 * which are logged.
 */
ngx_ssl_t *ngx_http_owncloud_tls(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_repository.c */

/* Parses the block "owncloud_repository ID { }". */
char *ngx_http_owncloud_repository(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Creates a repository without settings and adds it to the main configuration.
 * Returns NULL if there is no memory.
 */
ngx_http_owncloud_repository_t *ngx_http_owncloud_repository_create(
    ngx_conf_t *cf);

/*
 * Sets one setting of the block for a location; the strings are
 * null-terminated.
 */
char *ngx_http_owncloud_repository_setting(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository, ngx_str_t *name,
    ngx_str_t *value);

/*
 * Sets the defaults of a repository and checks its settings.  NGX_ERROR, which
 * is logged.
 */
ngx_int_t ngx_http_owncloud_repository_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_location.c */

/*
 * Slots that configure a location: "owncloud_listing", "owncloud_link",
 * "owncloud_callback", "owncloud_connect".
 */
char *ngx_http_owncloud_listing_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_link_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_callback_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_connect_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Gives a callback location the settings of the listing or link whose sign-ins
 * end there.  NGX_ERROR: it has different ones already, which is logged.
 */
ngx_int_t ngx_http_owncloud_location_share(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block,
    ngx_http_owncloud_repository_t *callback);


/* ngx_http_owncloud_date.c */

/*
 * Sets the default date formats of a repository and checks them.  Errors are
 * logged.
 */
ngx_int_t ngx_http_owncloud_date_formats(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_timezone.c */

/*
 * Returns the UTC offsets of the repository's time zone from 1970 to 2100, in
 * cf->pool.  Returns NULL on errors, which are logged.
 */
ngx_array_t *ngx_http_owncloud_timezone(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_check.c */

/*
 * Checks everything that needs the complete configuration.  NGX_ERROR, which
 * is logged.
 */
ngx_int_t ngx_http_owncloud_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf);


/*
 * ngx_http_owncloud_protected.c
 *
 * Returns 1 if "allow" and "deny", "auth_basic" or "auth_request" in these
 * merged configurations (clcf->loc_conf) restrict access to the location.
 */
ngx_uint_t ngx_http_owncloud_protected(ngx_conf_t *cf, void **loc_conf);


/* ngx_http_owncloud_reach.c */

/* Warns if requests do not reach a repository.  NGX_ERROR: no memory. */
ngx_int_t ngx_http_owncloud_reach(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/*
 * ngx_http_owncloud_route.c
 *
 * The precontent handler: finds the route of a request and starts its first
 * step.  NGX_DECLINED: the request is left to the location's own handler,
 * unchanged.
 */
ngx_int_t ngx_http_owncloud_handler(ngx_http_request_t *r);


/* ngx_http_owncloud_purpose.c: the values of omcf->purposes */
extern ngx_http_owncloud_purpose_t  ngx_http_owncloud_purposes[];


/*
 * ngx_http_owncloud_variable.c
 *
 * Adds the variables "$owncloud_...".  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_owncloud_variables(ngx_conf_t *cf);


/*
 * ngx_http_owncloud_shared.c
 *
 * Returns a copy of an upstream for an issuer, in cf->pool, for which no
 * server is marked as failed because of its responses.  "ssl" is that of the
 * issuer if the upstream is shared with others, whose connections and TLS
 * sessions are not used then.  Returns NULL if there is no memory.
 */
ngx_http_upstream_srv_conf_t *ngx_http_owncloud_shared(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *named, ngx_ssl_t *ssl);


#endif /* _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_ */
