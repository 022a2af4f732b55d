/* What Linux does not tell of a socket: see enum fact. By its number, so that a duplicate knows nothing of it. */
#include "standin.h"

#include <stdatomic.h>

#define DESCRIPTORS (1 << 20)

static atomic_uchar facts[DESCRIPTORS];

bool is_fact(int fd, enum fact fact) {
    return fd >= 0 && fd < DESCRIPTORS && atomic_load(&facts[fd]) & fact;
}

void set_fact(int fd, enum fact fact, bool is) {
    if (fd >= 0 && fd < DESCRIPTORS) {
        if (is) {
            atomic_fetch_or(&facts[fd], fact);
        } else {
            atomic_fetch_and(&facts[fd], (unsigned char)~fact);
        }
    }
}

void forget_descriptor(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) {
        atomic_store(&facts[fd], 0);
    }
}
