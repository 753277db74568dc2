
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"
#include "faults.h"

#include <dirent.h>
#include <setjmp.h>


/*
 * [--faults N] FILE|FOLDER ...
 *
 * With --faults each of the first N files of a folder is read again and again:
 * with each of its allocations failing, and with all from it on.  Whatever a
 * target says of its results then, nothing may break, nor be left behind.
 */


#define FUZZ_FILES  4096


int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int fuzz_replay(char *name, unsigned *n);
static int fuzz_replay_file(char *name);
static void fuzz_faults(uint8_t *data, size_t len, uint64_t mode);
static void fuzz_closed(void *data);


static size_t       fuzz_most;
static unsigned     fuzz_failures;
static jmp_buf      fuzz_back;
static ngx_pool_t  *fuzz_open;
static int fuzz_compare(const void *a, const void *b);


int
main(int argc, char **argv)
{
    int       i, failed;
    unsigned  n;

    if (LLVMFuzzerInitialize) {
        (void) LLVMFuzzerInitialize(&argc, &argv);
    }

    i = 1;

    if (argc > 2 && strcmp(argv[1], "--faults") == 0) {
        fuzz_most = (size_t) atoi(argv[2]);
        i = 3;
    }

    for (failed = 0, n = 0; i < argc; i++) {
        failed |= fuzz_replay(argv[i], &n);
    }

    printf("%u files replayed", n);

    if (fuzz_most) {
        printf(", %u times without memory", fuzz_failures);
    }

    printf("\n");

    return failed || n == 0;
}


static int
fuzz_replay(char *name, unsigned *n)
{
    int              failed;
    char            *names[FUZZ_FILES], path[4096];
    DIR             *folder;
    size_t           i, count;
    struct dirent   *entry;

    folder = opendir(name);

    if (folder == NULL) {
        (*n)++;
        return fuzz_replay_file(name);
    }

    count = 0;

    while ((entry = readdir(folder)) != NULL && count < FUZZ_FILES) {
        if (entry->d_name[0] != '.') {
            names[count++] = strdup(entry->d_name);
        }
    }

    (void) closedir(folder);

    qsort(names, count, sizeof(names[0]), fuzz_compare);

    for (failed = 0, i = 0; i < count; i++) {

        if (fuzz_most == 0 || i < fuzz_most) {
            (void) snprintf(path, sizeof(path), "%s/%s", name, names[i]);
            failed |= fuzz_replay_file(path);
            (*n)++;
        }

        free(names[i]);
    }

    return failed;
}


static int
fuzz_replay_file(char *name)
{
    int       c;
    FILE     *file;
    size_t    len, size;
    uint8_t  *data;

    file = fopen(name, "rb");
    if (file == NULL) {
        perror(name);
        return 1;
    }

    data = NULL;
    size = 0;

    for (len = 0; (c = getc(file)) != EOF; len++) {

        if (len == size) {
            size = size ? 2 * size : 4096;

            data = realloc(data, size);
            fuzz_assert(data != NULL);
        }

        data[len] = (uint8_t) c;
    }

    (void) fclose(file);

    (void) LLVMFuzzerTestOneInput(data, len);

    if (fuzz_most) {
        fuzz_faults(data, len, FAULTS_NTH);
        fuzz_faults(data, len, FAULTS_REST);
    }

    free(data);

    return 0;
}


/* each of the first hundred, then fewer and fewer */

static void
fuzz_faults(uint8_t *data, size_t len, uint64_t mode)
{
    volatile uint64_t  k;

    for (k = 1; /* void */ ; k += 1 + k / 100) {
        faults->mode = mode;
        faults->nth = k;
        faults->count = 0;
        faults->failed = 0;

        if (setjmp(fuzz_back) == 0) {
            (void) LLVMFuzzerTestOneInput(data, len);

        } else if (fuzz_open) {
            ngx_destroy_pool(fuzz_open);
        }

        faults->mode = FAULTS_OFF;

        if (faults->failed == 0) {
            break;
        }

        fuzz_failures++;
    }
}


void
fuzz_opened(ngx_pool_t *pool)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, 0);

    if (cln) {
        cln->handler = fuzz_closed;
        fuzz_open = pool;
    }
}


static void
fuzz_closed(void *data)
{
    fuzz_open = NULL;
}


/* what a target takes for granted needs memory */

void
fuzz_excuse(void)
{
    if (faults->failed) {
        longjmp(fuzz_back, 1);
    }
}


static int
fuzz_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}
