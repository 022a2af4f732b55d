package dev.kqueue.internal.fd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Close against I/O: the number of a descriptor reaches no system call after close(2), which is called once. */
public final class DescriptorRaces {
    private DescriptorRaces() {}

    /** A descriptor that counts how often it is closed. */
    public abstract static class Closing {
        protected static final int REFUSED = -1;

        private final AtomicInteger closes = new AtomicInteger();
        protected final Descriptor descriptor =
                Descriptor.closedBy(
                        7,
                        fd -> {
                            closes.incrementAndGet();
                            return 0;
                        });

        /** What a system call would meet: 0 if the number is the descriptor's still. */
        protected final int use() {
            if (!descriptor.hold()) {
                return REFUSED;
            }
            int met = closes.get();
            descriptor.release();
            return met;
        }

        protected final void close() {
            try {
                descriptor.close();
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
        }

        protected final int closes() {
            return closes.get();
        }
    }

    @JCStressTest
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "closed before")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "used, then closed, by either")
    @Outcome(expect = FORBIDDEN, desc = "used after close(2), or not closed once")
    @State
    public static class CloseAgainstUse extends Closing {
        @Actor
        public void user(II_Result result) {
            result.r1 = use();
        }

        @Actor
        public void closer() {
            close();
        }

        @Arbiter
        public void closed(II_Result result) {
            result.r2 = closes();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"-1, -1, 1", "-1, 0, 1", "0, -1, 1", "0, 0, 1"},
            expect = ACCEPTABLE,
            desc = "each used it or not")
    @Outcome(expect = FORBIDDEN, desc = "used after close(2), or not closed once")
    @State
    public static class CloseAgainstTwoUsers extends Closing {
        @Actor
        public void reader(III_Result result) {
            result.r1 = use();
        }

        @Actor
        public void writer(III_Result result) {
            result.r2 = use();
        }

        @Actor
        public void closer() {
            close();
        }

        @Arbiter
        public void closed(III_Result result) {
            result.r3 = closes();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"-1, 1", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two closed it")
    @Outcome(expect = FORBIDDEN, desc = "used after close(2), or not closed once")
    @State
    public static class CloseAgainstClose extends Closing {
        @Actor
        public void closer() {
            close();
        }

        @Actor
        public void another() {
            close();
        }

        @Actor
        public void user(II_Result result) {
            result.r1 = use();
        }

        @Arbiter
        public void closed(II_Result result) {
            result.r2 = closes();
        }
    }
}
