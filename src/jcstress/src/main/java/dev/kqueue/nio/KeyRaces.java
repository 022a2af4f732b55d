package dev.kqueue.nio;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.kqueue.internal.fd.DescriptorRaces;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Cancel against select, and the reuse of a cancelled key's slot: udata finds its own key or none. */
final class KeyRaces {
    private KeyRaces() {}

    private static KQueueSelectionKey key() {
        return new KQueueSelectionKey(null, null);
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the event's own key")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the key is gone")
    @Outcome(expect = FORBIDDEN, desc = "another key's event")
    @State
    public static class EventAgainstReuse {
        private final KeyTable table = new KeyTable();
        private final KQueueSelectionKey cancelled = key();
        private final KQueueSelectionKey successor = key();
        private final long udata;

        public EventAgainstReuse() {
            table.add(cancelled);
            udata = cancelled.udata;
        }

        @Actor
        public void event(I_Result result) {
            KQueueSelectionKey found = table.find(udata);
            result.r1 = found == null ? 0 : found == cancelled ? 1 : 2;
        }

        @Actor
        public void reuse() {
            table.take(cancelled);
            table.add(successor);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 1"},
            expect = ACCEPTABLE,
            desc = "found as soon as it is there")
    @Outcome(expect = FORBIDDEN, desc = "an event of a registered key is lost, or another's")
    @State
    public static class EventAgainstGrowth {
        private static final int FULL = 16;
        private final KeyTable table = new KeyTable();
        private final KQueueSelectionKey registered = key();

        public EventAgainstGrowth() {
            table.add(registered);
            for (int i = 1; i < FULL; i++) {
                table.add(key());
            }
        }

        @Actor
        public void event(II_Result result) {
            result.r1 = table.find(registered.udata) == registered ? 1 : 2;
        }

        @Actor
        public void growth(II_Result result) {
            KQueueSelectionKey one = key();
            table.add(one);
            result.r2 = table.find(one.udata) == one ? 1 : 2;
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one of the two, and the descriptor is closed once")
    @Outcome(expect = FORBIDDEN, desc = "released twice or never")
    @State
    public static class CancelAgainstSelect extends DescriptorRaces.Closing {
        private final KeyTable table = new KeyTable();
        private final KQueueSelectionKey key = key();
        private final AtomicInteger taken = new AtomicInteger();

        public CancelAgainstSelect() {
            table.add(key);
            descriptor.hold();
        }

        private void deregister() {
            if (table.take(key)) {
                taken.incrementAndGet();
                descriptor.release();
            }
        }

        @Actor
        public void selecting() {
            deregister();
        }

        @Actor
        public void closing() {
            close();
            deregister();
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = taken.get();
            result.r2 = closes();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, -1", "0, 1", "-1, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "this select sees it, or the next")
    @Outcome(expect = FORBIDDEN, desc = "an interest change is lost")
    @State
    public static class InterestAgainstSelect {
        private final InterestUpdates updates = new InterestUpdates();
        private final KQueueSelectionKey key = key();

        public InterestAgainstSelect() {
            // Another change is on its way, too.
            updates.push(key);
        }

        @Actor
        public void change() {
            key.setFirstInterest(1);
            updates.push(key);
        }

        @Actor
        public void selecting(II_Result result) {
            result.r1 = told();
        }

        @Arbiter
        public void next(II_Result result) {
            result.r2 = told();
        }

        /** The interest set that a select goes by; -1 if it hears of no change. */
        private int told() {
            KQueueSelectionKey changed = updates.takeAll();
            if (changed == null) {
                return -1;
            }
            changed.nextUpdate = null;
            changed.unqueue();
            return changed.interest();
        }
    }
}
