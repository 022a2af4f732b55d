/* EVFILT_SIGNAL. ident is a number of the BSD. */
#include "knote.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

static int signal_attach(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    int signal = knote->added.ident > INT32_MAX ? -1 : signal_in(knote->added.ident);
    if (signal < 0) {
        return EINVAL;
    }
    knote->added.flags |= BSD_EV_CLEAR;
    if (kqueue->bell < 0) {
        struct epoll_event event = {.events = EPOLLIN};
        kqueue->bell = syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (kqueue->bell < 0 || !ring_on_signals(kqueue->bell)) {
            return ENOMEM;
        }
        syscall(SYS_epoll_ctl, kqueue->fd, EPOLL_CTL_ADD, kqueue->bell, &event);
    }
    if (!count_signal(signal)) {
        return EINVAL;
    }
    knote->watch = signal;
    knote->counted = signal_count(signal);
    return 0;
}

static void signal_detach(struct knote *knote) {
    if (knote->watch >= 0) {
        stop_counting(knote->watch);
    }
}

static bool signal_process(struct knote *knote, struct event *event) {
    event->data = signal_count(knote->watch) - knote->counted;
    return event->data > 0;
}

/* What came between the look and this is in the next report. */
static void signal_reset(struct knote *knote) {
    knote->counted += knote->data;
}

static bool remembering_process(struct knote *knote, struct event *event) {
    bool due = signal_process(knote, event);
    knote->data = event->data;
    return due;
}

static void collect_one(struct knote *knote, void *unused) {
    (void)unused;
    struct event event;
    if (knote->filter == &signal_filter && signal_process(knote, &event)) {
        activate(knote);
    }
}

void collect_signals(struct kqueue *kqueue) {
    uint64_t rings;
    if (kqueue->bell >= 0 && syscall(SYS_read, kqueue->bell, &rings, sizeof rings) > 0) {
        each_knote(kqueue, collect_one, NULL);
    }
}

const struct filter signal_filter = {
        .number = BSD_EVFILT_SIGNAL,
        .attach = signal_attach,
        .detach = signal_detach,
        .touch = touch_by_replacing,
        .process = remembering_process,
        .reset = signal_reset,
};
