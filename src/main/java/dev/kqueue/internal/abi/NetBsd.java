package dev.kqueue.internal.abi;

/**
 * The C ABI of NetBSD 9 to 11, amd64: what it does not share with its relatives.
 *
 * <p>Values and layouts were computed from the headers of 7.99.34; {@code <sys/event.h>} and {@code <sys/socket.h>}
 * were read in 10.1 too. NetBSD alone numbers filters from 0 up, and has 32 bits for filter and for flags.
 */
final class NetBsd {
    private NetBsd() {}

    /** {@code <sys/event.h>}. */
    static final String KQUEUE =
            """
            # EVFILT_
            EVFILT_READ 0
            EVFILT_WRITE 1
            EVFILT_AIO 2
            EVFILT_VNODE 3
            EVFILT_PROC 4
            EVFILT_SIGNAL 5
            EVFILT_TIMER 6
            EVFILT_FS 7 in 10; 9 not verified
            EVFILT_USER 8 from 10.0
            EVFILT_EMPTY 9 from 10.0
            EVFILT_SYSCOUNT 10 a count that grows with releases: do not use
            # EV_
            EV_SYSFLAGS 0xf000
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_OPEN 0x80 ? from 10.0
            NOTE_CLOSE 0x100 ? from 10.0
            NOTE_CLOSE_WRITE 0x200 ? from 10.0
            NOTE_READ 0x400 ? from 10.0
            NOTE_PCTRLMASK 0xf0000000
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            NOTE_SECONDS 1 units are read from 10.0 on: before, data is milliseconds whatever they say
            NOTE_MSECONDS 0
            NOTE_USECONDS 2
            NOTE_NSECONDS 3
            NOTE_ABSTIME 0x10
            """;

    /** errno, sockets, files, signals, processes. */
    static final String CONSTANTS =
            """
            # errno
            EOPNOTSUPP 45
            ENOTSUP 86
            EOVERFLOW 84
            ECANCELED 87
            EPROTO 96
            # sockets
            AF_INET6 24
            SOCK_NONBLOCK 0x20000000
            SOCK_CLOEXEC 0x10000000
            SO_LINGER 0x80
            SO_SNDTIMEO 0x100b 0x1005 is the one for a 32-bit time_t
            SO_RCVTIMEO 0x100c 0x1006 is the one for a 32-bit time_t
            SO_NOSIGPIPE 0x800
            LOCAL_CREDS 4
            LOCAL_PEEREID 3 level 0; gives a struct unpcbid
            TCP_KEEPIDLE 3
            TCP_KEEPINTVL 5
            TCP_KEEPCNT 6
            IP_PKTINFO 25
            IPV6_TCLASS 61
            IPV6_DONTFRAG 62
            MSG_NBIO 0x1000 sosend() tests it, and not MSG_DONTWAIT
            MSG_NOSIGNAL 0x400
            MSG_CMSG_CLOEXEC 0x800
            SCM_CREDS 16 4 before NetBSD 8
            # files, signals, processes
            O_CLOEXEC 0x400000
            O_NOCTTY 0x8000
            O_DIRECTORY 0x200000
            F_DUPFD_CLOEXEC 12
            F_GETPATH 15 in 10.1
            AT_FDCWD -100
            FIONSPACE 0x40046678
            FIONWRITE 0x40046679
            TIOCOUTQ 0x40047473
            SIGPWR 32
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
            WNOWAIT 0x10000
            WEXITED 0x20
            CLOCK_MONOTONIC 3
            # further
            EFD_CLOEXEC 0x400000 ?
            EFD_NONBLOCK 4 ?
            EFD_SEMAPHORE 2 ?
            TFD_CLOEXEC 0x400000 ?
            TFD_NONBLOCK 4 ?
            TFD_TIMER_ABSTIME 1 ?
            TFD_TIMER_CANCEL_ON_SET 2 ?
            WSTOPPED 2 ? the option of waitid(2), not the status mask of the same name
            WCONTINUED 16 ?
            O_DIRECT 0x80000
            TCP_INFO 9 ?
            IPV6_RECVTCLASS 57
            P_ALL 0 ?
            P_PID 1 ?
            P_PGID 4 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=40 alignof=8 ident=0:8 filter=8:4 flags=12:4 fflags=16:4 data=24:8 udata=32:8
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:4
            sockaddr_in sizeof=16 alignof=2 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_storage sizeof=128 alignof=8 ss_len=0:1 ss_family=1:1
            in_addr sizeof=4 alignof=1 s_addr=0:4
            ip_mreq sizeof=8 alignof=1 imr_multiaddr=0:4 imr_interface=4:4
            stat sizeof=152 alignof=8 st_dev=0:8 st_ino=16:8 st_mode=8:4 st_nlink=24:4 st_uid=28:4 st_gid=32:4 st_rdev=40:8 st_size=112:8 st_atim=48:16 st_mtim=64:16 st_ctim=80:16 st_blksize=128:4 st_blocks=120:8 st_flags=132:4 st_gen=136:4
            sigaction sizeof=32 alignof=8 sa_handler=0:8 sa_flags=24:4 sa_mask=8:16
            itimerspec sizeof=32 alignof=8 it_interval=0:16 it_value=16:16
            siginfo sizeof=128 alignof=8 si_signo=0:4 si_errno=8:4 si_code=4:4 si_pid=16:4 si_uid=20:4 si_status=24:4
            kevent_netbsd11 sizeof=72 alignof=8 ident=0:8 filter=8:4 flags=12:4 fflags=16:4 data=24:8 udata=32:8 ext=40:32
            unpcbid sizeof=12 alignof=4 unp_pid=0:4 unp_euid=4:4 unp_egid=8:4
            CMSG sizeof=16 alignof=8
            kevent_count sizeof=8
            sigset_t sizeof=16
            mode_t sizeof=4
            suseconds_t sizeof=4
            dev_t sizeof=8
            nlink_t sizeof=4
            rlim_t sizeof=8
            id_t sizeof=4
            """;

    /**
     * The plain names are kept for programs built before NetBSD 5 (32-bit time_t), 3 and 1.4: a look-up finds them, and
     * they are wrong. {@code __kevent50} with the structure above is in 9, 10 and 11; the headers of 11 prefer {@code
     * __kevent100}, whose structure is longer.
     */
    static final String SYMBOLS =
            """
            kevent __kevent50
            socket __socket30
            fstat __fstat50
            stat __stat50
            lstat __lstat50
            opendir __opendir30
            readdir __readdir30
            ppoll __pollts50
            select __select50
            clock_gettime __clock_gettime50
            nanosleep __nanosleep50
            gettimeofday __gettimeofday50
            sigaction __sigaction_siginfo
            sigprocmask __sigprocmask14
            pthread_sigmask __libc_thr_sigsetmask
            sigemptyset __sigemptyset14
            sigfillset __sigfillset14
            sigaddset __sigaddset14
            sigdelset __sigdelset14
            sigismember __sigismember14
            sigpending __sigpending14
            sigsuspend __sigsuspend14
            sigtimedwait __sigtimedwait50
            wait4 __wait450
            getrusage __getrusage50
            getpwuid_r __getpwuid_r50
            vfork __vfork14
            """;
}
