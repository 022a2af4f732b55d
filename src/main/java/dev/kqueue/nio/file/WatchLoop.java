package dev.kqueue.nio.file;

import dev.kqueue.KQueue;
import dev.kqueue.internal.directory.DirectoryWatches;
import dev.kqueue.internal.directory.WatchedFiles;
import dev.kqueue.internal.directory.WatchedTree;
import dev.kqueue.internal.wakeup.WakeupEvent;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Watchable;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * The thread of a watch service. It alone registers directories and waits, so a registration needs no lock, and sees
 * what was reported before it as reported. All directories of a service have one kqueue.
 */
final class WatchLoop {
    private static final System.Logger LOG = System.getLogger("dev.kqueue.nio");

    private final DirectoryWatches watches;
    private final WakeupEvent waker;
    private final Consumer<DirectoryWatchKey> queue;
    private final Runnable afterClose;
    private final Thread thread =
            Thread.ofPlatform()
                    .name("kqueue-nio watch service")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::run);

    private volatile boolean closed;

    /** Why the selector could not be closed, until a call of close has thrown it. */
    private volatile IOException closeFailure;

    /** What other threads ask this one to do; guarded by this. */
    private final Deque<FutureTask<?>> tasks = new ArrayDeque<>();

    // -- of the thread
    private final WatchRegistrations registrations = new WatchRegistrations();

    /**
     * @param queue takes the keys that are signalled
     * @param afterClose wakes the threads that wait for one
     * @throws IOException if no more descriptors can be opened
     */
    WatchLoop(Consumer<DirectoryWatchKey> queue, Runnable afterClose) throws IOException {
        this.queue = queue;
        this.afterClose = afterClose;
        watches = new DirectoryWatches();
        try {
            waker = WakeupEvent.of(watches.kqueue());
        } catch (Throwable failure) {
            // Closes the kqueue whatever was thrown, and adds to it what closing throws.
            try (watches) {
                throw failure;
            }
        }
    }

    void start() {
        thread.start();
    }

    boolean isClosed() {
        return closed;
    }

    // ---- any thread

    DirectoryWatchKey register(Watchable watchable, Path directory, WatchInterest interest) throws IOException {
        FutureTask<DirectoryWatchKey> task = new FutureTask<>(() -> add(watchable, directory, interest));
        if (!submit(task)) {
            throw new ClosedWatchServiceException();
        }
        return result(task);
    }

    private void cancelled(DirectoryWatchKey key) {
        try {
            // A service that is closed has closed the directory.
            submit(new FutureTask<>(() -> remove(key), null));
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, key + " is watched until another directory changes", failed);
        }
    }

    private boolean submit(FutureTask<?> task) throws IOException {
        synchronized (this) {
            if (closed) {
                return false;
            }
            tasks.add(task);
        }
        wake();
        return true;
    }

    private void wake() throws IOException {
        try {
            waker.wake();
        } catch (ClosedChannelException ended) {
            // The thread is about to end, and cancels the tasks that are left.
        }
    }

    /** Waits, interrupted or not: the registration is made all the same, and its key must not be lost. */
    private static <T> T result(FutureTask<T> task) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (CancellationException closedMeanwhile) {
            throw new ClosedWatchServiceException();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failed -> throw failed;
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                default -> throw new AssertionError(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void close() throws IOException {
        closed = true;
        afterClose.run();
        wake();
        joinThread();
        IOException failed = closeFailure;
        if (failed != null) {
            closeFailure = null;
            throw failed;
        }
    }

    private void joinThread() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread

    private void run() {
        try {
            while (!closed) {
                for (FutureTask<?> task = next(); task != null; task = next()) {
                    task.run();
                }
                if (!closed) {
                    deliver(watches.take(KQueue.FOREVER));
                }
            }
        } catch (IOException | RuntimeException failed) {
            LOG.log(System.Logger.Level.ERROR, "the watch service ends: its kqueue cannot be used", failed);
        } finally {
            end();
        }
    }

    private synchronized FutureTask<?> next() {
        return tasks.poll();
    }

    private void end() {
        synchronized (this) {
            closed = true;
            tasks.forEach(task -> task.cancel(false));
            tasks.clear();
        }
        registrations.all().forEach(registration -> registration.key().invalidate());
        afterClose.run();
        try {
            waker.close();
            watches.close();
        } catch (IOException failed) {
            closeFailure = failed;
        }
    }

    private DirectoryWatchKey add(Watchable watchable, Path directory, WatchInterest interest) throws IOException {
        Object fileKey = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        WatchRegistration present = registrations.find(directory, fileKey);
        if (present != null) {
            // What happened before is of the kinds that the key had then.
            deliver(watches.take(0));
            if (present.key().isValid()) {
                replace(present, interest);
                return present.key();
            }
        }
        WatchedTree tree = open(directory, interest);
        DirectoryWatchKey key = new DirectoryWatchKey(watchable, directory, queue, this::cancelled);
        WatchRegistration registration = new WatchRegistration(key, fileKey, interest, tree);
        registrations.add(registration);
        if (tree.hasProblems()) {
            registration.look();
        }
        return key;
    }

    private WatchedTree open(Path directory, WatchInterest interest) throws IOException {
        WatchedTree tree = new WatchedTree(watches, directory, interest.tree(), false);
        tree.open();
        return tree;
    }

    private void replace(WatchRegistration registration, WatchInterest interest) throws IOException {
        WatchedTree tree = registration.tree();
        if (registration.interest().tree() == interest.tree()) {
            registration.replace(interest, tree);
            return;
        }
        WatchedTree next = open(registration.key().directory(), interest);
        // Until now the former one has seen what happened.
        registration.look();
        tree.close();
        registrations.replace(registration, interest, next);
        if (next.hasProblems()) {
            registration.look();
        }
    }

    private void deliver(Set<WatchedFiles> dirty) {
        for (WatchedFiles files : dirty) {
            WatchRegistration registration = registrations.of(files);
            if (registration != null) {
                registration.look();
                if (registration.tree().isGone()) {
                    remove(registration.key());
                    registration.key().end();
                }
            }
        }
    }

    private void remove(DirectoryWatchKey key) {
        WatchRegistration registration = registrations.remove(key);
        if (registration != null) {
            registration.tree().close();
        }
    }
}
