/* kqueue(2) and kevent(2): descriptors, waiting, and what wakes. */
#include "knote.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

/* How often descriptors are looked at that epoll refuses, which are files. */
#define LOOK_MILLIS 10

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER; /* a thread has left a kqueue that is closed */

static struct kqueue **kqueues; /* by descriptor */
static int capacity;
static atomic_long calls, changes;                /* of the process */
static _Thread_local long own_calls, own_changes; /* of this thread: pollers and timers of others do not count */

long standin_kevent_calls(void) {
    return own_calls;
}

long standin_kevent_changes(void) {
    return own_changes;
}

/* With STANDIN_COUNT in the environment, a process says in the end what strace -c would on that system. */
__attribute__((destructor)) static void tell_counts(void) {
    if (getenv("STANDIN_COUNT") != NULL) {
        fprintf(stderr, "stand-in for %s: %ld calls of kevent with %ld changes\n", STANDIN,
                atomic_load(&calls), atomic_load(&changes));
    }
}

int64_t monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* ---- knotes */

static unsigned bucket(uint64_t ident) {
    return (ident ^ ident >> 10) % BUCKETS;
}

struct knote *find_knote(struct kqueue *kqueue, const struct filter *filter, uint64_t ident) {
    struct knote *knote = kqueue->buckets[bucket(ident)];
    while (knote != NULL && (knote->filter != filter || knote->added.ident != ident)) {
        knote = knote->next;
    }
    return knote;
}

static void signal_pending(struct kqueue *kqueue) {
    bool pending = kqueue->first_active != NULL;
    uint64_t number = 1;
    if (pending != kqueue->is_pending) {
        kqueue->is_pending = pending;
        syscall(pending ? SYS_write : SYS_read, kqueue->pending, &number, sizeof number);
    }
}

static void enqueue(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    knote->queued = true;
    knote->next_active = NULL;
    knote->previous_active = kqueue->last_active;
    *(kqueue->last_active ? &kqueue->last_active->next_active : &kqueue->first_active) = knote;
    kqueue->last_active = knote;
}

static void dequeue(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    knote->queued = false;
    *(knote->previous_active ? &knote->previous_active->next_active : &kqueue->first_active) = knote->next_active;
    *(knote->next_active ? &knote->next_active->previous_active : &kqueue->last_active) = knote->previous_active;
}

void activate(struct knote *knote) {
    knote->active = true;
    if (!knote->disabled && !knote->queued) {
        enqueue(knote);
    }
}

void deactivate(struct knote *knote) {
    knote->active = false;
    if (knote->queued) {
        dequeue(knote);
    }
}

void drop_knote(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    if (knote->queued) {
        dequeue(knote);
    }
    struct knote **link = &kqueue->buckets[bucket(knote->added.ident)];
    while (*link != knote) {
        link = &(*link)->next;
    }
    *link = knote->next;
    knote->filter->detach(knote);
    free(knote);
}

struct knote *add_knote(struct kqueue *kqueue, struct knote *knote) {
    struct knote **first = &kqueue->buckets[bucket(knote->added.ident)];
    knote->next = *first;
    return *first = knote;
}

void each_knote(struct kqueue *kqueue, void (*call)(struct knote *, void *), void *argument) {
    for (int i = 0; i < BUCKETS; i++) {
        for (struct knote *knote = kqueue->buckets[i], *next; knote != NULL; knote = next) {
            next = knote->next;
            call(knote, argument);
        }
    }
}

int touch_by_replacing(struct knote *knote, const struct event *change) {
    knote->added.fflags = change->fflags;
    knote->added.data = change->data;
    return 0;
}

/* ---- edges */

/* Names a knote without pointing to it: a descriptor may outlive its knote in an epoll instance by a duplicate. */
static uint64_t name(const struct knote *knote) {
    return knote->added.ident << 8 | (uint8_t)knote->filter->number;
}

