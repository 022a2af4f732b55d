package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.internal.libc.Poll;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * The waiting of one direction of a channel. At most one thread waits in it at a time: the channel's read or write lock
 * sees to that.
 *
 * <h2>No wake is lost, none strays</h2>
 *
 * Whoever waits publishes itself in {@link #waiting}, then looks whether closing has begun, then blocks. Whoever closes
 * begins closing, then looks whether somebody waits. Both words are volatile, so at least one of the two sees the
 * other.
 *
 * <p>The published value is taken out by exactly one of them. If the waiter gets it back, nobody will signal it any
 * more. If not, a signal has been or is about to be sent, and the waiter takes it in before its wake descriptor may
 * serve another.
 */
class Waiter {
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Waiter.class, "waiting", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Without limit: as the {@code nanos} of {@link #await}. */
    static final long FOREVER = Long.MAX_VALUE;

    /** What ends the wait in progress: a {@link WakeDescriptor}, or the virtual thread that waits; null if none. */
    private volatile Object waiting;

    /**
     * Waits until the descriptor is ready, or is closing, or the time has passed, or {@link #wake} is called; now and
     * then for no reason. The caller holds the descriptor, and looks for itself what is so.
     *
     * <p>An interrupt alone does not end the wait: an interruptible channel answers it by closing.
     *
     * @param events {@link Poll#POLLIN} or {@link Poll#POLLOUT}
     * @param nanos how long to wait at most; {@link #FOREVER} without limit
     */
    void await(Descriptor descriptor, short events, long nanos) throws IOException {
        if (nanos <= 0) {
            return;
        }
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            park(thread, descriptor, events, nanos);
        } else {
            poll(descriptor, events, nanos);
        }
    }

    private void poll(Descriptor descriptor, short events, long nanos) throws IOException {
        WakeDescriptor wake = WakeDescriptor.take();
        waiting = wake;
        try {
            if (!descriptor.isClosing()) {
                wake.poll(descriptor.fd(), events, nanos);
            }
        } finally {
            if (!WAITING.compareAndSet(this, wake, null)) {
                wake.drain();
            }
            wake.giveBack();
        }
    }

    private void park(Thread thread, Descriptor descriptor, short events, long nanos) throws IOException {
        Filter filter = events == Poll.POLLIN ? Filter.READ : Filter.WRITE;
        int refusal = 0;
        waiting = thread;
        try {
            if (!descriptor.isClosing()) {
                int fd = descriptor.fd();
                refusal = VirtualThreadPollers.of(fd).tryAwait(fd, filter, nanos, () -> waiting != null);
            }
        } finally {
            // Not compare-and-set: a wake that comes now unparks a thread that does not wait here any more, which
            // whoever parks must expect anyway.
            waiting = null;
        }
        if (refusal != 0) {
            pollElsewhere(descriptor, events, nanos);
        }
    }

    /**
     * What the kernel's kqueue does not watch (a terminal, on some releases of macOS), poll(2) may: on a platform
     * thread, for which the virtual one waits without holding its carrier.
     */
    void pollElsewhere(Descriptor descriptor, short events, long nanos) throws IOException {
        FutureTask<Void> wait =
                new FutureTask<>(
                        () -> {
                            poll(descriptor, events, nanos);
                            return null;
                        });
        Thread.ofPlatform().name("kqueue-nio poll").daemon().inheritInheritableThreadLocals(false).start(wait);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait.get();
                    return;
                } catch (InterruptedException interrupt) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof IOException exception ? exception : new IOException(failure.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the wait in progress, if there is one, and one that begins after the descriptor has begun closing. */
    void wake() {
        switch (WAITING.getAndSet(this, null)) {
            case WakeDescriptor wake -> wake.signal();
            case Thread thread -> LockSupport.unpark(thread);
            case null -> {}
            default -> throw new AssertionError("neither a wake descriptor nor a thread");
        }
    }
}
