package dev.kqueue.internal.abi;

/**
 * The constants of the system calls under the kqueue for Linux: epoll(7), inotify(7), eventfd(2), signalfd(2),
 * timerfd_create(2), and the numbers of system calls that a C library may lack. As in {@link Linux}, the marks stand
 * for "by the compiler alone".
 */
final class LinuxEvents {
    private LinuxEvents() {}

    static final String CONSTANTS =
            """
            EPOLL_CLOEXEC 0x80000 ?
            EPOLL_CTL_ADD 1 ?
            EPOLL_CTL_DEL 2 ?
            EPOLL_CTL_MOD 3 ?
            EPOLLIN 1 ?
            EPOLLPRI 2 ?
            EPOLLOUT 4 ?
            EPOLLERR 8 ?
            EPOLLHUP 0x10 ?
            EPOLLRDNORM 0x40 ?
            EPOLLRDBAND 0x80 ?
            EPOLLWRNORM 0x100 ?
            EPOLLWRBAND 0x200 ?
            EPOLLMSG 0x400 ?
            EPOLLRDHUP 0x2000 ?
            EPOLLEXCLUSIVE 0x10000000 ?
            EPOLLWAKEUP 0x20000000 ?
            EPOLLONESHOT 0x40000000 ?
            EPOLLET 0x80000000 ?
            IN_ACCESS 1 ?
            IN_MODIFY 2 ?
            IN_ATTRIB 4 ?
            IN_CLOSE_WRITE 8 ?
            IN_CLOSE_NOWRITE 0x10 ?
            IN_OPEN 0x20 ?
            IN_MOVED_FROM 0x40 ?
            IN_MOVED_TO 0x80 ?
            IN_CREATE 0x100 ?
            IN_DELETE 0x200 ?
            IN_DELETE_SELF 0x400 ?
            IN_MOVE_SELF 0x800 ?
            IN_UNMOUNT 0x2000 ?
            IN_Q_OVERFLOW 0x4000 ?
            IN_IGNORED 0x8000 ?
            IN_CLOSE 0x18 ?
            IN_MOVE 0xc0 ?
            IN_ONLYDIR 0x1000000 ?
            IN_DONT_FOLLOW 0x2000000 ?
            IN_EXCL_UNLINK 0x4000000 ?
            IN_MASK_CREATE 0x10000000 ?
            IN_MASK_ADD 0x20000000 ?
            IN_ISDIR 0x40000000 ?
            IN_ONESHOT 0x80000000 ?
            IN_ALL_EVENTS 0xfff ?
            IN_CLOEXEC 0x80000 ?
            IN_NONBLOCK 0x800 ?
            EFD_CLOEXEC 0x80000 ?
            EFD_NONBLOCK 0x800 ?
            EFD_SEMAPHORE 1 ?
            SFD_CLOEXEC 0x80000 ?
            SFD_NONBLOCK 0x800 ?
            TFD_CLOEXEC 0x80000 ?
            TFD_NONBLOCK 0x800 ?
            TFD_TIMER_ABSTIME 1 ?
            TFD_TIMER_CANCEL_ON_SET 2 ?
            SYS_read x86-64:0 aarch64:63 ?
            SYS_write x86-64:1 aarch64:64 ?
            SYS_epoll_create1 x86-64:291 aarch64:20 ?
            SYS_epoll_ctl x86-64:233 aarch64:21 ?
            SYS_epoll_pwait x86-64:281 aarch64:22 ?
            SYS_epoll_pwait2 441 ? Linux 5.11
            SYS_eventfd2 x86-64:290 aarch64:19 ?
            SYS_signalfd4 x86-64:289 aarch64:74 ?
            SYS_timerfd_create x86-64:283 aarch64:85 ?
            SYS_timerfd_settime x86-64:286 aarch64:86 ?
            SYS_inotify_init1 x86-64:294 aarch64:26 ?
            SYS_inotify_add_watch x86-64:254 aarch64:27 ?
            SYS_inotify_rm_watch x86-64:255 aarch64:28 ?
            SYS_pidfd_open 434 ? Linux 5.3
            SYS_pidfd_send_signal 424 ? Linux 5.1
            SYS_pidfd_getfd 438 ?
            SYS_io_uring_setup 425 ? Linux 5.1
            SYS_io_uring_enter 426 ?
            SYS_io_uring_register 427 ?
            SYS_waitid x86-64:247 aarch64:95 ?
            SYS_close_range 436 ?
            SYS_memfd_create x86-64:319 aarch64:279 ?
            SYS_accept4 x86-64:288 aarch64:242 ?
            SYS_pipe2 x86-64:293 aarch64:59 ?
            SYS_dup3 x86-64:292 aarch64:24 ?
            SYS_ppoll x86-64:271 aarch64:73 ?
            SYS_splice x86-64:275 aarch64:76 ?
            SYS_sendfile x86-64:40 aarch64:71 ?
            SYS_clone3 435 ?
            SYS_tgkill x86-64:234 aarch64:131 ?
            SYS_gettid x86-64:186 aarch64:178 ?
            SYS_rt_sigprocmask x86-64:14 aarch64:135 ?
            SYS_openat x86-64:257 aarch64:56 ?
            SYS_statx x86-64:332 aarch64:291 ?
            """;
}
