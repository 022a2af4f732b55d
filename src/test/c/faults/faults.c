/*
 * A C library whose functions fail on demand. Each function that the project links on Linux is exported here under its
 * own name, and passes the call on to the C library's, unless it has been armed to fail.
 *
 * functions.h is generated: FUNCTION(name, failure) for each, where failure is what the function returns when it fails:
 * MINUS_ONE or ZERO with errno set, or the errno itself (CODE).
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "kinds.h"
#include "originals.h"

enum failure { MINUS_ONE, ZERO, CODE };

enum function {
#define FUNCTION(name, failure) ID_##name,
#include "functions.h"
#undef FUNCTION
    FUNCTIONS
};

static const struct {
    const char *name;
    enum failure failure;
} functions[FUNCTIONS] = {
#define FUNCTION(name, failure) {#name, failure},
#include "functions.h"
#undef FUNCTION
};

static any_function originals[FUNCTIONS];
static _Atomic long calls[FUNCTIONS];

/* The armed function, or -1. Written last, so that the rest is in place when a call sees it. */
static _Atomic int armed = -1;
static _Atomic int error;
static _Atomic bool performed;
static _Atomic int kinds;
static _Atomic long first;
static _Atomic long last;
static _Atomic long hits;
static _Atomic long candidates;

__attribute__((constructor)) static void find_originals(void) {
    for (int i = 0; i < FUNCTIONS; i++) {
        originals[i] = find_original(functions[i].name);
    }
}

/* ---- for the tests */

/* Counts all calls from 0 again. */
__attribute__((visibility("default"))) void faults_reset(void) {
    armed = -1;
    hits = 0;
    candidates = 0;
    for (int i = 0; i < FUNCTIONS; i++) {
        calls[i] = 0;
    }
}

/*
 * Lets calls number skip to skip + count - 1 of a function fail. Some failures come after the call has had its effect:
 * close(2) has always closed, an interrupted connect(2) goes on. Some are of descriptors of one kind, which are then the
 * only ones to count.
 */
__attribute__((visibility("default"))) void faults_arm(int function, int errnum, int after, int of_kinds, long skip,
                                                       long count) {
    faults_reset();
    error = errnum;
    performed = after;
    kinds = of_kinds;
    first = skip;
    last = skip + count;
    armed = function;
}

__attribute__((visibility("default"))) void faults_disarm(void) {
    armed = -1;
}

/* How many calls have failed since faults_reset. */
__attribute__((visibility("default"))) long faults_hits(void) {
    return hits;
}

__attribute__((visibility("default"))) long faults_calls(int function) {
    return calls[function];
}

/* ---- the functions */

static long call(enum function id, long a, long b, long c, long d, long e, long f) {
    calls[id]++;
    bool candidate = armed == (int)id && (kinds == KIND_ANY || kinds & descriptor_kind((int)a));
    long n = candidate ? candidates++ : -1;
    if (n < first || n >= last) {
        return originals[id](a, b, c, d, e, f);
    }
    hits++;
    if (performed) {
        originals[id](a, b, c, d, e, f);
    }
    errno = error;
    return functions[id].failure == MINUS_ONE ? -1 : functions[id].failure == ZERO ? 0 : error;
}

#define FUNCTION(name, failure) \
    __attribute__((visibility("default"))) long name(long a, long b, long c, long d, long e, long f) { \
        return call(ID_##name, a, b, c, d, e, f); \
    }
#include "functions.h"
