package dev.kqueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
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

    private static WeakReference<Object> give(KQueue kqueue, Function<Object, KEvent> change) throws IOException {
        Object object = new Object();
        kqueue.kevent(List.of(change.apply(object)), 0, Duration.ZERO);
        return new WeakReference<>(object);
    }

    @Test
    void closedKQueueKeepsNoObject() throws Exception {
        KQueue kqueue = KQueue.open();
        WeakReference<Object> object = give(kqueue, udata -> KEvent.timer(1, KEvent.EV_ADD, Duration.ofDays(1), udata));
        kqueue.close();
        try {
            awaitCollection(object);
        } finally {
            Reference.reachabilityFence(kqueue);
        }
    }
}
