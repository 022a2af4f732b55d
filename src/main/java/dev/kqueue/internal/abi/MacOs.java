package dev.kqueue.internal.abi;

import java.util.Map;

/** The C ABI of macOS: constants, structures and symbols, as data. */
final class MacOs {
    private MacOs() {}

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
            EVFILT_MACHPORT -8
            EVFILT_FS -9
            EVFILT_USER -10
            EVFILT_EXCEPT -15
            EVFILT_VM -12
            EVFILT_SOCK -13 ?
            EVFILT_MEMORYSTATUS -14 ?
            EVFILT_SYSCOUNT 18
            # kqueue flags
            EV_ADD 1
            EV_DELETE 2
            EV_ENABLE 4
            EV_DISABLE 8
            EV_ONESHOT 0x10
            EV_CLEAR 0x20
            EV_RECEIPT 0x40
            EV_DISPATCH 0x80
            EV_UDATA_SPECIFIC 0x100
            EV_DISPATCH2 0x180
            EV_VANISHED 0x200
            EV_FLAG0 0x1000
            EV_FLAG1 0x2000
            EV_SYSFLAGS 0xf000
            EV_EOF 0x8000
            EV_ERROR 0x4000
            EV_OOBAND 0x2000
            EV_POLL 0x1000
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
            NOTE_NONE 0x80
            NOTE_FUNLOCK 0x100
            NOTE_LEASE_DOWNGRADE 0x200
            NOTE_LEASE_RELEASE 0x400
            NOTE_EXIT 0x80000000
            NOTE_FORK 0x40000000
            NOTE_EXEC 0x20000000
            NOTE_REAP 0x10000000
            NOTE_SIGNAL 0x8000000
            NOTE_EXITSTATUS 0x4000000
            NOTE_EXIT_DETAIL 0x2000000
            NOTE_EXIT_REPARENTED 0x80000
            NOTE_EXIT_DETAIL_MASK 0x70000
            NOTE_EXIT_DECRYPTFAIL 0x10000
            NOTE_EXIT_MEMORY 0x20000
            NOTE_EXIT_CSERROR 0x40000
            NOTE_PCTRLMASK 0xfff00000
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
            NOTE_SECONDS 1
            NOTE_USECONDS 2
            NOTE_NSECONDS 4
            NOTE_ABSOLUTE 8
            NOTE_LEEWAY 0x10
            NOTE_CRITICAL 0x20
            NOTE_BACKGROUND 0x40
            NOTE_MACH_CONTINUOUS_TIME 0x80
            NOTE_MACHTIME 0x100
            NOTE_VM_PRESSURE 0x80000000
            NOTE_VM_PRESSURE_TERMINATE 0x40000000
            NOTE_VM_PRESSURE_SUDDEN_TERMINATE 0x20000000
            NOTE_VM_ERROR 0x10000000
            KEVENT_FLAG_NONE 0
            KEVENT_FLAG_IMMEDIATE 1
            KEVENT_FLAG_ERROR_EVENTS 2
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
            EOPNOTSUPP 102
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
            ECANCELED 89
            EPROTO 100
            # sockets
            AF_UNSPEC 0
            AF_UNIX 1
            AF_INET 2
            AF_INET6 30
            SOCK_STREAM 1
            SOCK_DGRAM 2
            SOCK_RAW 3
            SOCK_SEQPACKET 5
            SOL_SOCKET 0xffff
            SO_REUSEADDR 4
            SO_REUSEPORT 0x200
            SO_KEEPALIVE 8
            SO_BROADCAST 0x20
            SO_LINGER 0x80
            SO_LINGER_SEC 0x1080
            SO_SNDBUF 0x1001
            SO_RCVBUF 0x1002
            SO_SNDLOWAT 0x1003
            SO_RCVLOWAT 0x1004
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_ERROR 0x1007
            SO_OOBINLINE 0x100
            SO_NOSIGPIPE 0x1022
            SO_TYPE 0x1008
            SO_ACCEPTCONN 2
            SO_NREAD 0x1020
            SO_NWRITE 0x1024
            SOL_LOCAL 0
            LOCAL_PEERCRED 1
            LOCAL_PEERPID 2
            IPPROTO_IP 0
            IPPROTO_ICMP 1
            IPPROTO_TCP 6
            IPPROTO_UDP 17
            IPPROTO_IPV6 41
            IPPROTO_ICMPV6 58
            TCP_NODELAY 1
            TCP_KEEPALIVE 16
            TCP_KEEPINTVL 257
            TCP_KEEPCNT 258
            TCP_FASTOPEN 261
            IP_TOS 3
            IP_TTL 4
            IP_HDRINCL 2
            IP_MULTICAST_IF 9
            IP_MULTICAST_TTL 10
            IP_MULTICAST_LOOP 11
            IP_ADD_MEMBERSHIP 12
            IP_DROP_MEMBERSHIP 13
            IP_ADD_SOURCE_MEMBERSHIP 70
            IP_DROP_SOURCE_MEMBERSHIP 71
            IP_BLOCK_SOURCE 72
            IP_UNBLOCK_SOURCE 73
            IP_MULTICAST_IFINDEX 66
            MCAST_JOIN_GROUP 80
            MCAST_LEAVE_GROUP 81
            MCAST_JOIN_SOURCE_GROUP 82
            MCAST_LEAVE_SOURCE_GROUP 83
            MCAST_BLOCK_SOURCE 84
            MCAST_UNBLOCK_SOURCE 85
            MCAST_INCLUDE 1
            MCAST_EXCLUDE 2
            MCAST_UNDEFINED 0
            IP_DONTFRAG 28
            IP_RECVDSTADDR 7
            IP_PKTINFO 26
            IPV6_V6ONLY 27
            IPV6_TCLASS 36
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
            MSG_NOSIGNAL 0x80000
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
            O_CLOEXEC 0x1000000
            O_DIRECTORY 0x100000
            O_EVTONLY 0x8000
            O_SYMLINK 0x200000
            O_SYNC 0x80
            F_DUPFD 0
            F_GETFD 1
            F_SETFD 2
            F_GETFL 3
            F_SETFL 4
            F_DUPFD_CLOEXEC 67
            F_GETPATH 50
            FD_CLOEXEC 1
            AT_FDCWD -2
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
            WNOWAIT 0x20
            WEXITED 4
            RLIMIT_NOFILE 8
            CLOCK_REALTIME 0
            CLOCK_MONOTONIC 6
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
            WSTOPPED 8
            WCONTINUED 16
            IPV6_RECVTCLASS 35
            P_ALL 0 ?
            P_PID 1 ?
            P_PGID 2 ?
            """;

    /** One structure a line: name, then sizeof, alignof and each field as {@code name=offset:size}. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=4 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            kevent64_s sizeof=48 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8 ext=32:16
            timespec sizeof=16 alignof=8 tv_sec=0:8 tv_nsec=8:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:4
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
            ip_mreq_source sizeof=12 alignof=4 imr_multiaddr=0:4 imr_sourceaddr=4:4 imr_interface=8:4
            ip_mreqn sizeof=12 alignof=4 imr_multiaddr=0:4 imr_address=4:4 imr_ifindex=8:4
            ipv6_mreq sizeof=20 alignof=4 ipv6mr_multiaddr=0:16 ipv6mr_interface=16:4
            group_req sizeof=132 alignof=4 gr_interface=0:4 gr_group=4:128
            group_source_req sizeof=260 alignof=4 gsr_interface=0:4 gsr_group=4:128 gsr_source=132:128
            rlimit sizeof=16 alignof=8 rlim_cur=0:8 rlim_max=8:8
            stat sizeof=144 alignof=8 st_dev=0:4 st_ino=8:8 st_mode=4:2 st_nlink=6:2 st_uid=16:4 st_gid=20:4 st_rdev=24:4 st_size=96:8 st_atim=32:16 st_mtim=48:16 st_ctim=64:16 st_blksize=112:4 st_blocks=104:8 st_flags=116:4 st_gen=120:4
            xucred sizeof=76 alignof=4 cr_version=0:4 cr_uid=4:4 cr_ngroups=8:2 cr_groups=12:64
            sigaction sizeof=16 alignof=8 sa_handler=0:8 sa_flags=12:4 sa_mask=8:4
            siginfo sizeof=104 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=12:4 si_uid=16:4 si_status=20:4
            kevent_qos_s sizeof=72 alignof=8 ident=0:8 filter=8:2 flags=10:2 qos=12:4 udata=16:8 fflags=24:4 xflags=28:4 data=32:8 ext=40:32
            """;

    /** On x86-64 the plain names keep the structures of 32-bit inodes. */
    static Map<String, String> symbols(String architecture) {
        return architecture.equals("x86-64")
                ? Map.of("fstat", "fstat$INODE64", "stat", "stat$INODE64", "lstat", "lstat$INODE64")
                : Map.of();
    }
}
