
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "unit.h"
#include "ngx_http_owncloud_text.h"


#define UNIT_40   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define UNIT_120  UNIT_40 UNIT_40 UNIT_40


typedef struct {
    off_t        size;
    char        *text;       /* with a space where there is U+00A0 */
} unit_size_t;


typedef struct {
    time_t       t;
    char        *text;
    char        *text_short;
} unit_date_t;


typedef struct {
    char        *name;
    char        *icon;
    char        *type;
} unit_type_t;


static unit_size_t  unit_sizes[] = {
    { 0, "0 bytes" },
    { 1, "1 bytes" },
    { 67, "67 bytes" },
    { 1023, "1023 bytes" },
    { 1024, "1.0 KB" },
    { 1075, "1.0 KB" },
    { 1076, "1.1 KB" },
    { 1600, "1.6 KB" },
    { 1536, "1.5 KB" },
    { 1048575, "1024.0 KB" },
    { 1048576, "1.0 MB" },
    { 104857600, "100.0 MB" },
    { 1073741823, "1024.0 MB" },
    { 1073741824, "1.0 GB" },
    { 5000000000, "4.7 GB" },
    { 1099511627776, "1.0 TB" },
    { 1125899906842624, "1.0 PB" },
    { 1152921504606846976, "1024.0 PB" },
    { 9223372036854775807, "8192.0 PB" }
};


/* Europe/Berlin in 2026 and 2027 */

static ngx_http_owncloud_zone_offset_t  unit_zone[] = {
    { 1761440400, 3600 },
    { 1774746000, 7200 },
    { 1792890000, 3600 },
    { 1806195600, 7200 }
};


static unit_date_t  unit_utc[] = {
    { 0, "1 January 1970, 12:00 AM", "1/01/70, 00:00" },
    { 1795295516, "21 November 2026, 9:11 PM", "21/11/26, 21:11" },
    { 1782864000, "1 July 2026, 12:00 AM", "1/07/26, 00:00" },
    { 253402300799, "31 December 9999, 11:59 PM", "31/12/99, 23:59" },
    { -1, "", "" },
    { NGX_MAX_TIME_T_VALUE, "", "" }
};


static unit_date_t  unit_berlin[] = {
    { 1774745999, "29 March 2026, 1:59 AM", "29/03/26, 01:59" },
    { 1774746000, "29 March 2026, 3:00 AM", "29/03/26, 03:00" },
    { 1792889999, "25 October 2026, 2:59 AM", "25/10/26, 02:59" },
    { 1792890000, "25 October 2026, 2:00 AM", "25/10/26, 02:00" },
    { 1806195600, "28 March 2027, 3:00 AM", "28/03/27, 03:00" },
    { 0, "1 January 1970, 1:00 AM", "1/01/70, 01:00" },
    { NGX_MAX_TIME_T_VALUE, "", "" }
};


static ngx_http_owncloud_zone_offset_t  unit_west[] = {
    { 0, -16200 }
};


static unit_date_t  unit_evening[] = {
    { 0, "31 December 1969, 7:30 PM", "31/12/69, 19:30" },
    { 16199, "31 December 1969, 11:59 PM", "31/12/69, 23:59" },
    { 16200, "1 January 1970, 12:00 AM", "1/01/70, 00:00" }
};


