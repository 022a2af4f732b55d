package dev.kqueue;

import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.Note.NOTE_FFAND;
import static dev.kqueue.Note.NOTE_FFCOPY;
import static dev.kqueue.Note.NOTE_FFCTRLMASK;
import static dev.kqueue.Note.NOTE_FFLAGSMASK;
import static dev.kqueue.Note.NOTE_FFNOP;
import static dev.kqueue.Note.NOTE_FFOR;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ReferenceKQueue.Knote;

import java.util.Random;

/** EVFILT_USER: changes are all that happens to it. */
final class ReferenceUser extends ReferenceFilter {
    private static final int[] CONTROLS = {NOTE_FFNOP, NOTE_FFAND, NOTE_FFOR, NOTE_FFCOPY};

    @Override
    Filter filter() {
        return Filter.USER;
    }

    @Override
    long ident(Random random) {
        return random.nextInt(3);
    }

    @Override
    int fflags(Random random) {
        return CONTROLS[random.nextInt(CONTROLS.length)]
                | random.nextInt(NOTE_FFLAGSMASK + 1)
                | (random.nextBoolean() ? NOTE_TRIGGER : 0);
    }

    @Override
    long data(Random random) {
        return random.nextLong();
    }

    @Override
    String act(Random random, KQueueDriver real, ReferenceKQueue model) {
        return "nothing";
    }

    @Override
    int attach(Knote kn) {
        kn.fired = (kn.fflags & NOTE_TRIGGER) != 0;
        kn.fflags &= NOTE_FFLAGSMASK;
        return 0;
    }

    @Override
    int touch(Knote kn, int flags, int fflags, long data) {
        kn.fired = (flags & EV_CLEAR) == 0 && (kn.fired || (fflags & NOTE_TRIGGER) != 0);
        int bits = fflags & NOTE_FFLAGSMASK;
        int control = fflags & NOTE_FFCTRLMASK;
        kn.fflags =
                control == NOTE_FFAND
                        ? kn.fflags & bits
                        : control == NOTE_FFOR ? kn.fflags | bits : control == NOTE_FFCOPY ? bits : kn.fflags;
        kn.data = data;
        return 0;
    }

    @Override
    boolean must(Knote kn) {
        return kn.fired;
    }

    @Override
    boolean may(Knote kn) {
        return kn.fired;
    }

    @Override
    void check(Knote kn, KQueueDriver.Event event) {
        assertThat(event.fflags()).isEqualTo(kn.fflags);
        assertThat(event.data()).isEqualTo(kn.data);
    }
}
