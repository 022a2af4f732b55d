package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.channel.Pollable;
import dev.kqueue.internal.fd.Descriptor;

import java.io.IOException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;

/**
 * A selectable source of events other than I/O: a file, a process, a signal, a timer, or anything else that kqueue(2)
 * has a filter for. It is a {@code SelectableChannel} so that it works with code written for channels, but has nothing
 * to read or write: its {@link EventKey} records the events.
 *
 * {@snippet :
 * SignalKey term = selector.handleSignal(Signal.TERM);
 * TimerKey tick = selector.scheduleAtFixedRate(Duration.ofSeconds(1));
 * selector.select(key -> {
 *     if (key == term) {
 *         shutDown();
 *     } else if (key == tick) {
 *         report(tick.expirations());
 *     }
 * });
 * }
 *
 * <p>It has one operation, {@link SelectionKey#OP_READ}: "something has happened". A key without interest collects what
 * happens, and reports it when the interest comes back. It is non-blocking from the start, and cannot be anything else.
 *
 * <p>Unlike a socket it is watched from the moment in which it is registered, not from the next selection operation on:
 * what happens in between is not lost. So registering may fail; {@link #register register} then throws {@link
 * java.io.UncheckedIOException}, and the methods of {@link KQueueSelector} that open and register in one throw its
 * cause.
 *
 * <p>Closing it cancels its keys. As with a socket, the selector lets go of it with its next selection operation.
 */
public abstract sealed class EventChannel extends AbstractSelectableChannel
        permits PathChannel,
                VnodeChannel,
                DirectoryChannel,
                ProcessChannel,
                SignalChannel,
                TimerChannel,
                UserChannel,
                KEventChannel {
    EventChannel() {
        super(KQueueSelectorProvider.instance());
        try {
            configureBlocking(false);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** {@link SelectionKey#OP_READ}: something has happened. */
    @Override
    public final int validOps() {
        return SelectionKey.OP_READ;
    }

    /**
     * Accepts non-blocking mode, which is the only one.
     *
     * @throws IllegalBlockingModeException if blocking mode is asked for
     */
    @Override
    protected final void implConfigureBlocking(boolean block) {
        if (block) {
            throw new IllegalBlockingModeException();
        }
    }

    /** Closes what is watched, as soon as no selector holds it. */
    @Override
    protected void implCloseSelectableChannel() throws IOException {
        // The superclass cancels the keys, whose holds keep the descriptor open until the selector lets go of it.
        Descriptor descriptor = owned();
        if (descriptor != null) {
            descriptor.close();
        }
    }

    /** What is watched, for people: {@code process 123}. */
    @Override
    public abstract String toString();

    // ---- for the selector

    abstract EventKey newKey(KQueueSelector selector);

    /**
     * The change that adds the knote: ident, filter, fflags, data, and of the flags EV_CLEAR and EV_ONESHOT.
     *
     * @param attempt 0, and one more after each time that {@link #retries} said so
     */
    abstract KEvent knote(int attempt);

    /** Whether a registration that failed is to be tried again, in another way. */
    boolean retries(int attempt, int errno) {
        return false;
    }

    /** Whether events are reported all the same, although the kernel has refused the knote with this errno. */
    boolean needsNoKnote(@SuppressWarnings("unused") int errno) {
        return false;
    }

    /**
     * The exception for a registration that failed for good.
     *
     * @param reason the errno in words: {@link dev.kqueue.KQueue#reason}
     */
    IOException failure(int errno, String reason) {
        return new IOException(this + " cannot be watched: " + reason);
    }

    /**
     * Whether no other channel can have the same ident and filter. A kqueue has one knote for them, so a selector takes
     * one key.
     */
    boolean isUnique() {
        return true;
    }

    /** Whether an ident may become another thing's while a knote with it is there. */
    boolean isRecycled() {
        return false;
    }

    /** Whether the knote, just added, watches what it is meant to: 0, or an errno as of a registration that failed. */
    int check() {
        return 0;
    }

    /** The descriptor that is watched, the same for the channel's whole life; null if none is. */
    Descriptor owned() {
        return null;
    }

    /** {@link Pollable#hold}. */
    final boolean hold() {
        Descriptor descriptor = owned();
        return descriptor != null ? descriptor.hold() : isOpen();
    }

    /** {@link Pollable#release}. */
    final void release() {
        Descriptor descriptor = owned();
        if (descriptor != null) {
            descriptor.release();
        }
    }

    /** {@link Pollable#descriptor}. */
    final int descriptor() {
        Descriptor descriptor = owned();
        return descriptor != null ? descriptor.fd() : -1;
    }
}
