package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ERROR;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Random sequences of changes, of things that happen, and of fetching, of each filter and of all at once: the events of
 * the real kqueue must be those of the {@link ReferenceKQueue}.
 *
 * <p>The seed of a sequence that fails is printed; {@code -Dkqueue.seed=NUMBER} runs that one alone. The slow form
 * takes new seeds each time, the quick one always the same.
 */
class RandomChangesTest {
    private static final int[] FLAGS = {
        EV_ADD,
        EV_ADD,
        EV_ADD | EV_CLEAR,
        EV_ADD | EV_CLEAR,
        EV_ADD | EV_ONESHOT,
        EV_ADD | EV_DISPATCH,
        EV_ADD | EV_CLEAR | EV_DISPATCH,
        EV_ADD | EV_CLEAR | EV_ONESHOT,
        EV_ADD | EV_DISABLE,
        EV_ADD | EV_CLEAR | EV_DISABLE,
        EV_ADD | EV_ENABLE,
        EV_ADD | EV_DELETE,
        EV_DELETE,
        EV_DELETE,
        EV_ENABLE,
        EV_ENABLE,
        EV_ENABLE,
        EV_DISABLE,
        EV_ENABLE | EV_DISABLE,
        0,
    };

    /** Enough for all events there can be. */
    private static final int ALL = 64;

    @TempDir Path folder;

    /** One sequence: a real kqueue, the model, and what has been done so far. */
    private final class Run {
        final Random random;
        final long seed;
        final List<ReferenceFilter> filters = new ArrayList<>();

        /** To be closed in the end. */
        final Set<ReferenceFilter> all = new LinkedHashSet<>();

        final ReferenceKQueue model = new ReferenceKQueue();
        final Deque<String> history = new ArrayDeque<>();
        final KQueueDriver real = new KQueueDriver();
        ReferenceTimer timer;
        ReferenceProcesses processes;

        Run(String kinds, long seed) throws IOException {
            this.seed = seed;
            random = new Random(seed);
            ReferenceStreams streams = new ReferenceStreams();
            all.add(streams.read);
            for (String kind : kinds.split(" ")) {
                switch (kind) {
                    case "READ" -> filters.add(streams.read);
                    case "WRITE" -> filters.add(streams.write);
                    case "TIMER" -> {
                        timer = new ReferenceTimer();
                        filters.add(timer);
                    }
                    case "USER" -> filters.add(new ReferenceUser());
                    case "VNODE" -> filters.add(new ReferenceFiles(folder));
                    case "PROC" -> {
                        processes = new ReferenceProcesses(mayFollow());
                        filters.add(processes);
                    }
                    case "SIGNAL" -> filters.add(new ReferenceSignals());
                    default -> throw new IllegalArgumentException(kind);
                }
            }
        }

        private boolean mayFollow() throws IOException {
            long self = ProcessHandle.current().pid();
            boolean may = real.errno(self, Filter.PROC, EV_ADD, Note.NOTE_FORK, 0) == 0;
            real.errno(self, Filter.PROC, EV_DELETE);
            return may;
        }

        void run(int steps) throws Exception {
            all.addAll(filters);
            try {
                for (int step = 0; step < steps; step++) {
                    step();
                }
                settle();
                for (ReferenceKQueue.Knote kn : List.copyOf(model.knotes())) {
                    assertThat(real.errno(kn.ident, kn.filter.filter(), EV_DELETE)).as("%s is there", kn).isZero();
                }
                assertThat(real.pending()).isEmpty();
            } catch (AssertionError | RuntimeException | IOException failure) {
                if (processes != null && ConnectorLosses.any()) {
                    throw new LostMessages(failure);
                }
                String last = String.join("\n    ", history);
                throw new AssertionError(
                        "seed " + seed + ": " + failure.getMessage() + "\n  after\n    " + last, failure);
            } finally {
                real.close();
                for (ReferenceFilter filter : all) {
                    filter.close();
                }
            }
        }

        /** Fetches until nothing more is to come of what has happened. */
        private void settle() throws Exception {
            long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
            do {
                fetch(ALL);
                assertThat(System.nanoTime()).as("overdue: %s", overdue()).isLessThan(deadline);
            } while (!overdue().isEmpty());
        }

        /** What comes once and has not come; what goes on coming, be it a level or a period, must have come already. */
        private List<ReferenceKQueue.Knote> overdue() {
            return model.knotes().stream()
                    .filter(kn -> kn.enabled && kn.has(EV_ONESHOT) && kn.filter.isOverdue(kn))
                    .toList();
        }

        private void did(String what) {
            history.add(what);
            if (history.size() > 40) {
                history.remove();
            }
        }

        private void step() throws Exception {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> change(1 + (random.nextInt(3) == 0 ? random.nextInt(4) : 0));
                case 4, 5, 6 -> did(choose().act(random, real, model));
                case 7 -> fetch(1 + random.nextInt(3));
                default -> fetch(ALL);
            }
        }

        private ReferenceFilter choose() {
            return filters.get(random.nextInt(filters.size()));
        }

