package dev.kqueue.internal.abi;

/** The C ABI of DragonFly BSD: constants, structures and symbols, as data. */
final class DragonFly {
    private DragonFly() {}

    /**
     * {@code <sys/event.h>}: filters, flags and notes. A trailing {@code ?} marks a value that only one source gives.
     */
    static final String KQUEUE =
            """
            # kqueue filters
            EVFILT_READ -1
            EVFILT_WRITE -2
            EVFILT_AIO -3
            EVFILT_VNODE -4
            EVFILT_PROC -5
            EVFILT_SIGNAL -6
            EVFILT_TIMER -7
            EVFILT_FS -10
            EVFILT_USER -9
            EVFILT_EXCEPT -8
            EVFILT_SYSCOUNT 10
            # kqueue flags
            EV_ADD 1
            EV_DELETE 2
            EV_ENABLE 4
            EV_DISABLE 8
            EV_ONESHOT 0x10
            EV_CLEAR 0x20
            EV_RECEIPT 0x40
            EV_DISPATCH 0x80
            EV_FLAG1 0x2000
            EV_SYSFLAGS 0xf800
            EV_EOF 0x8000
            EV_ERROR 0x4000
            EV_NODATA 0x1000
            # notes
            NOTE_LOWAT 1
            NOTE_OOB 2
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
            NOTE_PCTRLMASK 0xf0000000
            NOTE_PDATAMASK 0xfffff
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            NOTE_FFNOP 0
            NOTE_FFAND 0x40000000
            NOTE_FFOR 0x80000000
            NOTE_FFCOPY 0xc0000000
            NOTE_FFCTRLMASK 0xc0000000
            NOTE_FFLAGSMASK 0xffffff
            NOTE_TRIGGER 0x1000000
            """;

