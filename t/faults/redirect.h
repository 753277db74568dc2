
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _REDIRECT_H_INCLUDED_
#define _REDIRECT_H_INCLUDED_


/*
 * Builds for tests have this included before each source of the module ("gcc
 * -include"), never those for use: whatever the module allocates by itself, or
 * has a library allocate, may fail, see faults.h.  What only configures nginx
 * does not see it.
 */

#if __has_include(<ngx_http.h>)


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>

#include <curl/curl.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#include "faults.h"


/* each object has all of it, the linker keeps one */

#define faults_common  __attribute__((weak, visibility("hidden")))

#define FAULTS_DEPTH   3
#define FAULTS_MODULE  0x4000000


faults_common faults_t   faults_own;
faults_common faults_t  *faults = &faults_own;


/* before nginx makes its workers, which have no environment */

faults_common __attribute__((constructor)) void
faults_open(void)
{
    int    fd;
    char  *name;
    void  *frames[1];

    name = getenv("FAULTS");

    if (name == NULL || faults != &faults_own) {
        return;
    }

    /* it loads a library the first time */

    (void) backtrace(frames, 1);

    fd = open(name, O_RDWR);
    if (fd == -1) {
        return;
    }

    faults = mmap(NULL, sizeof(faults_t), PROT_READ|PROT_WRITE, MAP_SHARED,
                  fd, 0);

    if (faults == MAP_FAILED) {
        faults = &faults_own;
    }

    (void) close(fd);
}


/* 1: no failure has been here */

faults_common int
faults_place(void)
{
    int        i, n;
    void      *frames[FAULTS_DEPTH + 2];
    uint64_t   hash, *place;
    uintptr_t  at;

    n = backtrace(frames, FAULTS_DEPTH + 2);

    for (hash = 14695981039346656037u, i = 2; i < n; i++) {
        at = (uintptr_t) frames[i] - (uintptr_t) &faults_place;

        /* who is outside of the module does not matter */

        if (at + FAULTS_MODULE > 2 * FAULTS_MODULE) {
            break;
        }

        hash = (hash ^ at) * 1099511628211u;
    }

    hash |= 1;

    for (i = 0; i < FAULTS_PLACES; i++) {
        place = &faults->places[(hash + i) % FAULTS_PLACES];

        if (*place == hash) {
            return 0;
        }

        if (__sync_bool_compare_and_swap(place, 0, hash)) {
            return 1;
        }
    }

    return 0;
}


faults_common void
faults_note(const char *file, int line)
{
    int       i, n;
    void     *frames[FAULTS_FRAMES + 2];
    Dl_info   module, other;

    file = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

    (void) snprintf(faults->where, sizeof(faults->where), "%s:%d", file, line);

    memset(faults->frames, 0, sizeof(faults->frames));

    n = backtrace(frames, FAULTS_FRAMES + 2);

    if (!dladdr((void *) &faults_note, &module)) {
        return;
    }

    for (i = 2; i < n; i++) {

        if (!dladdr(frames[i], &other) || other.dli_fbase != module.dli_fbase)
        {
            break;
        }

        faults->frames[i - 2] = (u_char *) frames[i]
                                - (u_char *) module.dli_fbase;
    }
}


faults_common int
faults_hit(const char *file, int line)
{
    int       bad;
    uint64_t  n;

    if (faults->mode == FAULTS_OFF) {
        return 0;
    }

    n = __sync_add_and_fetch(&faults->count, 1);

    switch (faults->mode) {

    case FAULTS_NTH:
        bad = n == faults->nth;
        break;

    case FAULTS_REST:
        bad = n >= faults->nth;
        break;

    case FAULTS_PLACE:
        bad = faults->failed == 0 && faults_place();
        break;

    default:  /* FAULTS_EACH */
        bad = faults_place();
    }

    if (bad) {
        (void) __sync_add_and_fetch(&faults->failed, 1);
        faults_note(file, line);
        errno = ENOMEM;
    }

    return bad;
}


#define faults_or(bad, call)                                                  \
    (faults_hit(__FILE__, __LINE__) ? (bad) : (call))


/* a macro is not expanded in itself: these are the functions */

#define ngx_palloc(p, n)            faults_or(NULL, ngx_palloc(p, n))
#define ngx_pnalloc(p, n)           faults_or(NULL, ngx_pnalloc(p, n))
#define ngx_pcalloc(p, n)           faults_or(NULL, ngx_pcalloc(p, n))
#define ngx_pstrdup(p, s)           faults_or(NULL, ngx_pstrdup(p, s))
#define ngx_create_pool(n, log)     faults_or(NULL, ngx_create_pool(n, log))
#define ngx_array_create(p, n, s)   faults_or(NULL, ngx_array_create(p, n, s))
#define ngx_array_init(a, p, n, s)                                            \
    faults_or(NGX_ERROR, ngx_array_init(a, p, n, s))
