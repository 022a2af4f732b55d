package dev.kqueue.tool;

import dev.kqueue.KEvent;
import dev.kqueue.KEventException;
import dev.kqueue.KEventQueue;
import dev.kqueue.nio.KEventKey;
import dev.kqueue.nio.KQueueSelector;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.SelectionKey;

/**
 * Standard output or standard error, a line at a time. {@code System.out} does not report a failed write, so that a
 * program whose reader is gone would work on without an end.
 */
final class Output {
    private final FileOutputStream stream;
    private final int descriptor;

    private Output(FileDescriptor stream, int descriptor) {
        this.stream = new FileOutputStream(stream);
        this.descriptor = descriptor;
    }

    static Output standard() {
        return new Output(FileDescriptor.out, 1);
    }

    static Output error() {
        return new Output(FileDescriptor.err, 2);
    }

    /**
     * Prints a line, at once.
     *
     * @throws OutputEndedException if the reader is gone
     */
    void line(Object line) throws IOException {
        try {
            stream.write((line + System.lineSeparator()).getBytes(System.out.charset()));
        } catch (IOException failure) {
            throw isEnded() ? new OutputEndedException() : failure;
        }
    }

    /** Has the selector report when the reader is gone, for commands that may print nothing for a long time. */
    void watch(KQueueSelector selector) {
        try {
            selector.watch(KEvent.write(descriptor, KEvent.EV_ADD | KEvent.EV_CLEAR, 0, null), this);
        } catch (IOException closedOrRefused) {
            // Of what kqueue(2) does not watch, a line that is printed finds the end.
            return;
        }
    }

    /**
     * Whether a key is that of {@link #watch}.
     *
     * @throws OutputEndedException if it is, and the reader is gone
     */
    boolean isOf(SelectionKey key) throws OutputEndedException {
        if (key.attachment() != this) {
            return false;
        }
        if ((((KEventKey) key).flags() & KEvent.EV_EOF) != 0) {
            throw new OutputEndedException();
        }
        return true;
    }

    private boolean isEnded() throws IOException {
        try (KEventQueue queue = KEventQueue.open()) {
            queue.apply(KEvent.write(descriptor, KEvent.EV_ADD, 0, null));
            return queue.poll(1).stream().anyMatch(event -> (event.flags() & KEvent.EV_EOF) != 0);
        } catch (KEventException unwatchable) {
            return false;
        }
    }
}
