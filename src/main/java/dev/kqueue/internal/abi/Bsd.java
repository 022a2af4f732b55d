package dev.kqueue.internal.abi;

/**
 * The constants and structures that the five systems with a kqueue of their own share: macOS, FreeBSD, NetBSD, OpenBSD
 * and DragonFly BSD all descend from 4.4BSD. The file of each system holds only what is its own; no name stands in
 * both.
 */
final class Bsd {
    private Bsd() {}

    /** {@code <sys/event.h>}. */
    static final String KQUEUE =
            """
            # EV_
            EV_ADD 1
            EV_DELETE 2
            EV_ENABLE 4
            EV_DISABLE 8
            EV_ONESHOT 0x10
            EV_CLEAR 0x20
            EV_RECEIPT 0x40
            EV_DISPATCH 0x80
            EV_FLAG1 0x2000
            EV_EOF 0x8000
            EV_ERROR 0x4000
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_LOWAT 1
            NOTE_DELETE 1
            NOTE_WRITE 2
            NOTE_EXTEND 4
            NOTE_ATTRIB 8
            NOTE_LINK 0x10
            NOTE_RENAME 0x20
            NOTE_REVOKE 0x40
            NOTE_EXIT 0x80000000
            NOTE_FORK 0x40000000
            NOTE_EXEC 0x20000000
            NOTE_PDATAMASK 0xfffff
            NOTE_FFNOP 0
            NOTE_FFAND 0x40000000
            NOTE_FFOR 0x80000000
            NOTE_FFCOPY 0xc0000000
            NOTE_FFCTRLMASK 0xc0000000
            NOTE_FFLAGSMASK 0xffffff
            NOTE_TRIGGER 0x1000000
            """;

