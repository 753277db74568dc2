
/*
 * Copyright (C) the authors of the ownCloud module for nginx
 */


#ifndef _FAULTS_H_INCLUDED_
#define _FAULTS_H_INCLUDED_


#include <stdint.h>


/*
 * Which allocation of the module fails.  Nothing fails unless a test says so:
 * a unit test in the variable, a suite in the file that FAULTS names and that
 * all processes of nginx share.  The layout is known to Owncloud/Faults.pm.
 *
 * A place is a call that allocates together with the callers of its function,
 * so that what each of them makes of a failure is seen.
 */


#define FAULTS_OFF     0
#define FAULTS_NTH     1    /* the one with this number fails */
#define FAULTS_REST    2    /* and all that follow */
#define FAULTS_PLACE   3    /* the first at a place where none has failed yet */
#define FAULTS_EACH    4    /* at each such place */

#define FAULTS_FRAMES  8
#define FAULTS_PLACES  16384


typedef struct {
    uint64_t  mode;
    uint64_t  nth;
    uint64_t  count;        /* allocations up to now */
    uint64_t  failed;       /* of these */
    char      where[96];    /* the last that failed, "FILE:LINE" */
    uint64_t  frames[FAULTS_FRAMES];  /* who had called, from the module's base */
    uint64_t  places[FAULTS_PLACES];
} faults_t;


extern faults_t  *faults;


int faults_hit(const char *file, int line);


#endif /* _FAULTS_H_INCLUDED_ */
