/* EVFILT_READ and EVFILT_WRITE: sockets, pipes, files, terminals, kqueues. */
#include "knote.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

static int integer(int fd, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    syscall(SYS_getsockopt, fd, SOL_SOCKET, option, &value, &size);
    return value;
}

static short polled(int fd) {
    struct pollfd pollfd = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    return syscall(SYS_poll, &pollfd, 1, 0) < 0 ? 0 : pollfd.revents;
}

static int64_t in_queue(int fd, int request) {
    int count = 0;
    return syscall(SYS_ioctl, fd, request, &count) == 0 ? count : 0;
}

static int describe(struct knote *knote) {
    int fd = knote->added.ident;
    struct stat stat;
    if (syscall(SYS_fstat, fd, &stat) < 0) {
        return errno;
    }
    knote->is_socket = S_ISSOCK(stat.st_mode);
    knote->is_pipe = S_ISFIFO(stat.st_mode);
    struct statfs statfs;
    knote->is_named = knote->is_pipe && syscall(SYS_fstatfs, fd, &statfs) == 0 && statfs.f_type != PIPEFS_MAGIC;
    knote->is_file = S_ISREG(stat.st_mode) || (WATCHES_DIRECTORIES && S_ISDIR(stat.st_mode));
    knote->is_null = WATCHES_NULL && S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(1, 3);
    if (knote->is_socket) {
        int type = integer(fd, SO_TYPE);
        knote->is_stream = type == SOCK_STREAM || type == SOCK_SEQPACKET;
        knote->is_listener = integer(fd, SO_ACCEPTCONN);
        knote->is_local = integer(fd, SO_DOMAIN) == AF_UNIX;
    }
    return 0;
}

static bool is_listener(struct knote *knote) {
    return LISTENER_CHOSEN_AT_ADD ? knote->is_listener : integer(knote->added.ident, SO_ACCEPTCONN);
}

/* A stream that was never connected: silent, where Linux says POLLHUP. It says POLLRDHUP of one that was. */
static bool is_unconnected(const struct knote *knote, short ready) {
    return knote->is_stream && ready & POLLHUP && !(ready & POLLRDHUP);
}

static int watched(struct knote *knote, int instance, uint32_t events) {
    int error = describe(knote);
    if (error == 0) {
        error = watch_edges(knote, instance, knote->added.ident, events);
    }
    if (error == EPERM && (knote->is_file || knote->is_null)) {
        knote->needs_looks = true;
        knote->kqueue->looks++;
        error = 0;
    }
    struct event unused;
    if (error == 0 && knote->filter->process(knote, &unused)) {
        activate(knote);
    }
    /* ELOOP: a kqueue that would watch itself. */
    return error == EPERM ? UNKNOWN_OF_DESCRIPTOR : error == ELOOP ? EINVAL : error;
}

static void unwatched(struct knote *knote, int instance) {
    if (knote->needs_looks) {
        knote->kqueue->looks--;
    } else {
        unwatch_edges(knote, instance, knote->added.ident);
    }
}

static int64_t low_water(const struct knote *knote) {
    bool ignored = PIPES_IGNORE_LOWAT && knote->is_pipe;
    return knote->added.fflags & BSD_NOTE_LOWAT && !ignored ? knote->added.data : 1;
}

/* ---- EVFILT_READ */

static int read_attach(struct knote *knote) {
    return watched(knote, READABLE, EPOLLIN | EPOLLRDHUP);
}

static void read_detach(struct knote *knote) {
    unwatched(knote, READABLE);
}

/* The length of a listener's queue: tcpi_unacked is that. */
static int64_t queued_connections(int fd) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    bool told = syscall(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
    return told && info.tcpi_unacked > 0 ? info.tcpi_unacked : 1;
}

static bool file_process(struct knote *knote, struct event *event) {
    int fd = knote->added.ident;
    struct stat stat;
    if (syscall(SYS_fstat, fd, &stat) < 0) {
        return false;
    }
    event->data = stat.st_size - syscall(SYS_lseek, fd, 0, SEEK_CUR);
#if defined(BSD_NOTE_FILE_POLL)
    if (knote->added.fflags & BSD_NOTE_FILE_POLL) {
        return true;
    }
#elif defined(STANDIN_OPENBSD)
    if (knote->added.fflags & BSD_NOTE_EOF) {
        return true;
    }
#endif
    /* EV_CLEAR: once for each growth. */
    bool reported = knote->added.flags & BSD_EV_CLEAR && knote->size == stat.st_size;
    knote->links = stat.st_size;
    return event->data != 0 && !reported;
}

static void read_reset(struct knote *knote) {
    knote->size = knote->links;
}

