package dev.kqueue.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.Note;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;

/** When a timer expires that is set for a distant day. */
@RequiresAbility(Ability.OWN_KQUEUE)
class DeadlineTest {
    private final Queue queue = new Queue();

    DeadlineTest() throws IOException {}

    @AfterEach
    void close() {
        queue.close();
    }

    private long deadline(int fflags, long data) throws IOException {
        assertThat(queue.change(1, Filter.TIMER, KEvent.EV_ADD | KEvent.EV_ONESHOT, fflags, data)).isZero();
        return ((Deadline) queue.kqueue.core().knotes().find(1, Filter.TIMER.value()).hook()).when;
    }

    @Test
    void pointInTimeIsKeptUpToTheEndOfTheClock() throws IOException {
        long seconds = Instant.parse("2060-01-01T00:00:00Z").getEpochSecond();
        int absolute = Note.NOTE_ABSTIME();

        assertThat(deadline(absolute | Note.NOTE_SECONDS(), seconds)).isEqualTo(seconds * 1_000_000_000);
        assertThat(deadline(absolute | Note.NOTE_NSECONDS(), Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(deadline(absolute | Note.NOTE_SECONDS(), Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(queue.pending()).isEmpty();
    }

    @Test
    void nearerPointOfTwoDistantOnesIsTheFirst() throws IOException {
        int absolute = Note.NOTE_ABSTIME() | Note.NOTE_NSECONDS();
        assertThat(queue.change(1, Filter.TIMER, KEvent.EV_ADD | KEvent.EV_ONESHOT, absolute, Long.MAX_VALUE)).isZero();
        assertThat(queue.change(2, Filter.TIMER, KEvent.EV_ADD | KEvent.EV_ONESHOT, absolute, 1)).isZero();

        assertThat(queue.pending()).containsOnlyKeys(2L);
    }

    @Test
    void periodThatOverflowsIsLong() throws IOException {
        assertThat(deadline(Note.NOTE_SECONDS(), Long.MAX_VALUE) - System.nanoTime()).isGreaterThan(1L << 60);
        assertThat(queue.pending()).isEmpty();
    }
}
