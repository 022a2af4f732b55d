package dev.kqueue.nio;

import java.io.IOException;
import java.io.Serial;

/**
 * A process cannot be watched because it does not exist, or has exited.
 *
 * {@snippet :
 * try {
 *     selector.watchProcess(handle);
 * } catch (NoSuchProcessException e) {
 *     ended(e.pid());
 * }
 * }
 *
 * <p>The exit of a child of this program is always reported, however early it was: {@link
 * KQueueSelector#watchProcess(Process)}.
 */
public final class NoSuchProcessException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    private final long pid;

    NoSuchProcessException(long pid) {
        super("there is no process " + pid + ", or it has exited (ESRCH)");
        this.pid = pid;
    }

    /** The process id. */
    public long pid() {
        return pid;
    }
}
