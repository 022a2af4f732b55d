package dev.kqueue.nio;

import dev.kqueue.KQueue;

import java.io.IOException;

/**
 * The pollers of this JVM: one master, and about as many sub-pollers as carriers, among which the descriptors are
 * divided by their numbers. Opened when a virtual thread first waits, and anew after a failure.
 */
final class VirtualThreadPollers {
    /** More share no lock less: each wait holds its poller's for a microsecond. */
    private static final int MOST = 16;

    private static volatile VirtualThreadPollers shared;

    private final MasterPoller master;

    /** A power of two. */
    private final SubPoller[] subPollers;

    private VirtualThreadPollers() throws IOException {
        master = new MasterPoller(KQueue.open());
        int count = Math.min(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()), MOST);
        subPollers = new SubPoller[count];
        int opened = 0;
        try {
            for (; opened < count; opened++) {
                subPollers[opened] = new SubPoller(KQueue.open(), master, opened);
            }
        } finally {
            if (opened < count) {
                close(opened);
            }
        }
        master.start(subPollers);
        for (int i = 0; i < count; i++) {
            subPollers[i].start(Thread.ofVirtual().name("kqueue-nio virtual thread sub-poller " + i));
        }
    }

    private void close(int opened) throws IOException {
        for (int i = 0; i < opened; i++) {
            subPollers[i].kqueue().close();
            OpenKQueues.closed(subPollers[i].kqueue());
        }
        master.kqueue().close();
        OpenKQueues.closed(master.kqueue());
    }

    /** The poller for waits for the descriptor of a channel. */
    static VirtualThreadPoller of(int descriptor) throws IOException {
        VirtualThreadPollers pollers = shared;
        if (pollers != null) {
            SubPoller poller = pollers.subPoller(descriptor);
            if (!poller.hasFailed()) {
                return poller;
            }
        }
        return open().subPoller(descriptor);
    }

    /** The poller for waits for a kqueue: the master, as there is none of its depth below. */
    static VirtualThreadPoller ofKQueues() throws IOException {
        VirtualThreadPollers pollers = shared;
        return pollers != null && !pollers.master.hasFailed() ? pollers.master : open().master;
    }

    private SubPoller subPoller(int descriptor) {
        return subPollers[descriptor & (subPollers.length - 1)];
    }

    private boolean hasFailed() {
        boolean failed = master.hasFailed();
        for (SubPoller poller : subPollers) {
            failed |= poller.hasFailed();
        }
        return failed;
    }

    private static synchronized VirtualThreadPollers open() throws IOException {
        if (shared == null || shared.hasFailed()) {
            shared = new VirtualThreadPollers();
        }
        return shared;
    }
}
