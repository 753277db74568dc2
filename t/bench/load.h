
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _LOAD_H_INCLUDED_
#define _LOAD_H_INCLUDED_


#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define LOAD_HEADER  16384


typedef enum {
    LOAD_SIZE = 0,
    LOAD_EXTENSION,
    LOAD_DATA,
    LOAD_DATA_END,
    LOAD_TRAILER
} load_chunk_e;


typedef struct {
    int            fd;
    int            busy;
    size_t         file;
    size_t         sent;
    uint64_t       begin;

    char           header[LOAD_HEADER + 1];
    size_t         header_len;
    int            header_done;

    int            status;
    int            chunked;
    int            trailer;      /* bytes of the trailer's line */
    int64_t        left;         /* of the body, or of a chunk */
    int64_t        length;
    load_chunk_e   state;
} load_connection_t;


void load_die(const char *what);

/* an answer is complete, "c" says what it was like; sends the next request */
void load_answered(load_connection_t *c);

/* something came that nobody has asked for */
void load_surplus(void);


/* load_answer.c */

/* bytes of answers, as they come */
void load_data(load_connection_t *c, const char *p, size_t n);


#endif /* _LOAD_H_INCLUDED_ */
