/* <sys/socket.h>, without the options. */
#include "standin.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/vfs.h>

/* Flags in the type argument of socket(2), where the system has them. */
static int type_in(int type) {
    int flags = 0;
#if defined(BSD_SOCK_NONBLOCK)
    flags |= type & BSD_SOCK_NONBLOCK ? SOCK_NONBLOCK : 0;
    flags |= type & BSD_SOCK_CLOEXEC ? SOCK_CLOEXEC : 0;
    type &= ~(BSD_SOCK_NONBLOCK | BSD_SOCK_CLOEXEC);
#endif
    /* The types are the same numbers. What is left over of an unknown flag makes the type wrong, as it does there. */
    return type | flags;
}

static int known(int type) {
    return (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) <= SOCK_SEQPACKET;
}

int bsd_socket(int domain, int type, int protocol) {
    int family = family_in(domain);
    if (family <= 0) {
        return fail(EAFNOSUPPORT);
    }
    if (!known(type_in(type))) {
        return fail(EPROTOTYPE);
    }
    int fd = translated(syscall(SYS_socket, family, type_in(type), protocol));
    int no = 0, yes = 1;
    if (fd >= 0 && family != AF_UNIX) {
        /* A socket gets what it has joined itself, not what any socket of the machine has. */
        syscall(SYS_setsockopt, fd, IPPROTO_IP, IP_MULTICAST_ALL, &no, sizeof no);
        syscall(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &no, sizeof no);
    }
    if (fd >= 0 && family == AF_INET6 && ALWAYS_V6ONLY) {
        syscall(SYS_setsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    }
    return fd;
}

int bsd_socketpair(int domain, int type, int protocol, int *fds) {
    int family = family_in(domain);
    if (family <= 0 || !known(type_in(type))) {
        return fail(family <= 0 ? EAFNOSUPPORT : EPROTOTYPE);
    }
    return translated(syscall(SYS_socketpair, family, type_in(type), protocol, fds));
}

int bsd_bind(int fd, const void *address, socklen_t length) {
    struct sockaddr_storage linux_address;
    int size = address_in(address, length, &linux_address);
    return size < 0 ? -1 : translated(syscall(SYS_bind, fd, &linux_address, size));
}

int bsd_connect(int fd, const void *address, socklen_t length) {
    struct sockaddr_storage linux_address;
    int size = address_in(address, length, &linux_address);
    if (size < 0) {
        return -1;
    }
    int result = translated(syscall(SYS_connect, fd, &linux_address, size));
    if (result == 0 && linux_address.ss_family == AF_UNSPEC) {
        /* soconnectat() disconnects, and then the protocol complains of the address: connect(2). */
        return fail(EAFNOSUPPORT);
    }
    if (result < 0 && errno == BSD_EAGAIN && linux_address.ss_family == AF_UNIX) {
        /* A full queue of a Unix-domain listener refuses: sonewconn(), unp_connectat(). */
        return fail(ECONNREFUSED);
    }
    return result;
}

int bsd_listen(int fd, int backlog) {
    return translated(syscall(SYS_listen, fd, backlog));
}

static int accepted(int fd, void *address, socklen_t *length, int flags) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int connection = translated(syscall(SYS_accept4, fd, &linux_address, &size, flags));
    if (connection >= 0 && address != NULL) {
        address_out(&linux_address, size, address, length);
    }
    return connection;
}

/* The new socket takes O_NONBLOCK over from the listener, which Linux's does not: accept(2) of every BSD. */
int bsd_accept(int fd, void *address, socklen_t *length) {
    int flags = syscall(SYS_fcntl, fd, F_GETFL, 0);
    return accepted(fd, address, length, flags >= 0 && flags & O_NONBLOCK ? SOCK_NONBLOCK : 0);
}

#if !defined(STANDIN_MACOS)
int bsd_accept4(int fd, void *address, socklen_t *length, int flags) {
    return accepted(fd, address, length, type_in(flags));
}
#endif

int bsd_getsockname(int fd, void *address, socklen_t *length) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int result = translated(syscall(SYS_getsockname, fd, &linux_address, &size));
    if (result == 0) {
        address_out(&linux_address, size, address, length);
    }
    return result;
}

int bsd_getpeername(int fd, void *address, socklen_t *length) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int result = translated(syscall(SYS_getpeername, fd, &linux_address, &size));
    if (result == 0) {
        address_out(&linux_address, size, address, length);
    }
    return result;
}

int bsd_shutdown(int fd, int how) {
    int result = translated(syscall(SYS_shutdown, fd, how));
    if (result == 0 && how != BSD_SHUT_RD) {
        shut_for_writing(fd);
    }
    return result;
}

static int message_flags_in(int flags) {
    int out = 0;
#define FLAG(name) out |= flags & BSD_##name ? name : 0;
    FLAG(MSG_OOB)
    FLAG(MSG_PEEK)
    FLAG(MSG_DONTROUTE)
    FLAG(MSG_EOR)
    FLAG(MSG_TRUNC)
    FLAG(MSG_WAITALL)
    FLAG(MSG_DONTWAIT)
    FLAG(MSG_NOSIGNAL)
#if defined(BSD_MSG_CMSG_CLOEXEC)
    FLAG(MSG_CMSG_CLOEXEC)
#endif
#undef FLAG
    return out;
}

static int message_flags_out(int flags) {
    int out = 0;
#define FLAG(name) out |= flags & name ? BSD_##name : 0;
    FLAG(MSG_OOB)
    FLAG(MSG_EOR)
    FLAG(MSG_TRUNC)
    FLAG(MSG_CTRUNC)
#undef FLAG
    return out;
}

