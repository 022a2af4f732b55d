/* getsockopt(2) and setsockopt(2): levels, names, and the values that differ. */
#include "standin.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* What seconds are kept in: hz of macOS, sosetoptlock(). */
#if defined(BSD_SO_LINGER_SEC)
#define LINGER_UNIT 100
#else
#define LINGER_UNIT 1
#endif

enum form {
    AS_IT_IS,
    ERROR_NUMBER, /* the value is an errno */
    BUFFER,       /* Linux doubles what it is given, and tells the double */
    TICKS,        /* struct linger in 1/100 s: sosetoptlock() of macOS */
    DONT_FRAGMENT,
    NOTHING, /* accepted, and of no meaning on Linux */
    GROUP,
    GROUP_AND_SOURCE,
    V6ONLY,
    ONE_BYTE,
    SECONDS,      /* struct linger */
    REUSE_ADDRESS,
    REUSE_PORT,
    WRITE_ONLY,
};

static const struct option {
    int bsd_level;
    int bsd_name;
    int level;
    int name;
    enum form form;
} options[] = {
#define SOCKET(name, form) {BSD_SOL_SOCKET, BSD_##name, SOL_SOCKET, name, form},
        SOCKET(SO_REUSEADDR, REUSE_ADDRESS)
        SOCKET(SO_REUSEPORT, REUSE_PORT)
        SOCKET(SO_KEEPALIVE, AS_IT_IS)
        SOCKET(SO_BROADCAST, AS_IT_IS)
        SOCKET(SO_SNDBUF, BUFFER)
        SOCKET(SO_RCVBUF, BUFFER)
        SOCKET(SO_RCVLOWAT, AS_IT_IS)
        SOCKET(SO_SNDTIMEO, AS_IT_IS)
        SOCKET(SO_ERROR, ERROR_NUMBER)
        SOCKET(SO_OOBINLINE, AS_IT_IS)
        SOCKET(SO_TYPE, AS_IT_IS)
        SOCKET(SO_ACCEPTCONN, AS_IT_IS)
#if defined(BSD_SO_LINGER_SEC)
        {BSD_SOL_SOCKET, BSD_SO_LINGER_SEC, SOL_SOCKET, SO_LINGER, SECONDS},
        SOCKET(SO_LINGER, TICKS)
#else
        SOCKET(SO_LINGER, SECONDS)
#endif
#if defined(BSD_SO_NOSIGPIPE)
        {BSD_SOL_SOCKET, BSD_SO_NOSIGPIPE, SOL_SOCKET, 0, NOTHING},
#endif
#define TCP(name) {BSD_IPPROTO_TCP, BSD_##name, IPPROTO_TCP, name, AS_IT_IS},
#define TIME(name) \
    {BSD_IPPROTO_TCP, BSD_##name, IPPROTO_TCP, name, KEEPALIVE_TIMES_ARE_WRITE_ONLY ? WRITE_ONLY : AS_IT_IS},
        TCP(TCP_NODELAY)
#if defined(BSD_TCP_KEEPIDLE)
        TIME(TCP_KEEPIDLE)
#endif
#if defined(BSD_TCP_KEEPALIVE)
        {BSD_IPPROTO_TCP, BSD_TCP_KEEPALIVE, IPPROTO_TCP, TCP_KEEPIDLE, AS_IT_IS},
#endif
#if defined(BSD_TCP_KEEPINTVL)
        TIME(TCP_KEEPINTVL)
        TIME(TCP_KEEPCNT)
#endif
#define IP(name, form) {BSD_IPPROTO_IP, BSD_##name, IPPROTO_IP, name, form},
        IP(IP_TOS, AS_IT_IS)
        IP(IP_TTL, AS_IT_IS)
        IP(IP_MULTICAST_IF, AS_IT_IS)
        IP(IP_MULTICAST_TTL, ONE_BYTE)
        IP(IP_MULTICAST_LOOP, ONE_BYTE)
        IP(IP_ADD_MEMBERSHIP, AS_IT_IS)
        IP(IP_DROP_MEMBERSHIP, AS_IT_IS)
#define IPV6(name, form) {BSD_IPPROTO_IPV6, BSD_##name, IPPROTO_IPV6, name, form},
        IPV6(IPV6_V6ONLY, V6ONLY)
        IPV6(IPV6_TCLASS, AS_IT_IS)
        IPV6(IPV6_UNICAST_HOPS, AS_IT_IS)
        IPV6(IPV6_MULTICAST_IF, AS_IT_IS)
        IPV6(IPV6_MULTICAST_HOPS, AS_IT_IS)
        IPV6(IPV6_MULTICAST_LOOP, AS_IT_IS)
        IPV6(IPV6_JOIN_GROUP, AS_IT_IS)
        IPV6(IPV6_LEAVE_GROUP, AS_IT_IS)
        {BSD_IPPROTO_IPV6, BSD_IPV6_DONTFRAG, IPPROTO_IPV6, IPV6_MTU_DISCOVER, DONT_FRAGMENT},
#if defined(BSD_IP_DONTFRAG)
        {BSD_IPPROTO_IP, BSD_IP_DONTFRAG, IPPROTO_IP, IP_MTU_DISCOVER, DONT_FRAGMENT},
#endif
#if defined(BSD_MCAST_JOIN_GROUP)
#define BOTH(name, form)                                    \
    {BSD_IPPROTO_IP, BSD_##name, IPPROTO_IP, name, form}, \
    {BSD_IPPROTO_IPV6, BSD_##name, IPPROTO_IPV6, name, form},
        BOTH(MCAST_JOIN_GROUP, GROUP)
        BOTH(MCAST_LEAVE_GROUP, GROUP)
        BOTH(MCAST_JOIN_SOURCE_GROUP, GROUP_AND_SOURCE)
        BOTH(MCAST_LEAVE_SOURCE_GROUP, GROUP_AND_SOURCE)
        BOTH(MCAST_BLOCK_SOURCE, GROUP_AND_SOURCE)
        BOTH(MCAST_UNBLOCK_SOURCE, GROUP_AND_SOURCE)
#endif
};

static bool is_of_groups(int name) {
    return name == BSD_IP_ADD_MEMBERSHIP || name == BSD_IP_DROP_MEMBERSHIP || name == BSD_IP_MULTICAST_IF
           || name == BSD_IP_MULTICAST_TTL || name == BSD_IP_MULTICAST_LOOP;
}

/*
 * SO_REUSEADDR and SO_REUSEPORT of a datagram socket: two sockets share a port only if both have SO_REUSEPORT, which
 * is Linux's SO_REUSEADDR (in_pcbbind(); for an address of a group the other does as well). SO_REUSEADDR is kept where
 * it does nothing, in the pacing rate.
 */
#define NOT_REUSED (-1) /* as it is at first */
#define REUSED (-2)

static int get_datagram_reuse(int fd, enum form form) {
    return form == REUSE_PORT ? socket_number(fd, SO_REUSEADDR) : socket_number(fd, SO_MAX_PACING_RATE) == REUSED;
}

static int set_datagram_reuse(int fd, enum form form, int value) {
    int on = form == REUSE_PORT ? value != 0 : value != 0 ? REUSED : NOT_REUSED;
    int name = form == REUSE_PORT ? SO_REUSEADDR : SO_MAX_PACING_RATE;
    return translated(syscall(SYS_setsockopt, fd, SOL_SOCKET, name, &on, sizeof on));
}

static bool is_datagram_reuse(int fd, const struct option *option) {
    return (option->form == REUSE_ADDRESS || option->form == REUSE_PORT) && socket_number(fd, SO_TYPE) == SOCK_DGRAM;
}

/* What a kernel keeps of l_linger, in its own unit: a short, perhaps. */
static int kept_linger(int linger) {
    return SHORT_LINGER ? (short)linger : linger;
}

/* NULL and errno: an option that is not there, or not of this socket. */
static const struct option *find(int fd, int level, int name) {
    const struct option *found = NULL;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].bsd_level == level && options[i].bsd_name == name) {
            found = &options[i];
        }
    }
    if (found == NULL) {
        fail(ENOPROTOOPT);
        return NULL;
    }
    if (found->level == IPPROTO_IP && IPV4_OPTIONS_OF_IPV6 != ALL_OPTIONS && socket_number(fd, SO_DOMAIN) == AF_INET6) {
        if (IPV4_OPTIONS_OF_IPV6 == NO_OPTIONS || !is_of_groups(name)) {
            fail(IPV4_OPTIONS_OF_IPV6 == NO_OPTIONS ? EINVAL : ENOPROTOOPT);
            return NULL;
        }
    }
    return found;
}

