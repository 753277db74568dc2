
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_compat.h"
#include "ngx_http_owncloud_info.h"
#include "ngx_http_owncloud_type.h"
#include "ngx_http_owncloud_uri.h"
#include "ngx_http_owncloud_seal.h"


#define NGX_HTTP_OWNCLOUD_VERSION        "0.1.0"
#define NGX_HTTP_OWNCLOUD_USER_AGENT                                          \
    "ngx_http_owncloud_module/" NGX_HTTP_OWNCLOUD_VERSION

/* limits of input */

#define NGX_HTTP_OWNCLOUD_FORM_SIZE      65536     /* request body, bytes */
#define NGX_HTTP_OWNCLOUD_FORM_FIELDS    4096
#define NGX_HTTP_OWNCLOUD_HEADER_SIZE    16384     /* response header */
#define NGX_HTTP_OWNCLOUD_ANSWER_SIZE    65536     /* JSON of a cloud */
#define NGX_HTTP_OWNCLOUD_MOODLE_SIZE    262144    /* Moodle response */
#define NGX_HTTP_OWNCLOUD_TOKEN_SIZE     8192      /* one token */
#define NGX_HTTP_OWNCLOUD_NAME_SIZE      1024      /* name in a folder */
#define NGX_HTTP_OWNCLOUD_PATH_SIZE      4096

#define NGX_HTTP_OWNCLOUD_STATE_TIME     600       /* seconds */
#define NGX_HTTP_OWNCLOUD_PERMISSION_TIME 60
#define NGX_HTTP_OWNCLOUD_SUBJECT_LEN    16        /* session id, bytes */


typedef enum {
    NGX_HTTP_OWNCLOUD_TOKEN_AUTH_HEADER = 0,
    NGX_HTTP_OWNCLOUD_TOKEN_AUTH_BODY
} ngx_http_owncloud_token_auth_e;


/* how the system account signs in; it owns the copies of controlled links */

typedef enum {
    NGX_HTTP_OWNCLOUD_ACCOUNT_NONE = 0,
    NGX_HTTP_OWNCLOUD_ACCOUNT_PASSWORD,
    NGX_HTTP_OWNCLOUD_ACCOUNT_OAUTH
} ngx_http_owncloud_account_e;


/* who may edit a file behind a controlled link */

typedef enum {
    NGX_HTTP_OWNCLOUD_EDIT_ASK = 0,         /* Moodle decides */
    NGX_HTTP_OWNCLOUD_EDIT_NEVER,
    NGX_HTTP_OWNCLOUD_EDIT_ALWAYS
} ngx_http_owncloud_edit_e;


/* Moodle's values of FILE_EXTERNAL and FILE_INTERNAL */

#define NGX_HTTP_OWNCLOUD_EXTERNAL       1
#define NGX_HTTP_OWNCLOUD_INTERNAL       2
#define NGX_HTTP_OWNCLOUD_BOTH           3


/*
 * An origin that an issuer's calls go to.  Each issuer has upstreams of its
 * own and shares neither connections nor TLS sessions with other issuers.
 */

typedef struct {
    ngx_http_upstream_conf_t         conf;
    ngx_str_t                        host;
    ngx_str_t                        authority;
    in_port_t                        port;
    unsigned                         tls:1;
    unsigned                         named:1;   /* set by "upstream" */
} ngx_http_owncloud_upstream_t;


typedef struct {
    ngx_http_owncloud_url_t        url;
    ngx_http_owncloud_upstream_t  *upstream;
    ngx_str_t                      written;        /* configured text */
} ngx_http_owncloud_endpoint_t;


typedef struct ngx_http_owncloud_call_limit_s  ngx_http_owncloud_call_limit_t;


