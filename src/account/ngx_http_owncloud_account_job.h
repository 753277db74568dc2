
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_
#define _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_


#include "ngx_http_owncloud_account.h"


/*
 * Starts the periodic job of a worker: it refreshes the tokens of system
 * accounts, so that an idle site keeps its account, and retries failed writes
 * of their files.  One worker at a time runs it.
 */
void ngx_http_owncloud_account_job_start(ngx_cycle_t *cycle);

/* Stops the job and its calls when the worker exits. */
void ngx_http_owncloud_account_job_stop(void);


/*
 * Refreshes the tokens of one account if necessary, in
 * ngx_http_owncloud_account_renew.c.
 */
void ngx_http_owncloud_account_renew(ngx_log_t *log,
    ngx_http_owncloud_main_conf_t *omcf, ngx_http_owncloud_issuer_t *issuer);


#endif /* _NGX_HTTP_OWNCLOUD_ACCOUNT_JOB_H_INCLUDED_ */
