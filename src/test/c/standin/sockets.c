/* <sys/socket.h>, without the options. */
#include "standin.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

int socket_number(int fd, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    syscall(SYS_getsockopt, fd, SOL_SOCKET, option, &value, &size);
    return value;
}

static int tcp_state(int fd) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    return syscall(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_state : -1;
}

bool is_forgotten(int fd) {
    if (FORGETS_AFTER_RESET == 0) {
        return false;
    }
    int state = tcp_state(fd);
    if (state == TCP_ESTABLISHED) {
        set_fact(fd, WAS_CONNECTED, true);
    }
    return state == TCP_CLOSE && is_fact(fd, WAS_CONNECTED);
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
    if (fd >= 0 && family == AF_INET6 && (ALWAYS_V6ONLY || V6ONLY_AT_FIRST)) {
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

static bool is_internet(int fd) {
    int domain = socket_number(fd, SO_DOMAIN);
    return domain == AF_INET || domain == AF_INET6;
}

static bool local(int fd, struct sockaddr_storage *address) {
    socklen_t size = sizeof *address;
    memset(address, 0, sizeof *address);
    return syscall(SYS_getsockname, fd, address, &size) == 0;
}

static in_port_t *port(struct sockaddr_storage *address) {
    return address->ss_family == AF_INET ? &((struct sockaddr_in *)address)->sin_port
                                         : &((struct sockaddr_in6 *)address)->sin6_port;
}

static void any_address(struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET) {
        ((struct sockaddr_in *)address)->sin_addr.s_addr = INADDR_ANY;
    } else {
        ((struct sockaddr_in6 *)address)->sin6_addr = in6addr_any;
    }
}

/*
 * A BSD keeps the port, which Linux takes back if it was not asked for by number, and mostly forgets the address, which
 * Linux keeps: then the socket only says so.
 */
static void disconnected(int fd, struct sockaddr_storage *before) {
    struct sockaddr_storage after;
    if (!local(fd, &after)) {
        return;
    }
    if (*port(&after) == 0 && *port(before) != 0) {
        after.ss_family = before->ss_family;
        *port(&after) = *port(before);
        if (DISCONNECT_FORGETS_ADDRESS) {
            any_address(&after);
        }
        syscall(SYS_bind, fd, &after, sizeof after);
    } else {
        set_fact(fd, ADDRESS_FORGOTTEN, DISCONNECT_FORGETS_ADDRESS);
    }
}

int bsd_connect(int fd, const void *address, socklen_t length) {
    struct sockaddr_storage linux_address;
    int size = address_in(address, length, &linux_address);
    if (size < 0) {
        return -1;
    }
    struct sockaddr_storage before;
    bool was_bound = linux_address.ss_family == AF_UNSPEC && is_internet(fd) && local(fd, &before);
    int result = translated(syscall(SYS_connect, fd, &linux_address, size));
    if (result == 0 && linux_address.ss_family == AF_UNSPEC) {
        if (was_bound) {
            disconnected(fd, &before);
        }
        /* soconnectat() disconnects, and then the protocol complains of the address: connect(2). */
        return fail(EAFNOSUPPORT);
    }
    if (result == 0) {
        set_fact(fd, ADDRESS_FORGOTTEN, false);
        set_fact(fd, WAS_CONNECTED, is_internet(fd));
    }
    if (result < 0 && errno == BSD_EAGAIN && linux_address.ss_family == AF_UNIX) {
        /* A full queue of a Unix-domain listener refuses: sonewconn(), unp_connectat(). */
        return fail(ECONNREFUSED);
    }
    return result;
}

int bsd_listen(int fd, int backlog) {
    return translated(syscall(SYS_listen, fd, backlog < MOST_BACKLOG ? backlog : MOST_BACKLOG));
}

static int accepted(int fd, void *address, socklen_t *length, int flags) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int connection = translated(syscall(SYS_accept4, fd, &linux_address, &size, flags));
    set_fact(connection, WAS_CONNECTED, connection >= 0 && is_internet(connection));
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
    if (is_forgotten(fd)) {
        return fail(EINVAL);
    }
    int result = translated(syscall(SYS_getsockname, fd, &linux_address, &size));
    if (result == 0) {
        if (is_fact(fd, ADDRESS_FORGOTTEN)) {
            any_address(&linux_address);
        }
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
    if (is_forgotten(fd)) {
        return fail(EINVAL);
    }
    int result = translated(syscall(SYS_shutdown, fd, how));
    if (result == 0 && how != BSD_SHUT_RD) {
        set_fact(fd, SHUT_FOR_WRITING, true);
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
#if defined(BSD_MSG_CMSG_CLOEXEC) && !CMSG_CLOEXEC_IS_IGNORED
    FLAG(MSG_CMSG_CLOEXEC)
#endif
#undef FLAG
    return out;
}

/* A send of macOS and NetBSD is kept from waiting by MSG_NBIO, and not by MSG_DONTWAIT: sosendcheck(), sosend(). */
static int send_flags_in(int flags) {
    int out = message_flags_in(flags);
#if defined(BSD_MSG_NBIO)
    out &= ~MSG_DONTWAIT;
    out |= flags & BSD_MSG_NBIO ? MSG_DONTWAIT : 0;
#endif
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

/*
 * A receive that asks for no byte, of which nothing has come, is 0 and no EAGAIN: soreceive_dgram() of FreeBSD (seen),
 * soreceive() of the others, "uio_resid == 0".
 */
static ssize_t received(ssize_t n, size_t room) {
    return n < 0 && errno == BSD_EAGAIN && room == 0 ? 0 : n;
}

/* MSG_TRUNC as an argument is Linux's own: elsewhere recvfrom(2) never tells more than it gives. */
ssize_t bsd_recvfrom(int fd, void *buffer, size_t length, int flags, void *address, socklen_t *room) {
    struct sockaddr_storage linux_address;
    socklen_t size = sizeof linux_address;
    int in = message_flags_in(flags) & ~MSG_TRUNC;
    ssize_t n = translated(
            syscall(SYS_recvfrom, fd, buffer, length, in, address ? &linux_address : NULL, address ? &size : NULL));
    if (n < 0 && received(n, length) == 0) {
        size = 0;
        n = 0;
    }
    if (n >= 0 && address != NULL) {
        address_out(&linux_address, size, address, room);
    }
    return n;
}

/* A Unix-domain receiver that has not kept up is ENOBUFS: uipc_send(). */
static ssize_t sent(int fd, ssize_t result) {
    if (result < 0 && (errno == BSD_EAGAIN || errno == BSD_ECONNREFUSED)) {
        bool of_datagram = socket_number(fd, SO_DOMAIN) == AF_UNIX && socket_number(fd, SO_TYPE) == SOCK_DGRAM;
        if (of_datagram) {
            errno = errno == BSD_EAGAIN ? BSD_ENOBUFS : bsd_errno(CLOSED_DATAGRAM_PEER);
        }
    }
    return result;
}

ssize_t bsd_sendto(int fd, const void *buffer, size_t length, int flags, const void *address, socklen_t size) {
    struct sockaddr_storage linux_address;
    int linux_size = 0;
    if (address != NULL && (linux_size = address_in(address, size, &linux_address)) < 0) {
        return -1;
    }
    return sent(fd, translated(syscall(SYS_sendto, fd, buffer, length, send_flags_in(flags),
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
    size_t room = 0;
    for (size_t i = 0; i < (size_t)message->msg_iovlen; i++) {
        room += ((const struct iovec *)message->msg_iov)[i].iov_len;
    }
    ssize_t n = translated(syscall(SYS_recvmsg, fd, &linux_message, message_flags_in(flags) & ~MSG_TRUNC));
    if (n < 0 && received(n, room) == 0) {
        linux_message.msg_namelen = linux_message.msg_controllen = linux_message.msg_flags = 0;
        n = 0;
    }
    if (n >= 0) {
        if (address != NULL) {
            socklen_t length = message->msg_namelen;
            address_out(&linux_address, linux_message.msg_namelen, address, &length);
            message->msg_namelen = length;
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
    ssize_t result = sent(fd, translated(syscall(SYS_sendmsg, fd, &linux_message, send_flags_in(flags))));
    if (result < 0 && errno == BSD_EAGAIN && rights > 0) {
        errno = bsd_errno(RIGHTS_WITHOUT_ROOM);
    }
    return result;
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