#define ngx_array_push(a)           faults_or(NULL, ngx_array_push(a))
#define ngx_array_push_n(a, n)      faults_or(NULL, ngx_array_push_n(a, n))
#define ngx_list_init(l, p, n, s)                                             \
    faults_or(NGX_ERROR, ngx_list_init(l, p, n, s))
#define ngx_list_push(l)            faults_or(NULL, ngx_list_push(l))
#define ngx_alloc_chain_link(p)     faults_or(NULL, ngx_alloc_chain_link(p))
#define ngx_create_temp_buf(p, n)   faults_or(NULL, ngx_create_temp_buf(p, n))
#define ngx_pool_cleanup_add(p, n)  faults_or(NULL, ngx_pool_cleanup_add(p, n))
#define ngx_http_cleanup_add(r, n)  faults_or(NULL, ngx_http_cleanup_add(r, n))
#define ngx_slab_alloc(p, n)        faults_or(NULL, ngx_slab_alloc(p, n))
#define ngx_slab_alloc_locked(p, n)                                           \
    faults_or(NULL, ngx_slab_alloc_locked(p, n))
#define ngx_http_upstream_create(r)                                           \
    faults_or(NGX_ERROR, ngx_http_upstream_create(r))
#define ngx_http_subrequest(r, u, a, s, p, f)                                 \
    faults_or(NGX_ERROR, ngx_http_subrequest(r, u, a, s, p, f))

#define EVP_MD_CTX_new()            faults_or(NULL, EVP_MD_CTX_new())
#define EVP_CIPHER_CTX_new()        faults_or(NULL, EVP_CIPHER_CTX_new())
#define EVP_PKEY_CTX_new_id(i, e)   faults_or(NULL, EVP_PKEY_CTX_new_id(i, e))
#define EVP_PKEY_derive_init(c)     faults_or(0, EVP_PKEY_derive_init(c))
#define EVP_PKEY_derive(c, k, n)    faults_or(0, EVP_PKEY_derive(c, k, n))
#define EVP_MD_fetch(c, n, p)       faults_or(NULL, EVP_MD_fetch(c, n, p))
#define EVP_CIPHER_fetch(c, n, p)   faults_or(NULL, EVP_CIPHER_fetch(c, n, p))
#define EVP_DigestInit_ex(c, t, e)  faults_or(0, EVP_DigestInit_ex(c, t, e))
#define EVP_DigestUpdate(c, d, n)   faults_or(0, EVP_DigestUpdate(c, d, n))
#define EVP_DigestFinal_ex(c, d, n) faults_or(0, EVP_DigestFinal_ex(c, d, n))
#define EVP_EncryptInit_ex(c, t, e, k, i)                                     \
    faults_or(0, EVP_EncryptInit_ex(c, t, e, k, i))
#define EVP_EncryptUpdate(c, o, n, d, l)                                      \
    faults_or(0, EVP_EncryptUpdate(c, o, n, d, l))
#define EVP_EncryptFinal_ex(c, o, n)                                          \
    faults_or(0, EVP_EncryptFinal_ex(c, o, n))
#define EVP_DecryptInit_ex(c, t, e, k, i)                                     \
    faults_or(0, EVP_DecryptInit_ex(c, t, e, k, i))
#define EVP_DecryptUpdate(c, o, n, d, l)                                      \
    faults_or(0, EVP_DecryptUpdate(c, o, n, d, l))
#define EVP_CipherUpdate(c, o, n, d, l)                                       \
    faults_or(0, EVP_CipherUpdate(c, o, n, d, l))
#define RAND_bytes(b, n)            faults_or(0, RAND_bytes(b, n))

#define yajl_alloc(c, a, d)         faults_or(NULL, yajl_alloc(c, a, d))
#define yajl_gen_alloc(a)           faults_or(NULL, yajl_gen_alloc(a))

#define xmlCreatePushParserCtxt(s, u, c, n, f)                                \
    faults_or(NULL, xmlCreatePushParserCtxt(s, u, c, n, f))

#define curl_url()                  faults_or(NULL, curl_url())
#define curl_url_set(u, w, p, f)                                              \
    faults_or(CURLUE_OUT_OF_MEMORY, curl_url_set(u, w, p, f))
#define curl_url_get(u, w, p, f)                                              \
    faults_or(CURLUE_OUT_OF_MEMORY, curl_url_get(u, w, p, f))
#define curl_easy_init()            faults_or(NULL, curl_easy_init())
#define curl_multi_init()           faults_or(NULL, curl_multi_init())
#define curl_multi_add_handle(m, e)                                           \
    faults_or(CURLM_OUT_OF_MEMORY, curl_multi_add_handle(m, e))
#define curl_slist_append(l, s)     faults_or(NULL, curl_slist_append(l, s))

#undef curl_easy_setopt
#define curl_easy_setopt(e, o, v)                                             \
    faults_or(CURLE_OUT_OF_MEMORY, (curl_easy_setopt)(e, o, v))


#endif /* __has_include */

#endif /* _REDIRECT_H_INCLUDED_ */