int watch_edges(struct knote *knote, int instance, int fd, uint32_t events) {
    struct epoll_event event = {.events = events | EPOLLET, .data.u64 = name(knote)};
    int epoll = knote->kqueue->instances[instance];
    if (syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, &event) == 0) {
        return 0;
    }
    if (errno == EEXIST && syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, fd, &event) == 0) {
        return 0;
    }
    return errno;
}

void unwatch_edges(struct knote *knote, int instance, int fd) {
    struct epoll_event unused;
    /* ENOENT and EBADF: the descriptor has been closed behind our back. */
    syscall(SYS_epoll_ctl, knote->kqueue->instances[instance], EPOLL_CTL_DEL, fd, &unused);
}

static void collect_edges(struct kqueue *kqueue) {
    struct epoll_event events[64];
    for (int instance = 0; instance < INSTANCES; instance++) {
        int n;
        do {
            n = syscall(SYS_epoll_wait, kqueue->instances[instance], events, 64, 0);
            for (int i = 0; i < n; i++) {
                const struct filter *filter = find_filter((int8_t)events[i].data.u64);
                struct knote *knote = find_knote(kqueue, filter, events[i].data.u64 >> 8);
                struct event unused = {0};
                /* knote() asks the filter before it activates: f_event(). */
                if (knote != NULL && knote->filter->process(knote, &unused)) {
                    activate(knote);
                }
            }
        } while (n == 64);
    }
}

static void look(struct knote *knote, void *unused) {
    (void)unused;
    struct event event;
    if (knote->needs_looks && !knote->active && knote->filter->process(knote, &event)) {
        activate(knote);
    }
}

static void collect(struct kqueue *kqueue) {
    collect_edges(kqueue);
    collect_vnodes(kqueue);
    collect_timers(kqueue);
    collect_signals(kqueue);
    if (kqueue->looks > 0) {
        each_knote(kqueue, look, NULL);
    }
}

/* ---- the descriptor */

static int opened(bool cloexec) {
    struct kqueue *kqueue = calloc(1, sizeof *kqueue);
    kqueue->fd = syscall(SYS_epoll_create1, cloexec ? EPOLL_CLOEXEC : 0);
    if (kqueue->fd < 0) {
        int error = errno;
        free(kqueue);
        return fail(error);
    }
    kqueue->inner = syscall(SYS_fcntl, kqueue->fd, F_DUPFD_CLOEXEC, 0);
    int *all[] = {&kqueue->instances[READABLE], &kqueue->instances[WRITABLE], &kqueue->pending, &kqueue->timer};
    kqueue->instances[READABLE] = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    kqueue->instances[WRITABLE] = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    kqueue->pending = syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK);
    kqueue->timer = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    kqueue->inotify = kqueue->bell = -1;
    kqueue->holders = 1;
    kqueue->next_deadline = -1;
    bool failed = kqueue->inner < 0;
    for (int i = 0; i < 4; i++) {
        struct epoll_event event = {.events = EPOLLIN};
        failed |= *all[i] < 0 || syscall(SYS_epoll_ctl, kqueue->fd, EPOLL_CTL_ADD, *all[i], &event) < 0;
    }
    if (failed) {
        for (int i = 0; i < 4; i++) {
            syscall(SYS_close, *all[i]);
        }
        syscall(SYS_close, kqueue->inner);
        syscall(SYS_close, kqueue->fd);
        free(kqueue);
        return fail(EMFILE);
    }
    int fd = kqueue->fd;
    pthread_mutex_lock(&lock);
    if (fd >= capacity) {
        int wanted = fd * 2 + 64;
        kqueues = realloc(kqueues, wanted * sizeof *kqueues);
        memset(kqueues + capacity, 0, (wanted - capacity) * sizeof *kqueues);
        capacity = wanted;
    }
    kqueues[fd] = kqueue;
    pthread_mutex_unlock(&lock);
    return fd;
}

/* No child of fork(2) inherits a kqueue; an exec closes only what has FD_CLOEXEC, which macOS sets: kqueue_internal(). */
int bsd_kqueue(void) {
#if defined(STANDIN_MACOS)
    return opened(true);
#else
    return opened(false);
#endif
}