int bsd_getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
    const struct option *option = find(fd, level, name);
    if (option == NULL) {
#if defined(BSD_SO_PEERCRED)
        if (level == BSD_SOL_SOCKET && name == BSD_SO_PEERCRED) {
            struct bsd_sockpeercred *cred = value;
            struct ucred ucred;
            socklen_t size = sizeof ucred;
            int result = translated(syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &ucred, &size));
            if (result == 0) {
                cred->uid = ucred.uid;
                cred->gid = ucred.gid;
                cred->pid = ucred.pid;
                *length = sizeof *cred;
            }
            return result;
        }
#endif
        return -1;
    }
    if (option->form == NOTHING) {
        memset(value, 0, *length);
        return 0;
    }
    if (option->form == WRITE_ONLY) {
        return fail(ENOPROTOOPT);
    }
    if (FORGETS_AFTER_RESET == 2 && option->form != ERROR_NUMBER && is_forgotten(fd)) {
        return fail(EINVAL);
    }
    if (is_datagram_reuse(fd, option)) {
        *(int *)value = get_datagram_reuse(fd, option->form);
        return 0;
    }
    int result = translated(syscall(SYS_getsockopt, fd, option->level, option->name, value, length));
    int *number = value;
    if (result < 0) {
        return result;
    }
    switch (option->form) {
    case ERROR_NUMBER:
        *number = *number == 0 ? 0 : bsd_errno(*number);
        break;
    case BUFFER:
        *number /= 2;
        break;
    case TICKS:
        ((struct linger *)value)->l_linger = kept_linger(((struct linger *)value)->l_linger * 100);
        break;
    case SECONDS:
        ((struct linger *)value)->l_linger =
                kept_linger(((struct linger *)value)->l_linger * LINGER_UNIT) / LINGER_UNIT;
        break;
    case DONT_FRAGMENT:
        *number = *number == IP_PMTUDISC_DO;
        break;
    default:
        break;
    }
    return result;
}

