package dev.kqueue.internal.fd;

import static dev.kqueue.internal.fd.Readiness.READABLE;
import static dev.kqueue.internal.fd.Readiness.READ_ENDED;
import static dev.kqueue.internal.fd.Readiness.WRITABLE;
import static dev.kqueue.internal.fd.Readiness.WRITE_ENDED;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class ReadinessTest {
    private final Readiness readiness = new Readiness();

    private boolean isReadable() {
        return Readiness.isReadable(readiness.stamp());
    }

    private boolean isWritable() {
        return Readiness.isWritable(readiness.stamp());
    }

    @Test
    void nothingIsReadyBeforeAnEdge() {
        assertThat(isReadable()).isFalse();
        assertThat(isWritable()).isFalse();
    }

    @Test
    void aShortReadForgetsReadabilityAlone() {
        readiness.edge(READABLE | WRITABLE);
        readiness.read(readiness.stamp(), 10, 100);
        assertThat(isReadable()).isFalse();
        assertThat(isWritable()).isTrue();
    }

    @Test
    void aReadThatFindsNothingForgetsReadability() {
        readiness.edge(READABLE);
        readiness.read(readiness.stamp(), -11, 100);
        assertThat(isReadable()).isFalse();
    }

    @Test
    void aFilledReadIsUnsureUntilSomebodyLooks() {
        readiness.edge(READABLE);
        readiness.read(readiness.stamp(), 100, 100);
        assertThat(isReadable()).isTrue();
        assertThat(Readiness.isUnsure(readiness.stamp())).isTrue();
        readiness.readable(readiness.stamp());
        assertThat(Readiness.isUnsure(readiness.stamp())).isFalse();
        assertThat(isReadable()).isTrue();
        readiness.read(readiness.stamp(), 100, 100);
        readiness.notReadable(readiness.stamp());
        assertThat(isReadable()).isFalse();
    }

    @Test
    void anEdgeAfterTheStampOutlivesTheRead() {
        readiness.edge(READABLE);
        int stamp = readiness.stamp();
        readiness.edge(READABLE);
        readiness.read(stamp, 10, 100);
        assertThat(isReadable()).isTrue();
        readiness.notReadable(stamp);
        assertThat(isReadable()).isTrue();
    }

    @Test
    void theOtherDirectionsResultsDoNotDisturb() {
        readiness.edge(READABLE | WRITABLE);
        int reading = readiness.stamp();
        int writing = readiness.stamp();
        readiness.written(writing, 10, 100);
        readiness.read(reading, 10, 100);
        assertThat(isReadable()).isFalse();
        assertThat(isWritable()).isFalse();
    }

    @Test
    void aWriteThatTookAllLeavesTheStreamWritable() {
        readiness.edge(WRITABLE);
        readiness.written(readiness.stamp(), 100, 100);
        assertThat(isWritable()).isTrue();
        readiness.written(readiness.stamp(), 99, 100);
        assertThat(isWritable()).isFalse();
    }

    @Test
    void aShortReadIsUnsureOnceUrgentDataHasCome() {
        readiness.edge(READABLE | Readiness.URGENT);
        readiness.read(readiness.stamp(), 10, 100);
        assertThat(isReadable()).isTrue();
        assertThat(Readiness.isUnsure(readiness.stamp())).isTrue();
        readiness.read(readiness.stamp(), -11, 100);
        assertThat(isReadable()).isFalse();
        readiness.edge(READABLE);
        readiness.read(readiness.stamp(), 10, 100);
        assertThat(isReadable()).as("it is not forgotten").isTrue();
    }

    @Test
    void theEndStays() {
        readiness.edge(READABLE | READ_ENDED);
        readiness.read(readiness.stamp(), 10, 100);
        readiness.read(readiness.stamp(), -11, 100);
        readiness.notReadable(readiness.stamp());
        assertThat(isReadable()).isTrue();
        readiness.edge(WRITABLE | WRITE_ENDED);
        readiness.written(readiness.stamp(), -11, 100);
        assertThat(isWritable()).isTrue();
    }

    /**
     * A stream of units, each announced by an edge after it has been put there: whatever the interleaving, units that
     * are left are always announced, by the memory or by an edge that is still to come.
     */
    @Test
    void noUnitIsLeftUnannouncedUnderRaces() throws Exception {
        int units = 300_000;
        AtomicInteger stream = new AtomicInteger();
        Thread kernel =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < units; i++) {
                                        stream.incrementAndGet();
                                        readiness.edge(READABLE | (i % 3 == 0 ? WRITABLE : 0));
                                    }
                                });
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (kernel.isAlive()) {
                                        readiness.written(readiness.stamp(), 0, 1);
                                    }
                                });
        int taken = 0;
        while (taken < units) {
            boolean last = !kernel.isAlive();
            if (isReadable()) {
                int stamp = readiness.stamp();
                int got = stream.getAndSet(0);
                taken += got;
                readiness.read(stamp, got, Long.MAX_VALUE);
            } else if (last) {
                assertThat(stream.get()).as("left without anybody knowing").isZero();
                assertThat(taken).isEqualTo(units);
            }
        }
        kernel.join();
        writer.join();
        readiness.read(readiness.stamp(), 0, Long.MAX_VALUE);
        assertThat(isReadable()).as("what the last edge announced has been taken").isFalse();
    }
}
