package dev.kqueue.benchmarks.bridge;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueueStatistics;

import sun.nio.ch.KQueueBridge;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Puts the JDK's kqueue selector onto our kqueue. The selector makes a kevent call for each change, as its native code
 * does.
 *
 * <p>A kqueue's descriptor is closed by the selector itself, behind the kqueue's back: its eventfd stays open, which a
 * benchmark can afford.
 */
public final class Bridge implements KQueueBridge {
    private static volatile KQueue latest;

    // Indexed by descriptor and by room. Replaced when they grow, so that reading takes no lock.
    private volatile KQueue[] kqueues = new KQueue[0];
    private volatile KEventList[] rooms = new KEventList[0];
    private final ThreadLocal<KEventList> change = ThreadLocal.withInitial(() -> KEventList.allocate(1));

    /** For sun.nio.ch.KQueue. */
    public Bridge() {}

    /** Of the kqueue that was opened last: by the selector that was. */
    public static KQueueStatistics statistics() {
        return latest.statistics();
    }

    @Override
    public synchronized int create() throws IOException {
        KQueue kqueue = KQueue.open();
        int descriptor = kqueue.descriptor();
        KQueue[] grown = java.util.Arrays.copyOf(kqueues, Math.max(kqueues.length, descriptor + 1));
        grown[descriptor] = kqueue;
        kqueues = grown;
        latest = kqueue;
        return descriptor;
    }

    @Override
    public int register(int kqueue, int ident, int filter, int flags) {
        KEventList list = change.get();
        list.clear();
        int value = filter == -1 ? Filter.READ.value() : Filter.WRITE.value();
        list.add(ident, value, flags == 1 ? KEvent.EV_ADD : KEvent.EV_DELETE, 0, 0, 0);
        try {
            kqueues[kqueue].kevent(list, null, 0);
            return 0;
        } catch (IOException e) {
            return 2; // whichever: the selector does not look
        }
    }

    @Override
    public synchronized int allocate(int events) {
        KEventList[] grown = java.util.Arrays.copyOf(rooms, rooms.length + 1);
        grown[rooms.length] = KEventList.withoutData(events);
        rooms = grown;
        return grown.length - 1;
    }

    @Override
    public synchronized void free(int room) {
        KEventList[] fewer = rooms.clone();
        fewer[room] = null;
        rooms = fewer;
    }

    @Override
    public int poll(int kqueue, int room, long millis) throws IOException {
        return kqueues[kqueue].kevent(
                null, rooms[room], millis < 0 ? KQueue.FOREVER : TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    public int ident(int room, int event) {
        return (int) rooms[room].ident(event);
    }

    @Override
    public short filter(int room, int event) {
        return (short) (rooms[room].filter(event) == Filter.READ.value() ? -1 : -2);
    }
}
