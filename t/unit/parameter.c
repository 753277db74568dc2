
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud.h"
#include "ngx_http_owncloud_form.h"
#include "ngx_http_owncloud_parameter.h"


/*
 * Without arguments a unit test; with the name of a file it tells, for each of
 * its lines, what the request in it is about, see ../04-php.t.
 */


typedef struct {
    char       *query;
    char       *form;
    char       *repository;     /* NULL: not ours */
    ngx_uint_t  action;
} unit_request_t;


#define LIST    NGX_HTTP_OWNCLOUD_ACTION_LIST
#define SEARCH  NGX_HTTP_OWNCLOUD_ACTION_SEARCH


static unit_request_t  unit_requests[] = {
    { "action=list", "repo_id=7", "7", LIST },
    { "action=sign", "repo_id=7&ctx_id=17&sesskey=x", "7", LIST },
    { "x=y&action=search&z", "a=b&repo_id=42", "42", SEARCH },
    { "action=search&action=list", "repo_id=5&repo_id=7", "7", LIST },
    { "acti%6fn=lis%74", "re%70o_id=%37", "7", LIST },
    { "action=list", "p=%5B.%5D&repo_id=7&accepted_types[]=x", "7", LIST },
    { "action=list", "repo_idx=1&xrepo_id=2&repo_id=7&repo=3&repoid=4", "7",
      LIST },
    { "action=list", "repo_id=007", "7", LIST },

    { "", "repo_id=7", NULL, 0 },
    { "action", "repo_id=7", NULL, 0 },
    { "action=upload", "repo_id=7", NULL, 0 },
    { "action=List", "repo_id=7", NULL, 0 },
    { "action=list", "", NULL, 0 },
    { "action=list", "repo_id=", NULL, 0 },
    { "action=list", "repo_id=-7", NULL, 0 },
    { "action=list", "repo_id=7x", NULL, 0 },
    { "action=list", "repo_id=99999999999999999999", NULL, 0 },

    /* PHP's other spellings, before or after */

    { "action=list", "repo_id=7&repo.id=5", NULL, 0 },
    { "action=list", "repo.id=5&repo_id=7", NULL, 0 },
    { "action=list", "repo_id=7&repo%20id=5", NULL, 0 },
    { "action=list", "repo_id=7&repo+id=5", NULL, 0 },
    { "action=list", "repo_id=7&+repo_id=5", NULL, 0 },
    { "action=list", "repo_id=7&%20++repo.id=5", NULL, 0 },
    { "action=list", "repo_id=7&repo[id=5", NULL, 0 },
    { "action=list", "repo_id=7&repo_id[]=5", NULL, 0 },
    { "action=list", "repo_id=7&repo_id[a][b]=5", NULL, 0 },
    { "action=list", "repo_id=7&repo_id%5b5", NULL, 0 },
    { "action=list", "repo_id=7&repo_id%00=5", NULL, 0 },
    { "action=list", "repo_id=7&repo_id%00x=5", NULL, 0 },
    { "action=list", "repo_id=7&ctx.id=5", NULL, 0 },
    { "action=list", "repo_id=7&ctx_id[]=5", NULL, 0 },
    { "action=list", "repo_id=7&+sesskey=5", NULL, 0 },
    { "action=list&action[]=search", "repo_id=7", NULL, 0 },
    { "action=list&+action=search", "repo_id=7", NULL, 0 },
    { "action=list&action%00=search", "repo_id=7", NULL, 0 },

    /* but these are others */

    { "action=list", "repo_id=7&repo_id+=5", "7", LIST },
    { "action=list", "repo_id=7&repo_id.=5", "7", LIST },
    { "action=list", "repo_id=7&%00repo_id=5", "7", LIST },
    { "action=list", "repo_id=7&repo-id=5&repo__id=5", "7", LIST },
    { "action=list", "repo_id=7&REPO_ID=5", "7", LIST },
    { "action=list", "repo_id=7&[repo_id]=5", "7", LIST },
    { "action=list", "repo_id=7&repo[_id]=5", "7", LIST },

    /* the form's come before the query's, and the query's where it has none */

    { "action=list", "repo_id=7&action=search", NULL, 0 },
    { "action=list", "repo_id=7&action=list", NULL, 0 },
    { "action=list", "repo_id=7&action[]=list", NULL, 0 },
    { "action=list", "repo_id=7&+action=list", NULL, 0 },
    { "action=list&repo_id=7", "", NULL, 0 },
    { "action=list&repo_id=5", "repo_id=7", NULL, 0 },
    { "action=list&ctx_id=5", "repo_id=7", NULL, 0 },
    { "action=list&sesskey=5", "repo_id=7", NULL, 0 },
    { "action=list&repo.id=5", "repo_id=7", NULL, 0 },
};


