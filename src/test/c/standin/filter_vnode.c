/* EVFILT_VNODE, by inotify on the inode of the descriptor. */
#include "knote.h"

#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#define WATCHED                                                                                                     \
    (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |  \
     IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE | IN_ACCESS)

static void remember(struct knote *knote) {
    struct stat stat;
    if (syscall(SYS_fstat, (int)knote->added.ident, &stat) == 0) {
        knote->size = stat.st_size;
        knote->links = stat.st_nlink;
    }
}

static int vnode_attach(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    int fd = knote->added.ident;
    struct stat stat;
    char path[64];
    if (syscall(SYS_fstat, fd, &stat) < 0 || !(S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode))) {
        return UNKNOWN_OF_DESCRIPTOR;
    }
    /* What was before is not for this knote. */
    collect_vnodes(kqueue);
    if (kqueue->inotify < 0) {
        struct epoll_event event = {.events = EPOLLIN};
        kqueue->inotify = syscall(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK);
        if (kqueue->inotify < 0) {
            return errno;
        }
        syscall(SYS_epoll_ctl, kqueue->fd, EPOLL_CTL_ADD, kqueue->inotify, &event);
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    knote->watch = syscall(SYS_inotify_add_watch, kqueue->inotify, path, WATCHED);
    if (knote->watch < 0) {
        return errno;
    }
    remember(knote);
    if (S_ISDIR(stat.st_mode)) {
        /* inotify tells of a directory's removal only when the last descriptor is closed. */
        knote->needs_looks = true;
        kqueue->looks++;
    }
    return 0;
}

struct sharing {
    struct knote *than;
    bool found;
};

static void look_for_sharer(struct knote *knote, void *argument) {
    struct sharing *sharing = argument;
    sharing->found |= knote != sharing->than && knote->filter == &vnode_filter && knote->watch == sharing->than->watch;
}

/* Two descriptors of one file share a watch. */
static void vnode_detach(struct knote *knote) {
    struct sharing sharing = {.than = knote};
    knote->kqueue->looks -= knote->needs_looks;
    if (knote->watch < 0) {
        return;
    }
    each_knote(knote->kqueue, look_for_sharer, &sharing);
    if (!sharing.found) {
        syscall(SYS_inotify_rm_watch, knote->kqueue->inotify, knote->watch);
    }
}

static unsigned of_attributes(struct knote *knote) {
    unsigned links = knote->links;
    remember(knote);
    if (knote->links == links) {
        return BSD_NOTE_ATTRIB;
    }
    if (knote->links > links) {
        return BSD_NOTE_LINK;
    }
    /* A name less, be it the last one or not: vop_remove_post() of FreeBSD. macOS says NOTE_LINK as well: vn_remove(). */
#if defined(STANDIN_MACOS)
    return BSD_NOTE_DELETE | BSD_NOTE_LINK;
#else
    return BSD_NOTE_DELETE;
#endif
}

static unsigned of_contents(struct knote *knote) {
    int64_t size = knote->size;
    remember(knote);
    unsigned notes = BSD_NOTE_WRITE;
#if defined(BSD_NOTE_TRUNCATE)
    if (knote->size < size) {
        return BSD_NOTE_WRITE | BSD_NOTE_TRUNCATE;
    }
#endif
    return knote->size > size ? notes | BSD_NOTE_EXTEND : notes;
}

static unsigned notes(struct knote *knote, const struct inotify_event *event) {
    unsigned mask = event->mask;
    bool of_entry = event->len > 0;
    if (mask & (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)) {
        unsigned links = knote->links;
        remember(knote);
        return BSD_NOTE_WRITE | (knote->links != links ? BSD_NOTE_LINK : 0);
    }
    if (of_entry) {
        return 0; /* a file in the directory has changed, not the directory */
    }
    unsigned of = 0;
#if defined(BSD_NOTE_OPEN)
    of |= mask & IN_OPEN ? BSD_NOTE_OPEN : 0;
    of |= mask & IN_CLOSE_WRITE ? BSD_NOTE_CLOSE_WRITE : 0;
    of |= mask & IN_CLOSE_NOWRITE ? BSD_NOTE_CLOSE : 0;
    of |= mask & IN_ACCESS ? BSD_NOTE_READ : 0;
#endif
    of |= mask & IN_MODIFY ? of_contents(knote) : 0;
    of |= mask & IN_ATTRIB ? of_attributes(knote) : 0;
    of |= mask & IN_MOVE_SELF ? BSD_NOTE_RENAME : 0;
    of |= mask & IN_DELETE_SELF ? BSD_NOTE_DELETE : 0;
    of |= mask & IN_UNMOUNT ? BSD_NOTE_REVOKE : 0;
    return of;
}

static void tell(struct knote *knote, void *argument) {
    const struct inotify_event *event = argument;
    if (knote->filter == &vnode_filter && knote->watch == event->wd) {
        /* All that one operation tells, if any of it was asked for: filt_vfsvnode() of FreeBSD and its like. Seen. */
        unsigned of = notes(knote, event);
        if (of & knote->added.fflags) {
            knote->fflags |= of;
            activate(knote);
        }
    }
}

void collect_vnodes(struct kqueue *kqueue) {
    _Alignas(struct inotify_event) char buffer[16 * 1024];
    ssize_t n;
    while (kqueue->inotify >= 0 && (n = syscall(SYS_read, kqueue->inotify, buffer, sizeof buffer)) > 0) {
        for (char *at = buffer; at < buffer + n;) {
            struct inotify_event *event = (struct inotify_event *)at;
            each_knote(kqueue, tell, event);
            at += sizeof *event + event->len;
        }
    }
}

static bool vnode_process(struct knote *knote, struct event *event) {
    struct stat stat;
    if (knote->needs_looks && !knote->ended && syscall(SYS_fstat, (int)knote->added.ident, &stat) == 0) {
        knote->ended = stat.st_nlink == 0;
        knote->fflags |= knote->ended ? BSD_NOTE_DELETE & knote->added.fflags : 0;
    }
    event->fflags = knote->fflags;
    return knote->fflags != 0;
}

static void vnode_reset(struct knote *knote) {
    knote->fflags = 0;
}

const struct filter vnode_filter = {
        .number = BSD_EVFILT_VNODE,
        .of_descriptor = true,
        .attach = vnode_attach,
        .detach = vnode_detach,
        .touch = touch_by_replacing,
        .process = vnode_process,
        .reset = vnode_reset,
};
