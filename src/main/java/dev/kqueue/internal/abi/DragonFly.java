package dev.kqueue.internal.abi;

/**
 * The C ABI of DragonFly BSD 6, x86-64: what it does not share with its relatives.
 *
 * <p>Values and layouts were computed from the headers of 5.9. Its timers count milliseconds only.
 */
final class DragonFly {
    private DragonFly() {}

    /** {@code <sys/event.h>}. */
    static final String KQUEUE =
            """
            # EVFILT_
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
            EVFILT_SYSCOUNT 10 a count that grows with releases: do not use
            # EV_
            EV_SYSFLAGS 0xf800
            EV_NODATA 0x1000 with EV_EOF when nothing is left to read
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_OOB 2
            NOTE_PCTRLMASK 0xf0000000
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            """;

    /** errno, sockets, files, signals, processes. */
    static final String CONSTANTS =
            """
            # errno
            EOPNOTSUPP 45
            ENOTSUP 45
            EOVERFLOW 84
            ECANCELED 85
            EPROTO 92
            # sockets
            AF_INET6 28
            SOCK_NONBLOCK 0x20000000
            SOCK_CLOEXEC 0x10000000
            SO_LINGER 0x80
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_NOSIGPIPE 0x800
            SO_PASSCRED 0x4000 ? newer than the header of 2020
            LOCAL_PEERCRED 1 level 0; gives a struct xucred
            TCP_KEEPIDLE 256
            TCP_KEEPINTVL 512
            TCP_KEEPCNT 1024
            IPV6_TCLASS 61
            IPV6_DONTFRAG 62
            MSG_NOSIGNAL 0x400
            MSG_CMSG_CLOEXEC 0x1000
            SCM_CREDS 3
            # files, signals, processes
            O_CLOEXEC 0x20000
            O_NOCTTY 0x8000
            O_DIRECTORY 0x8000000
            F_DUPFD_CLOEXEC 17
            F_GETPATH 19 ? newer than the header of 2020
            AT_FDCWD -328243 ?
            TIOCOUTQ 0x40047473
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
            WNOWAIT 8
            WEXITED 0x10
            CLOCK_MONOTONIC 4
            # further
            WSTOPPED 2
            WCONTINUED 4
            O_DIRECT 0x10000
            IPV6_RECVTCLASS 57
            P_ALL 7 ?
            P_PID 0 ?
            P_PGID 2 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:8
            sockaddr_in sizeof=16 alignof=4 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_storage sizeof=128 alignof=8 ss_len=0:1 ss_family=1:1
            in_addr sizeof=4 alignof=4 s_addr=0:4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            stat sizeof=128 alignof=8 st_dev=12:4 st_ino=0:8 st_mode=16:2 st_nlink=8:4 st_uid=20:4 st_gid=24:4 st_rdev=28:4 st_size=80:8 st_atim=32:16 st_mtim=48:16 st_ctim=64:16 st_blksize=112:8 st_blocks=88:8 st_flags=100:4 st_gen=104:4
            xucred sizeof=88 alignof=8 cr_version=0:4 cr_uid=4:4 cr_ngroups=8:2 cr_groups=12:64
            sigaction sizeof=32 alignof=8 sa_handler=0:8 sa_flags=8:4 sa_mask=12:16
            itimerspec sizeof=32 alignof=8 it_interval=0:16 it_value=16:16
            siginfo sizeof=80 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=12:4 si_uid=16:4 si_status=20:4
            CMSG sizeof=16 alignof=8
            kevent_count sizeof=4
            sigset_t sizeof=16
            mode_t sizeof=2
            suseconds_t sizeof=8
            dev_t sizeof=4
            nlink_t sizeof=4
            rlim_t sizeof=8
            id_t sizeof=8
            """;
}
