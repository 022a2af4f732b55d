/*
 * Where the systems differ in what they do. Kernel files are those of xnu-11417 bsd/kern, FreeBSD 13.0 sys/kern, NetBSD
 * 7.99.34 and 10 sys/kern, OpenBSD of 2025 sys/kern, DragonFly 5.9 sys/kern. "Seen" is what the kernel code of FreeBSD
 * 13.0 and a NetBSD 7.99.34 kernel did in a process with this library's jar; all else was read.
 *
 * Each is named for what it does, and stands here with what most do. What is not imitated is listed at the end.
 */
#pragma once

#if defined(STANDIN_MACOS)
#define ROOM ROOM_GOES_ON
#define ADD_TRIGGERS 1
#define ERROR_KEEPS_FLAGS 1
#define DELETE_LOOKS_UP_DESCRIPTOR 0
#define TRIGGER_WITH_CLEAR_IS_LOST 0
#define IPV4_OPTIONS_OF_IPV6 ALL_OPTIONS
#define SHORT_LINGER 1

#elif defined(STANDIN_FREEBSD)
#define DEAD_PIPE EPIPE
#define DEAD_PIPE_ENDS_KNOTE 1
#define FINDS_ZOMBIES 1
#define KQUEUE_CLOSE CLOSE_LEAVES_WAITERS
#define PIPES_IGNORE_LOWAT 1
#define LOCAL_ROOM 8192
#define MOST_TIMERS 4096
#define ONESHOT_IS_NOT_LOOKED_AT 1
#define TRIGGER_STAYS_IN_FFLAGS 1
#define BAD_TIMER_FAILS_LATER 1
#define LONG_TIMERS_FIRE 1
#define BOOT_IS_THE_FIRST_DEADLINE 1
#define WATCHES_DIRECTORIES 1
#define SHORT_LINGER 1
#define CMSG_CLOEXEC_IS_IGNORED 1

#elif defined(STANDIN_NETBSD)
#define DEAD_PIPE EBADF
#define FULL_PIPE_MISSES_READER 1
#define TOUCH_WITHOUT_ADD NEW
#define TOUCHES_VALUES NEW
#define ENABLE_LOOKS NEW
#define TIMER_TOUCH_RESTARTS NEW
#define NEGATIVE_TIMERS !NEW
#define TIMER_TOUCH_NEEDS_ADD 1
#define TIMER_OF_ZERO 0
#define LISTENER_CHOSEN_AT_ADD 1
#define CLEAR_BEFORE_DISPATCH 1
#define ENABLE_WINS 1
#define EVENTS_CARRY_FLAGS 1
#define ONESHOT_IS_NOT_LOOKED_AT 1
#define KQUEUE_CLOSE (NEW ? CLOSE_ENDS_WAITS : CLOSE_WAITS)
#define OTHER_OF_KQUEUE (NEW ? EINVAL : EPERM)
#define KQUEUE_OF_ITSELF_PANICS 1
#define FIFOS_ARE_SOCKETS 1
#define WRITE_OF_FILE EINVAL
#define WATCHES_NULL 1
#define IPV4_OPTIONS_OF_IPV6 GROUP_OPTIONS
#define V6ONLY_AT_FIRST 1
#define BUFFER_LIMIT (262144 / 2560 * 2048)
#define KEEPALIVE_TIMES_ARE_WRITE_ONLY 1
#define UNNAMED_LENGTH 2
#define LOCAL_DATAGRAMS_ALWAYS_WRITABLE 1
#define CLOSED_DATAGRAM_PEER ECONNRESET
#define MOST_BACKLOG 128
#define FORGETS_AFTER_RESET 2
#define RIGHTS_WITHOUT_ROOM EMSGSIZE

#elif defined(STANDIN_OPENBSD)
#define ADD_TRIGGERS 1
#define TOUCH_WITHOUT_ADD 0
#define ALWAYS_V6ONLY 1
#define STRICT_BYTES 1
#define FORGETS_AFTER_RESET 1

#elif defined(STANDIN_DRAGONFLY)
#define ROOM ROOM_OVERRUNS
#define DEAD_PIPE EPIPE
#define ADD_TRIGGERS 1
#define FINDS_ZOMBIES 1
#define TIMER_TOUCH_RESTARTS 0
#define UNKNOWN_OF_DESCRIPTOR EOPNOTSUPP
#define LISTENER_CHOSEN_AT_ADD 1
#define ALWAYS_V6ONLY 1
#define CLEARS_V6ONLY_IN_VAIN 1
#define DISCONNECT_FORGETS_ADDRESS 0
#define FORGETS_AFTER_RESET 1
#define SHORT_LINGER 1

