package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.Pollable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.util.Iterator;
import java.util.Set;

/**
 * Lets go of cancelled keys: removes their knotes, all in one kevent call, and only then releases their descriptors.
 * Owned by the thread that holds the selector's monitor.
 *
 * <p>Whatever is thrown for one key, the others are released: they are not among the cancelled keys any more, and would
 * keep their descriptors open. The first failure is thrown in the end, with the others added to it.
 */
final class DeregistrationBatch {
    private final KQueueSelector selector;
    private final KQueue kqueue;
    private final KEventList deregistrations = KEventList.allocate(16);
    private final KEventList receipts = KEventList.allocate(16);
    private KQueueSelectionKey[] removed = new KQueueSelectionKey[16];

    DeregistrationBatch(KQueueSelector selector, KQueue kqueue) {
        this.selector = selector;
        this.kqueue = kqueue;
    }

    /** Lets go of the cancelled keys, and empties their set. */
    void deregister(Set<SelectionKey> cancelled) throws IOException {
        int count = 0;
        synchronized (cancelled) {
            if (removed.length < cancelled.size()) {
                removed = new KQueueSelectionKey[cancelled.size() * 2];
            }
            for (Iterator<SelectionKey> i = cancelled.iterator(); i.hasNext(); i.remove()) {
                removed[count++] = (KQueueSelectionKey) i.next();
            }
        }
        deregisterFirst(count);
    }

    /** Deregisters so many keys of {@link #removed}. */
    private void deregisterFirst(int count) throws IOException {
        Throwable failure = null;
        for (int i = 0; i < count; i++) {
            try {
                if (!selector.deregisterKey(removed[i])) {
                    removed[i] = null;
                }
            } catch (RuntimeException | Error thrown) {
                // It has left the table, if it was there: an event of its knote finds no key.
                failure = joined(failure, thrown);
            }
        }
        try {
            submit();
        } catch (IOException | RuntimeException | Error thrown) {
            failure = joined(failure, thrown);
        }
        for (int i = 0; i < count; i++) {
            try {
                if (removed[i] != null) {
                    release(removed[i]);
                }
            } catch (RuntimeException | Error thrown) {
                failure = joined(failure, thrown);
            }
            removed[i] = null;
        }
        if (failure instanceof IOException exception) {
            throw exception;
        }
        throwUnchecked(failure);
    }

    /** The kqueue is closed, and its knotes are gone with it: lets go of these keys. */
    void releaseAll(SelectionKey[] keys) {
        Throwable failure = null;
        for (SelectionKey each : keys) {
            KQueueSelectionKey key = (KQueueSelectionKey) each;
            // Unless the thread that registers it has taken it back.
            boolean ours = true;
            try {
                try {
                    ours = selector.deregisterKey(key);
                } finally {
                    if (ours) {
                        release(key);
                    }
                }
            } catch (RuntimeException | Error thrown) {
                failure = joined(failure, thrown);
            }
        }
        deregistrations.clear();
        throwUnchecked(failure);
    }

    /** The failure that came first, with the next one added to it. */
    @SuppressWarnings("ReferenceEquality") // this very failure
    private static Throwable joined(Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        // The JVM throws one OutOfMemoryError again and again.
        if (first != next) {
            try {
                first.addSuppressed(next);
            } catch (VirtualMachineError noRoom) {
                // No memory or stack to add it with: the caller still has to release its other keys.
                return first;
            }
        }
        return first;
    }

    private static void throwUnchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    /**
     * Gives back what a key holds that no selector has any more: its descriptor, and a channel that was made for it.
     */
    static void release(KQueueSelectionKey key) {
        if (key.holding) {
            key.holding = false;
            key.source().release();
        }
        if (key instanceof EventKey event) {
            event.released();
            if (event.closesChannel()) {
                close(event.channel());
            }
        }
    }

    private static void close(EventChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(channel + " could not be closed", e);
        }
    }

    /**
     * Adds the removal of all of a key's knotes. Those of a descriptor that is about to be closed are left to close(2),
     * which ends them unless others hold its open file description, too.
     */
    void add(KQueueSelectionKey key) {
        if (key.knotes != 0) {
            Pollable source = key.source();
            if (source.descriptor() >= 0 && !key.channel().isOpen()) {
                // Should the description become shared only now, the last holder of the descriptor takes it out.
                kqueue.beforeClose(source.descriptor(), source.isShared());
            } else {
                source.changes(key.knotes, 0, key.udata, deregistrations);
            }
            key.knotes = 0;
        }
    }

    /** Removes the knotes, if any. */
    private void submit() throws IOException {
        int n = deregistrations.size();
        if (n == 0) {
            return;
        }
        try {
            // With receipts no events are fetched, which would be lost here.
            for (int i = 0; i < n; i++) {
                deregistrations.set(
                        i,
                        deregistrations.ident(i),
                        deregistrations.filter(i),
                        deregistrations.flags(i) | KEvent.EV_RECEIPT,
                        deregistrations.fflags(i),
                        deregistrations.data(i),
                        deregistrations.udata(i));
            }
            // What the receipts say is not looked at: ENOENT is a knote that is gone already (EV_ONESHOT, a process's
            // end), and EBADF cannot be, as the keys still hold their descriptors.
            kqueue.kevent(deregistrations, receipts, 0);
        } finally {
            deregistrations.clear();
        }
    }
}
