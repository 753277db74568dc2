
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "ngx_http_owncloud_text.h"


#define NGX_HTTP_OWNCLOUD_EXTENSION_LEN  32


/*
 * The file types of Moodle 5.1, sorted by extension.  Where Moodle has no
 * English name for a MIME type, it shows the MIME type.
 */

static ngx_http_owncloud_filetype_t  ngx_http_owncloud_filetypes[] = {
    { "3gp", "video", "Video file (3GP)" },
    { "7z", "archive", "Archive (7Z)" },
    { "aac", "audio", "Audio file (AAC)" },
    { "accdb", "database", "application/msaccess" },
    { "ai", "eps", "Image (POSTSCRIPT)" },
    { "aif", "audio", "Audio file (AIF)" },
    { "aifc", "audio", "Audio file (AIFC)" },
    { "aiff", "audio", "Audio file (AIFF)" },
    { "applescript", "text", "Text file" },
    { "asc", "sourcecode", "Text file" },
    { "asf", "video", "Video file (ASF)" },
    { "asm", "sourcecode", "Text file" },
    { "au", "audio", "Audio file (AU)" },
    { "avi", "video", "Video file (AVI)" },
    { "bdoc", "document", "application/x-digidoc" },
    { "bmp", "image", "Image (BMP)" },
    { "c", "sourcecode", "Text file" },
    { "cct", "flash", "shockwave/director" },
    { "cdoc", "document", "application/x-digidoc" },
    { "cpp", "sourcecode", "Text file" },
    { "cs", "sourcecode", "application/x-csh" },
    { "css", "json", "Cascading Style-Sheet" },
    { "csv", "spreadsheet", "Comma-separated values" },
    { "dcr", "flash", "application/x-director" },
    { "ddoc", "document", "application/x-digidoc" },
    { "dif", "video", "Video file (DIF)" },
    { "dir", "flash", "application/x-director" },
    { "dmg", "unknown", "application/octet-stream" },
    { "doc", "document", "Word document" },
    { "docm", "document", "application/vnd.ms-word.document.macroEnabled.12" },
    { "docx", "document", "Word 2007 document" },
    { "dotm", "document", "application/vnd.ms-word.template.macroEnabled.12" },
    { "dotx", "document",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.template"
    },
    { "dv", "video", "Video file (DV)" },
    { "dxr", "flash", "application/x-director" },
    { "eps", "eps", "application/postscript" },
    { "epub", "epub", "EPUB ebook" },
    { "f4v", "flash", "Video file (F4V)" },
    { "fdf", "pdf", "application/vnd.fdf" },
    { "flac", "audio", "Audio file (FLAC)" },
    { "flv", "flash", "Video file (FLV)" },
    { "fmp4", "video", "Video file (FMP4)" },
    { "gallery", "archive", "application/x-smarttech-notebook" },
    { "gallerycollection", "archive", "application/x-smarttech-notebook" },
    { "galleryitem", "archive", "application/x-smarttech-notebook" },
    { "gdoc", "document", "application/vnd.google-apps.document" },
    { "gdraw", "image", "application/vnd.google-apps.drawing" },
    { "gif", "gif", "Image (GIF)" },
    { "gsheet", "spreadsheet", "application/vnd.google-apps.spreadsheet" },
    { "gslides", "powerpoint", "application/vnd.google-apps.presentation" },
    { "gtar", "archive", "Archive (GTAR)" },
    { "gz", "archive", "Archive (GZ)" },
    { "gzip", "archive", "Archive (GZIP)" },
    { "h", "sourcecode", "Text file" },
    { "h5p", "h5p", "Archive (H5P)" },
    { "hpp", "sourcecode", "Text file" },
    { "hqx", "archive", "Archive (HQX)" },
    { "htc", "markup", "text/x-component" },
    { "htm", "markup", "HTML document" },
    { "html", "markup", "HTML document" },
    { "ico", "image", "Windows icon" },
    { "ics", "text", "text/calendar" },
    { "imscc", "archive", "Archive (IMSCC)" },
    { "isf", "isf", "application/inspiration" },
    { "ist", "isf", "application/inspiration.template" },
    { "jar", "archive", "application/java-archive" },
    { "java", "sourcecode", "Text file" },
    { "jcb", "markup", "text/xml" },
    { "jcl", "markup", "text/xml" },
    { "jcw", "markup", "text/xml" },
    { "jmt", "markup", "text/xml" },
    { "jmx", "markup", "text/xml" },
    { "jnlp", "markup", "application/x-java-jnlp-file" },
    { "jpe", "image", "Image (JPEG)" },
    { "jpeg", "image", "Image (JPEG)" },
    { "jpg", "image", "Image (JPEG)" },
    { "jqz", "markup", "text/xml" },
    { "js", "text", "JavaScript source" },
    { "json", "json", "JSON text" },
    { "latex", "text", "application/x-latex" },
    { "m", "sourcecode", "Text file" },
    { "m3u", "audio", "Audio file (M3U)" },
    { "m3u8", "video", "HTTP Live Streaming (HLS)" },
    { "m4a", "audio", "Audio file (M4A)" },
    { "m4v", "video", "Video file (M4V)" },
    { "mbz", "moodle", "Moodle backup" },
    { "mdb", "database", "application/x-msaccess" },
    { "mht", "archive", "message/rfc822" },
    { "mhtml", "archive", "message/rfc822" },
    { "mov", "video", "Video file (MOV)" },
    { "movie", "video", "Video file (MOVIE)" },
    { "mp3", "audio", "Audio file (MP3)" },
    { "mp4", "video", "Video file (MP4)" },
    { "mpd", "video", "Dynamic Adaptive Streaming over HTTP (MPEG-DASH)" },
    { "mpe", "video", "Video file (MPE)" },
    { "mpeg", "video", "Video file (MPEG)" },
    { "mpg", "video", "Video file (MPG)" },
    { "mpr", "moodle", "application/vnd.moodle.profiling" },
    { "mw", "math", "application/maple" },
    { "mws", "math", "application/maple" },
    { "nbk", "archive", "application/x-smarttech-notebook" },
    { "notebook", "archive", "application/x-smarttech-notebook" },
    { "odb", "database", "application/vnd.oasis.opendocument.database" },
    { "odc", "chart", "application/vnd.oasis.opendocument.chart" },
    { "odf", "math", "application/vnd.oasis.opendocument.formula" },
    { "odg", "draw", "application/vnd.oasis.opendocument.graphics" },
    { "odi", "draw", "application/vnd.oasis.opendocument.image" },
    { "odm", "writer", "application/vnd.oasis.opendocument.text-master" },
    { "odp", "impress", "application/vnd.oasis.opendocument.presentation" },
    { "ods", "calc", "OpenDocument Spreadsheet" },
    { "odt", "writer", "OpenDocument Text document" },
    { "oga", "audio", "Audio file (OGA)" },
    { "ogg", "audio", "Audio file (OGG)" },
    { "ogv", "video", "Video file (OGV)" },
    { "otg", "draw", "application/vnd.oasis.opendocument.graphics-template" },
    { "oth", "oth", "OpenDocument Web page template" },
    { "otp", "impress",
      "application/vnd.oasis.opendocument.presentation-template" },
    { "ots", "calc", "OpenDocument Spreadsheet template" },
    { "ott", "writer", "OpenDocument Text template" },
    { "pct", "image", "Image (PICT)" },
    { "pdf", "pdf", "PDF document" },
    { "php", "sourcecode", "Text file" },
    { "pic", "image", "Image (PICT)" },
    { "pict", "image", "Image (PICT)" },
    { "png", "image", "Image (PNG)" },
    { "potm", "powerpoint",
      "application/vnd.ms-powerpoint.template.macroEnabled.12" },
    { "potx", "powerpoint",
      "application/vnd.openxmlformats-officedocument.presentationml.template"
    },
    { "ppam", "powerpoint",
      "application/vnd.ms-powerpoint.addin.macroEnabled.12" },
    { "pps", "powerpoint", "Powerpoint presentation" },
    { "ppsm", "powerpoint",
      "application/vnd.ms-powerpoint.slideshow.macroEnabled.12" },
    { "ppsx", "powerpoint", "Powerpoint 2007 slideshow" },
    { "ppt", "powerpoint", "Powerpoint presentation" },
    { "pptm", "powerpoint",
      "application/vnd.ms-powerpoint.presentation.macroEnabled.12" },
    { "pptx", "powerpoint", "Powerpoint 2007 presentation" },
    { "ps", "pdf", "application/postscript" },
    { "psd", "psd", "Image (VND.ADOBE.PHOTOSHOP)" },
    { "pub", "publisher", "Publisher document" },
    { "qt", "video", "Video file (QT)" },
    { "ra", "audio", "Audio file (RA)" },
    { "ram", "audio", "Audio file (RAM)" },
    { "rar", "archive", "Archive (RAR)" },
    { "rhb", "markup", "text/xml" },
    { "rm", "audio", "Audio file (RM)" },
    { "rmvb", "video", "Video file (RMVB)" },
    { "rtf", "text", "RTF document" },
    { "rtx", "text", "text/richtext" },
    { "rv", "audio", "Video file (RV)" },
    { "scss", "json", "text/x-scss" },
    { "sh", "sourcecode", "application/x-sh" },
    { "sit", "archive", "Archive (SIT)" },
    { "smi", "text", "application/smil" },
    { "smil", "text", "application/smil" },
    { "sqt", "markup", "text/xml" },
    { "stc", "calc", "application/vnd.sun.xml.calc.template" },
    { "std", "draw", "application/vnd.sun.xml.draw.template" },
    { "sti", "impress", "application/vnd.sun.xml.impress.template" },
    { "stw", "writer", "application/vnd.sun.xml.writer.template" },
    { "svg", "image", "Image (SVG+XML)" },
    { "svgz", "image", "Image (SVG+XML)" },
    { "swa", "flash", "application/x-director" },
    { "swf", "flash", "Flash animation" },
    { "swfl", "flash", "Flash animation" },
    { "sxc", "calc", "application/vnd.sun.xml.calc" },
    { "sxd", "draw", "application/vnd.sun.xml.draw" },
    { "sxg", "writer", "application/vnd.sun.xml.writer.global" },
    { "sxi", "impress", "application/vnd.sun.xml.impress" },
    { "sxm", "math", "application/vnd.sun.xml.math" },
    { "sxw", "writer", "application/vnd.sun.xml.writer" },
    { "tar", "archive", "Archive (TAR)" },
    { "tex", "text", "application/x-tex" },
    { "texi", "text", "application/x-texinfo" },
    { "texinfo", "text", "application/x-texinfo" },
    { "tgz", "archive", "Archive (TGZ)" },
    { "tif", "image", "Image (TIFF)" },
    { "tiff", "image", "Image (TIFF)" },
    { "ts", "video", "Video file (TS)" },
    { "tsv", "text", "text/tab-separated-values" },
    { "txt", "text", "Text file" },
    { "vtt", "text", "Web Video Text Track" },
    { "wav", "audio", "Audio file (WAV)" },
    { "webm", "video", "Video file (WEBM)" },
    { "webp", "image", "Image (WEBP)" },
    { "wma", "audio", "Audio file (WMA)" },
    { "wmv", "video", "Video file (WMV)" },
    { "xbk", "archive", "application/x-smarttech-notebook" },
    { "xdp", "pdf", "application/vnd.adobe.xdp+xml" },
    { "xfd", "pdf", "application/vnd.xfdl" },
    { "xfdf", "pdf", "application/vnd.adobe.xfdf" },
    { "xhtml", "markup", "XHTML document" },
    { "xlam", "spreadsheet",
      "application/vnd.ms-excel.addin.macroEnabled.12" },
    { "xls", "spreadsheet", "Excel spreadsheet" },
    { "xlsb", "spreadsheet",
      "application/vnd.ms-excel.sheet.binary.macroEnabled.12" },
    { "xlsm", "spreadsheet", "Excel 2007 macro-enabled workbook" },
    { "xlsx", "spreadsheet", "Excel 2007 spreadsheet" },
    { "xltm", "spreadsheet",
      "application/vnd.ms-excel.template.macroEnabled.12" },
    { "xltx", "spreadsheet", "Excel 2007 template" },
    { "xml", "markup", "application/xml" },
    { "xsl", "markup", "text/xml" },
    { "yaml", "markup", "application/yaml" },
    { "yml", "markup", "application/yaml" },
    { "zip", "archive", "Archive (ZIP)" },
};


