/* Socket addresses: the BSDs' have a length in their first byte, a family of 8 bits, and other numbers for IPv6. */
#include "standin.h"

#include <netinet/in.h>
#include <sys/un.h>

int family_in(int family) {
    switch (family) {
    case BSD_AF_UNSPEC: return AF_UNSPEC;
    case BSD_AF_UNIX: return AF_UNIX;
    case BSD_AF_INET: return AF_INET;
    case BSD_AF_INET6: return AF_INET6;
    default: return -1;
    }
}

int family_out(int family) {
    return family == AF_UNIX ? BSD_AF_UNIX : family == AF_INET ? BSD_AF_INET : family == AF_INET6 ? BSD_AF_INET6 : -1;
}

/*
 * Kernels put the length of the call into sa_len themselves (getsockaddr() of FreeBSD), and then want exactly
 * sizeof(struct sockaddr_in): in_pcbbind(), in_pcbconnect().
 */
int address_in(const void *bsd, socklen_t length, struct sockaddr_storage *out) {
    const struct bsd_sockaddr *in = bsd;
    memset(out, 0, sizeof *out);
    if (length < offsetof(struct bsd_sockaddr, sa_data) || length > sizeof(struct bsd_sockaddr_storage)) {
        return fail(EINVAL);
    }
    int family = family_in(in->sa_family);
    out->ss_family = family;
    switch (family) {
    case AF_UNSPEC:
        return sizeof(struct sockaddr);
    case AF_INET: {
        const struct bsd_sockaddr_in *from = bsd;
        struct sockaddr_in *to = (struct sockaddr_in *)out;
        if (length != sizeof *from) {
            return fail(EINVAL);
        }
        memcpy(&to->sin_port, &from->sin_port, 2);
        memcpy(&to->sin_addr, &from->sin_addr, 4);
        return sizeof *to;
    }
    case AF_INET6: {
        const struct bsd_sockaddr_in6 *from = bsd;
        struct sockaddr_in6 *to = (struct sockaddr_in6 *)out;
        if (length != sizeof *from) {
            return fail(EINVAL);
        }
        memcpy(&to->sin6_port, &from->sin6_port, 2);
        memcpy(&to->sin6_flowinfo, &from->sin6_flowinfo, 4);
        memcpy(&to->sin6_addr, from->sin6_addr, 16);
        memcpy(&to->sin6_scope_id, &from->sin6_scope_id, 4);
        if (ALWAYS_V6ONLY && IN6_IS_ADDR_V4MAPPED(&to->sin6_addr)) {
            return fail(EADDRNOTAVAIL);
        }
        return sizeof *to;
    }
    case AF_UNIX: {
        const struct bsd_sockaddr_un *from = bsd;
        struct sockaddr_un *to = (struct sockaddr_un *)out;
        size_t name = strnlen((const char *)from->sun_path, length - offsetof(struct bsd_sockaddr_un, sun_path));
        if (length > sizeof *from) {
            return fail(EINVAL);
        }
        if (name == 0) {
            /* No abstract names, and none made up by bind: an empty path is looked up, unp_connectat(), unp_bind(). */
            return fail(length > offsetof(struct bsd_sockaddr_un, sun_path) ? ENOENT : EINVAL);
        }
        memcpy(to->sun_path, from->sun_path, name);
        return offsetof(struct sockaddr_un, sun_path) + name + 1;
    }
    default:
        return fail(EAFNOSUPPORT);
    }
}

/* Without a name it is sun_noname, of the size of a struct sockaddr: uipc_usrreq.c. */
static socklen_t unix_out(const struct sockaddr_un *from, socklen_t length, struct bsd_sockaddr_un *to) {
    socklen_t path = offsetof(struct sockaddr_un, sun_path);
    size_t name = length > path ? strnlen(from->sun_path, length - path) : 0;
    if (name == 0) {
        return UNNAMED_LENGTH;
    }
    memcpy(to->sun_path, from->sun_path, name);
    /* SUN_LEN: the zero at the end does not count. */
    return offsetof(struct bsd_sockaddr_un, sun_path) + name;
}

void address_out(const struct sockaddr_storage *from, socklen_t length, void *bsd, socklen_t *room) {
    union {
        struct bsd_sockaddr any;
        struct bsd_sockaddr_in in;
        struct bsd_sockaddr_in6 in6;
        struct bsd_sockaddr_un un;
    } to;
    socklen_t size = 0;
    memset(&to, 0, sizeof to);
    if (length > 0 && from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)from;
        memcpy(&to.in.sin_port, &in->sin_port, 2);
        memcpy(&to.in.sin_addr, &in->sin_addr, 4);
        size = sizeof to.in;
    } else if (length > 0 && from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
        memcpy(&to.in6.sin6_port, &in6->sin6_port, 2);
        memcpy(&to.in6.sin6_flowinfo, &in6->sin6_flowinfo, 4);
        memcpy(to.in6.sin6_addr, &in6->sin6_addr, 16);
        memcpy(&to.in6.sin6_scope_id, &in6->sin6_scope_id, 4);
        size = sizeof to.in6;
    } else if (length > 0 && from->ss_family == AF_UNIX) {
        size = unix_out((const struct sockaddr_un *)from, length, &to.un);
    }
    if (size > 0) {
        to.any.sa_len = size;
        to.any.sa_family = family_out(from->ss_family);
    }
    if (bsd != NULL) {
        memcpy(bsd, &to, size < *room ? size : *room);
        *room = size;
    }
}
