package dev.kqueue.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
class BriefLockTest {
    private final BriefLock lock = new BriefLock();
    private int count;

    @Test
    void oneThreadAtATimeHasIt() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(
                    builder.start(
                            () -> {
                                for (int n = 0; n < 20_000; n++) {
                                    add();
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(count).isEqualTo(160_000);
        assertThat(lock.owner).isNull();
    }

    private void add() {
        boolean outermost = lock.enter();
        try {
            count++;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    @Test
    void outermostSectionGivesItBack() {
        assertThat(lock.enter()).isTrue();
        add();
        assertThat(lock.owner).isSameAs(Thread.currentThread());
        assertThat(lock.enter()).isFalse();
        lock.owner = null;
        assertThat(count).isEqualTo(1);
    }

    /** A thread that is BLOCKED depends on the JVM's thread that resumes it, which may be gone. */
    @Test
    void waitingVirtualThreadIsNeverBlocked() throws Exception {
        lock.enter();
        CountDownLatch begun = new CountDownLatch(1);
        Thread waiting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    begun.countDown();
                                    add();
                                });
        begun.await();
        for (int i = 0; i < 200; i++) {
            Thread.sleep(1);
            assertThat(waiting.getState()).isNotIn(Thread.State.BLOCKED, Thread.State.TERMINATED);
        }
        lock.owner = null;
        waiting.join();
        assertThat(count).isEqualTo(1);
    }

    @Test
    void interruptedThreadWaitsAsLongAndStaysInterrupted() throws Exception {
        lock.enter();
        boolean[] interrupted = new boolean[1];
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    Thread.currentThread().interrupt();
                                    add();
                                    interrupted[0] = Thread.currentThread().isInterrupted();
                                });
        Thread.sleep(50);
        assertThat(waiting.isAlive()).isTrue();
        lock.owner = null;
        waiting.join();
        assertThat(count).isEqualTo(1);
        assertThat(interrupted[0]).isTrue();
    }

    @Test
    void onlyTheOwnerRehearses() {
        assertThatThrownBy(lock::rehearse).isInstanceOf(IllegalMonitorStateException.class);
        lock.enter();
        lock.rehearse();
        assertThat(lock.owner).isSameAs(Thread.currentThread());
        lock.owner = null;
    }

    /** The JVM resumes a thread in a timed park by a timer, and loses both if it has no memory for that. */
    @Test
    void virtualThreadThatWaitsDoesNotDependOnATimer() throws Exception {
        lock.enter();
        Thread waiting = Thread.ofVirtual().start(this::add);
        Set<Thread.State> seen = EnumSet.noneOf(Thread.State.class);
        for (int i = 0; i < 200; i++) {
            seen.add(waiting.getState());
            Thread.sleep(1);
        }
        lock.owner = null;
        waiting.join();
        assertThat(seen).doesNotContain(Thread.State.TIMED_WAITING, Thread.State.TERMINATED);
        assertThat(count).isEqualTo(1);
    }
}
