package dev.kqueue.internal.abi;

/**
 * The C ABI of FreeBSD 13 and later, amd64 and arm64: what it does not share with its relatives.
 *
 * <p>Values and layouts were computed from the headers of 13.0; {@code <sys/event.h>} was read in 15 too.
 */
final class FreeBsd {
    private FreeBsd() {}

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
            EVFILT_FS -9
            EVFILT_LIO -10
            EVFILT_USER -11
            EVFILT_PROCDESC -8
            EVFILT_SENDFILE -12
            EVFILT_EMPTY -13
            EVFILT_JAIL -14 ? from 15
            EVFILT_JAILDESC -15 ? from 15
            EVFILT_SYSCOUNT 15 a count that grows with releases: do not use
            # EV_
            EV_FORCEONESHOT 0x100
            EV_KEEPUDATA 0x200 in 15, not in 13.0
            EV_DROP 0x1000 the kernel's own
            EV_FLAG2 0x4000 the kernel's own, and the bit of EV_ERROR
            EV_SYSFLAGS 0xf000
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_FILE_POLL 2 files are always ready, as for poll(2)
            NOTE_OPEN 0x80
            NOTE_CLOSE 0x100
            NOTE_CLOSE_WRITE 0x200
            NOTE_READ 0x400
            NOTE_PCTRLMASK 0xf0000000
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            NOTE_SECONDS 1
            NOTE_MSECONDS 2
            NOTE_USECONDS 4
            NOTE_NSECONDS 8
            NOTE_ABSTIME 0x10
            NOTE_JAIL_CHILD 0x80000000 ?
            NOTE_JAIL_SET 0x40000000 ?
            NOTE_JAIL_ATTACH 0x20000000 ?
            NOTE_JAIL_REMOVE 0x10000000 ?
            NOTE_JAIL_MULTI 0x8000000 ?
            NOTE_JAIL_CTRLMASK 0xf0000000 ?
            KQUEUE_CLOEXEC 1 ? for kqueuex(2)
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
            SO_REUSEPORT_LB 0x10000
            SO_LINGER 0x80
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_NOSIGPIPE 0x800
            SO_DOMAIN 0x1019
            SO_PROTOCOL 0x1016
            SOL_LOCAL 0
            LOCAL_PEERCRED 1 level SOL_LOCAL; gives a struct xucred
            LOCAL_CREDS 2
            TCP_KEEPIDLE 256
            TCP_KEEPINTVL 512
            TCP_KEEPCNT 1024
            TCP_FASTOPEN 1025
            IP_ADD_SOURCE_MEMBERSHIP 70
            IP_DROP_SOURCE_MEMBERSHIP 71
            IP_BLOCK_SOURCE 72
            IP_UNBLOCK_SOURCE 73
            MCAST_JOIN_GROUP 80
            MCAST_LEAVE_GROUP 81
            MCAST_JOIN_SOURCE_GROUP 82
            MCAST_LEAVE_SOURCE_GROUP 83
            MCAST_BLOCK_SOURCE 84
            MCAST_UNBLOCK_SOURCE 85
            MCAST_INCLUDE 1
            MCAST_EXCLUDE 2
            MCAST_UNDEFINED 0
            IP_DONTFRAG 67
            IPV6_TCLASS 61
            IPV6_DONTFRAG 62
            MSG_NOSIGNAL 0x20000
            MSG_CMSG_CLOEXEC 0x40000
            SCM_CREDS 3
            # files, signals, processes
            O_CLOEXEC 0x100000
            O_NOCTTY 0x8000
            O_DIRECTORY 0x20000
            O_PATH 0x400000 not in 13.0
            F_DUPFD_CLOEXEC 17
            F_KINFO 22 ? not in 13.0
            AT_FDCWD -100
            FIONSPACE 0x40046676
            FIONWRITE 0x40046677
            TIOCOUTQ 0x40047473
            POLLRDHUP 0x4000 not in 13.0
            SIGTHR 32
            SIGLIBRT 33
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
            EFD_CLOEXEC 0x100000 ? from 13
            EFD_NONBLOCK 4 ?
            EFD_SEMAPHORE 1 ?
            TFD_CLOEXEC 0x100000 ?
            TFD_NONBLOCK 4 ?
            TFD_TIMER_ABSTIME 1 ?
            TFD_TIMER_CANCEL_ON_SET 2 ?
            WSTOPPED 2
            WCONTINUED 4
            O_DIRECT 0x10000
            CLOCK_BOOTTIME 5 ?
            CLOCK_MONOTONIC_COARSE 12 ?
            TCP_INFO 32
            IPV6_RECVTCLASS 57
            P_ALL 7 ?
            P_PID 0 ?
            P_PGID 2 ?
            SIGRTMIN 65 ?
            SIGRTMAX 126 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=64 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8 ext=32:32
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:8
            sockaddr_in sizeof=16 alignof=4 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_storage sizeof=128 alignof=8 ss_len=0:1 ss_family=1:1
            in_addr sizeof=4 alignof=4 s_addr=0:4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            ip_mreq_source sizeof=12 alignof=4 imr_multiaddr=0:4 imr_sourceaddr=4:4 imr_interface=8:4
            ip_mreqn sizeof=12 alignof=4 imr_multiaddr=0:4 imr_address=4:4 imr_ifindex=8:4
            group_req sizeof=136 alignof=8 gr_interface=0:4 gr_group=8:128
            group_source_req sizeof=264 alignof=8 gsr_interface=0:4 gsr_group=8:128 gsr_source=136:128
            stat sizeof=224 alignof=8 st_dev=0:8 st_ino=8:8 st_mode=24:2 st_nlink=16:8 st_uid=28:4 st_gid=32:4 st_rdev=40:8 st_size=112:8 st_atim=48:16 st_mtim=64:16 st_ctim=80:16 st_blksize=128:4 st_blocks=120:8 st_flags=132:4 st_gen=136:8
            xucred sizeof=88 alignof=8 cr_version=0:4 cr_uid=4:4 cr_ngroups=8:2 cr_groups=12:64
            sigaction sizeof=32 alignof=8 sa_handler=0:8 sa_flags=8:4 sa_mask=12:16
            itimerspec sizeof=32 alignof=8 it_interval=0:16 it_value=16:16
            siginfo sizeof=80 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=12:4 si_uid=16:4 si_status=20:4
            CMSG sizeof=16 alignof=8
            kevent_count sizeof=4
            sigset_t sizeof=16
            mode_t sizeof=2
            suseconds_t sizeof=8
            dev_t sizeof=8
            nlink_t sizeof=8
            rlim_t sizeof=8
            id_t sizeof=8
            """;
}
