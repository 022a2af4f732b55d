package dev.kqueue.internal.fd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Reads and writes against edges: readiness may be remembered for nothing, but is never forgotten. */
final class ReadinessRaces {
    private ReadinessRaces() {}

    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "what is there is known")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "bytes that nobody will hear of")
    @State
    public static class ReadAgainstEdge {
        private final Readiness readiness = new Readiness();
        private final AtomicInteger bytes = new AtomicInteger(1);

        public ReadAgainstEdge() {
            readiness.edge(Readiness.READABLE);
        }

        @Actor
        public void reading() {
            int stamp = readiness.stamp();
            int n = bytes.getAndSet(0);
            readiness.read(stamp, n == 0 ? -11 : n, 100);
        }

        @Actor
        public void arriving() {
            bytes.set(1);
            readiness.edge(Readiness.READABLE);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = bytes.get();
            result.r2 = Readiness.isReadable(readiness.stamp()) ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "each direction minds its own")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "room that nobody will hear of")
    @State
    public static class WriteAgainstEdgesOfBoth {
        private final Readiness readiness = new Readiness();
        private final AtomicInteger room = new AtomicInteger(1);

        public WriteAgainstEdgesOfBoth() {
            readiness.edge(Readiness.READABLE | Readiness.WRITABLE);
        }

        @Actor
        public void writing() {
            int stamp = readiness.stamp();
            int n = room.getAndSet(0);
            readiness.written(stamp, n == 0 ? -11 : n, 100);
        }

        @Actor
        public void reading() {
            readiness.read(readiness.stamp(), -11, 100);
        }

        @Actor
        public void draining() {
            room.set(1);
            readiness.edge(Readiness.WRITABLE);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = room.get();
            result.r2 = Readiness.isWritable(readiness.stamp()) ? 1 : 0;
        }
    }
}
