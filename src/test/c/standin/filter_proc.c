/* EVFILT_PROC: NOTE_EXIT, by a pidfd. NOTE_FORK, NOTE_EXEC and NOTE_TRACK are accepted, and never come. */
#include "knote.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

static bool has_ended(int pidfd) {
    struct pollfd pollfd = {.fd = pidfd, .events = POLLIN};
    return syscall(SYS_poll, &pollfd, 1, 0) > 0;
}

static int proc_attach(struct knote *knote) {
    if (knote->added.ident == 0 || knote->added.ident > INT32_MAX) {
        return ESRCH;
    }
#if defined(STANDIN_MACOS)
    if (knote->added.fflags & BSD_NOTE_TRACK) {
        return EOPNOTSUPP; /* filt_procattach(): ENOTSUP, which Linux does not tell apart */
    }
#endif
    knote->pidfd = syscall(SYS_pidfd_open, (int)knote->added.ident, 0);
    if (knote->pidfd < 0) {
        return errno == EINVAL ? ESRCH : errno;
    }
    knote->added.flags |= BSD_EV_CLEAR;
    bool wanted = knote->added.fflags & BSD_NOTE_EXIT;
    if (has_ended(knote->pidfd) && !(FINDS_ZOMBIES && wanted)) {
        return ESRCH;
    }
    int error = watch_edges(knote, READABLE, knote->pidfd, EPOLLIN);
    if (error == 0 && has_ended(knote->pidfd)) {
        activate(knote);
    }
    return error;
}

static void proc_detach(struct knote *knote) {
    if (knote->pidfd >= 0) {
        unwatch_edges(knote, READABLE, knote->pidfd);
        syscall(SYS_close, knote->pidfd);
    }
}

/* struct pidfd_info of Linux 6.13, with the exit code of 6.15. */
struct pidfd_info_exit {
    uint64_t mask;
    uint32_t unused[13];
    int32_t exit_code;
};

#define PIDFD_GET_INFO_EXIT _IOWR(0xff, 11, struct pidfd_info_exit)
#define PIDFD_INFO_EXIT_BIT 8

/* The last field of /proc/PID/stat, of one that is not our child and has not been reaped. */
static int64_t zombie_status(int pid) {
    char path[32];
    char text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = syscall(SYS_open, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    ssize_t n = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    text[n < 0 ? 0 : n] = 0;
    char *last = strrchr(text, ' ');
    return last == NULL ? -1 : atoi(last + 1);
}

static int64_t reaped_status(int pidfd) {
    struct pidfd_info_exit after = {.mask = PIDFD_INFO_EXIT_BIT};
    bool told = syscall(SYS_ioctl, pidfd, PIDFD_GET_INFO_EXIT, &after) == 0 && after.mask & PIDFD_INFO_EXIT_BIT;
    return told ? after.exit_code : -1;
}

/* The wait status, be the process reaped already or not, and whosever child it is. */
static int64_t status(int pidfd, int pid) {
    siginfo_t info = {0};
    if (syscall(SYS_waitid, 3 /* P_PIDFD */, pidfd, &info, WEXITED | WNOHANG | WNOWAIT, NULL) == 0 && info.si_pid != 0) {
        return info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8
                                          : info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    }
    int64_t status = reaped_status(pidfd);
    if (status < 0) {
        status = zombie_status(pid);
    }
    if (status < 0) {
        status = reaped_status(pidfd);
    }
    return status < 0 ? 0 : status;
}

static bool proc_process(struct knote *knote, struct event *event) {
    unsigned wanted = knote->added.fflags;
    if (!has_ended(knote->pidfd)) {
        return false;
    }
#if defined(STANDIN_FREEBSD) || defined(STANDIN_MACOS)
    if (!(wanted & BSD_NOTE_EXIT)) {
        return false; /* FreeBSD drops the knote; nobody can tell */
    }
#endif
    event->fflags = wanted & BSD_NOTE_EXIT;
    event->flags |= BSD_EV_EOF | BSD_EV_ONESHOT;
#if defined(STANDIN_MACOS)
    if (wanted & BSD_NOTE_EXITSTATUS) {
        event->fflags |= BSD_NOTE_EXITSTATUS;
        event->data = status(knote->pidfd, knote->added.ident);
    }
#else
    event->data = status(knote->pidfd, knote->added.ident);
#endif
    return true;
}

const struct filter proc_filter = {
        .number = BSD_EVFILT_PROC,
        .attach = proc_attach,
        .detach = proc_detach,
        .touch = touch_by_replacing,
        .process = proc_process,
};
