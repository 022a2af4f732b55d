package dev.kqueue.internal.wakeup;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** WakeupState against select: none is lost, none counts twice, and each wait is sent one event at most. */
final class WakeupRaces {
    private WakeupRaces() {}

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    @JCStressTest
    @Outcome(id = "0, 1, 0, 0", expect = ACCEPTABLE, desc = "before the wait, which does not begin")
    @Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE, desc = "during the wait, which an event ends")
    @Outcome(id = "1, 0, 0, 1", expect = ACCEPTABLE, desc = "after the wait: the next one does not begin")
    @Outcome(expect = FORBIDDEN, desc = "lost, or counted twice")
    @State
    public static class WakeupAgainstWait {
        private final WakeupState wakeup = new WakeupState();

        @Actor
        public void selecting(IIII_Result result) {
            result.r1 = bit(wakeup.beginWait());
            result.r2 = bit(wakeup.endWait());
        }

        @Actor
        public void waking(IIII_Result result) {
            result.r3 = bit(wakeup.wakeup());
        }

        @Arbiter
        public void next(IIII_Result result) {
            result.r4 = bit(!wakeup.beginWait());
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1, 0, 0", "1, 0, 1, 0"},
            expect = ACCEPTABLE,
            desc = "during the wait: one of them sends the event")
    @Outcome(
            id = {"1, 1, 0, 1", "1, 0, 1, 1"},
            expect = ACCEPTABLE,
            desc = "one during the wait, one after it")
    @Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "both before the wait, which does not begin")
    @Outcome(id = "0, 0, 0, 1", expect = ACCEPTABLE, desc = "one before the wait, one after it")
    @Outcome(id = "1, 0, 0, 1", expect = ACCEPTABLE, desc = "both after the wait")
    @Outcome(expect = FORBIDDEN, desc = "lost, or two events for one wait")
    @State
    public static class TwoWakeupsAgainstWait {
        private final WakeupState wakeup = new WakeupState();

        @Actor
        public void selecting(IIII_Result result) {
            result.r1 = bit(wakeup.beginWait());
            wakeup.endWait();
        }

        @Actor
        public void waking(IIII_Result result) {
            result.r2 = bit(wakeup.wakeup());
        }

        @Actor
        public void another(IIII_Result result) {
            result.r3 = bit(wakeup.wakeup());
        }

        @Arbiter
        public void next(IIII_Result result) {
            result.r4 = bit(!wakeup.beginWait());
        }
    }
}
