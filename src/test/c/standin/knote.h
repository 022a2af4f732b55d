/*
 * The inside of a kqueue, shaped like kern_event.c: knotes, and one table of functions for each filter. A filter that
 * thinks that its knote may have something to report activates it; the scan asks again before it reports.
 *
 * Activity comes from epoll. A kqueue's descriptor is an epoll instance itself, so that it can be waited for. In it are
 * two more, for descriptors to be read and to be written, because one instance takes a descriptor once; all edge
 * triggered, as activity is told once. Beside these, eventfds and a timerfd.
 *
 * All is under one lock, which nobody holds while he waits.
 */
#pragma once

#include "standin.h"

enum { READABLE, WRITABLE, INSTANCES };

/* An event in Linux's types, and in the BSD's numbers. */
struct event {
    uint64_t ident;
    int filter;
    unsigned flags;
    unsigned fflags;
    int64_t data;
    uint64_t udata;
    int64_t ext[4];
};

struct knote {
    struct knote *next; /* in its bucket */
    struct knote *previous_active, *next_active;
    struct kqueue *kqueue;
    const struct filter *filter;
    struct event added; /* as the program gave it */
    bool active;
    bool disabled;
    bool queued;

    /* What is to be reported, of filters that gather it. */
    unsigned fflags;
    int64_t data;
    bool eof;

    bool is_socket, is_stream, is_pipe, is_named, is_file, is_null, is_local, is_listener;
    bool needs_looks; /* epoll refuses it: it is looked at in turn */
    bool ended;       /* of a process: it is reported once */
    bool absolute;
    int watch;  /* inotify's, for VNODE */
    int pidfd;
    int64_t size;
    unsigned links;
    int64_t deadline, period; /* nanoseconds */
    int error; /* to be reported instead: an errno of Linux */
    bool is_counted; /* among the timers of the system */
    long counted;
};

#define BUCKETS 1024

struct kqueue {
    int fd;
    int inner; /* the same by another number, which is ours until the last thread has left */
    int instances[INSTANCES];
    int pending; /* an eventfd that is readable while there are active knotes */
    bool is_pending;
    int timer; /* a timerfd */
    int64_t next_deadline; /* that it is armed for; negative for none */
    int inotify;
    int bell;  /* an eventfd that signals ring */
    bool closed;
    int holders; /* threads inside, and the descriptor */
    int looks;   /* how many knotes need looks */
    struct knote *buckets[BUCKETS];
    struct knote *first_active, *last_active;
};

struct filter {
    int number;
    bool of_descriptor;
    /* 0 or an errno of Linux. Sets up what activates the knote; activates it if it is ready already. */
    int (*attach)(struct knote *);
    void (*detach)(struct knote *);
    /* A change of a knote that exists; added has the old values. 0 or an errno of Linux. */
    int (*touch)(struct knote *, const struct event *);
    /* Whether there is something to report, and what. */
    bool (*process)(struct knote *, struct event *);
    /* After a report of a knote with EV_CLEAR. May be NULL. */
    void (*reset)(struct knote *);
};

extern const struct filter read_filter, write_filter, vnode_filter, proc_filter, signal_filter, timer_filter,
        user_filter;

/* ---- kqueue.c */
bool is_kqueue(int fd);
struct knote *add_knote(struct kqueue *, struct knote *);
void activate(struct knote *);
void deactivate(struct knote *);
struct knote *find_knote(struct kqueue *, const struct filter *, uint64_t ident);
void drop_knote(struct knote *);
void each_knote(struct kqueue *, void (*)(struct knote *, void *), void *);
int touch_by_replacing(struct knote *, const struct event *);
int64_t monotonic(void);

/* Watches a descriptor for a knote: its edges activate it. 0 or an errno. */
int watch_edges(struct knote *, int instance, int fd, uint32_t events);
void unwatch_edges(struct knote *, int instance, int fd);

/* ---- the filters' own wake-ups, called with the lock held, before a scan */
void collect_vnodes(struct kqueue *);
void collect_timers(struct kqueue *);
void collect_signals(struct kqueue *);

/* ---- register.c */
const struct filter *find_filter(int number);
/* Applies one change: 0 or an errno of Linux. */
int register_change(struct kqueue *, const struct event *);

/* ---- scan.c */
int scan(struct kqueue *, struct bsd_kevent *, int room);
void event_out(const struct event *, struct bsd_kevent *);
