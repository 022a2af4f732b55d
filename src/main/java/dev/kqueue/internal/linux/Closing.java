package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.util.function.Consumer;

/**
 * Closes a kqueue's descriptors, once, when the last thread has come back from epoll_wait. Belongs to the kqueue's
 * lock.
 */
final class Closing {
    private final Core kq;

    /** The key of the kqueue in {@link Nesting}; null as long as no other kqueue can watch this one. */
    private Integer nestingKey;

    private boolean done;

    /** The exception or error of a knote that could not be detached. */
    private Throwable failure;

    /** Kept, so that it need not be made when there is no memory. */
    private final Consumer<ListedKnote> detached =
            new Consumer<>() {
                @Override
                public void accept(ListedKnote kn) {
                    detach(kn);
                }
            };

    Closing(Core kq) {
        this.kq = kq;
    }

    /** The kqueue's descriptor has become known. */
    void nest() {
        nestingKey = Nesting.known(kq.owner(), kq.epoll().fd());
    }

    /**
     * Throws whatever closing a descriptor would throw for want of stack or heap, as long as nothing has been closed: a
     * later call then begins anew.
     */
    void rehearse() {
        StackReserve.ensure();
        // EBADF; and this thread has its memory for the errno of such calls from now on.
        Unistd.close(-1);
    }

    /** No thread waits any more, and none will. What cannot be detached does not keep the descriptors open. */
    void closeDescriptors() {
        if (done) {
            return;
        }
        rehearse();
        kq.knotes().drain(detached);
        kq.closeQueues();
        kq.pendingSignal().close();
        if (nestingKey != null) {
            Nesting.forget(kq.owner(), nestingKey);
        }
        kq.epoll().close();
        done = true;
        if (failure != null) {
            Recovery.throwUnchecked(failure);
        }
    }

    private void detach(ListedKnote kn) {
        try {
            kn.ops().detach(kn);
        } catch (RuntimeException | Error thrown) {
            // Of several the last one is thrown. Mostly there is no memory, so there may be none to add one to another.
            failure = thrown;
        }
    }
}
