/*
 * Where the systems differ in what they do. Kernel files are those of xnu-11417 bsd/kern, FreeBSD 13.0 sys/kern, NetBSD
 * 10 sys/kern, OpenBSD of 2025 sys/kern, DragonFly 5.9 sys/kern.
 */
#pragma once

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

/* EV_ADD of EVFILT_WRITE on a pipe whose reader is gone: pipe_kqfilter(). 0: it is added, and fires with EV_EOF. */

/* EV_ADD with NOTE_TRIGGER in one change triggers: not where filt_userattach() looks at kn_fflags (FreeBSD, NetBSD). */

/* NOTE_EXIT of a zombie fires; elsewhere ESRCH: filt_procattach(). */

/* A change without EV_ADD replaces udata, fflags, data: kqueue_register(); not in NetBSD and OpenBSD. */

/* The wait status comes with NOTE_EXIT; on macOS only with NOTE_EXITSTATUS: filt_procevent(). */

#if defined(STANDIN_MACOS)
#define ROOM ROOM_GOES_ON
#define DEAD_PIPE 0
#define ADD_TRIGGERS 1
#define TRIGGER_WITH_CLEAR_IS_LOST 0
#define FINDS_ZOMBIES 0
#define TOUCH_WITHOUT_ADD 1
#define TIMER_TOUCH_RESTARTS 1
#define UNKNOWN_OF_DESCRIPTOR EINVAL
#define ERROR_KEEPS_FLAGS 1 /* kevent_internal(): kev.flags |= EV_ERROR; the BSDs set EV_ERROR alone */
#define DELETE_LOOKS_UP_DESCRIPTOR 0 /* kevent_register(): ENOENT of a closed descriptor, where the BSDs say EBADF */
#define LISTENER_CHOSEN_AT_ADD 0
#define ALWAYS_V6ONLY 0
#define IPV4_OPTIONS_OF_IPV6 1
#define CLEAR_BEFORE_DISPATCH 0

#elif defined(STANDIN_FREEBSD)
#define ROOM ROOM_STOPS
#define DEAD_PIPE EPIPE
#define ADD_TRIGGERS 0
#define TRIGGER_WITH_CLEAR_IS_LOST 1
#define FINDS_ZOMBIES 1
#define TOUCH_WITHOUT_ADD 1
#define TIMER_TOUCH_RESTARTS 1
#define UNKNOWN_OF_DESCRIPTOR EINVAL
#define ERROR_KEEPS_FLAGS 0
#define DELETE_LOOKS_UP_DESCRIPTOR 1
#define LISTENER_CHOSEN_AT_ADD 0
#define ALWAYS_V6ONLY 0
#define IPV4_OPTIONS_OF_IPV6 0
#define CLEAR_BEFORE_DISPATCH 0

#elif defined(STANDIN_NETBSD)
#define ROOM ROOM_STOPS
#define DEAD_PIPE EBADF
#define ADD_TRIGGERS 0
#define TRIGGER_WITH_CLEAR_IS_LOST 1
#define FINDS_ZOMBIES 0
#define TOUCH_WITHOUT_ADD 0
#define TIMER_TOUCH_RESTARTS 1
#define UNKNOWN_OF_DESCRIPTOR EINVAL
#define ERROR_KEEPS_FLAGS 0
#define DELETE_LOOKS_UP_DESCRIPTOR 1
#define LISTENER_CHOSEN_AT_ADD 1 /* soo_kqfilter(): listen() must come before EV_ADD */
#define ALWAYS_V6ONLY 0
#define IPV4_OPTIONS_OF_IPV6 0
#define CLEAR_BEFORE_DISPATCH 1 /* kqueue_scan() looks at EV_CLEAR first, and then does not disable */

#elif defined(STANDIN_OPENBSD)
#define ROOM ROOM_STOPS
#define DEAD_PIPE 0
#define ADD_TRIGGERS 1
#define TRIGGER_WITH_CLEAR_IS_LOST 1
#define FINDS_ZOMBIES 0
#define TOUCH_WITHOUT_ADD 0
#define TIMER_TOUCH_RESTARTS 1
#define UNKNOWN_OF_DESCRIPTOR EINVAL
#define ERROR_KEEPS_FLAGS 0
#define DELETE_LOOKS_UP_DESCRIPTOR 1
#define LISTENER_CHOSEN_AT_ADD 0
#define ALWAYS_V6ONLY 1 /* ip6(4): an IPv6 socket never carries IPv4 */
#define IPV4_OPTIONS_OF_IPV6 0
#define CLEAR_BEFORE_DISPATCH 0

#elif defined(STANDIN_DRAGONFLY)
#define ROOM ROOM_OVERRUNS
#define DEAD_PIPE EPIPE
#define ADD_TRIGGERS 1
#define TRIGGER_WITH_CLEAR_IS_LOST 1
#define FINDS_ZOMBIES 1
#define TOUCH_WITHOUT_ADD 1
#define TIMER_TOUCH_RESTARTS 0 /* filt_timertouch(): only the period is stored, the callout runs on */
#define UNKNOWN_OF_DESCRIPTOR EOPNOTSUPP
#define ERROR_KEEPS_FLAGS 0
#define DELETE_LOOKS_UP_DESCRIPTOR 1
#define LISTENER_CHOSEN_AT_ADD 1
#define ALWAYS_V6ONLY 1 /* in6_pcbbind(): IPv4-mapped addresses are refused */
#define CLEARS_V6ONLY_IN_VAIN 1 /* not known; the worse of the two */
#define IPV4_OPTIONS_OF_IPV6 0
#define CLEAR_BEFORE_DISPATCH 0

#else
#error which system?
#endif

#ifndef CLEARS_V6ONLY_IN_VAIN
#define CLEARS_V6ONLY_IN_VAIN 0
#endif

/* IP_MULTICAST_TTL and IP_MULTICAST_LOOP are one byte, where others take an int as well: ip_setmoptions(). */
#if defined(STANDIN_OPENBSD)
#define STRICT_BYTES 1
#else
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
