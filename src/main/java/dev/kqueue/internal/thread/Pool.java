package dev.kqueue.internal.thread;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A small lock-free object pool, for buffers that are expensive to create and used for one call only. Its size depends
 * on the number of processors, not of threads, so a million virtual threads leave nothing behind.
 *
 * <p>A thread begins at a slot of its own, by its id, so that threads seldom meet. If that is empty it looks at the
 * others before it makes a new one: two threads that share a slot, of which one loses its processor within the call,
 * would otherwise make one again and again.
 *
 * <h2>Why no two threads get the same object</h2>
 *
 * It is taken by an atomic exchange, which gives it to one thread, and only that thread puts it back. Two threads that
 * find the same slot empty may both put theirs there: the first is overwritten, and is garbage. That is all that can
 * happen.
 */
public final class Pool<T> {
    private final Supplier<T> maker;
    private final AtomicReferenceArray<T> slots =
            new AtomicReferenceArray<>(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);

    public Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    /** Takes an object for the caller's exclusive use until it is given back. */
    public T take() {
        T spare = slots.getAndSet(slot(0), null);
        return spare != null ? spare : takeElsewhere();
    }

    private T takeElsewhere() {
        for (int i = 1; i < slots.length(); i++) {
            int slot = slot(i);
            T spare = slots.getPlain(slot) == null ? null : slots.getAndSet(slot, null);
            if (spare != null) {
                return spare;
            }
        }
        return maker.get();
    }

    /** If there is no room for it, it is left to the garbage collector. */
    public void giveBack(T spare) {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(slot(i)) == null) {
                slots.setRelease(slot(i), spare);
                return;
            }
        }
    }

    private int slot(int i) {
        return (int) (Thread.currentThread().threadId() + i) & slots.length() - 1;
    }
}
