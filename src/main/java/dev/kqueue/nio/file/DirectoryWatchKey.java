package dev.kqueue.nio.file;

import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The key of a directory: the pending events, and whether the key is queued for the program. */
final class DirectoryWatchKey implements WatchKey {
    private static final String LIMIT = "jdk.nio.file.WatchService.maxEventsPerPoll";
    private static final int MAX_PENDING = limit(System.getProperty(LIMIT));

    private final Watchable watchable;
    private final Path directory;
    private final Consumer<DirectoryWatchKey> queue;
    private final Consumer<DirectoryWatchKey> cancelled;

    private volatile boolean valid = true;

    // -- guarded by this
    private List<WatchEvent<?>> events = new ArrayList<>();

    /** The last pending event of each context, if it is ENTRY_MODIFY: a further one is counted there. */
    private final Map<Object, CountedEvent> modified = new HashMap<>();

    /** Whether the key is in the queue, or was taken from it and not reset. */
    private boolean signalled;

    /**
     * @param queue takes the key when it is signalled
     * @param cancelled is called when the program cancels the key
     */
    DirectoryWatchKey(
            Watchable watchable,
            Path directory,
            Consumer<DirectoryWatchKey> queue,
            Consumer<DirectoryWatchKey> cancelled) {
        this.watchable = watchable;
        this.directory = directory;
        this.queue = queue;
        this.cancelled = cancelled;
    }

    /** The most events that may be pending: any number but an absurd one, 512 if the property holds none. */
    static int limit(String property) {
        if (property == null) {
            return 512;
        }
        try {
            return Math.clamp(Long.decode(property), 1, Integer.MAX_VALUE);
        } catch (NumberFormatException unreadable) {
            return 512;
        }
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public synchronized List<WatchEvent<?>> pollEvents() {
        List<WatchEvent<?>> pending = events;
        events = new ArrayList<>();
        modified.clear();
        return pending;
    }

    @Override
    public synchronized boolean reset() {
        if (valid && signalled) {
            if (events.isEmpty()) {
                signalled = false;
            } else {
                queue.accept(this);
            }
        }
        return valid;
    }

    @Override
    public void cancel() {
        if (invalidate()) {
            cancelled.accept(this);
        }
    }

    @Override
    public Watchable watchable() {
        return watchable;
    }

    /** The directory as it was registered first. */
    Path directory() {
        return directory;
    }

    @Override
    public String toString() {
        return "WatchKey[" + directory + (valid ? "" : ", invalid") + "]";
    }

    // ---- for the thread of the service

    /** Ends the key without a signal. Returns whether it was valid. */
    synchronized boolean invalidate() {
        boolean wasValid = valid;
        valid = false;
        return wasValid;
    }

    /** The directory has gone: the program learns it by {@link #reset}. */
    synchronized void end() {
        if (invalidate()) {
            signal();
        }
    }

    /** Adds an event, or counts it as the repetition of a pending one. */
    synchronized void add(WatchEvent.Kind<?> kind, Path context) {
        if (!valid || isRepetition(kind, context)) {
            return;
        }
        CountedEvent event = new CountedEvent(kind, context);
        if (events.size() >= MAX_PENDING) {
            event = new CountedEvent(StandardWatchEventKinds.OVERFLOW, null);
        }
        if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)) {
            // The program has to look at the directory itself: the pending events add nothing to that.
            events.clear();
            modified.clear();
        } else if (kind.equals(StandardWatchEventKinds.ENTRY_MODIFY)) {
            modified.put(context, event);
        }
        events.add(event);
        signal();
    }

    private boolean isRepetition(WatchEvent.Kind<?> kind, Path context) {
        if (!events.isEmpty()) {
            CountedEvent last = (CountedEvent) events.getLast();
            if (last.kind().equals(StandardWatchEventKinds.OVERFLOW) || last.is(kind, context)) {
                last.repeat();
                return true;
            }
        }
        if (!kind.equals(StandardWatchEventKinds.ENTRY_MODIFY)) {
            modified.remove(context);
            return false;
        }
        CountedEvent earlier = modified.get(context);
        if (earlier != null) {
            earlier.repeat();
        }
        return earlier != null;
    }

    private void signal() {
        if (!signalled) {
            signalled = true;
            queue.accept(this);
        }
    }
}
