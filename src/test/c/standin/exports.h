/*
 * What the C library of the system exports: each function under its symbol, and none that the system does not have.
 * Plain names of NetBSD and of macOS on x86-64 are kept there for programs of an older ABI; here they are not to be
 * found, so that nobody calls them unnoticed.
 */
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "abi.h"

#define AS(symbol) __asm__(symbol) __attribute__((visibility("default")))

#if defined(STANDIN_NETBSD)
#define VERSIONED(plain, netbsd, macos) AS(netbsd)
typedef size_t kevent_count;
#elif defined(STANDIN_MACOS)
#define VERSIONED(plain, netbsd, macos) AS(macos)
typedef int kevent_count;
#else
#define VERSIONED(plain, netbsd, macos) AS(plain)
typedef int kevent_count;
#endif

/* <sys/event.h> */
int bsd_kqueue(void) AS("kqueue");
int bsd_kevent(int, const struct bsd_kevent *, kevent_count, struct bsd_kevent *, kevent_count,
               const struct bsd_timespec *) VERSIONED("kevent", "__kevent50", "kevent");
#if defined(STANDIN_NETBSD) || defined(STANDIN_OPENBSD)
int bsd_kqueue1(int) AS("kqueue1");
#elif defined(STANDIN_FREEBSD)
int bsd_kqueuex(unsigned) AS("kqueuex");
#endif

/* <sys/socket.h> */
int bsd_socket(int, int, int) VERSIONED("socket", "__socket30", "socket");
int bsd_socketpair(int, int, int, int *) AS("socketpair");
int bsd_bind(int, const void *, socklen_t) AS("bind");
int bsd_connect(int, const void *, socklen_t) AS("connect");
int bsd_listen(int, int) AS("listen");
int bsd_accept(int, void *, socklen_t *) AS("accept");
#if !defined(STANDIN_MACOS)
int bsd_accept4(int, void *, socklen_t *, int) AS("accept4");
#endif
int bsd_getsockname(int, void *, socklen_t *) AS("getsockname");
int bsd_getpeername(int, void *, socklen_t *) AS("getpeername");
int bsd_getsockopt(int, int, int, void *, socklen_t *) AS("getsockopt");
int bsd_setsockopt(int, int, int, const void *, socklen_t) AS("setsockopt");
int bsd_shutdown(int, int) AS("shutdown");
ssize_t bsd_recvfrom(int, void *, size_t, int, void *, socklen_t *) AS("recvfrom");
ssize_t bsd_sendto(int, const void *, size_t, int, const void *, socklen_t) AS("sendto");
ssize_t bsd_recvmsg(int, struct bsd_msghdr *, int) AS("recvmsg");
ssize_t bsd_sendmsg(int, const struct bsd_msghdr *, int) AS("sendmsg");
#if defined(STANDIN_FREEBSD) || defined(STANDIN_DRAGONFLY)
int bsd_sendfile(int, int, off_t, size_t, void *, off_t *, int) AS("sendfile");
#elif defined(STANDIN_MACOS)
int bsd_sendfile(int, int, off_t, off_t *, void *, int) AS("sendfile");
#endif

/* <unistd.h>, <fcntl.h>, <sys/ioctl.h>, <sys/stat.h>, <sys/uio.h>, <poll.h> */
ssize_t bsd_read(int, void *, size_t) AS("read");
ssize_t bsd_write(int, const void *, size_t) AS("write");
ssize_t bsd_readv(int, const struct iovec *, int) AS("readv");
ssize_t bsd_writev(int, const struct iovec *, int) AS("writev");
ssize_t bsd_pread(int, void *, size_t, off_t) AS("pread");
off_t bsd_lseek(int, off_t, int) AS("lseek");
int bsd_close(int) AS("close");
int bsd_dup2(int, int) AS("dup2");
int bsd_pipe(int *) AS("pipe");
#if !defined(STANDIN_MACOS)
int bsd_pipe2(int *, int) AS("pipe2");
#endif
int bsd_isatty(int) AS("isatty");
int bsd_open(const char *, int, ...) AS("open");
int bsd_fcntl(int, int, ...) AS("fcntl");
int bsd_ioctl(int, unsigned long, ...) AS("ioctl");
int bsd_fstat(int, struct bsd_stat *) VERSIONED("fstat", "__fstat50", "fstat$INODE64");
int bsd_poll(struct pollfd *, unsigned, int) AS("poll");
int bsd_getpeereid(int, uid_t *, gid_t *) AS("getpeereid");
#if defined(STANDIN_FREEBSD) || (defined(STANDIN_NETBSD) && !defined(STANDIN_OLD))
int bsd_eventfd(unsigned, int) AS("eventfd");
#endif

/* <sys/resource.h> */
int bsd_getrlimit(int, struct bsd_rlimit *) AS("getrlimit");

/* <signal.h>, <string.h>, <stdlib.h>, <pwd.h>, <grp.h>, <errno.h> */
int bsd_sigaction(int, const struct bsd_sigaction *, struct bsd_sigaction *)
        VERSIONED("sigaction", "__sigaction_siginfo", "sigaction");
int bsd_pthread_kill(unsigned long, int) AS("pthread_kill");
unsigned long bsd_pthread_self(void) AS("pthread_self");
int bsd_pthread_sigmask(int, const void *, void *) VERSIONED("pthread_sigmask", "__libc_thr_sigsetmask", "pthread_sigmask");
char *bsd_strerror(int) AS("strerror");
int bsd_abs(int) AS("abs");
int bsd_getpwuid_r(uid_t, void *, char *, size_t, void **) VERSIONED("getpwuid_r", "__getpwuid_r50", "getpwuid_r");
int bsd_getgrgid_r(gid_t, void *, char *, size_t, void **) AS("getgrgid_r");
#if defined(STANDIN_MACOS) || defined(STANDIN_FREEBSD)
int *bsd_errno_location(void) AS("__error");
#elif defined(STANDIN_NETBSD) || defined(STANDIN_OPENBSD)
int *bsd_errno_location(void) AS("__errno");
#else
int *bsd_errno_location(void) AS("__errno_location");
#endif

/* For tests: how often kevent was called by the calling thread, and how many changes it was given. */
long standin_kevent_calls(void) AS("standin_kevent_calls");
long standin_kevent_changes(void) AS("standin_kevent_changes");
