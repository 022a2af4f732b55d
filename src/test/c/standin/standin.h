/*
 * A BSD for tests: a library that speaks the C ABI of macOS, FreeBSD, NetBSD, OpenBSD or DragonFly BSD, on top of the
 * system calls of Linux (x86-64). It is built once for each, with abi.h, which a test writes from the tables of
 * constants and layouts: BSD_EAGAIN is that system's EAGAIN, struct bsd_kevent its struct kevent.
 *
 * Inside, everything is Linux's; what comes in and goes out is translated at the functions of exports.h. Where one of
 * the systems is imitated in more than numbers, quirks.h says how and whence.
 */
#pragma once

#define _GNU_SOURCE

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "abi.h"

#include "quirks.h"

#include "exports.h"

/* ---- errno.c */

/* The BSD's number for a Linux errno, and the other way round. */
int bsd_errno(int linux_errno);
int linux_errno(int bsd_errno);

/* The result of a Linux system call, with errno, if it failed, in the BSD's numbers: where a caller of C reads it. */
long translated(long result);

/* Fails with a Linux errno. */
int fail(int linux_errno);

/* ---- address.c */

/* A sockaddr of the BSD as one of Linux; its length, or -1 with errno set. */
int address_in(const void *bsd, socklen_t length, struct sockaddr_storage *linux_address);

/* A sockaddr of Linux as one of the BSD, cut to *room; *room becomes its whole length. */
void address_out(const struct sockaddr_storage *linux_address, socklen_t length, void *bsd, socklen_t *room);

int family_in(int bsd_family);
int family_out(int linux_family);

/* ---- rights.c */

/* How much control data of Linux a message has at most. */
size_t rights_room(void);

/* Control data of the BSD as that of Linux; its length, or -1 with errno set. */
long rights_in(const void *control, size_t length, void *linux_control);

/* The other way round, as far as there is room; the length of what was given. */
size_t rights_out(struct msghdr *message, void *control, size_t room);

/* ---- descriptors.c */

/* What Linux does not tell of a socket afterwards. */
enum fact {
    SHUT_FOR_WRITING = 1, /* SBS_CANTSENDMORE */
    ADDRESS_FORGOTTEN = 2, /* the local address is any: see DISCONNECT_FORGETS_ADDRESS */
    WAS_CONNECTED = 4, /* a stream */
};

bool is_fact(int fd, enum fact);
void set_fact(int fd, enum fact, bool is);
void forget_descriptor(int fd);

/* ---- sockets.c */

/* The domain (SO_DOMAIN) or another number of SOL_SOCKET; 0 of what is no socket. */
int socket_number(int fd, int option);

/* Whether the kernel keeps nothing of a connection any more that has ended: see FORGETS_AFTER_RESET. */
bool is_forgotten(int fd);

/* ---- signals.c */

int signal_in(int bsd_signal);

/* Counts a signal from now on, whatever is done about it; false if there is no such signal. */
bool count_signal(int signal);
void stop_counting(int signal);
long signal_count(int signal);

/* An eventfd that is written to when a counted signal comes; 0 removes the place of the old one. */
bool ring_on_signals(int eventfd);
void ring_no_more(int eventfd);

/* ---- kqueue.c */

/* Whether it is a kqueue, which is closed then. */
bool close_kqueue(int fd);

/* Removes the knotes of a descriptor in all kqueues: knote_fdclose() of every BSD. */
void close_knotes(int fd);