#else
#error which system?
#endif

/* The newest release that the tables know; with STANDIN_OLD the one before it, as is said at the end. */
#if defined(STANDIN_OLD)
#define NEW 0
#else
#define NEW 1
#endif

/*
 * A change that fails, or that has EV_RECEIPT, when the eventlist is full.
 *   ROOM_STOPS     the call ends; a failure is its errno, a receipt its 0: kqueue_kevent() of FreeBSD, kevent1() of
 *                  NetBSD, sys_kevent() of OpenBSD
 *   ROOM_GOES_ON   as above for a failure, but a receipt is dropped: kevent_internal() of macOS
 *   ROOM_OVERRUNS  the entry is written behind the end: kevent_copyout() of DragonFly. Here the process ends instead,
 *                  so that a test sees it
 */
#define ROOM_STOPS 0
#define ROOM_GOES_ON 1
#define ROOM_OVERRUNS 2
#ifndef ROOM
#define ROOM ROOM_STOPS
#endif

/* EV_ADD of EVFILT_WRITE on a pipe whose reader is gone: pipe_kqfilter(). 0: it is added, and fires with EV_EOF. */
#ifndef DEAD_PIPE
#define DEAD_PIPE 0
#endif

/*
 * A reader that goes takes the knote of EVFILT_WRITE with it: one event with EV_EOF and EV_ONESHOT, and then EV_DELETE is
 * ENOENT and EV_ADD is EPIPE. pipeclose() of FreeBSD: knlist_clear(). Seen. filt_pipe_draincommon() of xnu sets EV_EOF
 * alone.
 */
#ifndef DEAD_PIPE_ENDS_KNOTE
#define DEAD_PIPE_ENDS_KNOTE 0
#endif

/*
 * A full pipe whose reader goes activates no knote of EVFILT_WRITE: pipeclose() of NetBSD wakes who selects on the write
 * end, and the knote is in the list of the read end. poll(2) tells it. Seen.
 */
#ifndef FULL_PIPE_MISSES_READER
#define FULL_PIPE_MISSES_READER 0
#endif

/* NOTE_LOWAT of a pipe: filt_pipewrite() and filt_piperead() of FreeBSD do not look at it. Seen. */
#ifndef PIPES_IGNORE_LOWAT
#define PIPES_IGNORE_LOWAT 0
#endif

/* The data of EVFILT_WRITE of an AF_UNIX stream until it is full; 0: the room. Seen of FreeBSD. */
#ifndef LOCAL_ROOM
#define LOCAL_ROOM 0
#endif

/* How many timers there are at most for all processes (kq_calloutmax of FreeBSD), or ENOMEM. Seen. */
#ifndef MOST_TIMERS
#define MOST_TIMERS INT32_MAX
#endif

/* The scan reports a knote with EV_ONESHOT that was activated, and does not ask the filter: kqueue_scan(). Seen of both. */
#ifndef ONESHOT_IS_NOT_LOOKED_AT
#define ONESHOT_IS_NOT_LOOKED_AT 0
#endif

/* NOTE_TRIGGER of the change that adds is in fflags of every event: filt_userattach() of FreeBSD. Seen. */
#ifndef TRIGGER_STAYS_IN_FFLAGS
#define TRIGGER_STAYS_IN_FFLAGS 0
#endif

/* EV_ADD of an existing timer with a bad value succeeds; an event with EV_ERROR follows: filt_timertouch(). Seen. */
#ifndef BAD_TIMER_FAILS_LATER
#define BAD_TIMER_FAILS_LATER 0
#endif

/* A relative timer beyond sbintime_t (68 years, and the time since boot) fires at once: timer2sbintime(). Seen. */
#ifndef LONG_TIMERS_FIRE
#define LONG_TIMERS_FIRE 0
#endif

/* NOTE_ABSTIME before the boot is EINVAL: filt_timervalidate() of FreeBSD 13.0; main takes it for 0. Seen. */
#ifndef BOOT_IS_THE_FIRST_DEADLINE
#define BOOT_IS_THE_FIRST_DEADLINE 0
#endif

