package dev.kqueue.nio.file;

import dev.kqueue.internal.libc.PathBytes;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.nio.DirectoryKey;
import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * A {@link WatchService} on kqueue: it reports a change when the kernel does, on every system, where the JDK's own
 * service polls every two seconds on macOS and the BSDs.
 *
 * {@snippet :
 * try (KQueueWatchService service = KQueueWatchService.open()) {
 *     Path directory = Path.of("incoming");
 *     service.register(directory, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
 *     WatchKey key;
 *     do {
 *         key = service.take();
 *         for (WatchEvent<?> event : key.pollEvents()) {
 *             System.out.println(event.kind() + " " + event.context());
 *         }
 *     } while (key.reset());
 * }
 * }
 *
 * <p>A {@link Path} of the JDK refuses the services of others, so directories are registered with {@link #register},
 * not with {@code path.register(service, ...)}. For code that takes a {@link Watchable}, {@link #watchable} makes one.
 *
 * <p>A daemon thread of the service reads the directories that have changed and queues their keys. It finds the
 * differences by comparing, as a {@link DirectoryKey} does:
 *
 * <ul>
 *   <li>A file that is created and deleted at once may not be reported; a file that is created and written to at once
 *       is only {@code ENTRY_CREATE}, or, for a key without this kind, {@code ENTRY_MODIFY}.
 *   <li>A file that is renamed is {@code ENTRY_DELETE} of the one name and {@code ENTRY_CREATE} of the other; a file
 *       that takes the name of another one is {@code ENTRY_DELETE} and {@code ENTRY_CREATE} of that name. Of one look,
 *       all deletions come before all creations.
 *   <li>{@code ENTRY_MODIFY} is reported of regular files. A directory in the directory is not modified by its entries.
 *   <li>{@code OVERFLOW} is reported if a file or directory cannot be read or watched (too many open files, for one),
 *       and if more than 512 events of a key are pending. The system property {@code
 *       jdk.nio.file.WatchService.maxEventsPerPoll} sets another limit, as for the JDK's service.
 *   <li>When the directory is deleted or renamed its key becomes invalid, and is queued. If another directory has its
 *       path already, the key stays valid and watches that one.
 * </ul>
 *
 * <p>Each directory and each regular file that is watched is open, as for {@link KQueueSelector#watchTree}; the service
 * has one kqueue for all (on Linux one inotify instance). All methods may be called by several threads.
 */
public final class KQueueWatchService implements WatchService {
    /**
     * Watches the tree below the directory: the context of an event is the path relative to the directory. It means
     * what {@code com.sun.nio.file.ExtendedWatchEventModifier.FILE_TREE} means on Windows, which is accepted, too.
     */
    public static final WatchEvent.Modifier FILE_TREE = WatchInterest.TREE;

    /** Takes the place of a key in the queue, so that threads which wait there find that the service is closed. */
    private static final WatchKey CLOSED = new DirectoryWatchKey(null, null, null, null);

    private final LinkedBlockingDeque<WatchKey> signalled = new LinkedBlockingDeque<>();
    private final WatchLoop loop;

    private KQueueWatchService() throws IOException {
        loop = new WatchLoop(signalled::add, () -> signalled.add(CLOSED));
    }

    /**
     * Opens a service, and starts its thread.
     *
     * @throws IOException if no more descriptors can be opened
     * @throws UnsupportedOperationException if this process has no kqueue, with the reason
     */
    public static KQueueWatchService open() throws IOException {
        Startup.check();
        KQueueWatchService service = new KQueueWatchService();
        service.loop.start();
        return service;
    }

    /**
     * Watches the entries of a directory: {@link #register(Path, WatchEvent.Kind[], WatchEvent.Modifier...)} without
     * modifiers.
     */
    public WatchKey register(Path directory, WatchEvent.Kind<?>... kinds) throws IOException {
        return register(directory, kinds, new WatchEvent.Modifier[0]);
    }

    /**
     * Watches the entries of a directory. If this service watches it already, by this path or another one, the kinds
     * and modifiers of that key are replaced, and that key is returned.
     *
     * @param directory of the default file system; a symbolic link is followed
     * @param kinds of {@link java.nio.file.StandardWatchEventKinds}; OVERFLOW is reported whether or not it is given
     * @param modifiers {@link #FILE_TREE}; the JDK's {@code SensitivityWatchEventModifier} is accepted, and does
     *     nothing
     * @throws IllegalArgumentException if there is no kind, or OVERFLOW alone
     * @throws UnsupportedOperationException if a kind or modifier is another one
     * @throws ProviderMismatchException if the path is of another file system
     * @throws ClosedWatchServiceException if the service is closed
     * @throws java.nio.file.NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws IOException if it cannot be watched for another reason
     */
    public WatchKey register(Path directory, WatchEvent.Kind<?>[] kinds, WatchEvent.Modifier... modifiers)
            throws IOException {
        return register(directory, directory, kinds, modifiers);
    }

    WatchKey register(Watchable watchable, Path directory, WatchEvent.Kind<?>[] kinds, WatchEvent.Modifier... modifiers)
            throws IOException {
        Objects.requireNonNull(directory, "directory");
        WatchInterest interest = WatchInterest.of(kinds, modifiers);
        String refusal = PathBytes.refusal(directory);
        if (refusal != null) {
            throw new ProviderMismatchException(refusal);
        }
        return loop.register(watchable, directory, interest);
    }

    /**
     * A directory for code that takes a {@link Watchable}: its {@code register} accepts services of this class, and
     * gives any other service to the path's own {@code register}. A key that is made by it has it as its {@link
     * WatchKey#watchable watchable}.
     */
    public static Watchable watchable(Path directory) {
        return new WatchableDirectory(Objects.requireNonNull(directory, "directory"));
    }

    /**
     * The next key that has events, which leaves the queue; null if there is none now.
     *
     * @throws ClosedWatchServiceException if the service is closed
     */
    @Override
    public WatchKey poll() {
        ensureOpen();
        return checked(signalled.poll());
    }

    /**
     * The next key that has events, which leaves the queue; null if there is none within the time.
     *
     * @throws ClosedWatchServiceException if the service is closed, or while this waits
     * @throws InterruptedException if the thread is interrupted
     */
    @Override
    public WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
        ensureOpen();
        return checked(signalled.poll(timeout, unit));
    }

    /**
     * Waits for the next key that has events, which leaves the queue.
     *
     * @throws ClosedWatchServiceException if the service is closed, or while this waits
     * @throws InterruptedException if the thread is interrupted
     */
    @Override
    public WatchKey take() throws InterruptedException {
        ensureOpen();
        return checked(signalled.take());
    }

    private WatchKey checked(WatchKey key) {
        if (CLOSED.equals(key)) {
            // For the next thread that waits.
            signalled.add(key);
        }
        ensureOpen();
        return key;
    }

    private void ensureOpen() {
        if (loop.isClosed()) {
            throw new ClosedWatchServiceException();
        }
    }

    /**
     * Ends the service: all keys become invalid, and threads that wait for one get a {@link
     * ClosedWatchServiceException}. Returns when all files are closed. A second call does nothing.
     *
     * @throws IOException if the kqueue cannot be closed
     */
    @Override
    public void close() throws IOException {
        loop.close();
    }
}