        private void before() {
            if (timer != null) {
                timer.before();
            }
        }

        private void change(int count) throws IOException {
            KEventList changes = KEventList.allocate(count);
            List<ReferenceFilter> changed = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ReferenceFilter filter = choose();
                changed.add(filter);
                long ident =
                        i > 0 && changed.get(i - 1).equals(filter) && random.nextBoolean()
                                ? changes.ident(i - 1)
                                : filter.ident(random);
                changes.add(
                        ident,
                        filter.filter().value(),
                        FLAGS[random.nextInt(FLAGS.length)] | (random.nextInt(4) == 0 ? EV_RECEIPT : 0),
                        filter.fflags(random),
                        filter.data(random),
                        random.nextLong());
            }
            boolean fetches = random.nextBoolean();
            did(changes + (fetches ? " and fetch" : ""));
            KEventList events = KEventList.allocate(fetches ? ALL : count);
            before();
            if (fetches) {
                real.kqueue.kevent(changes, events, 0);
            } else {
                apply(changes, events);
            }
            List<KQueueDriver.Event> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int errno =
                        model.change(
                                changed.get(i),
                                changes.ident(i),
                                changes.flags(i),
                                changes.fflags(i),
                                changes.data(i),
                                changes.udata(i));
                if (errno != 0 || (changes.flags(i) & EV_RECEIPT) != 0) {
                    expected.add(
                            new KQueueDriver.Event(
                                    changes.ident(i), changes.filter(i), EV_ERROR, 0, errno, changes.udata(i)));
                }
            }
            List<KQueueDriver.Event> entries = KQueueDriver.read(events);
            if (!expected.isEmpty() || !fetches) {
                assertThat(entries).as("entries of the changes").isEqualTo(expected);
            } else {
                delivered(entries, true);
            }
        }

        /** Changes and nothing else: the receipt of the last one keeps events from being fetched. */
        private void apply(KEventList changes, KEventList events) throws IOException {
            KEventList all = KEventList.allocate(changes.size() + 1);
            for (int i = 0; i < changes.size(); i++) {
                all.add(
                        changes.ident(i),
                        changes.filter(i),
                        changes.flags(i),
                        changes.fflags(i),
                        changes.data(i),
                        changes.udata(i));
            }
            all.add(-1, Filter.USER.value(), EV_DELETE, 0, 0, 0);
            real.kqueue.kevent(all, events, 0);
            events.setSize(events.size() - 1);
        }

        private void fetch(int room) throws IOException {
            KEventList events = KEventList.allocate(room);
            before();
            real.kqueue.kevent(null, events, 0);
            List<KQueueDriver.Event> list = KQueueDriver.read(events);
            did("fetch " + room + ": " + list);
            delivered(list, room == ALL);
        }

        private void delivered(List<KQueueDriver.Event> events, boolean all) {
            model.delivered(events, all);
            if (all && processes != null) {
                processes.settled();
            }
        }
    }

    private void run(String kinds, long seed, int sequences, int steps) throws Exception {
        // The model is of our own kqueue.
        Ability.OWN_KQUEUE.assume();
        Long given = Long.getLong("kqueue.seed");
        long first = given != null ? given : seed;
        int losses = 0;
        for (int i = 0; i < (given != null ? 1 : sequences + losses); i++) {
            try {
                new Run(kinds, first + i).run(steps);
            } catch (LostMessages lost) {
                // One more in its place. A machine that is never quiet long enough proves nothing.
                losses++;
                if (losses > sequences) {
                    throw lost;
                }
            }
        }
    }

    /**
     * The kernel dropped messages about processes during the sequence, on a machine with many: then what may have
     * happened is reported as having happened, and the model does not know that.
     */
    private static final class LostMessages extends Exception {
        private static final long serialVersionUID = 1;

        LostMessages(Throwable difference) {
            super("the process connector's queue has overflowed", difference);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ", "WRITE", "READ WRITE", "USER", "TIMER", "VNODE", "PROC", "SIGNAL"})
    void eventsAreThoseOfTheModel(String filters) throws Exception {
        boolean slow = filters.equals("PROC") || filters.equals("TIMER") || filters.equals("VNODE");
        run(filters, 1, slow ? 4 : 40, slow ? 200 : 400);
    }

    @ParameterizedTest
    @ValueSource(strings = "READ WRITE TIMER USER VNODE PROC SIGNAL")
    void eventsOfAllFiltersTogetherAreThoseOfTheModel(String filters) throws Exception {
        run(filters, 1, 4, 500);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(
            strings = {
                "READ",
                "WRITE",
                "READ WRITE",
                "USER",
                "TIMER",
                "VNODE",
                "PROC",
                "SIGNAL",
                "READ WRITE TIMER USER VNODE PROC SIGNAL"
            })
    void eventsOfManySequencesAreThoseOfTheModel(String filters) throws Exception {
        boolean slow = filters.contains("PROC") || filters.contains("TIMER") || filters.contains("VNODE");
        run(filters, System.nanoTime(), slow ? 60 : 1000, 500);
    }
}