    /** errno, sockets, files and processes. */
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
            EOPNOTSUPP 45
            ENOTSUP 45
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
            EOVERFLOW 84
            ENOSYS 78
            ECANCELED 85
            EPROTO 92
            # sockets
            AF_UNSPEC 0
            AF_UNIX 1
            AF_INET 2
            AF_INET6 28
            SOCK_STREAM 1
            SOCK_DGRAM 2
            SOCK_RAW 3
            SOCK_SEQPACKET 5
            SOCK_NONBLOCK 0x20000000
            SOCK_CLOEXEC 0x10000000
            SOL_SOCKET 0xffff
            SO_REUSEADDR 4
            SO_REUSEPORT 0x200
            SO_KEEPALIVE 8
            SO_BROADCAST 0x20
            SO_LINGER 0x80
            SO_SNDBUF 0x1001
            SO_RCVBUF 0x1002
            SO_SNDLOWAT 0x1003
            SO_RCVLOWAT 0x1004
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_ERROR 0x1007
            SO_OOBINLINE 0x100
            SO_NOSIGPIPE 0x800
            SO_TYPE 0x1008
            SO_ACCEPTCONN 2
            SO_PASSCRED 0x4000 ?
            LOCAL_PEERCRED 1
            IPPROTO_IP 0
            IPPROTO_ICMP 1
            IPPROTO_TCP 6
            IPPROTO_UDP 17
            IPPROTO_IPV6 41
            IPPROTO_ICMPV6 58
            TCP_NODELAY 1
            TCP_KEEPIDLE 256
            TCP_KEEPINTVL 512
            TCP_KEEPCNT 1024
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
            IPV6_TCLASS 61
            IPV6_UNICAST_HOPS 4
            IPV6_MULTICAST_IF 9
            IPV6_MULTICAST_HOPS 10
            IPV6_MULTICAST_LOOP 11
            IPV6_JOIN_GROUP 12
            IPV6_LEAVE_GROUP 13
            IPV6_DONTFRAG 62
            MSG_OOB 1
            MSG_PEEK 2
            MSG_DONTROUTE 4
            MSG_EOR 8
            MSG_TRUNC 0x10
            MSG_CTRUNC 0x20
            MSG_WAITALL 0x40
            MSG_DONTWAIT 0x80
            MSG_NOSIGNAL 0x400
            MSG_CMSG_CLOEXEC 0x1000
            SHUT_RD 0
            SHUT_WR 1
            SHUT_RDWR 2
            SOMAXCONN 128
            SCM_RIGHTS 1
            SCM_CREDS 3
            # files and process
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
            O_CLOEXEC 0x20000
            O_DIRECTORY 0x8000000
            O_SYNC 0x80
            F_DUPFD 0
            F_GETFD 1
            F_SETFD 2
            F_GETFL 3
            F_SETFL 4
            F_DUPFD_CLOEXEC 17
            F_GETPATH 19 ?
            FD_CLOEXEC 1
            AT_FDCWD -328243 ?
            FIONREAD 0x4004667f
            FIONBIO 0x8004667e
            TIOCOUTQ 0x40047473
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
            SIGTHR 32
            SIGCKPT 33
            SIGCKPTEXIT 34
            SIG_BLOCK 1
            SIG_UNBLOCK 2
            SIG_SETMASK 3
            SIG_DFL 0
            SIG_IGN 1
            SIG_ERR -1
            SA_NOCLDWAIT 0x20
            SA_NOCLDSTOP 8
            SA_RESTART 2
            SA_SIGINFO 0x40
            WNOHANG 1
            WUNTRACED 2
            WNOWAIT 8
            WEXITED 0x10
            RLIMIT_NOFILE 8
            CLOCK_REALTIME 0
            CLOCK_MONOTONIC 4
            IOV_MAX 1024
            S_IFMT 0xf000
            S_IFSOCK 0xc000
            S_IFIFO 0x1000
            S_IFCHR 0x2000
            S_IFREG 0x8000
            S_IFDIR 0x4000
            # needed on Linux; the other columns of this section come from golang/sys and rust-lang/libc only
            CLD_EXITED 1 ?
            CLD_KILLED 2 ?
            CLD_DUMPED 3 ?
            CLD_TRAPPED 4 ?
            CLD_STOPPED 5 ?
            CLD_CONTINUED 6 ?
            WSTOPPED 2
            WCONTINUED 4
            O_DIRECT 0x10000
            IPV6_RECVTCLASS 57
            P_ALL 7 ?
            P_PID 0 ?
            P_PGID 2 ?
            """;

    /** One structure a line: name, then sizeof, alignof and each field as {@code name=offset:size}. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            timespec sizeof=16 alignof=8 tv_sec=0:8 tv_nsec=8:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:8
            sockaddr sizeof=16 alignof=1 sa_len=0:1 sa_family=1:1 sa_data=2:14
            sockaddr_in sizeof=16 alignof=4 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_in6 sizeof=28 alignof=4 sin6_len=0:1 sin6_family=1:1 sin6_port=2:2 sin6_flowinfo=4:4 sin6_addr=8:16 sin6_scope_id=24:4
            sockaddr_un sizeof=106 alignof=1 sun_len=0:1 sun_family=1:1 sun_path=2:104
            sockaddr_storage sizeof=128 alignof=8 ss_len=0:1 ss_family=1:1
            iovec sizeof=16 alignof=8 iov_base=0:8 iov_len=8:8
            msghdr sizeof=48 alignof=8 msg_name=0:8 msg_namelen=8:4 msg_iov=16:8 msg_iovlen=24:4 msg_control=32:8 msg_controllen=40:4 msg_flags=44:4
            cmsghdr sizeof=12 alignof=4 cmsg_len=0:4 cmsg_level=4:4 cmsg_type=8:4
            pollfd sizeof=8 alignof=4 fd=0:4 events=4:2 revents=6:2
            linger sizeof=8 alignof=4 l_onoff=0:4 l_linger=4:4
            in_addr sizeof=4 alignof=4 s_addr=0:4
            in6_addr sizeof=16 alignof=4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            ipv6_mreq sizeof=20 alignof=4 ipv6mr_multiaddr=0:16 ipv6mr_interface=16:4
            rlimit sizeof=16 alignof=8 rlim_cur=0:8 rlim_max=8:8
            stat sizeof=128 alignof=8 st_dev=12:4 st_ino=0:8 st_mode=16:2 st_nlink=8:4 st_uid=20:4 st_gid=24:4 st_rdev=28:4 st_size=80:8 st_atim=32:16 st_mtim=48:16 st_ctim=64:16 st_blksize=112:8 st_blocks=88:8 st_flags=100:4 st_gen=104:4
            xucred sizeof=88 alignof=8 cr_version=0:4 cr_uid=4:4 cr_ngroups=8:2 cr_groups=12:64
            sigaction sizeof=32 alignof=8 sa_handler=0:8 sa_flags=8:4 sa_mask=12:16
            itimerspec sizeof=32 alignof=8 it_interval=0:16 it_value=16:16
            siginfo sizeof=80 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=12:4 si_uid=16:4 si_status=20:4
            """;
}