    /** errno, sockets, files, signals, processes. */
    static final String CONSTANTS =
            """
            # errno
            EPERM 1
            ENOENT 2
            ESRCH 3
            EINTR 4
            EIO 5
            ENXIO 6
            E2BIG 7
            EBADF 9
            ECHILD 10
            EDEADLK 11
            EAGAIN 35
            EWOULDBLOCK 35
            ENOMEM 12
            EACCES 13
            EFAULT 14
            EBUSY 16
            EEXIST 17
            EXDEV 18
            ENODEV 19
            ENOTDIR 20
            EISDIR 21
            EINVAL 22
            ENFILE 23
            EMFILE 24
            ENOTTY 25
            EFBIG 27
            ENOSPC 28
            ESPIPE 29
            EROFS 30
            EMLINK 31
            EPIPE 32
            EDOM 33
            ERANGE 34
            EINPROGRESS 36
            EALREADY 37
            ENOTSOCK 38
            EDESTADDRREQ 39
            EMSGSIZE 40
            EPROTOTYPE 41
            ENOPROTOOPT 42
            EPROTONOSUPPORT 43
            ESOCKTNOSUPPORT 44
            EPFNOSUPPORT 46
            EAFNOSUPPORT 47
            EADDRINUSE 48
            EADDRNOTAVAIL 49
            ENETDOWN 50
            ENETUNREACH 51
            ENETRESET 52
            ECONNABORTED 53
            ECONNRESET 54
            ENOBUFS 55
            EISCONN 56
            ENOTCONN 57
            ESHUTDOWN 58
            ETOOMANYREFS 59
            ETIMEDOUT 60
            ECONNREFUSED 61
            ELOOP 62
            ENAMETOOLONG 63
            EHOSTDOWN 64
            EHOSTUNREACH 65
            ENOTEMPTY 66
            ENOSYS 78
            # sockets
            AF_UNSPEC 0
            AF_UNIX 1
            AF_INET 2
            SOCK_STREAM 1
            SOCK_DGRAM 2
            SOCK_RAW 3
            SOCK_SEQPACKET 5
            SOL_SOCKET 0xffff
            SO_REUSEADDR 4
            SO_REUSEPORT 0x200
            SO_KEEPALIVE 8
            SO_BROADCAST 0x20
            SO_SNDBUF 0x1001
            SO_RCVBUF 0x1002
            SO_SNDLOWAT 0x1003
            SO_RCVLOWAT 0x1004
            SO_ERROR 0x1007
            SO_OOBINLINE 0x100
            SO_TYPE 0x1008
            SO_ACCEPTCONN 2
            IPPROTO_IP 0
            IPPROTO_ICMP 1
            IPPROTO_TCP 6
            IPPROTO_UDP 17
            IPPROTO_IPV6 41
            IPPROTO_ICMPV6 58
            TCP_NODELAY 1
            IP_TOS 3
            IP_TTL 4
            IP_HDRINCL 2
            IP_MULTICAST_IF 9
            IP_MULTICAST_TTL 10
            IP_MULTICAST_LOOP 11
            IP_ADD_MEMBERSHIP 12
            IP_DROP_MEMBERSHIP 13
            IP_RECVDSTADDR 7
            IPV6_V6ONLY 27
            IPV6_UNICAST_HOPS 4
            IPV6_MULTICAST_IF 9
            IPV6_MULTICAST_HOPS 10
            IPV6_MULTICAST_LOOP 11
            IPV6_JOIN_GROUP 12
            IPV6_LEAVE_GROUP 13
            MSG_OOB 1
            MSG_PEEK 2
            MSG_DONTROUTE 4
            MSG_EOR 8
            MSG_TRUNC 0x10
            MSG_CTRUNC 0x20
            MSG_WAITALL 0x40
            MSG_DONTWAIT 0x80
            SHUT_RD 0
            SHUT_WR 1
            SHUT_RDWR 2
            SOMAXCONN 128
            SCM_RIGHTS 1
            # files, signals, processes
            O_RDONLY 0
            O_WRONLY 1
            O_RDWR 2
            O_ACCMODE 3
            O_NONBLOCK 4
            O_APPEND 8
            O_CREAT 0x200
            O_EXCL 0x800
            O_TRUNC 0x400
            O_NOFOLLOW 0x100
            O_SYNC 0x80
            F_DUPFD 0
            F_GETFD 1
            F_SETFD 2
            F_GETFL 3
            F_SETFL 4
            FD_CLOEXEC 1
            FIONREAD 0x4004667f
            FIONBIO 0x8004667e
            POLLIN 1
            POLLPRI 2
            POLLOUT 4
            POLLERR 8
            POLLHUP 0x10
            POLLNVAL 0x20
            SIGHUP 1
            SIGINT 2
            SIGQUIT 3
            SIGILL 4
            SIGTRAP 5
            SIGABRT 6
            SIGEMT 7
            SIGFPE 8
            SIGKILL 9
            SIGBUS 10
            SIGSEGV 11
            SIGSYS 12
            SIGPIPE 13
            SIGALRM 14
            SIGTERM 15
            SIGURG 16
            SIGSTOP 17
            SIGTSTP 18
            SIGCONT 19
            SIGCHLD 20
            SIGTTIN 21
            SIGTTOU 22
            SIGIO 23
            SIGXCPU 24
            SIGXFSZ 25
            SIGVTALRM 26
            SIGPROF 27
            SIGWINCH 28
            SIGINFO 29
            SIGUSR1 30
            SIGUSR2 31
            WNOHANG 1
            WUNTRACED 2
            RLIMIT_NOFILE 8
            CLOCK_REALTIME 0
            IOV_MAX 1024
            S_IFMT 0xf000
            S_IFSOCK 0xc000
            S_IFIFO 0x1000
            S_IFCHR 0x2000
            S_IFREG 0x8000
            S_IFDIR 0x4000
            # further
            CLD_EXITED 1 ?
            CLD_KILLED 2 ?
            CLD_DUMPED 3 ?
            CLD_TRAPPED 4 ?
            CLD_STOPPED 5 ?
            CLD_CONTINUED 6 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            timespec sizeof=16 alignof=8 tv_sec=0:8 tv_nsec=8:8
            sockaddr sizeof=16 alignof=1 sa_len=0:1 sa_family=1:1 sa_data=2:14
            sockaddr_in6 sizeof=28 alignof=4 sin6_len=0:1 sin6_family=1:1 sin6_port=2:2 sin6_flowinfo=4:4 sin6_addr=8:16 sin6_scope_id=24:4
            sockaddr_un sizeof=106 alignof=1 sun_len=0:1 sun_family=1:1 sun_path=2:104
            iovec sizeof=16 alignof=8 iov_base=0:8 iov_len=8:8
            msghdr sizeof=48 alignof=8 msg_name=0:8 msg_namelen=8:4 msg_iov=16:8 msg_iovlen=24:4 msg_control=32:8 msg_controllen=40:4 msg_flags=44:4
            cmsghdr sizeof=12 alignof=4 cmsg_len=0:4 cmsg_level=4:4 cmsg_type=8:4
            pollfd sizeof=8 alignof=4 fd=0:4 events=4:2 revents=6:2
            linger sizeof=8 alignof=4 l_onoff=0:4 l_linger=4:4
            in6_addr sizeof=16 alignof=4
            ipv6_mreq sizeof=20 alignof=4 ipv6mr_multiaddr=0:16 ipv6mr_interface=16:4
            rlimit sizeof=16 alignof=8 rlim_cur=0:8 rlim_max=8:8
            pid_t sizeof=4
            uid_t sizeof=4
            socklen_t sizeof=4
            nfds_t sizeof=4
            off_t sizeof=8
            time_t sizeof=8
            sa_family_t sizeof=1
            in_port_t sizeof=2
            ino_t sizeof=8
            size_t sizeof=8
            """;
}
