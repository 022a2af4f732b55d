/* errno in two languages, and the words for it. */
#include "standin.h"

#include <stdio.h>

#define ROW(name) {BSD_##name, name, #name},

static const struct {
    int bsd;
    int linux_number;
    const char *name;
} numbers[] = {BSD_ERRNOS(ROW)};

#define COUNT (sizeof numbers / sizeof *numbers)

int bsd_errno(int number) {
    for (size_t i = 0; i < COUNT; i++) {
        if (numbers[i].linux_number == number) {
            return numbers[i].bsd;
        }
    }
    /* Nothing that the BSDs have: a gap in this library. */
    fprintf(stderr, "stand-in: errno %d of Linux has no number on %s\n", number, STANDIN);
    return BSD_EIO;
}

int linux_errno(int number) {
    for (size_t i = 0; i < COUNT; i++) {
        if (numbers[i].bsd == number) {
            return numbers[i].linux_number;
        }
    }
    return -1;
}

long translated(long result) {
    if (result == -1) {
        errno = bsd_errno(errno);
    }
    return result;
}

int fail(int number) {
    errno = bsd_errno(number);
    return -1;
}

int *bsd_errno_location(void) {
    return &errno;
}

char *bsd_strerror(int number) {
    static _Thread_local char text[128];
    int known = linux_errno(number);
    if (known < 0) {
        snprintf(text, sizeof text, "Unknown error: %d", number);
        return text;
    }
    return strerror_r(known, text, sizeof text);
}