static bool read_process(struct knote *knote, struct event *event) {
    int fd = knote->added.ident;
    if (knote->is_file) {
        return file_process(knote, event);
    }
    if (knote->is_null) {
        event->data = 0;
        return true;
    }
    short ready = polled(fd);
    if (is_unconnected(knote, ready)) {
        return false;
    }
    if (knote->is_socket && is_listener(knote)) {
        event->data = queued_connections(fd);
        return ready & POLLIN;
    }
    bool end = knote->is_socket ? knote->is_stream && ready & POLLRDHUP : ready & POLLHUP;
    event->data = ready & POLLIN ? in_queue(fd, FIONREAD) : 0;
    if (end) {
        event->flags |= BSD_EV_EOF;
#if defined(BSD_EV_NODATA)
        event->flags |= event->data == 0 ? BSD_EV_NODATA : 0;
#endif
        return true;
    }
    if (ready & POLLERR) {
        return true;
    }
    if (!(ready & POLLIN)) {
        return false;
    }
    /* FIONREAD says 0 at the mark of urgent data, though there is more behind it. */
    event->data = knote->is_stream && event->data == 0 ? 1 : event->data;
    return event->data >= low_water(knote) || !(knote->is_stream || knote->is_pipe);
}

const struct filter read_filter = {
        .number = BSD_EVFILT_READ,
        .of_descriptor = true,
        .attach = read_attach,
        .detach = read_detach,
        .touch = touch_by_replacing,
        .process = read_process,
        .reset = read_reset,
};

/* ---- EVFILT_WRITE */

static int write_attach(struct knote *knote) {
    int error = describe(knote);
    if (error != 0) {
        return error;
    }
    if (knote->is_named && FIFOS_ARE_SOCKETS) {
        activate(knote);
        return 0;
    }
    if (DEAD_PIPE != 0 && knote->is_pipe && polled(knote->added.ident) & POLLERR) {
        return DEAD_PIPE;
    }
    if (WRITE_OF_FILE != 0 && knote->is_file) {
        return WRITE_OF_FILE;
    }
    return watched(knote, WRITABLE, EPOLLOUT);
}

static void write_detach(struct knote *knote) {
    unwatched(knote, WRITABLE);
}

static int64_t room(const struct knote *knote) {
    int fd = knote->added.ident;
    if (LOCAL_ROOM != 0 && knote->is_local && knote->is_stream) {
        return LOCAL_ROOM;
    }
    if (knote->is_socket) {
        int64_t size = integer(fd, SO_SNDBUF) / 2 - in_queue(fd, TIOCOUTQ);
        return size > 1 ? size : 1;
    }
    if (knote->is_pipe) {
        int64_t size = syscall(SYS_fcntl, fd, F_GETPIPE_SZ, 0) - in_queue(fd, FIONREAD);
        return size > 1 ? size : 1;
    }
    return 1;
}

/* Whether there is no room for PIPE_BUF bytes, which counts whole pages here. */
static bool is_full(int fd) {
    return syscall(SYS_fcntl, fd, F_GETPIPE_SZ, 0) - in_queue(fd, FIONREAD) < 4096;
}

static bool write_process(struct knote *knote, struct event *event) {
    int fd = knote->added.ident;
    if (knote->is_file || knote->is_null) {
        event->data = 0;
        return true;
    }
    if (knote->is_named && FIFOS_ARE_SOCKETS) {
        event->flags |= BSD_EV_EOF;
        return true;
    }
    if (LOCAL_DATAGRAMS_ALWAYS_WRITABLE && knote->is_local && !knote->is_stream) {
        return true;
    }
    short ready = polled(fd);
    if (is_unconnected(knote, ready) || (knote->is_socket && is_listener(knote))) {
        return false;
    }
    event->data = room(knote);
    bool end = knote->is_pipe ? ready & POLLERR
                              : knote->is_stream && (ready & (POLLHUP | POLLERR) || is_fact(fd, SHUT_FOR_WRITING));
    if (end && FULL_PIPE_MISSES_READER && knote->is_pipe && is_full(fd)) {
        return false;
    }
    if (end) {
        event->flags |= BSD_EV_EOF;
        event->flags |= DEAD_PIPE_ENDS_KNOTE && knote->is_pipe ? BSD_EV_ONESHOT : 0;
        return true;
    }
    return ready & POLLERR || (ready & POLLOUT && event->data >= low_water(knote));
}

const struct filter write_filter = {
        .number = BSD_EVFILT_WRITE,
        .of_descriptor = true,
        .attach = write_attach,
        .detach = write_detach,
        .touch = touch_by_replacing,
        .process = write_process,
};
