/* What kind of file a descriptor is of: some errors are those of sockets only. */
#define _GNU_SOURCE
#include "kinds.h"

#include <fcntl.h>
#include <sys/stat.h>

int descriptor_kind(int fd) {
    struct statx found;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &found) < 0) {
        return KIND_OTHER;
    }
    switch (found.stx_mode & S_IFMT) {
    case S_IFSOCK:
        return KIND_SOCKET;
    case S_IFIFO:
        return KIND_PIPE;
    case S_IFREG:
    case S_IFDIR:
    case S_IFCHR:
        return KIND_FILE;
    default:
        return KIND_OTHER;
    }
}