#if defined(STANDIN_NETBSD) || defined(STANDIN_OPENBSD)
int bsd_kqueue1(int flags) {
    return flags & ~(BSD_O_CLOEXEC | BSD_O_NONBLOCK) ? fail(EINVAL) : opened(flags & BSD_O_CLOEXEC);
}
#elif defined(STANDIN_FREEBSD)
int bsd_kqueuex(unsigned flags) {
    return flags & ~BSD_KQUEUE_CLOEXEC ? fail(EINVAL) : opened(flags & BSD_KQUEUE_CLOEXEC);
}
#endif

static void drop(struct knote *knote, void *unused) {
    (void)unused;
    drop_knote(knote);
}

/* The last one out. */
static void release(struct kqueue *kqueue) {
    if (--kqueue->holders > 0) {
        pthread_cond_broadcast(&left);
        return;
    }
    syscall(SYS_close, kqueue->instances[READABLE]);
    syscall(SYS_close, kqueue->instances[WRITABLE]);
    syscall(SYS_close, kqueue->pending);
    syscall(SYS_close, kqueue->timer);
    syscall(SYS_close, kqueue->inner);
    if (kqueue->inotify >= 0) {
        syscall(SYS_close, kqueue->inotify);
    }
    if (kqueue->bell >= 0) {
        ring_no_more(kqueue->bell);
        syscall(SYS_close, kqueue->bell);
    }
    free(kqueue);
}

bool close_kqueue(int fd) {
    pthread_mutex_lock(&lock);
    struct kqueue *kqueue = fd >= 0 && fd < capacity ? kqueues[fd] : NULL;
    if (kqueue != NULL) {
        while (KQUEUE_CLOSE == CLOSE_WAITS && kqueue->holders > 1) {
            pthread_cond_wait(&left, &lock);
        }
        kqueues[fd] = NULL;
        each_knote(kqueue, drop, NULL);
        kqueue->closed = true;
        if (KQUEUE_CLOSE == CLOSE_ENDS_WAITS) {
            uint64_t one = 1;
            syscall(SYS_write, kqueue->pending, &one, sizeof one);
        }
        syscall(SYS_close, fd);
        release(kqueue);
    }
    pthread_mutex_unlock(&lock);
    return kqueue != NULL;
}

/* The caller holds the lock. */
bool is_kqueue(int fd) {
    return fd >= 0 && fd < capacity && kqueues[fd] != NULL;
}

void close_knotes(int fd) {
    static const struct filter *const filters[] = {&read_filter, &write_filter, &vnode_filter};
    pthread_mutex_lock(&lock);
    for (int i = 0; i < capacity; i++) {
        for (int f = 0; kqueues[i] != NULL && f < 3; f++) {
            struct knote *knote = find_knote(kqueues[i], filters[f], fd);
            if (knote != NULL) {
                drop_knote(knote);
                signal_pending(kqueues[i]);
            }
        }
    }
    pthread_mutex_unlock(&lock);
}

/* ---- kevent(2) */

static struct event event_in(const struct bsd_kevent *change) {
    struct event event = {
            .ident = change->ident,
#if defined(STANDIN_NETBSD)
            .filter = (int32_t)change->filter,
#else
            .filter = (int16_t)change->filter,
#endif
            .flags = change->flags,
            .fflags = change->fflags,
            .data = change->data,
            .udata = change->udata,
    };
#if defined(STANDIN_FREEBSD)
    memcpy(event.ext, change->ext, sizeof event.ext);
#endif
    return event;
}

void event_out(const struct event *event, struct bsd_kevent *out) {
    memset(out, 0, sizeof *out);
    out->ident = event->ident;
    out->filter = event->filter;
    out->flags = event->flags;
    out->fflags = event->fflags;
    out->data = event->data;
    out->udata = event->udata;
#if defined(STANDIN_FREEBSD)
    memcpy(out->ext, event->ext, sizeof event->ext);
#endif
}

