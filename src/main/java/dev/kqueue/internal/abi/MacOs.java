package dev.kqueue.internal.abi;

/**
 * The C ABI of macOS 11 and later, x86-64 and arm64: what it does not share with the BSDs.
 *
 * <p>Values and layouts were computed from the headers of macOS 15.4.
 */
final class MacOs {
    private MacOs() {}

    /** {@code <sys/event.h>}. */
    static final String KQUEUE =
            """
            # EVFILT_
            EVFILT_READ -1
            EVFILT_WRITE -2
            EVFILT_AIO -3 defined, but attaching fails
            EVFILT_VNODE -4
            EVFILT_PROC -5
            EVFILT_SIGNAL -6
            EVFILT_TIMER -7
            EVFILT_MACHPORT -8
            EVFILT_FS -9
            EVFILT_USER -10
            EVFILT_EXCEPT -15
            EVFILT_VM -12
            EVFILT_SOCK -13 ? private: do not use
            EVFILT_MEMORYSTATUS -14 ? private: do not use
            EVFILT_SYSCOUNT 18 a count that grows with releases: do not use
            # EV_
            EV_UDATA_SPECIFIC 0x100
            EV_DISPATCH2 0x180 EV_DISPATCH|EV_UDATA_SPECIFIC
            EV_VANISHED 0x200
            EV_FLAG0 0x1000
            EV_SYSFLAGS 0xf000
            EV_OOBAND 0x2000 inside EV_SYSFLAGS: cleared from a change
            EV_POLL 0x1000 inside EV_SYSFLAGS: cleared from a change
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_OOB 2
            NOTE_NONE 0x80 EVFILT_READ on files
            NOTE_FUNLOCK 0x100
            NOTE_LEASE_DOWNGRADE 0x200
            NOTE_LEASE_RELEASE 0x400
            NOTE_REAP 0x10000000 deprecated
            NOTE_SIGNAL 0x8000000
            NOTE_EXITSTATUS 0x4000000
            NOTE_EXIT_DETAIL 0x2000000
            NOTE_EXIT_REPARENTED 0x80000
            NOTE_EXIT_DETAIL_MASK 0x70000
            NOTE_EXIT_DECRYPTFAIL 0x10000
            NOTE_EXIT_MEMORY 0x20000
            NOTE_EXIT_CSERROR 0x40000
            NOTE_PCTRLMASK 0xfff00000 ~NOTE_PDATAMASK, not the 0xf0000000 of the others
            NOTE_TRACK 1 attaching fails with ENOTSUP
            NOTE_TRACKERR 2 attaching fails with ENOTSUP
            NOTE_CHILD 4 attaching fails with ENOTSUP
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

    /** errno, sockets, files, signals, processes. */
    static final String CONSTANTS =
            """
            # errno
            EOPNOTSUPP 102 45 is ENOTSUP there
            ENOTSUP 45
            EOVERFLOW 84
            ECANCELED 89
            EPROTO 100
            # sockets
            AF_INET6 30
            SO_LINGER 0x80 counts ticks of 1/100 s: SO_LINGER_SEC counts seconds
            SO_LINGER_SEC 0x1080
            SO_SNDTIMEO 0x1005
            SO_RCVTIMEO 0x1006
            SO_NOSIGPIPE 0x1022
            SO_NREAD 0x1020
            SO_NWRITE 0x1024
            SOL_LOCAL 0
            LOCAL_PEERCRED 1 level SOL_LOCAL; gives a struct xucred
            LOCAL_PEERPID 2
            TCP_KEEPALIVE 16 idle seconds: the TCP_KEEPIDLE of the others
            TCP_KEEPINTVL 257
            TCP_KEEPCNT 258
            TCP_FASTOPEN 261
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
            IP_PKTINFO 26
            IPV6_TCLASS 36
            IPV6_DONTFRAG 62 hidden in the header, known to the kernel
            MSG_NBIO 0x20000 ? private: tested by sosendcheck(), where MSG_DONTWAIT is not
            MSG_NOSIGNAL 0x80000 newer than macOS 11: SO_NOSIGPIPE serves every release
            SCM_CREDS 3
            # files, signals, processes
            O_CLOEXEC 0x1000000
            O_NOCTTY 0x20000
            O_DIRECTORY 0x100000
            O_EVTONLY 0x8000 watch a file without keeping its volume mounted
            O_SYMLINK 0x200000
            F_DUPFD_CLOEXEC 67
            F_GETPATH 50 into 1024 bytes
            AT_FDCWD -2
            TIOCOUTQ 0x40047473
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
            WNOWAIT 0x20
            WEXITED 4
            CLOCK_MONOTONIC 6
            # further
            WSTOPPED 8
            WCONTINUED 16
            IPV6_RECVTCLASS 35
            P_ALL 0 ?
            P_PID 1 ?
            P_PGID 2 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=4 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            kevent64_s sizeof=48 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8 ext=32:16
            timeval sizeof=16 alignof=8 tv_sec=0:8 tv_usec=8:4
            sockaddr_in sizeof=16 alignof=4 sin_len=0:1 sin_family=1:1 sin_port=2:2 sin_addr=4:4 sin_zero=8:8
            sockaddr_storage sizeof=128 alignof=8 ss_len=0:1 ss_family=1:1
            in_addr sizeof=4 alignof=4 s_addr=0:4
            ip_mreq sizeof=8 alignof=4 imr_multiaddr=0:4 imr_interface=4:4
            ip_mreq_source sizeof=12 alignof=4 imr_multiaddr=0:4 imr_sourceaddr=4:4 imr_interface=8:4
            ip_mreqn sizeof=12 alignof=4 imr_multiaddr=0:4 imr_address=4:4 imr_ifindex=8:4
            group_req sizeof=132 alignof=4 gr_interface=0:4 gr_group=4:128
            group_source_req sizeof=260 alignof=4 gsr_interface=0:4 gsr_group=4:128 gsr_source=132:128
            stat sizeof=144 alignof=8 st_dev=0:4 st_ino=8:8 st_mode=4:2 st_nlink=6:2 st_uid=16:4 st_gid=20:4 st_rdev=24:4 st_size=96:8 st_atim=32:16 st_mtim=48:16 st_ctim=64:16 st_blksize=112:4 st_blocks=104:8 st_flags=116:4 st_gen=120:4
            xucred sizeof=76 alignof=4 cr_version=0:4 cr_uid=4:4 cr_ngroups=8:2 cr_groups=12:64
            sigaction sizeof=16 alignof=8 sa_handler=0:8 sa_flags=12:4 sa_mask=8:4
            siginfo sizeof=104 alignof=8 si_signo=0:4 si_errno=4:4 si_code=8:4 si_pid=12:4 si_uid=16:4 si_status=20:4
            kevent_qos_s sizeof=72 alignof=8 ident=0:8 filter=8:2 flags=10:2 qos=12:4 udata=16:8 fflags=24:4 xflags=28:4 data=32:8 ext=40:32
            CMSG sizeof=12 alignof=4
            kevent_count sizeof=4
            sigset_t sizeof=4
            mode_t sizeof=2
            suseconds_t sizeof=4
            dev_t sizeof=4
            nlink_t sizeof=2
            rlim_t sizeof=8
            id_t sizeof=4
            """;

    /** On x86-64 the plain names are kept for structures with 32-bit inode numbers; arm64 never had those. */
    static final String SYMBOLS =
            """
            fstat x86-64:fstat$INODE64
            stat x86-64:stat$INODE64
            lstat x86-64:lstat$INODE64
            opendir x86-64:opendir$INODE64
            readdir x86-64:readdir$INODE64
            """;
}