/* Only a change with EV_ADD changes a timer: filt_timertouch() of NetBSD 10. */
#ifndef TIMER_TOUCH_NEEDS_ADD
#define TIMER_TOUCH_NEEDS_ADD 0
#endif

/* A timer of no time at all is accepted: EINVAL of NetBSD. Seen. */
#ifndef TIMER_OF_ZERO
#define TIMER_OF_ZERO 1
#endif

/* A timer of less than no time is accepted: NetBSD 7.99.34. Seen. */
#ifndef NEGATIVE_TIMERS
#define NEGATIVE_TIMERS 0
#endif

/* A directory may be watched for READ: vfs_kqfilter() of FreeBSD. Seen. */
#ifndef WATCHES_DIRECTORIES
#define WATCHES_DIRECTORIES 0
#endif

/* EVFILT_WRITE of a file; 0: it is always ready. Seen of NetBSD. */
#ifndef WRITE_OF_FILE
#define WRITE_OF_FILE 0
#endif

/* /dev/null may be watched, and is always ready: seltrue_kqfilter(). Seen of NetBSD; elsewhere it is refused. */
#ifndef WATCHES_NULL
#define WATCHES_NULL 0
#endif

/* EVFILT_WRITE of a FIFO is always ready, with EV_EOF, and one without a reader is accepted. Seen of NetBSD. */
#ifndef FIFOS_ARE_SOCKETS
#define FIFOS_ARE_SOCKETS 0
#endif

/*
 * close(2) of a kqueue in which a thread waits.
 *   CLOSE_ENDS_WAITS      the waiter has EBADF: kqueue_close() of macOS and OpenBSD
 *   CLOSE_LEAVES_WAITERS  it returns, and the waiter sleeps on. Seen of FreeBSD 13.0
 *   CLOSE_WAITS           it waits until the waiter has left. Seen of NetBSD 7.99.34; that of 10 restarts the waiter,
 *                         which then has EBADF: kqueue_restart()
 */
#define CLOSE_ENDS_WAITS 0
#define CLOSE_LEAVES_WAITERS 1
#define CLOSE_WAITS 2
#ifndef KQUEUE_CLOSE
#define KQUEUE_CLOSE CLOSE_ENDS_WAITS
#endif

/* EVFILT_WRITE and EVFILT_VNODE of a kqueue: kqueue_kqfilter(). Seen of NetBSD. */
#ifndef OTHER_OF_KQUEUE
#define OTHER_OF_KQUEUE EINVAL
#endif

/* A kqueue that is added to itself panics NetBSD, where others say EINVAL. Seen. Here the process ends. */
#ifndef KQUEUE_OF_ITSELF_PANICS
#define KQUEUE_OF_ITSELF_PANICS 0
#endif

/* Events have all flags that the knote was added with: EV_ADD, EV_DISABLE, EV_RECEIPT. Seen of NetBSD. */
#ifndef EVENTS_CARRY_FLAGS
#define EVENTS_CARRY_FLAGS 0
#endif

/* EV_ENABLE and EV_DISABLE in one change enable. Seen of NetBSD; EINVAL on FreeBSD, and on macOS it is disabled. */
#ifndef ENABLE_WINS
#define ENABLE_WINS 0
#endif

/* EV_ENABLE looks whether there is something to report; NetBSD 7.99.34 did not, after EV_DISPATCH. Seen. */
#ifndef ENABLE_LOOKS
#define ENABLE_LOOKS 1
#endif

/* EV_ADD of an existing knote replaces fflags and data; NetBSD 7.99.34 kept them. Seen. */
#ifndef TOUCHES_VALUES
#define TOUCHES_VALUES 1
#endif

/*
 * connect(2) to no address gives a datagram socket's local address back, and keeps the port: udp_disconnect() and
 * udp6_disconnect() of xnu, udp_disconnect() of FreeBSD and OpenBSD, in_pcbdisconnect() of NetBSD. Seen of FreeBSD and
 * NetBSD. DragonFly remembers what was asked for: INP_WASBOUND_NOTANY.
 */
#ifndef DISCONNECT_FORGETS_ADDRESS
#define DISCONNECT_FORGETS_ADDRESS 1
#endif

/*
 * A connection that the peer has reset, or that is closed both ways, has no pcb any more (tcp_close()).
 *   1  getsockname(2) and shutdown(2) are EINVAL: tcp_sogetpcb() of OpenBSD, in_setsockaddr() of DragonFly
 *   2  getsockopt(2), too. Seen of NetBSD
 *   0  the pcb stays until close(2): FreeBSD (INP_DROPPED), xnu (INPCB_STATE_DEAD), of which shutdown(2) is an error
 */
