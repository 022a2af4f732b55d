/* EVFILT_TIMER. All timers of a kqueue share one timerfd, armed for the next deadline. */
#include "knote.h"

#include <sys/timerfd.h>
#include <time.h>

#define NANOS 1000000000LL

/* Of absolute timers, macOS calls it NOTE_ABSOLUTE. */
#if defined(BSD_NOTE_ABSTIME)
#define ABSOLUTE BSD_NOTE_ABSTIME
#elif defined(BSD_NOTE_ABSOLUTE)
#define ABSOLUTE BSD_NOTE_ABSOLUTE
#else
#define ABSOLUTE 0
#endif

static int64_t times(int64_t data, int64_t unit) {
    return data > INT64_MAX / 2 / unit ? INT64_MAX / 2 : data * unit;
}

/* The nanoseconds of data in its unit, or -1 of a unit that is none. */
static int64_t nanos(const struct event *timer) {
    unsigned unit = timer->fflags;
#if !HAS_TIMER_UNITS
    /* Nobody looks at fflags. */
    (void)unit;
    return times(timer->data, 1000000);
#else
#if defined(STANDIN_MACOS)
    unit &= ~(BSD_NOTE_ABSOLUTE | BSD_NOTE_LEEWAY | BSD_NOTE_CRITICAL | BSD_NOTE_BACKGROUND);
#else
    unit &= ~ABSOLUTE;
#endif
    switch (unit) {
    case BSD_NOTE_SECONDS: return times(timer->data, NANOS);
    case BSD_NOTE_USECONDS: return times(timer->data, 1000);
    case BSD_NOTE_NSECONDS: return timer->data;
#if defined(STANDIN_FREEBSD)
    case BSD_NOTE_MSECONDS:
#endif
    case 0: return times(timer->data, 1000000);
    default: return -1;
    }
#endif
}

static bool is_once(const struct knote *knote) {
    return knote->absolute || knote->added.flags & BSD_EV_ONESHOT;
}

static void expire(struct knote *knote, void *now) {
    if (knote->filter != &timer_filter || knote->deadline < 0 || knote->deadline > *(int64_t *)now) {
        return;
    }
    if (is_once(knote)) {
        knote->counted = 1;
        knote->deadline = -1;
    } else {
        int64_t more = 1 + (*(int64_t *)now - knote->deadline) / knote->period;
        knote->counted += more;
        knote->deadline += more * knote->period;
    }
    activate(knote);
}

static void earliest(struct knote *knote, void *least) {
    int64_t *deadline = least;
    if (knote->filter == &timer_filter && knote->deadline >= 0 && (*deadline < 0 || knote->deadline < *deadline)) {
        *deadline = knote->deadline;
    }
}

/* Negative: for nothing. */
static void arm(struct kqueue *kqueue, int64_t deadline) {
    struct itimerspec when = {0};
    if (deadline >= 0) {
        /* All zero would disarm it. */
        when.it_value.tv_sec = deadline / NANOS;
        when.it_value.tv_nsec = deadline == 0 ? 1 : deadline % NANOS;
    }
    kqueue->next_deadline = deadline;
    syscall(SYS_timerfd_settime, kqueue->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* A timer that is deleted leaves its deadline behind: it does no harm. */
static void arm_for(struct knote *knote) {
    struct kqueue *kqueue = knote->kqueue;
    if (kqueue->next_deadline < 0 || knote->deadline < kqueue->next_deadline) {
        arm(kqueue, knote->deadline);
    }
}

void collect_timers(struct kqueue *kqueue) {
    uint64_t expirations;
    if (syscall(SYS_read, kqueue->timer, &expirations, sizeof expirations) > 0) {
        int64_t now = monotonic();
        int64_t next = -1;
        each_knote(kqueue, expire, &now);
        each_knote(kqueue, earliest, &next);
        arm(kqueue, next);
    }
}

/* Where sbintime_t ends, that counts from the boot. */
#define SBINTIME_END (INT32_MAX * NANOS)

static int start(struct knote *knote, const struct event *timer) {
    int64_t period = nanos(timer);
    if (NEGATIVE_TIMERS && timer->data < 0) {
        period = 1000000;
    } else if (timer->data < 0 || period < 0) {
        return EINVAL;
    }
    knote->absolute = HAS_TIMER_UNITS && timer->fflags & ABSOLUTE;
    if (knote->absolute) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        int64_t deadline = monotonic() + period - (now.tv_sec * NANOS + now.tv_nsec);
        if (deadline < 0 && BOOT_IS_THE_FIRST_DEADLINE) {
            return EINVAL;
        }
        knote->deadline = deadline < 0 ? 0 : deadline;
        knote->period = 0;
        arm_for(knote);
        return 0;
    }
    if (timer->data == 0 && !TIMER_OF_ZERO) {
        return EINVAL;
    }
    if (LONG_TIMERS_FIRE && monotonic() > SBINTIME_END - period) {
        period = 0;
    }
    /* 0 counts as 1, of a millisecond: filt_timerexpire() of FreeBSD, and the others would never end. */
    knote->period = period == 0 ? 1000000 : period;
    knote->deadline = monotonic() + period;
    arm_for(knote);
    return 0;
}

/* Of all kqueues, under their lock. */
static int timers;

static int timer_attach(struct knote *knote) {
    /* Set by the kernel of timers that are relative. */
    knote->added.flags |= BSD_EV_CLEAR;
    if (timers >= MOST_TIMERS) {
        return ENOMEM;
    }
    timers++;
    knote->is_counted = true;
    return start(knote, &knote->added);
}

static void timer_detach(struct knote *knote) {
    timers -= knote->is_counted;
}

static int timer_touch(struct knote *knote, const struct event *change) {
    if (!TIMER_TOUCH_RESTARTS) {
        knote->period = times(change->data, 1000000);
        return touch_by_replacing(knote, change);
    }
#if defined(STANDIN_FREEBSD) || defined(STANDIN_MACOS)
    /* Only a change with EV_ADD, or with another time, sets it anew: EV_ENABLE alone must not. */
    if (!(change->flags & BSD_EV_ADD) && change->data == knote->added.data && change->fflags == knote->added.fflags) {
        return 0;
    }
#endif
    if (TIMER_TOUCH_NEEDS_ADD && !(change->flags & BSD_EV_ADD)) {
        return 0;
    }
    int error = start(knote, change);
    if (error != 0 && BAD_TIMER_FAILS_LATER) {
        knote->error = error;
        activate(knote);
        return 0;
    }
    if (error == 0) {
        knote->counted = 0;
        deactivate(knote);
        touch_by_replacing(knote, change);
    }
    return error;
}

static bool timer_process(struct knote *knote, struct event *event) {
    event->data = knote->counted;
    if (knote->absolute) {
        /* There will be no other. */
        event->flags |= BSD_EV_ONESHOT;
    }
    return knote->counted > 0 || knote->error != 0;
}

static void timer_reset(struct knote *knote) {
    knote->counted = 0;
}

const struct filter timer_filter = {
        .number = BSD_EVFILT_TIMER,
        .attach = timer_attach,
        .detach = timer_detach,
        .touch = timer_touch,
        .process = timer_process,
        .reset = timer_reset,
};