/* MSG_TRUNC as an argument is Linux's own: elsewhere recvfrom(2) never tells more than it gives. */
ssize_t bsd_recvfrom(int fd, void *buffer, size_t length, int flags, void *address, socklen_t *room) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int in = message_flags_in(flags) & ~MSG_TRUNC;
    ssize_t n = translated(
            syscall(SYS_recvfrom, fd, buffer, length, in, address ? &linux_address : NULL, address ? &size : NULL));
    if (n >= 0 && address != NULL) {
        address_out(&linux_address, size, address, room);
    }
    return n;
}

/* A Unix-domain receiver that has not kept up is ENOBUFS: uipc_send(). */
static ssize_t sent(int fd, ssize_t result) {
    int domain = 0, type = 0;
    socklen_t size = sizeof domain;
    if (result < 0 && errno == BSD_EAGAIN) {
        syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size);
        errno = domain == AF_UNIX && type == SOCK_DGRAM ? BSD_ENOBUFS : BSD_EAGAIN;
    }
    return result;
}

ssize_t bsd_sendto(int fd, const void *buffer, size_t length, int flags, const void *address, socklen_t size) {
    struct sockaddr_storage linux_address;
    int linux_size = 0;
    if (address != NULL && (linux_size = address_in(address, size, &linux_address)) < 0) {
        return -1;
    }
    return sent(fd, translated(syscall(SYS_sendto, fd, buffer, length, message_flags_in(flags),
                                       address ? &linux_address : NULL, linux_size)));
}

ssize_t bsd_recvmsg(int fd, struct bsd_msghdr *message, int flags) {
    struct sockaddr_storage linux_address;
    void *address = (void *)message->msg_name;
    char control[rights_room()] __attribute__((aligned(8)));
    struct msghdr linux_message = {
            .msg_name = address ? &linux_address : NULL,
            .msg_namelen = address ? sizeof linux_address : 0,
            .msg_iov = (void *)message->msg_iov,
            .msg_iovlen = message->msg_iovlen,
            .msg_control = message->msg_controllen ? control : NULL,
            .msg_controllen = message->msg_controllen ? rights_room() : 0,
    };
    ssize_t n = translated(syscall(SYS_recvmsg, fd, &linux_message, message_flags_in(flags) & ~MSG_TRUNC));
    if (n >= 0) {
        if (address != NULL) {
            socklen_t room = message->msg_namelen;
            address_out(&linux_address, linux_message.msg_namelen, address, &room);
            message->msg_namelen = room;
        }
        message->msg_controllen = rights_out(&linux_message, (void *)message->msg_control, message->msg_controllen);
        message->msg_flags = message_flags_out(linux_message.msg_flags);
    }
    return n;
}

ssize_t bsd_sendmsg(int fd, const struct bsd_msghdr *message, int flags) {
    struct sockaddr_storage linux_address;
    const void *address = (const void *)message->msg_name;
    int size = 0;
    char control[rights_room()] __attribute__((aligned(8)));
    long rights = 0;
    if (message->msg_controllen != 0
        && (rights = rights_in((void *)message->msg_control, message->msg_controllen, control)) < 0) {
        return -1;
    }
    if (address != NULL && (size = address_in(address, message->msg_namelen, &linux_address)) < 0) {
        return -1;
    }
    struct msghdr linux_message = {
            .msg_name = address ? &linux_address : NULL,
            .msg_namelen = size,
            .msg_iov = (void *)message->msg_iov,
            .msg_iovlen = message->msg_iovlen,
            .msg_control = rights ? control : NULL,
            .msg_controllen = rights,
    };
    return sent(fd, translated(syscall(SYS_sendmsg, fd, &linux_message, message_flags_in(flags))));
}

#if !defined(STANDIN_NETBSD) && !defined(STANDIN_OPENBSD)
/* Sends until the count or the file is at its end. A full socket is EAGAIN beside the bytes that went: sendfile(2). */
static int send_file(int file, int socket, off_t offset, off_t count, off_t *sent) {
    *sent = 0;
    while (count == 0 || *sent < count) {
        off_t at = offset + *sent;
        size_t most = count == 0 ? 1 << 20 : count - *sent;
        ssize_t n = syscall(SYS_sendfile, socket, file, &at, most);
        if (n <= 0) {
            return translated(n);
        }
        *sent += n;
    }
    return 0;
}
#endif

#if defined(STANDIN_FREEBSD) || defined(STANDIN_DRAGONFLY)
int bsd_sendfile(int file, int socket, off_t offset, size_t count, void *headers, off_t *sent, int flags) {
    off_t own;
    if (headers != NULL || flags != 0) {
        return fail(EINVAL);
    }
    return send_file(file, socket, offset, count, sent != NULL ? sent : &own);
}
#elif defined(STANDIN_MACOS)
int bsd_sendfile(int file, int socket, off_t offset, off_t *length, void *headers, int flags) {
    if (headers != NULL || flags != 0) {
        return fail(EINVAL);
    }
    struct statfs statfs;
    if (syscall(SYS_fstatfs, file, &statfs) == 0 && statfs.f_type == PROC_SUPER_MAGIC) {
        /* What is no regular file: sendfile(2) of macOS. Of Linux's only those that the kernel makes up are like that. */
        *length = 0;
        errno = BSD_ENOTSUP;
        return -1;
    }
    off_t count = *length;
    return send_file(file, socket, offset, count, length);
}
#endif