static unit_type_t  unit_types[] = {
    { "notes.txt", "text", "Text file" },
    { "picture.png", "image", "Image (PNG)" },
    { "photo.JPG", "image", "Image (JPEG)" },
    { "report.pdf", "pdf", "PDF document" },
    { ".pdf", "pdf", "PDF document" },
    { "big-100MB.bin", "unknown", "File" },
    { "thesis.docx", "document", "Word 2007 document" },
    { "thesis.DOC", "document", "Word document" },
    { "table.xlsx", "spreadsheet", "Excel 2007 spreadsheet" },
    { "talk.pptx", "powerpoint", "Powerpoint 2007 presentation" },
    { "a.odt", "writer", "OpenDocument Text document" },
    { "a.tar.gz", "archive", "Archive (GZ)" },
    { "a.zip", "archive", "Archive (ZIP)" },
    { "a.mp3", "audio", "Audio file (MP3)" },
    { "a.mp4", "video", "Video file (MP4)" },
    { "a.html", "markup", "HTML document" },
    { "a.json", "json", "JSON text" },
    { "a.bdoc", "document", "application/x-digidoc" },
    { "a.gallerycollection", "archive", "application/x-smarttech-notebook" },
    { "3gp", "unknown", "File" },
    { "noextension", "unknown", "File" },
    { ".hidden", "unknown", "File" },
    { "dot.", "unknown", "File" },
    { ".", "unknown", "File" },
    { "", "unknown", "File" },
    { "pdf", "unknown", "File" },
    { "a.pdf ", "unknown", "File" },
    { "a.xxx", "unknown", "File" },
    { "a.pd\xc3\xa4", "unknown", "File" },
    { "a.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "unknown", "File" }
};


/* Moodle's icons of all extensions */

static char  unit_icons[] =
    "3gp:video 7z:archive aac:audio accdb:database ai:eps aif:audio "
    "aifc:audio aiff:audio applescript:text asc:sourcecode asf:video "
    "asm:sourcecode au:audio avi:video bdoc:document bmp:image "
    "c:sourcecode cct:flash cdoc:document cpp:sourcecode cs:sourcecode "
    "css:json csv:spreadsheet dcr:flash ddoc:document dif:video "
    "dir:flash dmg:unknown doc:document docm:document docx:document "
    "dotm:document dotx:document dv:video dxr:flash eps:eps epub:epub "
    "f4v:flash fdf:pdf flac:audio flv:flash fmp4:video gallery:archive "
    "gallerycollection:archive galleryitem:archive gdoc:document "
    "gdraw:image gif:gif gsheet:spreadsheet gslides:powerpoint "
    "gtar:archive gz:archive gzip:archive h:sourcecode h5p:h5p "
    "hpp:sourcecode hqx:archive htc:markup htm:markup html:markup "
    "ico:image ics:text imscc:archive isf:isf ist:isf jar:archive "
    "java:sourcecode jcb:markup jcl:markup jcw:markup jmt:markup "
    "jmx:markup jnlp:markup jpe:image jpeg:image jpg:image jqz:markup "
    "js:text json:json latex:text m:sourcecode m3u:audio m3u8:video "
    "m4a:audio m4v:video mbz:moodle mdb:database mht:archive "
    "mhtml:archive mov:video movie:video mp3:audio mp4:video mpd:video "
    "mpe:video mpeg:video mpg:video mpr:moodle mw:math mws:math "
    "nbk:archive notebook:archive odb:database odc:chart odf:math "
    "odg:draw odi:draw odm:writer odp:impress ods:calc odt:writer "
    "oga:audio ogg:audio ogv:video otg:draw oth:oth otp:impress "
    "ots:calc ott:writer pct:image pdf:pdf php:sourcecode pic:image "
    "pict:image png:image potm:powerpoint potx:powerpoint "
    "ppam:powerpoint pps:powerpoint ppsm:powerpoint ppsx:powerpoint "
    "ppt:powerpoint pptm:powerpoint pptx:powerpoint ps:pdf psd:psd "
    "pub:publisher qt:video ra:audio ram:audio rar:archive rhb:markup "
    "rm:audio rmvb:video rtf:text rtx:text rv:audio scss:json "
    "sh:sourcecode sit:archive smi:text smil:text sqt:markup stc:calc "
    "std:draw sti:impress stw:writer svg:image svgz:image swa:flash "
    "swf:flash swfl:flash sxc:calc sxd:draw sxg:writer sxi:impress "
    "sxm:math sxw:writer tar:archive tex:text texi:text texinfo:text "
    "tgz:archive tif:image tiff:image ts:video tsv:text txt:text "
    "vtt:text wav:audio webm:video webp:image wma:audio wmv:video "
    "xbk:archive xdp:pdf xfd:pdf xfdf:pdf xhtml:markup xlam:spreadsheet "
    "xls:spreadsheet xlsb:spreadsheet xlsm:spreadsheet xlsx:spreadsheet "
    "xltm:spreadsheet xltx:spreadsheet xml:markup xsl:markup "
    "yaml:markup yml:markup zip:archive ";


static void unit_size(unit_size_t *s);
static void unit_formats(ngx_array_t *zone);
static void unit_dates(char *name, ngx_array_t *zone, unit_date_t *date,
    ngx_uint_t n);
static void unit_long_date(void);
static void unit_type(unit_type_t *t);
static void unit_all_icons(void);


int
main(void)
{
    ngx_uint_t   i;
    ngx_array_t  zone;

    ngx_memzero(&zone, sizeof(ngx_array_t));

    for (i = 0; i < unit_n(unit_sizes); i++) {
        unit_size(&unit_sizes[i]);
    }

    unit_dates("UTC", NULL, unit_utc, unit_n(unit_utc));
    unit_dates("no offsets", &zone, unit_utc, unit_n(unit_utc));

    zone.elts = unit_zone;
    zone.nelts = unit_n(unit_zone);

    unit_dates("Berlin", &zone, unit_berlin, unit_n(unit_berlin));

    zone.elts = unit_west;
    zone.nelts = unit_n(unit_west);

    unit_dates("west", &zone, unit_evening, unit_n(unit_evening));
    unit_formats(&zone);
    unit_long_date();

    for (i = 0; i < unit_n(unit_types); i++) {
        unit_type(&unit_types[i]);
    }

    unit_all_icons();

    return unit_done();
}


static void
unit_size(unit_size_t *s)
{
    char       *p;
    u_char      buf[NGX_HTTP_OWNCLOUD_SIZE_TEXT], expected[64], *q;
    ngx_str_t   text, same;

    q = expected;

    for (p = s->text; *p; p++) {
        if (*p == ' ') {
            *q++ = 0xc2;
            *q++ = 0xa0;

        } else {
            *q++ = *p;
        }
    }

    same.data = expected;
    same.len = q - expected;

    ngx_http_owncloud_size_text(s->size, buf, &text);

    unit_ok(unit_same(&text, &same), "%lld bytes are %s",
            (long long) s->size, s->text);
}


/* any format, at any time, is what strftime() makes of it */

static void
unit_formats(ngx_array_t *zone)
{
    char                            want[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    u_char                          buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    time_t                          t;
    ngx_str_t                       text, f, same;
    struct tm                       tm;
    ngx_uint_t                      i, good;
    ngx_http_owncloud_date_t        date;
    ngx_http_owncloud_repository_t  repository;

    static char  *formats[] = {
        "%-d %B %Y, %-I:%M %p", "%d/%m/%y, %H:%M", "%Y-%m-%d %H:%M:%S",
        "%-Y %-y %-m %-d %-H %-I %-M %-S", "%b %e", "%B%B%B%b%b%p", "%%",
        "%-B %-p", "%A %a %j %U %G-W%V", "%z", "x%ty%nz", "%R %T %D %c",
        "\"%d\" \\ \xc3\xbc", "%_d %0e %^B %#p", "%", "%-", "%d%", "%-q", "",
        "%B %B %B %B %B %B %B %B %B %B %B %B", "%10Y", "%EY %Od %C",

        /* texts that fit only in some months, and in none */

        UNIT_120 "%B", UNIT_120 "xxx%B", UNIT_120 "%Y", UNIT_120 "xxx%Y",
        UNIT_120 "xxxx%Y", UNIT_120 "xxxxxxx%p"
    };

    ngx_memzero(&repository, sizeof(ngx_http_owncloud_repository_t));

    repository.timezone = zone;

    for (i = 0; i < unit_n(formats); i++) {

        f.data = (u_char *) formats[i];
        f.len = strlen(formats[i]);

        /* hours, days and years pass; leap years, too */

        good = 1;

        for (t = 0; good && t < 253402300800; t += t / 500 + 40271) {

            ngx_http_owncloud_date(&repository, t, &date);
            ngx_http_owncloud_date_text(&date, &f, buf, &text);

            (void) gmtime_r(&date.local, &tm);
            tm.tm_gmtoff = date.offset;

            same.data = (u_char *) want;
            same.len = strftime(want, sizeof(want), formats[i], &tm);

            good = unit_same(&text, &same);
        }

        unit_ok(good, "as strftime() writes \"%s\"", formats[i]);
    }
}


static void
unit_dates(char *name, ngx_array_t *zone, unit_date_t *date, ngx_uint_t n)
{
    u_char                          buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    ngx_str_t                       text, same;
    ngx_uint_t                      i, good;
    ngx_str_t                       f = ngx_string("%-d %B %Y, %-I:%M %p");
    ngx_str_t                       s = ngx_string("%-d/%m/%y, %H:%M");
    ngx_http_owncloud_date_t        moment;
    ngx_http_owncloud_repository_t  repository;

    ngx_memzero(&repository, sizeof(ngx_http_owncloud_repository_t));

    repository.timezone = zone;

    for (i = 0; i < n; i++) {
        ngx_http_owncloud_date(&repository, date[i].t, &moment);
        ngx_http_owncloud_date_text(&moment, &f, buf, &text);

        same.data = (u_char *) date[i].text;
        same.len = strlen(date[i].text);
        good = unit_same(&text, &same);

        ngx_http_owncloud_date_text(&moment, &s, buf, &text);

        same.data = (u_char *) date[i].text_short;
        same.len = strlen(date[i].text_short);

        unit_ok(good && unit_same(&text, &same), "%s: %lld is %s", name,
                (long long) date[i].t, date[i].text);
    }
}


static void
unit_long_date(void)
{
    u_char                          buf[NGX_HTTP_OWNCLOUD_DATE_TEXT];
    u_char                          format[NGX_HTTP_OWNCLOUD_DATE_TEXT + 1];
    ngx_str_t                       text, f;
    ngx_uint_t                      good;
    ngx_http_owncloud_date_t        moment;
    ngx_http_owncloud_repository_t  repository;

    ngx_memzero(&repository, sizeof(ngx_http_owncloud_repository_t));

    ngx_http_owncloud_date(&repository, 0, &moment);

    ngx_memset(format, 'x', NGX_HTTP_OWNCLOUD_DATE_TEXT);
    format[NGX_HTTP_OWNCLOUD_DATE_TEXT] = '\0';

    f.data = format;
    f.len = NGX_HTTP_OWNCLOUD_DATE_TEXT;

    ngx_http_owncloud_date_text(&moment, &f, buf, &text);
    good = (text.len == 0);

    format[--f.len] = '\0';

    ngx_http_owncloud_date_text(&moment, &f, buf, &text);

    unit_ok(good && text.len == NGX_HTTP_OWNCLOUD_DATE_TEXT - 1,
            "a date that is too long is empty");
}


static void
unit_type(unit_type_t *t)
{
    ngx_str_t                      name, copy;
    ngx_pool_t                    *pool;
    ngx_http_owncloud_filetype_t  *type;

    pool = unit_pool();

    name.data = (u_char *) t->name;
    name.len = strlen(t->name);

    copy = unit_copy(pool, &name);

    type = ngx_http_owncloud_filetype(copy.data, copy.len);

    unit_ok(strcmp(type->icon, t->icon) == 0
            && strcmp(type->type, t->type) == 0,
            "\"%s\" is %s, %s", t->name, type->icon, type->type);

    ngx_destroy_pool(pool);
}


static void
unit_all_icons(void)
{
    char                          *p, *colon, *end;
    u_char                         name[64];
    ngx_uint_t                     n, good;
    ngx_http_owncloud_filetype_t  *type;

    good = 1;
    n = 0;

    for (p = unit_icons; *p; p = end + 1) {
        colon = strchr(p, ':');
        end = strchr(colon, ' ');

        name[0] = '.';
        ngx_memcpy(name + 1, p, colon - p);

        type = ngx_http_owncloud_filetype(name, colon - p + 1);

        if (strncmp(type->icon, colon + 1, end - colon - 1) != 0
            || type->icon[end - colon - 1] != '\0')
        {
            printf("#   %.*s is %s\n", (int) (end - p), p, type->icon);
            good = 0;
        }

        n++;
    }

    unit_ok(good && n > 190, "%u extensions have Moodle's icons",
            (unsigned) n);
}
