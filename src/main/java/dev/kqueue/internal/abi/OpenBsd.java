package dev.kqueue.internal.abi;

/**
 * The C ABI of OpenBSD 7, amd64: what it does not share with its relatives.
 *
 * <p>Values and layouts were read in the headers of 2025.
 */
final class OpenBsd {
    private OpenBsd() {}

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
            EVFILT_USER -10 from 7.8
            EVFILT_DEVICE -8
            EVFILT_EXCEPT -9 from 6.8
            EVFILT_SYSCOUNT 10 a count that grows with releases: do not use
            # EV_
            EV_SYSFLAGS 0xf800
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_EOF 2 files are readable at their end too
            NOTE_OOB 4
            NOTE_TRUNCATE 0x80 the bit is NOTE_OPEN on FreeBSD and NetBSD 10, NOTE_NONE on macOS
            NOTE_PCTRLMASK 0xf0000000
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            NOTE_SECONDS 1 ? in the header of 2025; first release not verified
            NOTE_MSECONDS 0 ?
            NOTE_USECONDS 2 ?
            NOTE_NSECONDS 3 ?
            NOTE_ABSTIME 0x10 ?
            NOTE_CHANGE 1
            """;

    /** errno, sockets, files, signals, processes. */
    static final String CONSTANTS =
            """
            # errno
            EOPNOTSUPP 45
            ENOTSUP 91
            EOVERFLOW 87
            ECANCELED 88
            EPROTO 95
            # sockets
            AF_INET6 24
            SOCK_NONBLOCK 0x4000
            SOCK_CLOEXEC 0x8000
            SO_LINGER 0x80
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_PEERCRED 0x1022 gives a struct sockpeercred
            SO_DOMAIN 0x1024
            SO_PROTOCOL 0x1025
            IPV6_TCLASS 61
            IPV6_DONTFRAG 62
            MSG_NOSIGNAL 0x400
            MSG_CMSG_CLOEXEC 0x800
            # files, signals, processes
            O_CLOEXEC 0x10000
            O_NOCTTY 0x8000
            O_DIRECTORY 0x20000
            F_DUPFD_CLOEXEC 10
            AT_FDCWD -100
            TIOCOUTQ 0x40047473 ?
            SIGTHR 32
            SIG_BLOCK 1 ?
            SIG_UNBLOCK 2 ?
            SIG_SETMASK 3 ?
            SIG_DFL 0 ?
            SIG_IGN 1 ?
            SIG_ERR -1 ?
            SA_NOCLDWAIT 0x20 ?
            SA_NOCLDSTOP 8 ?
            SA_RESTART 2 ?
            SA_SIGINFO 0x40 ?
            WNOWAIT 0x10
            WEXITED 4
            CLOCK_MONOTONIC 3
            # further
            WSTOPPED 2 ?
            WCONTINUED 8
            CLOCK_BOOTTIME 6
            TCP_INFO 9
            IPV6_RECVTCLASS 57
            P_ALL 0 ?
            P_PID 2 ?
            P_PGID 1 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:8
            sockaddr_in sizeof=16 alignof=4 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_storage sizeof=256 alignof=8 ss_len=0:1 ss_family=1:1
            in_addr sizeof=4 alignof=4 s_addr=0:4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            ip_mreqn sizeof=12 alignof=4 imr_multiaddr=0:4 imr_address=4:4 imr_ifindex=8:4
            stat sizeof=128 alignof=8 st_dev=4:4 st_ino=8:8 st_mode=0:4 st_nlink=16:4 st_uid=20:4 st_gid=24:4 st_rdev=28:4 st_size=80:8 st_atim=32:16 st_mtim=48:16 st_ctim=64:16 st_blksize=96:4 st_blocks=88:8 st_flags=100:4 st_gen=104:4
            sigaction sizeof=16 alignof=8 sa_handler=0:8 sa_flags=12:4 sa_mask=8:4
            sockpeercred sizeof=12 alignof=4 uid=0:4 gid=4:4 pid=8:4
            CMSG sizeof=16 alignof=8
            kevent_count sizeof=4
            sigset_t sizeof=4
            mode_t sizeof=4
            suseconds_t sizeof=8
            dev_t sizeof=4
            nlink_t sizeof=4
            rlim_t sizeof=8
            id_t sizeof=4
            """;
}
