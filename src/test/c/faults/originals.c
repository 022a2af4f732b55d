/* Finds the C library's functions. A file of its own: the declarations of the headers are not those of faults.c. */
#define _GNU_SOURCE
#include "originals.h"

#include <dlfcn.h>

any_function find_original(const char *name) {
    return (any_function)dlsym(RTLD_NEXT, name);
}
