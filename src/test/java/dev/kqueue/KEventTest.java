package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ERROR;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_EXIT;
import static dev.kqueue.Note.NOTE_FFCOPY;
import static dev.kqueue.Note.NOTE_LOWAT;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_TRIGGER;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.stream.Stream;

/** The one form of all factories, and the text of an event. */
class KEventTest {
    /** {@link KEvent#read} and those that have its shape. */
    interface Factory {
        KEvent create(long ident, int flags, int fflags, Object udata);
    }

    record Case(Filter filter, Factory factory) {}

    static Stream<Case> factories() {
        return Stream.of(
                new Case(Filter.READ, KEvent::read),
                new Case(Filter.WRITE, KEvent::write),
                new Case(Filter.VNODE, KEvent::vnode),
                new Case(Filter.PROC, KEvent::proc),
                new Case(Filter.SIGNAL, KEvent::signal),
                new Case(Filter.TIMER, KEvent::timer),
                new Case(Filter.USER, KEvent::user));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void factoriesHaveOneForm(Case factory) {
        Object udata = new Object();

        KEvent event = factory.factory().create(-1L, 0xffff, 0xffff_ffff, udata);

        assertThat(event).isEqualTo(new KEvent(-1L, factory.filter(), 0xffff, 0xffff_ffff, 0, udata));
    }

    @Test
    void withChangesOneField() {
        Object other = new Object();
        KEvent event = KEvent.read(7, EV_ADD, 0, null);

        assertThat(event.withFlags(EV_ONESHOT)).isEqualTo(new KEvent(7, Filter.READ, EV_ONESHOT, 0, 0, null));
        assertThat(event.withFflags(NOTE_LOWAT)).isEqualTo(new KEvent(7, Filter.READ, EV_ADD, NOTE_LOWAT, 0, null));
        assertThat(event.withData(42)).isEqualTo(new KEvent(7, Filter.READ, EV_ADD, 0, 42, null));
        assertThat(event.withUdata(other)).isEqualTo(new KEvent(7, Filter.READ, EV_ADD, 0, 0, other));
    }

    @Test
    void timerOfDurationKeepsIt() {
        assertThat(KEvent.timer(1, EV_ADD, Duration.ofMillis(250), null))
                .isEqualTo(new KEvent(1, Filter.TIMER, EV_ADD, 0, 250, null));
    }

    @Test
    void filterMustBeGiven() {
        assertThatThrownBy(() -> new KEvent(1, null, 0, 0, 0))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("filter");
    }

    @Test
    void flagsOfResultsAreRead() {
        assertThat(KEvent.read(1, EV_ERROR, 0, null).isError()).isTrue();
        assertThat(KEvent.read(1, EV_EOF, 0, null).isEof()).isTrue();
        assertThat(KEvent.read(1, EV_ADD, 0, null).isError()).isFalse();
        assertThat(KEvent.read(1, EV_ADD, 0, null).isEof()).isFalse();
    }

    @Test
    void textNamesFlagsAndNotesOfTheFilter() {
        assertThat(KEvent.vnode(3, EV_ADD | EV_CLEAR, NOTE_WRITE | NOTE_RENAME, "log"))
                .hasToString(
                        "{ident=3, filter=EVFILT_VNODE, flags=EV_ADD|EV_CLEAR, fflags=NOTE_WRITE|NOTE_RENAME,"
                                + " data=0, udata=log}");
        assertThat(KEvent.proc(9, 0, NOTE_EXIT, null).withData(256))
                .hasToString("{ident=9, filter=EVFILT_PROC, flags=0, fflags=NOTE_EXIT, data=256, udata=null}");
        assertThat(KEvent.user(-1, 0, NOTE_FFCOPY | NOTE_TRIGGER | 0x12, null))
                .hasToString(
                        "{ident=18446744073709551615, filter=EVFILT_USER, flags=0,"
                                + " fflags=NOTE_FFCOPY|NOTE_TRIGGER|0x12, data=0, udata=null}");
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @Test
    void textNamesTheUnitOfATimer() {
        assertThat(KEvent.timer(1, 0, Duration.ofNanos(1), null).toString()).contains("fflags=NOTE_NSECONDS, data=1");
    }

    @Test
    void textOfAnEndOfFileTakesTheErrnoForANumber() {
        assertThat(KEvent.read(3, EV_EOF, 1, null).toString()).contains("flags=EV_EOF, fflags=0x1,");
    }

    @Test
    void textOfAFilterThatTheHostLacksIsStillText() {
        assertThat(new KEvent(1, Filter.JAILDESC, 0, 0x30, 0).toString()).contains("EVFILT_JAILDESC", "0x30");
    }
}
