/* The scan: kqueue_scan(). All that the EV_ flags mean for a report is here, and in no filter. */
#include "knote.h"

int scan(struct kqueue *kqueue, struct bsd_kevent *eventlist, int room) {
    int n = 0;
    /* Level-triggered knotes go to the end again, and come not twice. */
    struct knote *last = kqueue->last_active;
    for (struct knote *knote = kqueue->first_active, *next; knote != NULL && n < room; knote = next) {
        next = knote == last ? NULL : knote->next_active;
        struct event event = knote->added;
        event.fflags = 0;
        event.data = 0;
        deactivate(knote);
        bool reports = knote->filter->process(knote, &event);
        if (knote->error != 0) {
            event.flags |= BSD_EV_ERROR;
            event.data = bsd_errno(knote->error);
            knote->error = 0;
            reports = true;
        }
        if (!reports && !(ONESHOT_IS_NOT_LOOKED_AT && knote->added.flags & BSD_EV_ONESHOT)) {
            continue;
        }
        event_out(&event, eventlist + n++);
        if (event.flags & BSD_EV_ONESHOT) {
            drop_knote(knote);
            continue;
        }
        bool clears = knote->added.flags & BSD_EV_CLEAR;
        bool dispatches = knote->added.flags & BSD_EV_DISPATCH && !(clears && CLEAR_BEFORE_DISPATCH);
        if (clears && knote->filter->reset != NULL) {
            knote->filter->reset(knote);
        }
        knote->disabled |= dispatches;
        if (!clears) {
            activate(knote);
        }
    }
    return n;
}
