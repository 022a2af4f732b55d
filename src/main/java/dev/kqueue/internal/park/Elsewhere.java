package dev.kqueue.internal.park;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Calls that block, made on a platform thread for a virtual one, which waits without holding its carrier. */
public final class Elsewhere {
    private Elsewhere() {}

    /**
     * Returns when the call has. An interrupt does not end the call: it is left in the thread's interrupt status, and
     * what the interrupt means for the call is the affair of the code that has arranged for it (a wakeup, a close).
     */
    public static void call(Callable<Void> blocking) throws IOException {
        FutureTask<Void> task = new FutureTask<>(blocking);
        Thread.ofPlatform()
                .name("kqueue-nio wait for a virtual thread")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
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
}