typedef struct {
    ngx_str_t                        id;        /* argument of the block */
    ngx_str_t                        name;      /* shown to users */
    ngx_http_owncloud_url_t          base;

    ngx_uint_t                       type;
    ngx_uint_t                       token_auth;
    ngx_str_t                        client_id;
    ngx_http_owncloud_secret_t       client_secret;
    ngx_http_owncloud_secret_t       basic;     /* client authentication */
    ngx_str_t                        scope;
    ngx_str_t                        logo;
    ngx_str_t                        user_name;     /* paths in userinfo */
    ngx_str_t                        user_email;

    ngx_http_owncloud_endpoint_t     authorization;
    ngx_http_owncloud_endpoint_t     token;
    ngx_http_owncloud_endpoint_t     webdav;        /* path ends with "/" */
    ngx_http_owncloud_endpoint_t     ocs;           /* path ends with "/" */
    ngx_http_owncloud_endpoint_t     userinfo;
    ngx_http_owncloud_endpoint_t     revocation;    /* upstream NULL: none */
    ngx_http_owncloud_endpoint_t     dav;       /* searches, or none */
    ngx_http_owncloud_endpoint_t     status;    /* status.php, or none */
    ngx_http_owncloud_endpoint_t     preview;   /* Nextcloud, or none */

    ngx_array_t                      upstreams; /* of ..._upstream_t * */
    ngx_str_t                        authorities;   /* "https://host ..." */
    ngx_ssl_t                       *ssl;       /* of all upstreams */

    ngx_str_t                        upstream;
    ngx_str_t                        trusted_certificate;
    ngx_str_t                        trusted;   /* its content, if needed */
    ngx_flag_t                       verify;
    ngx_flag_t                       insecure;
    ngx_flag_t                       enabled;
    ngx_msec_t                       connect_timeout;
    ngx_msec_t                       send_timeout;
    ngx_msec_t                       read_timeout;
    ngx_int_t                        keepalive;

    ngx_uint_t                       max_entries;   /* of a listing */
    size_t                           max_size;

    ngx_uint_t                       max_calls;     /* 0: unlimited */
    ngx_uint_t                       max_queue;     /* per worker */
    ngx_msec_t                       queue_timeout;
    ngx_http_owncloud_call_limit_t  *call_limit;    /* of this worker */

    ngx_uint_t                       account;       /* ..._account_e */
    ngx_str_t                        account_user;  /* with a password */
    ngx_http_owncloud_secret_t       account_basic; /* "Basic ..." */
    ngx_str_t                        account_file;  /* null-terminated */

    time_t                           share_expire;  /* seconds; 0: never */
    ngx_http_owncloud_secret_t       share_password;    /* or empty */

    u_char                          *file;      /* where the block begins */
    ngx_uint_t                       line;
} ngx_http_owncloud_issuer_t;


/* UTC offsets of a time zone; the first one is valid from the beginning */

typedef struct {
    time_t                           from;
    ngx_int_t                        offset;    /* seconds */
} ngx_http_owncloud_zone_offset_t;


typedef struct {
    ngx_int_t                        id;        /* in Moodle's database */
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_str_t                        issuer_id;     /* as configured */

    ngx_uint_t                       supported_files;
    ngx_uint_t                       default_file;
    ngx_str_t                        folder;
    ngx_int_t                        upload_repository;
    ngx_flag_t                       alias;     /* as public links */
    ngx_flag_t                       controlled;    /* makes links */
    ngx_uint_t                       edit;      /* ..._edit_e */
    ngx_str_t                        may_edit;  /* URI to ask Moodle */
    ngx_uint_t                       open;      /* 1: redirect to the cloud */
    ngx_flag_t                       previews;
    ngx_http_owncloud_secret_t       secret_key;    /* reposecretkey */
    ngx_str_t                        moodle_root;   /* "" or "/lms" */
    ngx_str_t                        origin;    /* "https://host", or empty */
    ngx_array_t                     *moved_from;    /* of ..._site_t */
    ngx_str_t                        callback;  /* redirect URI's path */
    ngx_str_t                        moodle_cookie;
    ngx_flag_t                       authorize;
    time_t                           remember;      /* seconds; 0: off */
    size_t                           cookie_size;   /* of a sealed session */

    ngx_uint_t                       page_size;     /* entries */
    ngx_uint_t                       max_results;   /* of a search */
    ngx_flag_t                       cache;
    ngx_msec_t                       cache_valid;   /* without revalidation */

    ngx_str_t                        icons;
    ngx_str_t                        timezone_name;
    ngx_array_t                     *timezone;  /* of ..._zone_offset_t */
    ngx_str_t                        date_format;   /* null-terminated */
    ngx_str_t                        date_format_short;

    ngx_uint_t                       location;  /* ..._location_e */
    ngx_str_t                        location_name; /* as written */
    void                           **loc_conf;  /* of all modules there */
    ngx_http_core_srv_conf_t        *server;
    u_char                          *file;
    ngx_uint_t                       line;
} ngx_http_owncloud_repository_t;


/* the purpose of a sign-in; the numbers are part of states in use */

typedef enum {
    NGX_HTTP_OWNCLOUD_PURPOSE_PICKER = 0,
    NGX_HTTP_OWNCLOUD_PURPOSE_LINK,     /* open a controlled link */
    NGX_HTTP_OWNCLOUD_PURPOSE_ACCOUNT,  /* connect the account */
    NGX_HTTP_OWNCLOUD_PURPOSES          /* their number */
} ngx_http_owncloud_purpose_e;


typedef struct ngx_http_owncloud_purpose_s  ngx_http_owncloud_purpose_t;


typedef struct {
    ngx_shm_zone_t                  *zone;
    ngx_http_owncloud_keyring_t      keyring;
    ngx_array_t                      issuers;   /* of ..._issuer_t * */
    ngx_array_t                      repositories;  /* of ..._repository_t * */
    ngx_http_owncloud_purpose_t     *purposes;  /* by ..._purpose_e */
    ngx_uint_t                       in_use;    /* the module is in use */
    u_char                           stamp[16]; /* of this configuration */
} ngx_http_owncloud_main_conf_t;