#ifndef FORGETS_AFTER_RESET
#define FORGETS_AFTER_RESET 0
#endif

/* l_linger is kept in a short: so_linger of xnu, FreeBSD and DragonFly. Seen of FreeBSD: 65535 reads as -1. */
#ifndef SHORT_LINGER
#define SHORT_LINGER 0
#endif

/* MSG_CMSG_CLOEXEC does nothing. Seen of FreeBSD 13.0. */
#ifndef CMSG_CLOEXEC_IS_IGNORED
#define CMSG_CLOEXEC_IS_IGNORED 0
#endif

/* Descriptors that are sent where there is no room for them: sosend() of NetBSD. Seen. */
#ifndef RIGHTS_WITHOUT_ROOM
#define RIGHTS_WITHOUT_ROOM EAGAIN
#endif

/* kern.ipc.maxsockbuf of FreeBSD, as it is shipped, less what mbufs cost: sbreserve(). SO_SNDBUF above is ENOBUFS. */
#ifndef BUFFER_LIMIT
#define BUFFER_LIMIT (2097152 / 2304 * 2048)
#endif

/* IPV6_V6ONLY of a new socket. Seen of NetBSD. */
#ifndef V6ONLY_AT_FIRST
#define V6ONLY_AT_FIRST 0
#endif

/* TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT can be set; getsockopt(2) is ENOPROTOOPT. Seen of NetBSD. */
#ifndef KEEPALIVE_TIMES_ARE_WRITE_ONLY
#define KEEPALIVE_TIMES_ARE_WRITE_ONLY 0
#endif

/* The length of an AF_UNIX address without a name: sun_noname of uipc_usrreq.c. Seen of NetBSD: 2. */
#ifndef UNNAMED_LENGTH
#define UNNAMED_LENGTH sizeof(struct bsd_sockaddr)
#endif

/* EVFILT_WRITE of a Unix-domain datagram socket is ready though the receiver is full. Seen of NetBSD. */
#ifndef LOCAL_DATAGRAMS_ALWAYS_WRITABLE
#define LOCAL_DATAGRAMS_ALWAYS_WRITABLE 0
#endif

/* Sending to a Unix-domain datagram socket whose peer is closed. Seen of NetBSD. */
#ifndef CLOSED_DATAGRAM_PEER
#define CLOSED_DATAGRAM_PEER ECONNREFUSED
#endif

/* somaxconn. Seen of NetBSD. */
#ifndef MOST_BACKLOG
#define MOST_BACKLOG INT32_MAX
#endif

/* EV_ADD with NOTE_TRIGGER in one change: filt_userattach() of FreeBSD and NetBSD looks at kn_fflags, which are 0. */
#ifndef ADD_TRIGGERS
#define ADD_TRIGGERS 0
#endif

/* EV_CLEAR in the change that triggers undoes it at once: filt_usertouch() of FreeBSD and its like. */
#ifndef TRIGGER_WITH_CLEAR_IS_LOST
#define TRIGGER_WITH_CLEAR_IS_LOST 1
#endif

/* NOTE_EXIT of a zombie fires; elsewhere it is ESRCH: filt_procattach(). */
#ifndef FINDS_ZOMBIES
#define FINDS_ZOMBIES 0
#endif

/* A change without EV_ADD replaces udata, fflags and data: kqueue_register(). */
#ifndef TOUCH_WITHOUT_ADD
#define TOUCH_WITHOUT_ADD 1
#endif

/* EV_ADD of a timer that runs starts it anew; filt_timertouch() of DragonFly stores the period alone. */
#ifndef TIMER_TOUCH_RESTARTS
#define TIMER_TOUCH_RESTARTS 1
#endif

/* A filter that the kind of descriptor does not have: soo_kqfilter() and its like. */
#ifndef UNKNOWN_OF_DESCRIPTOR
#define UNKNOWN_OF_DESCRIPTOR EINVAL
#endif

/* The entry of a failed change: the BSDs set EV_ERROR alone, kevent_internal() of macOS adds it to the flags given. */
#ifndef ERROR_KEEPS_FLAGS
#define ERROR_KEEPS_FLAGS 0
#endif

