
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_store_answer.h"


#define STORED   NGX_HTTP_OWNCLOUD_STORE_STORED
#define EXISTS   NGX_HTTP_OWNCLOUD_STORE_EXISTS
#define REFUSED  NGX_HTTP_OWNCLOUD_STORE_REFUSED
#define UNCLEAR  NGX_HTTP_OWNCLOUD_STORE_UNCLEAR


/* answers of Moodle 5.1, and what nobody has seen of it */

static struct {
    ngx_str_t                          body;
    ngx_http_owncloud_store_outcome_e  outcome;
} unit_answers[] = {
    { unit_str("{\"url\":\"https:\\/\\/moodle.test:8143\\/draftfile.php\\/11"
               "\\/user\\/draft\\/555002\\/report.pdf\",\"id\":555002,"
               "\"file\":\"report.pdf\"}"), STORED },
    { unit_str("{\"url\":\"https:\\/\\/moodle.test:8143\\/draftfile.php\\/11"
               "\\/user\\/draft\\/28423280\\/ref.pdf\",\"id\":\"28423280\","
               "\"file\":\"ref.pdf\",\"icon\":\"https:\\/\\/m\\/pdf\"}"),
      STORED },
    { unit_str("{\"event\":\"fileexists\",\"newfile\":{\"filepath\":\"\\/\","
               "\"filename\":\"ref (1).pdf\",\"url\":\"https:\\/\\/m\\/1\"},"
               "\"existingfile\":{\"filepath\":\"\\/\",\"filename\":"
               "\"ref.pdf\",\"url\":\"https:\\/\\/m\\/2\"}}"), EXISTS },
    { unit_str("{\"error\":\"The file is larger than the space remaining in "
               "this area.\",\"errorcode\":\"maxareabytes\",\"stacktrace\":"
               "null,\"debuginfo\":null,\"reproductionlink\":null}"),
      REFUSED },
    { unit_str("{\"error\":\"Your session has most likely timed out.\"}"),
      REFUSED },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"requireloginerror\"}"),
      REFUSED },
    { unit_str("{\"error\":\"x\",\"errorcode\":null}"), REFUSED },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"dm\"}"), REFUSED },

    /* none of Moodle's checks has said this */

    { unit_str("{\"error\":\"Exception - Call to undefined method repository_"
               "nextcloud::upload()\",\"errorcode\":"
               "\"generalexceptionmessage\"}"), UNCLEAR },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"codingerror\"}"), UNCLEAR },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"dmlwriteexception\"}"),
      UNCLEAR },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"dml\"}"), UNCLEAR },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"ddlexecuteerror\"}"),
      UNCLEAR },
    { unit_str("{\"error\":\"x\",\"errorcode\":\"codingerror2\"}"), REFUSED },

    /* of two minds */

    { unit_str("{\"error\":\"x\",\"url\":\"u\",\"file\":\"f\"}"), UNCLEAR },
    { unit_str("{\"error\":\"x\",\"event\":\"fileexists\"}"), UNCLEAR },
    { unit_str("{\"event\":\"fileexists\",\"newfile\":{\"filename\":\"a\"},"
               "\"existingfile\":{\"filename\":\"b\"},\"url\":\"u\","
               "\"file\":\"f\"}"), UNCLEAR },

    /* incomplete, or of other types */

    { unit_str("{\"error\":\"\"}"), UNCLEAR },
    { unit_str("{\"error\":false}"), UNCLEAR },
    { unit_str("{\"error\":1,\"errorcode\":\"no\"}"), UNCLEAR },
    { unit_str("{\"error\":{\"a\":\"b\"}}"), UNCLEAR },
    { unit_str("{\"errorcode\":\"no\"}"), UNCLEAR },
    { unit_str("{\"url\":\"u\"}"), UNCLEAR },
    { unit_str("{\"url\":\"\",\"file\":\"f\"}"), UNCLEAR },
    { unit_str("{\"url\":\"u\",\"file\":\"\"}"), UNCLEAR },
    { unit_str("{\"url\":true,\"file\":\"f\"}"), UNCLEAR },
    { unit_str("{\"file\":\"f\"}"), UNCLEAR },
    { unit_str("{\"e\":\"Error\"}"), UNCLEAR },
    { unit_str("{\"event\":\"fileexists\"}"), UNCLEAR },
    { unit_str("{\"event\":\"fileexists\",\"newfile\":{\"filename\":\"a\"}}"),
      UNCLEAR },
    { unit_str("{\"event\":\"fileexist\",\"newfile\":{\"filename\":\"a\"},"
               "\"existingfile\":{\"filename\":\"b\"}}"), UNCLEAR },
    { unit_str("{\"login\":[{\"type\":\"popup\",\"url\":\"u\"}]}"), UNCLEAR },

    /* no object */

    { unit_str(""), UNCLEAR },
    { unit_str("true"), UNCLEAR },
    { unit_str("null"), UNCLEAR },
    { unit_str("[]"), UNCLEAR },
    { unit_str("{}"), UNCLEAR },
    { unit_str("[{\"error\":\"x\"}]"), UNCLEAR },
    { unit_str("{\"error\":\"x\""), UNCLEAR },
    { unit_str("{\"error\":\"x\"}{}"), UNCLEAR },
    { unit_str("<b>Warning</b>: x {\"error\":\"x\"}"), UNCLEAR },
    { unit_str("{\"error\":\"x\"}<b>Warning</b>"), UNCLEAR },
    { unit_str("<html><body>502 Bad Gateway</body></html>"), UNCLEAR }
};


/* only a complete 200 counts, whatever the body */

static void
unit_answer(ngx_pool_t *pool, ngx_uint_t n)
{
    ngx_str_t   body;
    ngx_uint_t  i, good;

    static ngx_uint_t  statuses[] = { 0, 100, 201, 204, 206, 302, 303, 400,
                                      401, 403, 404, 413, 499, 500, 502, 503,
                                      504 };

    body = unit_copy(pool, &unit_answers[n].body);

    unit_ok(ngx_http_owncloud_store_answer_read(pool, 200, 1, &body)
            == unit_answers[n].outcome, "%s", unit_answers[n].body.data);

    good = (ngx_http_owncloud_store_answer_read(pool, 200, 0, &body)
            == UNCLEAR);

    for (i = 0; i < unit_n(statuses); i++) {
        good = good && ngx_http_owncloud_store_answer_read(pool, statuses[i],
                                                           1, &body)
                       == UNCLEAR;
    }

    unit_ok(good, "... cut, or with another status");
}


int
main(void)
{
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_n(unit_answers); i++) {
        unit_answer(pool, i);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
