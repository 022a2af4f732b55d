/* One change: kqueue_register() of the BSDs, kevent_register() of macOS. */
#include "knote.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

const struct filter *find_filter(int number) {
    static const struct filter *const filters[] = {&read_filter,   &write_filter, &vnode_filter, &proc_filter,
                                                   &signal_filter, &timer_filter, &user_filter};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (filters[i]->number == number && filters[i]->attach != NULL) {
            return filters[i];
        }
    }
    return NULL;
}

/* Flags that a knote keeps. */
#define KEPT (EVENTS_CARRY_FLAGS ? ~0 : BSD_EV_ONESHOT | BSD_EV_CLEAR | BSD_EV_RECEIPT | BSD_EV_DISPATCH)

/* What a kqueue lets another do: it can be read. */
static int of_kqueue(struct kqueue *kqueue, const struct filter *filter, int fd) {
    if (fd == kqueue->fd) {
        if (KQUEUE_OF_ITSELF_PANICS) {
            fprintf(stderr, "stand-in: panic: a kqueue is added to itself\n");
            abort();
        }
        return EINVAL;
    }
    return filter == &read_filter ? 0 : OTHER_OF_KQUEUE;
}

static int attach(struct kqueue *kqueue, const struct filter *filter, const struct event *change, struct knote **added) {
    int refused = filter->of_descriptor && is_kqueue(change->ident) ? of_kqueue(kqueue, filter, change->ident) : 0;
    if (refused != 0) {
        return refused;
    }
    struct knote *knote = calloc(1, sizeof *knote);
    knote->kqueue = kqueue;
    knote->filter = filter;
    knote->added = *change;
    knote->added.flags &= KEPT;
    knote->watch = knote->pidfd = -1;
    add_knote(kqueue, knote);
    int error = filter->attach(knote);
    if (error != 0) {
        drop_knote(knote);
        return error;
    }
    *added = knote;
    return 0;
}

static bool is_open(uint64_t ident) {
    return ident <= INT32_MAX && syscall(SYS_fcntl, (int)ident, F_GETFD, 0) >= 0;
}

int register_change(struct kqueue *kqueue, const struct event *given) {
    struct event change = *given;
    change.flags &= ~BSD_EV_SYSFLAGS;
    const struct filter *filter = find_filter(change.filter);
    if (filter == NULL) {
        return EINVAL;
    }
    bool adds = change.flags & BSD_EV_ADD;
    if (filter->of_descriptor && (adds || DELETE_LOOKS_UP_DESCRIPTOR) && !is_open(change.ident)) {
        return EBADF;
    }
    struct knote *knote = find_knote(kqueue, filter, change.ident);
    if (knote == NULL && !adds) {
        return ENOENT;
    }
#if defined(STANDIN_FREEBSD)
    if ((change.flags & (BSD_EV_ENABLE | BSD_EV_DISABLE)) == (BSD_EV_ENABLE | BSD_EV_DISABLE)) {
        return EINVAL;
    }
#endif
    if (change.flags & BSD_EV_DELETE) {
        if (knote != NULL) {
            drop_knote(knote);
        }
        return 0;
    }
    if (knote == NULL) {
        bool disabled = change.flags & BSD_EV_DISABLE;
        int error = attach(kqueue, filter, &change, &knote);
        if (error != 0) {
            return error;
        }
        if (disabled) {
            bool active = knote->active;
            deactivate(knote);
            knote->active = active;
            knote->disabled = true;
        }
        return 0;
    }
    if (adds || TOUCH_WITHOUT_ADD || filter == &user_filter) {
        int error = TOUCHES_VALUES || filter == &user_filter ? filter->touch(knote, &change) : 0;
        if (error != 0) {
            return error;
        }
        if (adds || TOUCH_WITHOUT_ADD) {
            knote->added.udata = change.udata;
            memcpy(knote->added.ext, change.ext, sizeof change.ext);
        }
    }
    if (change.flags & BSD_EV_DISABLE && !(ENABLE_WINS && change.flags & BSD_EV_ENABLE)) {
        bool active = knote->active;
        deactivate(knote);
        knote->active = active;
        knote->disabled = true;
    } else if (change.flags & BSD_EV_ENABLE) {
        knote->disabled = false;
    }
    struct event unused = {0};
    if (!knote->active && !adds && !ENABLE_LOOKS) {
        return 0;
    }
    if (knote->active || filter->process(knote, &unused)) {
        activate(knote);
    }
    return 0;
}
