package dev.kqueue;

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
}