static ngx_int_t
unit_read(ngx_pool_t *pool, ngx_str_t *query, ngx_str_t *form,
    ngx_array_t *fields, ngx_uint_t *action, ngx_int_t *repository)
{
    ngx_array_t  first;

    (void) ngx_http_owncloud_form_parse(pool, query,
                                        NGX_HTTP_OWNCLOUD_FORM_FIELDS, &first);

    if (ngx_http_owncloud_parameter_query(&first, action) != NGX_OK
        || *action == NGX_HTTP_OWNCLOUD_ACTION_NONE)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_owncloud_form_parse(pool, form,
                                     NGX_HTTP_OWNCLOUD_FORM_FIELDS, fields)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_http_owncloud_parameter_form(fields, repository);
}


static void
unit_one(ngx_pool_t *pool, unit_request_t *request)
{
    ngx_int_t    rc, repository;
    ngx_str_t    query, form;
    ngx_uint_t   action;
    ngx_array_t  fields;

    query.data = (u_char *) request->query;
    query.len = ngx_strlen(query.data);
    form.data = (u_char *) request->form;
    form.len = ngx_strlen(form.data);

    query = unit_copy(pool, &query);
    form = unit_copy(pool, &form);

    rc = unit_read(pool, &query, &form, &fields, &action, &repository);

    if (request->repository == NULL) {
        unit_ok(rc == NGX_DECLINED, "\"%s\", \"%s\" is not ours",
                request->query, request->form);
        return;
    }

    unit_ok(rc == NGX_OK && action == request->action
            && repository == atoi(request->repository),
            "\"%s\", \"%s\" is of %s", request->query, request->form,
            request->repository);
}


static void
unit_types(void)
{
    ngx_str_t   type;
    ngx_uint_t  i;

    static char  *good[] = {
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLEncoded",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded ; charset=UTF-8",
        "application/x-www-form-urlencoded,x"
    };

    static char  *bad[] = {
        "", "application/x-www-form-urlencode",
        "application/x-www-form-urlencodedx",
        "application/x-www-form-urlencoded-x",
        "application/x-www-form-urlencoded\t;charset=UTF-8",
        " application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/x-www-form-urlencoded"
    };

    for (i = 0; i < unit_n(good); i++) {
        type.data = (u_char *) good[i];
        type.len = ngx_strlen(type.data);

        unit_ok(ngx_http_owncloud_parameter_urlencoded(&type) == 1,
                "\"%s\" is a form", good[i]);
    }

    for (i = 0; i < unit_n(bad); i++) {
        type.data = (u_char *) bad[i];
        type.len = ngx_strlen(type.data);

        unit_ok(ngx_http_owncloud_parameter_urlencoded(&type) == 0,
                "\"%s\" is none", bad[i]);
    }
}


/* what is between two spaces, hexadecimal */

static ngx_str_t
unit_hex(ngx_pool_t *pool, char **p)
{
    u_char     *dst;
    ngx_str_t   text;

    text.data = ngx_pnalloc(pool, ngx_strlen(*p) / 2 + 1);
    dst = text.data;

    while (**p != ' ' && **p != '\n' && **p != '\0') {
        *dst++ = (u_char) ngx_hextoi((u_char *) *p, 2);
        *p += 2;
    }

    if (**p == ' ') {
        (*p)++;
    }

    text.len = dst - text.data;

    return unit_copy(pool, &text);
}


static void
unit_tell(ngx_array_t *fields, char *name)
{
    size_t      i;
    ngx_str_t  *value;

    value = ngx_http_owncloud_form_get(fields, name);

    if (value == NULL) {
        printf(" -");
        return;
    }

    printf(" =");

    for (i = 0; i < value->len; i++) {
        printf("%02x", value->data[i]);
    }
}


static int
unit_file(char *name)
{
    char        *line, *p;
    FILE        *in;
    size_t       size;
    ngx_int_t    repository;
    ngx_str_t    query, form, type;
    ngx_uint_t   action;
    ngx_pool_t  *pool;
    ngx_array_t  fields;

    in = fopen(name, "r");

    if (in == NULL) {
        perror(name);
        return 1;
    }

    line = NULL;
    size = 0;

    while (getline(&line, &size, in) > 0) {

        pool = ngx_create_pool(4096, &unit_log);

        p = line;
        query = unit_hex(pool, &p);
        form = unit_hex(pool, &p);
        type = unit_hex(pool, &p);

        if (!ngx_http_owncloud_parameter_urlencoded(&type)
            || unit_read(pool, &query, &form, &fields, &action, &repository)
               != NGX_OK)
        {
            printf("-\n");

        } else {
            printf("%u %d", (unsigned) action, (int) repository);
            unit_tell(&fields, "ctx_id");
            unit_tell(&fields, "sesskey");
            printf("\n");
        }

        ngx_destroy_pool(pool);
    }

    free(line);
    fclose(in);

    return 0;
}


int
main(int argc, char **argv)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    if (argc > 1) {
        ngx_destroy_pool(pool);

        return unit_file(argv[1]);
    }

    for (i = 0; i < unit_n(unit_requests); i++) {
        unit_one(pool, &unit_requests[i]);
    }

    unit_types();

    ngx_destroy_pool(pool);

    return unit_done();
}