#if defined(BSD_MCAST_JOIN_GROUP)
/* The address inside a request must have its length: inp_join_group() of FreeBSD's and macOS's in_mcast.c. */
static int group_in(const void *bsd, struct sockaddr_storage *group) {
    const struct bsd_sockaddr *address = bsd;
    int family = family_in(address->sa_family);
    size_t size = family == AF_INET ? sizeof(struct bsd_sockaddr_in) : sizeof(struct bsd_sockaddr_in6);
    if (address->sa_len != size) {
        return fail(EINVAL);
    }
    return address_in(bsd, size, group);
}
#endif

static int set(int fd, const struct option *option, const void *value, socklen_t length) {
    return translated(syscall(SYS_setsockopt, fd, option->level, option->name, value, length));
}

static int set_int(int fd, const struct option *option, int value) {
    return set(fd, option, &value, sizeof value);
}

int bsd_setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    const struct option *option = find(fd, level, name);
    if (option == NULL) {
        return -1;
    }
    switch (option->form) {
    case NOTHING:
        return 0;
    case V6ONLY:
        if (ALWAYS_V6ONLY && *(const int *)value == 0) {
            return CLEARS_V6ONLY_IN_VAIN ? 0 : fail(EINVAL);
        }
        return set(fd, option, value, length);
    case BUFFER:
        /* sosetopt(), and sbreserve() that says no. */
        if (*(const int *)value < 1) {
            return fail(EINVAL);
        }
        if (*(const int *)value > BUFFER_LIMIT) {
            return fail(ENOBUFS);
        }
        return set(fd, option, value, length);
    case REUSE_ADDRESS:
    case REUSE_PORT:
        return is_datagram_reuse(fd, option) ? set_datagram_reuse(fd, option->form, *(const int *)value)
                                             : set(fd, option, value, length);
    case ONE_BYTE:
        if (STRICT_BYTES && length != 1) {
            return fail(EINVAL);
        }
        return set(fd, option, value, length);
    case TICKS: {
        struct linger linger = *(const struct linger *)value;
        linger.l_linger /= 100;
        return set(fd, option, &linger, sizeof linger);
    }
    case DONT_FRAGMENT:
        return set_int(fd, option, *(const int *)value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
#if defined(BSD_MCAST_JOIN_GROUP)
    case GROUP: {
        const struct bsd_group_req *from = value;
        struct group_req to = {.gr_interface = from->gr_interface};
        if (length != sizeof *from) {
            return fail(EINVAL);
        }
        return group_in(from->gr_group, &to.gr_group) < 0 ? -1 : set(fd, option, &to, sizeof to);
    }
    case GROUP_AND_SOURCE: {
        const struct bsd_group_source_req *from = value;
        struct group_source_req to = {.gsr_interface = from->gsr_interface};
        if (length != sizeof *from) {
            return fail(EINVAL);
        }
        return group_in(from->gsr_group, &to.gsr_group) < 0 || group_in(from->gsr_source, &to.gsr_source) < 0
                       ? -1
                       : set(fd, option, &to, sizeof to);
    }
#endif
    default:
        return set(fd, option, value, length);
    }
}

int bsd_getpeereid(int fd, uid_t *uid, gid_t *gid) {
    struct ucred ucred;
    socklen_t size = sizeof ucred;
    int result = translated(syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &ucred, &size));
    if (result < 0) {
        return result;
    }
    if (ucred.uid == (uid_t)-1) {
        /* Nobody is there: LOCAL_PEERCRED of uipc_ctloutput(). */
        return fail(ENOTCONN);
    }
    *uid = ucred.uid;
    *gid = ucred.gid;
    return 0;
}