/* EV_DELETE of a closed descriptor is EBADF: kqueue_register(). kevent_register() of macOS looks for the knote first. */
#ifndef DELETE_LOOKS_UP_DESCRIPTOR
#define DELETE_LOOKS_UP_DESCRIPTOR 1
#endif

/* listen(2) must come before EV_ADD, which chooses the filter: soo_kqfilter() of NetBSD and DragonFly. */
#ifndef LISTENER_CHOSEN_AT_ADD
#define LISTENER_CHOSEN_AT_ADD 0
#endif

/* EV_CLEAR goes first, and then EV_DISPATCH does not disable: kqueue_scan() of NetBSD. */
#ifndef CLEAR_BEFORE_DISPATCH
#define CLEAR_BEFORE_DISPATCH 0
#endif

/* An IPv6 socket never carries IPv4: ip6(4) of OpenBSD, in6_pcbbind() of DragonFly. */
#ifndef ALWAYS_V6ONLY
#define ALWAYS_V6ONLY 0
#endif

/* What IPV6_V6ONLY of 0 then says: EINVAL on OpenBSD, ip6_ctloutput(). Of DragonFly it is not known: the worse. */
#ifndef CLEARS_V6ONLY_IN_VAIN
#define CLEARS_V6ONLY_IN_VAIN 0
#endif

/*
 * Options of IPv4 on an IPv6 socket.
 *   NO_OPTIONS     EINVAL: ip6_ctloutput()
 *   GROUP_OPTIONS  those of groups, and ENOPROTOOPT of others. Seen of NetBSD
 *   ALL_OPTIONS    macOS
 */
#define NO_OPTIONS 0
#define GROUP_OPTIONS 1
#define ALL_OPTIONS 2
#ifndef IPV4_OPTIONS_OF_IPV6
#define IPV4_OPTIONS_OF_IPV6 NO_OPTIONS
#endif

/* IP_MULTICAST_TTL and IP_MULTICAST_LOOP are one byte, where others take an int as well: ip_setmoptions(). */
#ifndef STRICT_BYTES
#define STRICT_BYTES 0
#endif

/*
 * With STANDIN_OLD: NetBSD 9, OpenBSD 7.7 and earlier. No EVFILT_USER, and timers count milliseconds whatever the
 * change says (filt_timerattach()).
 */
#if defined(BSD_EVFILT_USER) && !defined(STANDIN_OLD)
#define HAS_USER 1
#else
#define HAS_USER 0
#endif
#if defined(BSD_NOTE_SECONDS) && !defined(STANDIN_OLD)
#define HAS_TIMER_UNITS 1
#else
#define HAS_TIMER_UNITS 0
#endif

/*
 * Seen, and not imitated, because nothing here depends on it or Linux cannot do it:
 *
 *   FreeBSD: the ends of a pipe are O_RDWR, EVFILT_WRITE of the read end fires, and writing to it works. Linux's read
 *     end cannot be written to; an end here has its own operations alone.
 *   FreeBSD: edges come more often, WRITE after an ACK or the peer's read, READ after a read of part of a pipe. Streams
 *     report levels on a kernel's kqueue, and who asks for edges reads and writes until EAGAIN.
 *   FreeBSD: data of a nested kqueue counts disabled and stale knotes. A kqueue here is an epoll instance, whose
 *     readiness is all that is told; nothing looks at that number.
 *   FreeBSD: close(2) with unread data sends FIN, not RST. To read it all first would take it from a duplicate.
 *   FreeBSD: AF_UNIX takes and delivers data after SHUT_RD, and a second SHUT_WR ends reading. A channel that was shut
 *     for reading says so without asking the kernel, and shuts a side once.
 *   FreeBSD: an overfull listener resets the connection. Linux drops the SYN; the tests that need that ask for it by an
 *     Ability.
 *   FreeBSD: udp.recvspace is 42080, and a longer datagram is dropped. The sender is not told who receives; the tests of
 *     longer ones ask for it by an Ability.
 *   NetBSD: in tmpfs a file that truncate(2) makes longer tells NOTE_EXTEND alone, and one that it makes shorter nothing.
 *     inotify does not tell truncate(2) from write(2); the tests of it ask for it by an Ability.
 *   NetBSD: an IPv6 socket gets no ECONNREFUSED of UDP to an IPv4 address. Linux's has it pending.
 *   NetBSD 7.99.34 has neither EVFILT_USER nor SIGNAL nor PROC in that process: the last two are there in NetBSD itself.
 */
