
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#include "fuzz.h"

#include <dirent.h>


#define FUZZ_FILES  4096


int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int fuzz_replay(char *name, unsigned *n);
static int fuzz_replay_file(char *name);
static int fuzz_compare(const void *a, const void *b);


int
main(int argc, char **argv)
{
    int       i, failed;
    unsigned  n;

    if (LLVMFuzzerInitialize) {
        (void) LLVMFuzzerInitialize(&argc, &argv);
    }

    for (failed = 0, n = 0, i = 1; i < argc; i++) {
        failed |= fuzz_replay(argv[i], &n);
    }

    printf("%u files replayed\n", n);

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
        (void) snprintf(path, sizeof(path), "%s/%s", name, names[i]);
        failed |= fuzz_replay_file(path);
        free(names[i]);
        (*n)++;
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
    free(data);

    return 0;
}


static int
fuzz_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}