/* The number of entries, or -1 with errno set: the changes until then are made. */
static int register_changes(struct kqueue *kqueue, const struct bsd_kevent *changelist, int count,
                            struct bsd_kevent *eventlist, int room) {
    int entries = 0;
    for (int i = 0; i < count; i++) {
        struct event change = event_in(changelist + i);
        atomic_fetch_add(&changes, 1);
        own_changes++;
        int error = register_change(kqueue, &change);
        bool receipt = change.flags & BSD_EV_RECEIPT;
        if (error == 0 && !receipt) {
            continue;
        }
        if (entries == room) {
            if (error != 0) {
                return fail(error);
            }
            switch (ROOM) {
            case ROOM_STOPS: return 0;
            case ROOM_GOES_ON: continue;
            case ROOM_OVERRUNS:
                if (eventlist == NULL) {
                    return 0;
                }
                fprintf(stderr, "stand-in: kevent_copyout() writes behind an eventlist of %d\n", room);
                abort();
            }
        }
        change.flags = ERROR_KEEPS_FLAGS ? change.flags | BSD_EV_ERROR : BSD_EV_ERROR;
        change.data = error == 0 ? 0 : bsd_errno(error);
        event_out(&change, eventlist + entries++);
    }
    return entries;
}

static int wait_for_activity(struct kqueue *kqueue, int64_t deadline) {
    int64_t left = deadline < 0 ? -1 : deadline - monotonic();
    if (deadline >= 0 && left <= 0) {
        return 0;
    }
    int64_t look = LOOK_MILLIS * 1000000LL;
    if (kqueue->looks > 0 && (left < 0 || left > look)) {
        left = look;
    }
    struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    struct pollfd pollfd = {.fd = kqueue->inner, .events = POLLIN};
    pthread_mutex_unlock(&lock);
    int n = syscall(SYS_ppoll, &pollfd, 1, left < 0 ? NULL : &timeout, NULL, 0);
    int error = n < 0 ? errno : 0;
    pthread_mutex_lock(&lock);
    return error == 0 ? 1 : fail(error);
}

static int scan_and_wait(struct kqueue *kqueue, struct bsd_kevent *eventlist, int room, int64_t deadline) {
    while (true) {
        if (kqueue->closed) {
            return fail(EBADF);
        }
        collect(kqueue);
        int n = scan(kqueue, eventlist, room);
        signal_pending(kqueue);
        if (n > 0) {
            return n;
        }
        int waited = wait_for_activity(kqueue, deadline);
        if (waited <= 0) {
            return waited;
        }
    }
}

int bsd_kevent(int kq, const struct bsd_kevent *changelist, kevent_count nchanges, struct bsd_kevent *eventlist,
               kevent_count nevents, const struct bsd_timespec *timeout) {
    atomic_fetch_add(&calls, 1);
    own_calls++;
    int64_t deadline = -1;
    if (timeout != NULL) {
        if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) {
            return fail(EINVAL);
        }
        int64_t seconds = timeout->tv_sec > 1000000000 ? 1000000000 : timeout->tv_sec;
        deadline = seconds == 0 && timeout->tv_nsec == 0 ? 0 : monotonic() + seconds * 1000000000 + timeout->tv_nsec;
    }
    pthread_mutex_lock(&lock);
    struct kqueue *kqueue = kq >= 0 && kq < capacity ? kqueues[kq] : NULL;
    if (kqueue == NULL) {
        pthread_mutex_unlock(&lock);
        return fail(EBADF);
    }
    kqueue->holders++;
    int n = register_changes(kqueue, changelist, nchanges, eventlist, nevents);
    if (n == 0 && nevents > 0) {
        n = scan_and_wait(kqueue, eventlist, nevents, deadline);
    } else if (!kqueue->closed) {
        /* What was changed may concern those who wait. */
        signal_pending(kqueue);
    }
    int saved = errno;
    release(kqueue);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return n;
}
