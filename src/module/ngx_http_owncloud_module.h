
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_


#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_session_signin.h"
#include "ngx_http_owncloud_site.h"


/* what the files of module/ share */


/* ngx_http_owncloud_block.c */

/*
 * Parses the inside of a block with a command table of its own; "conf" is
 * what the setters get, nginx's own slots among them.
 */
char *ngx_http_owncloud_block(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf);

/* one directive of such a block, from elsewhere; null-terminated strings */
char *ngx_http_owncloud_block_setting(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf, ngx_str_t *name, ngx_str_t *value);

/* as ngx_conf_log_error(), with the place where a block begins */
void ngx_cdecl ngx_http_owncloud_conf_log(ngx_uint_t level, ngx_conf_t *cf,
    u_char *file, ngx_uint_t line, const char *fmt, ...);

/* 1 if the text has no control characters and is UTF-8 */
ngx_uint_t ngx_http_owncloud_printable(ngx_str_t *text);


/* ngx_http_owncloud_secret.c */

/*
 * Wipes the bytes when the configuration's pool is destroyed.  NGX_ERROR: no
 * memory, and they are wiped now.
 */
ngx_int_t ngx_http_owncloud_secret_wipe(ngx_conf_t *cf,
    ngx_http_owncloud_secret_t *secret);

/*
 * Reads a file of at most "max" bytes into the cycle's pool; "text": it is
 * one line, its newline is left off.  Errors are logged.
 */
ngx_int_t ngx_http_owncloud_secret_read(ngx_conf_t *cf, ngx_str_t *path,
    ngx_http_owncloud_secret_t *secret, size_t max, ngx_uint_t text);

/* "Basic ..." of a name and a password, wiped in the end (RFC 7617) */
ngx_int_t ngx_http_owncloud_secret_header(ngx_conf_t *cf, ngx_str_t *user,
    ngx_http_owncloud_secret_t *password, ngx_http_owncloud_secret_t *header);

