/* Descriptors: <unistd.h>, <fcntl.h>, <sys/ioctl.h>, <sys/stat.h>, <sys/uio.h>, <poll.h>. */
#include "standin.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

ssize_t bsd_read(int fd, void *buffer, size_t count) {
    return translated(syscall(SYS_read, fd, buffer, count));
}

ssize_t bsd_write(int fd, const void *buffer, size_t count) {
    return translated(syscall(SYS_write, fd, buffer, count));
}

/* uiomove() counts in an int: a sum above INT_MAX is EINVAL: readv(2). */
static bool is_too_much(const struct iovec *iov, int count) {
    size_t sum = 0;
    for (int i = 0; i < count; i++) {
        sum += iov[i].iov_len;
    }
    return sum > INT32_MAX;
}

ssize_t bsd_readv(int fd, const struct iovec *iov, int count) {
    return is_too_much(iov, count) ? fail(EINVAL) : translated(syscall(SYS_readv, fd, iov, count));
}

ssize_t bsd_writev(int fd, const struct iovec *iov, int count) {
    return is_too_much(iov, count) ? fail(EINVAL) : translated(syscall(SYS_writev, fd, iov, count));
}

ssize_t bsd_pread(int fd, void *buffer, size_t count, off_t offset) {
    return translated(syscall(SYS_pread64, fd, buffer, count, offset));
}

off_t bsd_lseek(int fd, off_t offset, int whence) {
    return translated(syscall(SYS_lseek, fd, offset, whence));
}

int bsd_close(int fd) {
    close_knotes(fd);
    forget_descriptor(fd);
    return close_kqueue(fd) ? 0 : translated(syscall(SYS_close, fd));
}

int bsd_dup2(int from, int to) {
    if (from != to) {
        close_knotes(to);
        forget_descriptor(to);
    }
    return translated(syscall(SYS_dup2, from, to));
}

int bsd_pipe(int *ends) {
    return translated(syscall(SYS_pipe2, ends, 0));
}

#define ROW(name) {BSD_##name, name},

static const int open_flags[][2] = {
        ROW(O_NONBLOCK) ROW(O_APPEND) ROW(O_CREAT) ROW(O_EXCL) ROW(O_TRUNC) ROW(O_NOFOLLOW) ROW(O_CLOEXEC)
        ROW(O_DIRECTORY) ROW(O_SYNC) ROW(O_NOCTTY)
#if defined(BSD_O_EVTONLY)
        {BSD_O_EVTONLY, 0},
#endif
};

#define FLAGS (sizeof open_flags / sizeof *open_flags)

/* -1 if there is a flag among them that the system does not have. */
static int flags_in(int flags) {
    int out = flags & BSD_O_ACCMODE;
    flags &= ~BSD_O_ACCMODE;
    for (size_t i = 0; i < FLAGS; i++) {
        out |= flags & open_flags[i][0] ? open_flags[i][1] : 0;
        flags &= ~open_flags[i][0];
    }
    return flags == 0 ? out : -1;
}

static int flags_out(int flags) {
    int out = flags & O_ACCMODE;
    for (size_t i = 0; i < FLAGS; i++) {
        out |= open_flags[i][1] != 0 && (flags & open_flags[i][1]) == open_flags[i][1] ? open_flags[i][0] : 0;
    }
    return out;
}

#if !defined(STANDIN_MACOS)
int bsd_pipe2(int *ends, int flags) {
    int out = flags_in(flags);
    return out < 0 ? fail(EINVAL) : translated(syscall(SYS_pipe2, ends, out));
}
#endif

int bsd_open(const char *path, int flags, ...) {
    va_list dots;
    va_start(dots, flags);
    int mode = flags & BSD_O_CREAT ? va_arg(dots, int) : 0;
    va_end(dots);
    int out = flags_in(flags);
    return out < 0 ? fail(EINVAL) : translated(syscall(SYS_open, path, out, mode));
}

int bsd_fcntl(int fd, int command, ...) {
    va_list dots;
    va_start(dots, command);
    int argument = va_arg(dots, int);
    va_end(dots);
    switch (command) {
    case BSD_F_GETFL: {
        int flags = translated(syscall(SYS_fcntl, fd, F_GETFL, 0));
        return flags < 0 ? flags : flags_out(flags);
    }
    case BSD_F_SETFL: {
        int flags = flags_in(argument);
        return flags < 0 ? fail(EINVAL) : translated(syscall(SYS_fcntl, fd, F_SETFL, flags));
    }
    case BSD_F_GETFD:
        return translated(syscall(SYS_fcntl, fd, F_GETFD, 0));
    case BSD_F_SETFD:
        return translated(syscall(SYS_fcntl, fd, F_SETFD, argument));
    case BSD_F_DUPFD:
        return translated(syscall(SYS_fcntl, fd, F_DUPFD, argument));
    case BSD_F_DUPFD_CLOEXEC:
        return translated(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, argument));
    default:
        return fail(EINVAL);
    }
}

int bsd_ioctl(int fd, unsigned long request, ...) {
    va_list dots;
    va_start(dots, request);
    void *argument = va_arg(dots, void *);
    va_end(dots);
    switch ((unsigned)request) {
    case BSD_FIONREAD:
        return translated(syscall(SYS_ioctl, fd, FIONREAD, argument));
    case BSD_FIONBIO:
        return translated(syscall(SYS_ioctl, fd, FIONBIO, argument));
    case BSD_TIOCOUTQ:
        return translated(syscall(SYS_ioctl, fd, TIOCOUTQ, argument));
    default:
        return fail(ENOTTY);
    }
}

int bsd_isatty(int fd) {
    struct termios unused;
    return syscall(SYS_ioctl, fd, TCGETS, &unused) == 0 ? 1 : (translated(-1), 0);
}

int bsd_fstat(int fd, struct bsd_stat *out) {
    struct stat in;
    int result = translated(syscall(SYS_fstat, fd, &in));
    if (result == 0) {
        memset(out, 0, sizeof *out);
        out->st_dev = in.st_dev;
        out->st_ino = in.st_ino;
        out->st_mode = in.st_mode;
        out->st_nlink = in.st_nlink;
        out->st_uid = in.st_uid;
        out->st_gid = in.st_gid;
        out->st_rdev = in.st_rdev;
        out->st_size = in.st_size;
        out->st_blksize = in.st_blksize;
        out->st_blocks = in.st_blocks;
    }
    return result;
}

/* struct pollfd and the bits that are used are the same everywhere; abi.h would not compile otherwise. */
_Static_assert(sizeof(struct bsd_pollfd) == sizeof(struct pollfd), "struct pollfd");
_Static_assert(BSD_POLLIN == POLLIN && BSD_POLLOUT == POLLOUT && BSD_POLLHUP == POLLHUP, "poll(2)");

int bsd_poll(struct pollfd *fds, unsigned count, int timeout) {
    return translated(syscall(SYS_poll, fds, (long)count, timeout));
}

#if defined(STANDIN_FREEBSD) || (defined(STANDIN_NETBSD) && !defined(STANDIN_OLD))
int bsd_eventfd(unsigned initial, int flags) {
    int out = (flags & BSD_EFD_CLOEXEC ? EFD_CLOEXEC : 0) | (flags & BSD_EFD_NONBLOCK ? EFD_NONBLOCK : 0);
    return translated(syscall(SYS_eventfd2, initial, out));
}
#endif
