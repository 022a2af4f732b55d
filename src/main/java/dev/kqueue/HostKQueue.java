package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.backend.KQueueBackend;
import dev.kqueue.internal.bsd.KernelKQueue;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.libc.SysEvent;
import dev.kqueue.internal.linux.LinuxKQueue;

import java.io.IOException;

/**
 * Chooses the implementation behind {@link KQueue#open}: by the functions that the C library exports, never by the
 * system's name.
 */
final class HostKQueue {
    private HostKQueue() {}

    static KQueueBackend open() throws IOException {
        Startup.checkKQueue();
        if (SysEvent.isPresent()) {
            Startup.check();
            return KernelKQueue.open();
        }
        if (Abi.HOST.findStruct("epoll_event").isPresent()) {
            return LinuxKQueue.open();
        }
        throw new UnsupportedOperationException(
                "the C library of " + Abi.HOST.system() + " has neither kqueue(2) nor epoll(7)");
    }
}