/* the Authorization header of the client: id and secret */
ngx_int_t ngx_http_owncloud_secret_basic(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/* a slot: "name FILE" */
char *ngx_http_owncloud_secret_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_owncloud_issuer.c: the block "owncloud_issuer ID { }" */
char *ngx_http_owncloud_issuer(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_owncloud_setting.c */

/* slots: "user_name" and "user_email", "moodle_root", "moved_from" */
char *ngx_http_owncloud_user_field(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_moodle_root(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_moved_from(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* sets "origin" to "https://host:port" of "url", from cf->pool; NGX_ERROR */
ngx_int_t ngx_http_owncloud_origin_set(ngx_conf_t *cf, ngx_str_t *origin,
    ngx_http_owncloud_url_t *url);

/* 1 if the text can be the name of a cookie (RFC 6265) */
ngx_uint_t ngx_http_owncloud_cookie_name(ngx_str_t *name);

extern ngx_conf_post_t  ngx_http_owncloud_text_post;
extern ngx_conf_post_t  ngx_http_owncloud_folder_post;
extern ngx_conf_post_t  ngx_http_owncloud_cookie_post;
extern ngx_conf_post_t  ngx_http_owncloud_logo_post;


/* ngx_http_owncloud_limit.c */

/* a slot: "name NUMBER" with an ngx_conf_num_bounds_t */
char *ngx_http_owncloud_number_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* slots of an issuer, and the defaults */
char *ngx_http_owncloud_max_listing(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_max_calls(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
void ngx_http_owncloud_issuer_limits(ngx_http_owncloud_issuer_t *issuer);

/* slots of a repository, and the defaults; errors are logged */
char *ngx_http_owncloud_cache_valid(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_remember(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_owncloud_repository_limits(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);

/*
 * How large the cookie of a session may be, so that those of all issuers of
 * this Moodle fit into one header of a browser: repository->cookie_size
 */
void ngx_http_owncloud_cookie_limit(ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);

/* repositories that share a sign-in and do not agree on "remember" */
ngx_int_t ngx_http_owncloud_remember_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_account_slot.c */

/* a slot of an issuer; afterwards: can workers keep its file? */
char *ngx_http_owncloud_account_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_owncloud_account_check(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/* ngx_http_owncloud_trust.c: issuer->trusted, if background calls need it */
ngx_int_t ngx_http_owncloud_trust(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_files.c: the ways in which files can be had */

/* the defaults of a repository; warns of what is missing */
ngx_int_t ngx_http_owncloud_files_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);

/* a slot of a repository */
char *ngx_http_owncloud_may_edit(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_owncloud_controlled_check.c */

/* whether a repository makes controlled links, or could */
ngx_int_t ngx_http_owncloud_controlled_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *repository);

/* a location with "owncloud_connect": its account, and the way back */
ngx_int_t ngx_http_owncloud_connect_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf,
    ngx_http_owncloud_repository_t *block);


/* ngx_http_owncloud_share_slot.c */

/* slots of an issuer */
char *ngx_http_owncloud_share_expire(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_share_password(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a slot of a repository, and the default; warns of what is missing */
char *ngx_http_owncloud_alias_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
void ngx_http_owncloud_alias_default(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_url_slot.c */

/* a URL, and an endpoint with its "written" */
char *ngx_http_owncloud_url_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_owncloud_endpoint_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

extern ngx_conf_post_t  ngx_http_owncloud_url_post_folder;
extern ngx_conf_post_t  ngx_http_owncloud_url_post_ocs;
extern ngx_conf_post_t  ngx_http_owncloud_url_post_userinfo;


/* ngx_http_owncloud_endpoint.c */

/*
 * Derives the endpoints that are not configured from base_url and the cloud
 * type, and gives each its origin's upstream.  NGX_ERROR, which is logged.
 */
ngx_int_t ngx_http_owncloud_endpoints(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);

/* the first endpoint that listings need and that is not there, or NULL */
char *ngx_http_owncloud_endpoint_missing(ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_origin_upstream.c */

/*
 * The upstream of the URL's origin, made on first use; "setting" and "value"
 * are for messages.  NULL: an error, which is logged.
 */
ngx_http_owncloud_upstream_t *ngx_http_owncloud_origin_upstream(
    ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer, ngx_http_owncloud_url_t *url,
    char *setting, ngx_str_t *value);


/* ngx_http_owncloud_tls.c */

/* the TLS settings that all peers of an issuer share */
ngx_ssl_t *ngx_http_owncloud_tls(ngx_conf_t *cf,
    ngx_http_owncloud_issuer_t *issuer);


/* ngx_http_owncloud_repository.c */

/* the block "owncloud_repository ID { }" */
char *ngx_http_owncloud_repository(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* one without settings that is known to the main configuration */
ngx_http_owncloud_repository_t *ngx_http_owncloud_repository_create(
    ngx_conf_t *cf);

/* a setting of the block for a location; null-terminated strings */
char *ngx_http_owncloud_repository_setting(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository, ngx_str_t *name,
    ngx_str_t *value);

/* what is not configured; checks what is.  NGX_ERROR, which is logged */
ngx_int_t ngx_http_owncloud_repository_defaults(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_location.c */

/*
 * Slots of locations of their own: "owncloud_listing", "owncloud_link",
 * "owncloud_callback", "owncloud_connect"
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
 * Gives "callback" the settings of a listing or a link whose sign-ins end
 * there.  NGX_ERROR: it has others already, which is logged.
 */
ngx_int_t ngx_http_owncloud_location_share(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *block,
    ngx_http_owncloud_repository_t *callback);


/* ngx_http_owncloud_date.c */

/* the date formats of a repository; errors are logged */
ngx_int_t ngx_http_owncloud_date_formats(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_timezone.c */

/* the offsets of the repository's zone from 1970 to 2100; errors are logged */
ngx_array_t *ngx_http_owncloud_timezone(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/* ngx_http_owncloud_check.c */

/* what can be checked only when all of the configuration is there */
ngx_int_t ngx_http_owncloud_check(ngx_conf_t *cf,
    ngx_http_owncloud_main_conf_t *mcf);


/*
 * ngx_http_owncloud_protected.c: 1 if "allow" and "deny", "auth_basic" or
 * "auth_request" keep somebody out of the location with these merged
 * configurations (clcf->loc_conf), so that not everybody gets there
 */
ngx_uint_t ngx_http_owncloud_protected(ngx_conf_t *cf, void **loc_conf);


/* ngx_http_owncloud_reach.c */

/* warns of a repository that its requests do not get to */
ngx_int_t ngx_http_owncloud_reach(ngx_conf_t *cf,
    ngx_http_owncloud_repository_t *repository);


/*
 * ngx_http_owncloud_route.c: the precontent handler: finds the route of a
 * request and starts its first step.  NGX_DECLINED leaves the request to the
 * location's own handler as if we had never been there.
 */
ngx_int_t ngx_http_owncloud_handler(ngx_http_request_t *r);


/* ngx_http_owncloud_purpose.c: omcf->purposes */
extern ngx_http_owncloud_purpose_t  ngx_http_owncloud_purposes[];


/* ngx_http_owncloud_variable.c: "$owncloud_..."; NGX_ERROR: no memory */
ngx_int_t ngx_http_owncloud_variables(ngx_conf_t *cf);


/*
 * ngx_http_owncloud_shared.c: an upstream as an issuer uses it: no server of
 * it is blamed for what it answered.  With "ssl", that of the issuer, it is
 * shared with others, whose connections and TLS sessions are not used.
 */
ngx_http_upstream_srv_conf_t *ngx_http_owncloud_shared(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *named, ngx_ssl_t *ssl);


#endif /* _NGX_HTTP_OWNCLOUD_MODULE_H_INCLUDED_ */
