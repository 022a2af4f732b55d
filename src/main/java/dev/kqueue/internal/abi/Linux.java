package dev.kqueue.internal.abi;

/**
 * The C ABI of Linux, x86-64 and aarch64, glibc and musl. Its kqueue is ours: {@link LinuxKqueue}.
 *
 * <p>Values and layouts were computed from the headers of glibc 2.36 and musl 1.2.3; where no other source was read,
 * the value is marked all the same.
 */
final class Linux {
    private Linux() {}

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
            EDEADLK 35
            EAGAIN 11
            EWOULDBLOCK 11
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
            EINPROGRESS 115
            EALREADY 114
            ENOTSOCK 88
            EDESTADDRREQ 89
            EMSGSIZE 90
            EPROTOTYPE 91
            ENOPROTOOPT 92
            EPROTONOSUPPORT 93
            ESOCKTNOSUPPORT 94
            EOPNOTSUPP 95
            ENOTSUP 95
            EPFNOSUPPORT 96
            EAFNOSUPPORT 97
            EADDRINUSE 98
            EADDRNOTAVAIL 99
            ENETDOWN 100
            ENETUNREACH 101
            ENETRESET 102
            ECONNABORTED 103
            ECONNRESET 104
            ENOBUFS 105
            EISCONN 106
            ENOTCONN 107
            ESHUTDOWN 108
            ETOOMANYREFS 109
            ETIMEDOUT 110
            ECONNREFUSED 111
            ELOOP 40
            ENAMETOOLONG 36
            EHOSTDOWN 112
            EHOSTUNREACH 113
            ENOTEMPTY 39
            EOVERFLOW 75
            ENOSYS 38
            ECANCELED 125
            EPROTO 71
            # sockets
            AF_UNSPEC 0
            AF_UNIX 1
            AF_INET 2
            AF_INET6 10
            SOCK_STREAM 1
            SOCK_DGRAM 2
            SOCK_RAW 3
            SOCK_SEQPACKET 5
            SOCK_NONBLOCK 0x800
            SOCK_CLOEXEC 0x80000
            SOL_SOCKET 1
            SO_REUSEADDR 2
            SO_REUSEPORT 0xf balances; the BSDs' does not
            SO_KEEPALIVE 9
            SO_BROADCAST 6
            SO_LINGER 0xd
            SO_SNDBUF 7
            SO_RCVBUF 8
            SO_SNDLOWAT 0x13
            SO_RCVLOWAT 0x12
            SO_SNDTIMEO 0x15
            SO_RCVTIMEO 0x14
            SO_ERROR 4
            SO_OOBINLINE 0xa
            SO_TYPE 3
            SO_ACCEPTCONN 0x1e
            SO_PEERCRED 0x11 gives a struct ucred
            SO_DOMAIN 0x27
            SO_PROTOCOL 0x26
            SO_PASSCRED 0x10
            IPPROTO_IP 0
            IPPROTO_ICMP 1
            IPPROTO_TCP 6
            IPPROTO_UDP 17
            IPPROTO_IPV6 41
            IPPROTO_ICMPV6 58
            TCP_NODELAY 1
            TCP_KEEPIDLE 4
            TCP_KEEPINTVL 5
            TCP_KEEPCNT 6
            TCP_QUICKACK 12
            TCP_FASTOPEN 23
            IP_TOS 1
            IP_TTL 2
            IP_HDRINCL 3
            IP_MULTICAST_IF 32
            IP_MULTICAST_TTL 33
            IP_MULTICAST_LOOP 34
            IP_ADD_MEMBERSHIP 35
            IP_DROP_MEMBERSHIP 36
            IP_ADD_SOURCE_MEMBERSHIP 39
            IP_DROP_SOURCE_MEMBERSHIP 40
            IP_BLOCK_SOURCE 38
            IP_UNBLOCK_SOURCE 37
            IP_MULTICAST_ALL 49 ?
            MCAST_JOIN_GROUP 42
            MCAST_LEAVE_GROUP 45
            MCAST_JOIN_SOURCE_GROUP 46
            MCAST_LEAVE_SOURCE_GROUP 47
            MCAST_BLOCK_SOURCE 43
            MCAST_UNBLOCK_SOURCE 44
            MCAST_INCLUDE 1
            MCAST_EXCLUDE 0
            IP_MTU_DISCOVER 10
            IP_PMTUDISC_DO 2
            IP_PMTUDISC_DONT 0
            IP_PKTINFO 8
            IPV6_V6ONLY 26
            IPV6_TCLASS 67
            IPV6_UNICAST_HOPS 16
            IPV6_MULTICAST_IF 17
            IPV6_MULTICAST_HOPS 18
            IPV6_MULTICAST_LOOP 19
            IPV6_JOIN_GROUP 20
            IPV6_LEAVE_GROUP 21
            IPV6_ADD_MEMBERSHIP 20 ?
            IPV6_DROP_MEMBERSHIP 21 ?
            IPV6_DONTFRAG 62
            IPV6_MULTICAST_ALL 29 ?
            IPV6_MTU_DISCOVER 23 ?
            MSG_OOB 1
            MSG_PEEK 2
            MSG_DONTROUTE 4
            MSG_EOR 0x80
            MSG_TRUNC 0x20
            MSG_CTRUNC 8
            MSG_WAITALL 0x100
            MSG_DONTWAIT 0x40
            MSG_NOSIGNAL 0x4000
            MSG_CMSG_CLOEXEC 0x40000000 ?
            SHUT_RD 0
            SHUT_WR 1
            SHUT_RDWR 2
            SOMAXCONN glibc:4096 musl:128 ? a hint: the kernel has a limit of its own
            SCM_RIGHTS 1
            SCM_CREDENTIALS 2
            # files, signals, processes
            O_RDONLY 0
            O_WRONLY 1
            O_RDWR 2
            O_ACCMODE glibc:3 musl:0x200003
            O_NONBLOCK 0x800
            O_APPEND 0x400
            O_CREAT 0x40
            O_NOCTTY 0x100 ?
            O_EXCL 0x80
            O_TRUNC 0x200
            O_NOFOLLOW x86-64:0x20000 aarch64:0x8000
            O_CLOEXEC 0x80000
            O_DIRECTORY x86-64:0x10000 aarch64:0x4000
            O_PATH 0x200000 ?
            O_SYNC 0x101000
            F_DUPFD 0
            F_GETFD 1
            F_SETFD 2
            F_GETFL 3
            F_SETFL 4
            F_DUPFD_CLOEXEC 1030 ?
            FD_CLOEXEC 1 ?
            AT_FDCWD -100 ?
            FIONREAD 0x541b ?
            FIONBIO 0x5421 ?
            TIOCOUTQ 0x5411 ?
            POLLIN 1 ?
            POLLPRI 2 ?
            POLLOUT 4 ?
            POLLERR 8 ?
            POLLHUP 0x10 ?
            POLLNVAL 0x20 ?
            POLLRDHUP 0x2000 ?
            SIGHUP 1
            SIGINT 2
            SIGQUIT 3
            SIGILL 4
            SIGTRAP 5
            SIGABRT 6
            SIGFPE 8
            SIGKILL 9
            SIGBUS 7
            SIGSEGV 11
            SIGSYS 31
            SIGPIPE 13
            SIGALRM 14
            SIGTERM 15
            SIGURG 23
            SIGSTOP 19
            SIGTSTP 20
            SIGCONT 18
            SIGCHLD 17
            SIGTTIN 21
            SIGTTOU 22
            SIGIO 29
            SIGXCPU 24
            SIGXFSZ 25
            SIGVTALRM 26
            SIGPROF 27
            SIGWINCH 28
            SIGUSR1 10
            SIGUSR2 12
            SIGPWR 30
            SIGSTKFLT 16
            SIG_BLOCK 0 ?
            SIG_UNBLOCK 1 ?
            SIG_SETMASK 2 ?
            SIG_DFL 0 ?
            SIG_IGN 1 ?
            SIG_ERR -1 ?
            SA_NOCLDWAIT 2 ?
            SA_NOCLDSTOP 1 ?
            SA_RESTART 0x10000000 ?
            SA_SIGINFO 4 ?
            WNOHANG 1
            WUNTRACED 2
            WNOWAIT 0x1000000
            WEXITED 4
            RLIMIT_NOFILE 7
            CLOCK_REALTIME 0 ?
            CLOCK_MONOTONIC 1 ?
            IOV_MAX 1024 ?
            S_IFMT 0xf000 ?
            S_IFSOCK 0xc000 ?
            S_IFIFO 0x1000 ?
            S_IFCHR 0x2000 ?
            S_IFREG 0x8000 ?
            S_IFDIR 0x4000 ?
            # further
            CLD_EXITED 1 ?
            CLD_KILLED 2 ?
            CLD_DUMPED 3 ?
            CLD_TRAPPED 4 ?
            CLD_STOPPED 5 ?
            CLD_CONTINUED 6 ?
            WSTOPPED 2
            WCONTINUED 8
            __WALL 0x40000000 ?
            __WNOTHREAD 0x20000000 ?
            __WCLONE 0x80000000 ?
            O_DIRECT x86-64:0x4000 aarch64:0x10000 ?
            O_NOATIME 0x40000 ?
            O_TMPFILE x86-64:0x410000 aarch64:0x404000
            CLOCK_BOOTTIME 7 ?
            CLOCK_MONOTONIC_COARSE 6 ?
            SOL_TCP 6
            SOL_IP 0
            SOL_IPV6 41
            TCP_USER_TIMEOUT 18
            TCP_CORK 3
            TCP_DEFER_ACCEPT 9
            TCP_INFO 11
            SO_INCOMING_CPU 0x31 ?
            SO_BUSY_POLL 0x2e
            SO_PRIORITY 0xc
            SO_INCOMING_NAPI_ID 0x38 ?
            IP_RECVERR 11
            IPV6_RECVERR 25 ?
            IPV6_RECVTCLASS 66
            IPV6_PMTUDISC_DO 2 ?
            IPV6_PMTUDISC_DONT 0 ?
            IP_PMTUDISC_PROBE 3 ?
            MSG_ERRQUEUE 0x2000
            MSG_MORE 0x8000
            MSG_FASTOPEN 0x20000000
            SI_USER 0 ?
            SI_KERNEL 128 ?
            UIO_MAXIOV 1024 ?
            P_ALL 0 ?
            P_PID 1 ?
            P_PGID 2 ?
            P_PIDFD 3 ? Linux 5.4
            SIGRTMIN glibc:34 musl:35 ?
            SIGRTMAX 64 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            timespec sizeof=16 alignof=8 tv_sec=0:8 tv_nsec=8:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:8
            sockaddr sizeof=16 alignof=2 sa_family=0:2 sa_data=2:14
            sockaddr_in sizeof=16 alignof=4 sin_family=0:2 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_in6 sizeof=28 alignof=4 sin6_family=0:2 sin6_port=2:2 sin6_flowinfo=4:4 sin6_addr=8:16 sin6_scope_id=24:4
            sockaddr_un sizeof=110 alignof=2 sun_family=0:2 sun_path=2:108
            sockaddr_storage sizeof=128 alignof=8 ss_family=0:2
            iovec sizeof=16 alignof=8 iov_base=0:8 iov_len=8:8
            msghdr sizeof=56 alignof=8 msg_name=0:8 msg_namelen=8:4 msg_iov=16:8 msg_iovlen=24:8|musl=24:4 msg_control=32:8 msg_controllen=40:8|musl=40:4 msg_flags=48:4
            cmsghdr sizeof=16 alignof=8|musl=4 cmsg_len=0:8|musl=0:4 cmsg_level=8:4 cmsg_type=12:4
            pollfd sizeof=8 alignof=4 fd=0:4 events=4:2 revents=6:2
            linger sizeof=8 alignof=4 l_onoff=0:4 l_linger=4:4
            in_addr sizeof=4 alignof=4 s_addr=0:4
            in6_addr sizeof=16 alignof=4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            ip_mreq_source sizeof=12 alignof=4 imr_multiaddr=0:4 imr_sourceaddr=8:4 imr_interface=4:4
            ip_mreqn sizeof=12 alignof=4 imr_multiaddr=0:4 imr_address=4:4 imr_ifindex=8:4
            ipv6_mreq sizeof=20 alignof=4 ipv6mr_multiaddr=0:16 ipv6mr_interface=16:4
            group_req sizeof=136 alignof=8 gr_interface=0:4 gr_group=8:128
            group_source_req sizeof=264 alignof=8 gsr_interface=0:4 gsr_group=8:128 gsr_source=136:128
            rlimit sizeof=16 alignof=8 rlim_cur=0:8 rlim_max=8:8
            stat sizeof=x86-64=144|aarch64=128 alignof=8 st_dev=0:8 st_ino=8:8 st_mode=x86-64=24:4|aarch64=16:4 st_nlink=x86-64=16:8|aarch64=20:4 st_uid=x86-64=28:4|aarch64=24:4 st_gid=x86-64=32:4|aarch64=28:4 st_rdev=x86-64=40:8|aarch64=32:8 st_size=48:8 st_atim=72:16 st_mtim=88:16 st_ctim=104:16 st_blksize=x86-64=56:8|aarch64=56:4 st_blocks=64:8
            ucred sizeof=12 alignof=4 pid=0:4 uid=4:4 gid=8:4
            sigaction sizeof=152 alignof=8 sa_handler=0:8 sa_flags=136:4 sa_mask=8:128
            epoll_event sizeof=x86-64=12|aarch64=16 alignof=x86-64=1|aarch64=8 events=0:4 data=x86-64=4:8|aarch64=8:8
            inotify_event sizeof=16 alignof=4 wd=0:4 mask=4:4 cookie=8:4 len=12:4 name=16:0
            signalfd_siginfo sizeof=128 alignof=8 ssi_signo=0:4 ssi_errno=4:4 ssi_code=8:4 ssi_pid=12:4 ssi_uid=16:4 ssi_fd=20:4 ssi_status=40:4
            itimerspec sizeof=32 alignof=8 it_interval=0:16 it_value=16:16
            siginfo sizeof=128 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=16:4 si_uid=20:4 si_status=24:4
            CMSG sizeof=16 alignof=8
            pid_t sizeof=4
            uid_t sizeof=4
            socklen_t sizeof=4
            nfds_t sizeof=8
            sigset_t sizeof=128
            mode_t sizeof=4
            off_t sizeof=8
            time_t sizeof=8
            suseconds_t sizeof=8
            sa_family_t sizeof=2
            in_port_t sizeof=2
            dev_t sizeof=8
            ino_t sizeof=8
            nlink_t sizeof=x86-64=8|aarch64=4
            rlim_t sizeof=8
            size_t sizeof=8
            id_t sizeof=4
            """;

    /** The C library has no kqueue(2); if a library in the process has, its numbers are not {@link LinuxKqueue}'s. */
    static final String SYMBOLS =
            """
            kqueue -
            kqueue1 -
            kqueuex -
            kevent -
            """;
}
