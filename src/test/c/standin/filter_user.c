/* EVFILT_USER: filt_userattach(), filt_usertouch(), filt_user(). */
#include "knote.h"

#if HAS_USER

static unsigned controlled(unsigned present, unsigned change) {
    unsigned flags = change & BSD_NOTE_FFLAGSMASK;
    switch (change & BSD_NOTE_FFCTRLMASK) {
    case BSD_NOTE_FFAND: return present & flags;
    case BSD_NOTE_FFOR: return present | flags;
    case BSD_NOTE_FFCOPY: return flags;
    default: return present;
    }
}

static int user_attach(struct knote *knote) {
    knote->fflags = knote->added.fflags & (BSD_NOTE_FFLAGSMASK | (TRIGGER_STAYS_IN_FFLAGS ? BSD_NOTE_TRIGGER : 0));
    if (!TRIGGER_STAYS_IN_FFLAGS) {
        knote->fflags &= ~BSD_NOTE_TRIGGER;
    }
    knote->data = knote->added.data;
    if (ADD_TRIGGERS && knote->added.fflags & BSD_NOTE_TRIGGER) {
        knote->ended = true;
        activate(knote);
    }
    return 0;
}

static void user_detach(struct knote *knote) {
    (void)knote;
}

static int user_touch(struct knote *knote, const struct event *change) {
    knote->fflags = controlled(knote->fflags, change->fflags & ~BSD_NOTE_TRIGGER);
    knote->data = change->data;
    if (change->fflags & BSD_NOTE_TRIGGER) {
        knote->ended = true;
    }
    if (TRIGGER_WITH_CLEAR_IS_LOST && change->flags & BSD_EV_CLEAR) {
        /* Set, and then reset at once, as the report would: filt_usertouch(). */
        knote->ended = false;
        deactivate(knote);
    }
    return 0;
}

static bool user_process(struct knote *knote, struct event *event) {
    event->fflags = knote->fflags;
    event->data = knote->data;
    return knote->ended;
}

/* What was asked for stays, kn_sfflags and kn_sdata, and is in each event. */
static void user_reset(struct knote *knote) {
    knote->ended = false;
}

const struct filter user_filter = {
        .number = BSD_EVFILT_USER,
        .attach = user_attach,
        .detach = user_detach,
        .touch = user_touch,
        .process = user_process,
        .reset = user_reset,
};

#else

/* attach is NULL: the system does not know the filter. */
const struct filter user_filter = {.number = INT32_MIN};

#endif
