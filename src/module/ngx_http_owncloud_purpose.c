
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_owncloud_account_connect.h"
#include "ngx_http_owncloud_controlled_open.h"
#include "ngx_http_owncloud_module.h"
#include "ngx_http_owncloud_session_signin.h"


/* by ngx_http_owncloud_purpose_e */

ngx_http_owncloud_purpose_t  ngx_http_owncloud_purposes[] = {

    /* the picker */

    { NULL,
      ngx_http_owncloud_signin_browser,
      NULL,
      ngx_http_owncloud_exchange_signed_in },

    /* opening a controlled link */

    { ngx_http_owncloud_open_target,
      ngx_http_owncloud_signin_browser,
      NULL,
      ngx_http_owncloud_open_return },

    /* connecting the system account, which builds its attempt itself */

    { NULL,
      ngx_http_owncloud_connect_browser,
      ngx_http_owncloud_connect_exchanged,
      NULL }
};
