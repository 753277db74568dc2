
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_


#include "ngx_http_owncloud_account.h"


/*
 * What is done for system accounts without any request: their tokens are
 * renewed, so that a site that is idle keeps its account, and what a file
 * could not take is written when there is room.  One worker of all has a
 * turn at a time.
 */
void ngx_http_owncloud_account_job_start(ngx_cycle_t *cycle);

/* the worker exits: nothing is left */
void ngx_http_owncloud_account_job_stop(void);


/* ngx_http_owncloud_account_renew.c: the turn of one account */
void ngx_http_owncloud_account_renew(ngx_log_t *log,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_ */
