/*
 * Where the systems differ in what they do. Kernel files are those of xnu-11417 bsd/kern, FreeBSD 13.0 sys/kern, NetBSD
 * 10 sys/kern, OpenBSD of 2025 sys/kern, DragonFly 5.9 sys/kern. None of it was seen on the systems: it was read.
 *
 * Each is named for what it does, and stands here with what most do.
 */
#pragma once

#if defined(STANDIN_MACOS)
#define ROOM ROOM_GOES_ON
#define ADD_TRIGGERS 1
#define ERROR_KEEPS_FLAGS 1
#define DELETE_LOOKS_UP_DESCRIPTOR 0
#define TRIGGER_WITH_CLEAR_IS_LOST 0
#define IPV4_OPTIONS_OF_IPV6 1

#elif defined(STANDIN_FREEBSD)
#define DEAD_PIPE EPIPE
#define FINDS_ZOMBIES 1

#elif defined(STANDIN_NETBSD)
#define DEAD_PIPE EBADF
#define TOUCH_WITHOUT_ADD 0
#define LISTENER_CHOSEN_AT_ADD 1
#define CLEAR_BEFORE_DISPATCH 1

#elif defined(STANDIN_OPENBSD)
#define ADD_TRIGGERS 1
#define TOUCH_WITHOUT_ADD 0
#define ALWAYS_V6ONLY 1
#define STRICT_BYTES 1

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

#else
#error which system?
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

/* Options of IPv4 on an IPv6 socket; EINVAL elsewhere: ip6_ctloutput(). */
#ifndef IPV4_OPTIONS_OF_IPV6
#define IPV4_OPTIONS_OF_IPV6 0
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
