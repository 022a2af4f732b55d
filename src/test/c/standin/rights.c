/* Control data of messages: descriptors (SCM_RIGHTS), which is all that anybody here sends. */
#include "standin.h"

#include <sys/uio.h>

#define UP(bytes) (((bytes) + BSD_CMSG_ALIGN - 1) & ~(size_t)(BSD_CMSG_ALIGN - 1))

/* Of Linux: 253 descriptors a message, SCM_MAX_FD. */
#define MOST CMSG_SPACE(253 * sizeof(int))

size_t rights_room(void) {
    return MOST;
}

/* unp_internalize(): one header, whose length is that of the control data, and nothing but descriptors in it. */
long rights_in(const void *control, size_t length, void *linux_control) {
    const struct bsd_cmsghdr *bsd = control;
    if (length < BSD_CMSG_DATA || bsd->cmsg_len < BSD_CMSG_DATA || UP(bsd->cmsg_len) > UP(length)) {
        return fail(EINVAL);
    }
    size_t bytes = bsd->cmsg_len - BSD_CMSG_DATA;
    if ((int)bsd->cmsg_level != BSD_SOL_SOCKET || bsd->cmsg_type != BSD_SCM_RIGHTS || CMSG_SPACE(bytes) > MOST) {
        return fail(EINVAL);
    }
    struct cmsghdr *header = linux_control;
    memset(header, 0, CMSG_SPACE(bytes));
    header->cmsg_len = CMSG_LEN(bytes);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(header), (const char *)control + BSD_CMSG_DATA, bytes);
    return CMSG_SPACE(bytes);
}

/* soreceive(): what there is no room for is closed, and MSG_CTRUNC says so. */
size_t rights_out(struct msghdr *message, void *control, size_t room) {
    size_t used = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        int *descriptors = (int *)CMSG_DATA(header);
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        size_t fit = room < used + BSD_CMSG_DATA ? 0 : (room - used - BSD_CMSG_DATA) / sizeof(int);
        size_t taken = count < fit ? count : fit;
        for (size_t i = taken; i < count; i++) {
            syscall(SYS_close, descriptors[i]);
            message->msg_flags |= MSG_CTRUNC;
        }
        if (taken > 0) {
            struct bsd_cmsghdr *bsd = (struct bsd_cmsghdr *)((char *)control + used);
            bsd->cmsg_len = BSD_CMSG_DATA + taken * sizeof(int);
            bsd->cmsg_level = BSD_SOL_SOCKET;
            bsd->cmsg_type = BSD_SCM_RIGHTS;
            memcpy((char *)control + used + BSD_CMSG_DATA, descriptors, taken * sizeof(int));
            used += UP(bsd->cmsg_len);
        }
    }
    return used < room ? used : room;
}
