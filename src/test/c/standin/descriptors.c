/* What Linux does not tell of a socket: whether its own side has been shut for writing (SBS_CANTSENDMORE). */
#include "standin.h"

#include <stdatomic.h>

#define DESCRIPTORS (1 << 20)

static atomic_bool shut[DESCRIPTORS];

bool was_shut_for_writing(int fd) {
    return fd >= 0 && fd < DESCRIPTORS && atomic_load(&shut[fd]);
}

void shut_for_writing(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) {
        atomic_store(&shut[fd], true);
    }
}

void forget_descriptor(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) {
        atomic_store(&shut[fd], false);
    }
}