static ngx_http_owncloud_filetype_t  ngx_http_owncloud_filetype_unknown = {
    "", "unknown", "File"
};


ngx_http_owncloud_filetype_t *
ngx_http_owncloud_filetype(u_char *name, size_t len)
{
    u_char      *p, extension[NGX_HTTP_OWNCLOUD_EXTENSION_LEN];
    size_t       n;
    ngx_int_t    rc;
    ngx_uint_t   left, right, i;

    for (n = 0; n < len && name[len - n - 1] != '.'; n++) {

        if (n == NGX_HTTP_OWNCLOUD_EXTENSION_LEN - 1) {
            return &ngx_http_owncloud_filetype_unknown;
        }
    }

    if (n == 0 || n == len) {
        return &ngx_http_owncloud_filetype_unknown;
    }

    p = name + len - n;

    ngx_strlow(extension, p, n);
    extension[n] = '\0';

    left = 0;
    right = sizeof(ngx_http_owncloud_filetypes)
            / sizeof(ngx_http_owncloud_filetype_t);

    while (left < right) {
        i = (left + right) / 2;

        p = (u_char *) ngx_http_owncloud_filetypes[i].extension;

        /* the first character decides most comparisons */

        rc = (ngx_int_t) extension[0] - p[0];

        if (rc == 0) {
            rc = ngx_strcmp(extension, p);
        }

        if (rc == 0) {
            return &ngx_http_owncloud_filetypes[i];
        }

        if (rc < 0) {
            right = i;

        } else {
            left = i + 1;
        }
    }

    return &ngx_http_owncloud_filetype_unknown;
}
