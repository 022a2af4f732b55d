package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.Function;

/** Objects given to this system's kqueue, when it has no use for them any more: they can be collected. */
@Timeout(60)
class ForgottenObjectsTest {
    private static void awaitCollection(WeakReference<Object> object) throws InterruptedException {
        while (object.get() != null) {
            System.gc();
            Thread.sleep(10);
        }
    }

    private static WeakReference<Object> give(KEventQueue queue, Function<Object, KEvent> change) throws IOException {
        Object object = new Object();
        queue.apply(change.apply(object));
        return new WeakReference<>(object);
    }

    @Test
    void closedQueueKeepsNoObject() throws Exception {
        KEventQueue queue = KEventQueue.open();
        WeakReference<Object> object = give(queue, udata -> KEvent.timer(1, KEvent.EV_ADD, Duration.ofDays(1), udata));
        queue.close();
        try {
            awaitCollection(object);
        } finally {
            Reference.reachabilityFence(queue);
        }
    }

    @Test
    void deletedEventKeepsNoObject() throws Exception {
        try (KEventQueue queue = KEventQueue.open()) {
            WeakReference<Object> object =
                    give(queue, udata -> KEvent.timer(1, KEvent.EV_ADD, Duration.ofDays(1), udata));
            queue.apply(KEvent.timer(1, KEvent.EV_DELETE, 0, null));
            awaitCollection(object);
        }
    }

    @Test
    void replacedObjectIsNotKept() throws Exception {
        try (KEventQueue queue = KEventQueue.open()) {
            WeakReference<Object> object = give(queue, udata -> KEvent.user(1, KEvent.EV_ADD, 0, udata));
            queue.apply(KEvent.user(1, KEvent.EV_ADD, 0, "another object"));
            awaitCollection(object);
        }
    }

    @Test
    void eventThatComesOnceKeepsNoObject() throws Exception {
        try (KEventQueue queue = KEventQueue.open()) {
            int flags = KEvent.EV_ADD | KEvent.EV_ONESHOT;
            WeakReference<Object> object = give(queue, udata -> KEvent.timer(1, flags, Duration.ofMillis(1), udata));
            assertThat(queue.await(1)).hasSize(1);
            awaitCollection(object);
        }
    }

    @Test
    void closedDescriptorKeepsNoObject() throws Exception {
        try (KEventQueue queue = KEventQueue.open();
                Pair pair = Pair.pipe()) {
            WeakReference<Object> object = give(queue, udata -> KEvent.read(pair.readEnd(), KEvent.EV_ADD, 0, udata));
            queue.beforeClose(pair.readEnd());
            awaitCollection(object);
        }
    }

    @Test
    @RequiresAbility(Ability.FORK_NOTES)
    void processThatEndsKeepsNoObject() throws Exception {
        Process child = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        try (KEventQueue queue = KEventQueue.open()) {
            WeakReference<Object> object = giveProcess(queue, child.pid());
            child.getOutputStream().close();
            while (queue.size() > 0) {
                assertThat(queue.await(1, Duration.ofMillis(10))).isEmpty();
            }
            awaitCollection(object);
        } finally {
            child.destroy();
        }
    }

    private static WeakReference<Object> giveProcess(KEventQueue queue, long pid) throws IOException {
        try {
            return give(queue, udata -> KEvent.proc(pid, KEvent.EV_ADD, Note.NOTE_FORK, udata));
        } catch (KEventException e) {
            int errno = e.failures().getFirst().errno();
            assumeFalse(
                    errno == Errno.EPERM || errno == Errno.EACCES, "the kernel does not let this user follow forks");
            throw e;
        }
    }
}
