package dev.kqueue.internal.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/** The order of holds, releases and close, by every interleaving of small programs and by threads that really race. */
class DescriptorTest {
    private static final int FD = 7;

    /** One thread's program: what it does next, until it is done. */
    private interface Program {
        boolean step() throws IOException;
    }

    /** A world of its own for each schedule: the descriptor, and what has happened to it. */
    private static final class World {
        int closes;
        int firstClosers;

        /** Whether another holder of the open file description exists. */
        boolean passed;

        final Descriptor descriptor =
                Descriptor.closedBy(
                        FD,
                        fd -> {
                            assertThat(fd).isEqualTo(FD);
                            closes++;
                            assertThat(shared()).as("told of another holder").isEqualTo(passed);
                            return 0;
                        });

        private boolean shared() {
            return descriptor.isShared();
        }

        /** Holds, uses the number as often as said, releases. */
        Program operation(int uses) {
            return new Program() {
                private int at;

                @Override
                public boolean step() {
                    if (at == 0) {
                        if (!descriptor.hold()) {
                            return false;
                        }
                    } else if (at <= uses) {
                        assertThat(descriptor.fd()).isEqualTo(FD);
                        assertThat(closes).as("a system call after close(2)").isZero();
                    } else {
                        descriptor.release();
                        return false;
                    }
                    at++;
                    return true;
                }
            };
        }

        Program closing() {
            return () -> {
                if (descriptor.close()) {
                    firstClosers++;
                }
                assertThat(descriptor.isClosing()).isTrue();
                return false;
            };
        }
    }

    private interface Setting {
        List<Program> programs(World world);
    }

    /** Runs every schedule: a schedule is the list of choices, each made among the programs that are not done. */
    private static int forEverySchedule(Setting setting, int closers) throws IOException {
        List<Integer> choices = new ArrayList<>();
        int schedules = 0;
        while (true) {
            World world = new World();
            List<Program> running = new ArrayList<>(setting.programs(world));
            List<Integer> widths = new ArrayList<>();
            for (int at = 0; !running.isEmpty(); at++) {
                if (at == choices.size()) {
                    choices.add(0);
                }
                widths.add(running.size());
                int chosen = choices.get(at);
                if (!running.get(chosen).step()) {
                    running.remove(chosen);
                }
            }
            assertThat(world.closes).as("closes in schedule %s", choices).isEqualTo(closers > 0 ? 1 : 0);
            assertThat(world.firstClosers).isEqualTo(closers > 0 ? 1 : 0);
            schedules++;
            // The next schedule: the last choice that has an alternative takes it, and those after it begin anew.
            int last = choices.size() - 1;
            while (last >= 0 && choices.get(last) + 1 >= widths.get(last)) {
                choices.removeLast();
                last--;
            }
            if (last < 0) {
                return schedules;
            }
            choices.set(last, choices.get(last) + 1);
        }
    }

    @Test
    void isClosedOnceAfterTheLastUseInEverySchedule() throws IOException {
        int schedules =
                forEverySchedule(w -> List.of(w.operation(1), w.closing()), 1)
                        + forEverySchedule(w -> List.of(w.operation(2), w.operation(1), w.closing()), 1)
                        + forEverySchedule(w -> List.of(w.operation(1), w.closing(), w.closing()), 2)
                        + forEverySchedule(w -> List.of(w.operation(1), w.operation(1), w.closing(), w.closing()), 2);
        assertThat(schedules).isGreaterThan(100);
    }

    /** An operation that passes the descriptor on. */
    private static Program passing(World world) {
        return new Program() {
            private int at;

            @Override
            public boolean step() {
                switch (at++) {
                    case 0 -> {
                        return world.descriptor.hold();
                    }
                    case 1 -> world.descriptor.markShared();
                    case 2 -> {
                        assertThat(world.closes).isZero();
                        world.passed = true;
                    }
                    default -> {
                        world.descriptor.release();
                        return false;
                    }
                }
                return true;
            }
        };
    }

    @Test
    void lastHolderKnowsOfASharedDescriptionInEverySchedule() throws IOException {
        int schedules =
                forEverySchedule(w -> List.of(passing(w), w.closing()), 1)
                        + forEverySchedule(w -> List.of(passing(w), w.operation(1), w.closing()), 1)
                        + forEverySchedule(w -> List.of(passing(w), passing(w), w.closing(), w.closing()), 2);
        assertThat(schedules).isGreaterThan(100);
    }

    @Test
    void staysOpenWithoutCloseInEverySchedule() throws IOException {
        assertThat(forEverySchedule(w -> List.of(w.operation(1), w.operation(1)), 0)).isGreaterThan(10);
    }

    @Test
    void closesAtOnceIfNobodyHolds() throws IOException {
        World world = new World();
        assertThat(world.descriptor.close()).isTrue();
        assertThat(world.closes).isEqualTo(1);
        assertThat(world.descriptor.close()).isFalse();
        assertThat(world.descriptor.hold()).isFalse();
        assertThat(world.closes).isEqualTo(1);
    }

    @Test
    void closeWhileHeldLeavesClosingToTheLastRelease() throws IOException {
        World world = new World();
        assertThat(world.descriptor.hold()).isTrue();
        assertThat(world.descriptor.hold()).isTrue();
        assertThat(world.descriptor.close()).isTrue();
        world.descriptor.release();
        assertThat(world.closes).isZero();
        assertThat(world.descriptor.fd()).isEqualTo(FD);
        world.descriptor.release();
        assertThat(world.closes).isEqualTo(1);
    }

    @Test
    void numberIsNotToBeHadWithoutHolding() {
        Descriptor descriptor = Descriptor.closedBy(FD, fd -> 0);
        assertThatThrownBy(descriptor::fd).isInstanceOf(AssertionError.class);
        assertThatThrownBy(descriptor::release).isInstanceOf(AssertionError.class);
    }

    @Test
    void failureOfCloseReachesTheCloserUnlessItIsAnInterruptedCall() throws IOException {
        Descriptor failing = Descriptor.closedBy(FD, fd -> -Errno.ENOSPC);
        assertThatThrownBy(failing::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("close")
                .hasMessageContaining("ENOSPC");
        assertThat(failing.isClosing()).isTrue();
        assertThat(Descriptor.closedBy(FD, fd -> -Errno.EINTR).close()).isTrue();
    }

    @Test
    void racingThreadsNeverUseAClosedNumber() throws Exception {
        int rounds = 3_000;
        int users = 2;
        AtomicInteger closes = new AtomicInteger();
        AtomicInteger misuses = new AtomicInteger();
        Descriptor[] current = new Descriptor[1];
        CyclicBarrier barrier =
                new CyclicBarrier(
                        users + 1,
                        () -> current[0] = Descriptor.closedBy(FD, fd -> closes.incrementAndGet() > 0 ? 0 : -1));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int round = 0; round < rounds; round++) {
                                            await(barrier);
                                            Descriptor descriptor = current[0];
                                            while (descriptor.hold()) {
                                                if (closes.get() > round) {
                                                    misuses.incrementAndGet();
                                                }
                                                descriptor.release();
                                            }
                                        }
                                    }));
        }
        for (int round = 0; round < rounds; round++) {
            await(barrier);
            Descriptor descriptor = current[0];
            assertThat(descriptor.close()).isTrue();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(misuses).hasValue(0);
        assertThat(closes).hasValue(rounds);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }
}