/* the function of a location that is not a repository's */

typedef enum {
    NGX_HTTP_OWNCLOUD_LOCATION_NONE = 0,
    NGX_HTTP_OWNCLOUD_LOCATION_LISTING,
    NGX_HTTP_OWNCLOUD_LOCATION_LINK,
    NGX_HTTP_OWNCLOUD_LOCATION_CALLBACK,
    NGX_HTTP_OWNCLOUD_LOCATION_CONNECT
} ngx_http_owncloud_location_e;


typedef struct {
    ngx_array_t                     *repositories;  /* of ..._repository_t * */
    ngx_uint_t                       location;
    ngx_http_owncloud_repository_t  *block;     /* location settings */
} ngx_http_owncloud_loc_conf_t;


typedef enum {
    NGX_HTTP_OWNCLOUD_ACTION_NONE = 0,
    NGX_HTTP_OWNCLOUD_ACTION_LIST,
    NGX_HTTP_OWNCLOUD_ACTION_SEARCH,
    NGX_HTTP_OWNCLOUD_ACTION_SEARCHFORM,
    NGX_HTTP_OWNCLOUD_ACTION_LOGIN,
    NGX_HTTP_OWNCLOUD_ACTION_LOGOUT,
    NGX_HTTP_OWNCLOUD_ACTION_DOWNLOAD,
    NGX_HTTP_OWNCLOUD_ACTION_PREVIEW,
    NGX_HTTP_OWNCLOUD_ACTION_OPEN,      /* a controlled link */
    NGX_HTTP_OWNCLOUD_ACTION_LINK,      /* a link location */
    NGX_HTTP_OWNCLOUD_ACTION_CONNECT
} ngx_http_owncloud_action_e;


typedef struct ngx_http_owncloud_ctx_s  ngx_http_owncloud_ctx_t;
typedef struct ngx_http_owncloud_call_s  ngx_http_owncloud_call_t;
typedef struct ngx_http_owncloud_subrequest_s  ngx_http_owncloud_subrequest_t;
typedef struct ngx_http_owncloud_sleep_s  ngx_http_owncloud_sleep_t;
typedef struct ngx_http_owncloud_credential_s  ngx_http_owncloud_credential_t;
typedef struct ngx_http_owncloud_refresh_s  ngx_http_owncloud_refresh_t;
typedef struct ngx_http_owncloud_account_s  ngx_http_owncloud_account_t;


/*
 * One step of a flow.  NGX_AGAIN: ctx->call, ctx->subrequest or ctx->sleep is
 * active, and ctx->step is the next step.  NGX_DECLINED: the request is left
 * to Moodle.  Any other value ends the request: a status code or a result of
 * ngx_http_output_filter(), which may also be NGX_AGAIN.
 */

typedef ngx_int_t (*ngx_http_owncloud_step_pt)(ngx_http_request_t *r,
    ngx_http_owncloud_ctx_t *ctx);


struct ngx_http_owncloud_ctx_s {
    ngx_http_owncloud_step_pt        step;

    ngx_http_owncloud_repository_t  *repository;
    ngx_http_owncloud_issuer_t      *issuer;
    ngx_uint_t                       action;
    ngx_uint_t                       purpose;   /* current sign-in */

    ngx_array_t                     *fields;    /* form or arguments */

    ngx_str_t                        origin;    /* "https://host:port" */
    ngx_str_t                        moodle_session;    /* cookie value */
    ngx_str_t                        moodle_user;   /* user id, if asked */
    ngx_str_t                        searchform;    /* Moodle's response */

    ngx_http_owncloud_call_t        *call;      /* last call to a cloud */
    ngx_http_owncloud_subrequest_t  *subrequest; /* last one to Moodle */
    ngx_http_owncloud_sleep_t       *sleep;     /* for time to pass */

    void                            *flow;      /* context of the flow */
    ngx_http_owncloud_credential_t  *session;
    ngx_http_owncloud_refresh_t     *refresh;   /* last token refresh */
    ngx_http_owncloud_account_t     *account;   /* system account */

    /* id of the session; zero without a session */
    u_char                           subject[NGX_HTTP_OWNCLOUD_SUBJECT_LEN];
    ngx_str_t                        user;      /* user name in the cloud */

    ngx_str_t                        error;     /* $owncloud_error */
    ngx_uint_t                       calls;     /* $owncloud_calls */
    ngx_str_t                        cache;     /* $owncloud_cache */

    unsigned                         body_read:1;
    unsigned                         declined:1;
    unsigned                         aborted:1; /* client aborted */
    unsigned                         secure:1;  /* client uses https */
};


extern ngx_module_t  ngx_http_owncloud_module;


#endif /* _NGX_HTTP_OWNCLOUD_H_INCLUDED_ */
