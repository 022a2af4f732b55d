package dev.kqueue.internal.directory;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.Note;
import dev.kqueue.WatchedFile;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.OpenKQueues;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The knotes of watched trees, {@code EVFILT_VNODE} for each directory and regular file, in a kqueue of their own. That
 * kqueue is readable while one of them has something to report, so a selector needs one knote for a whole tree, and a
 * service with many trees needs one kqueue.
 *
 * <p>Not safe for use by several threads, but for {@link #trigger}.
 */
public final class DirectoryWatches implements Closeable {
    private static final System.Logger LOG = System.getLogger(DirectoryWatches.class.getName());

    private static final int WRITTEN = Note.NOTE_WRITE | Note.NOTE_EXTEND;
    private static final int NOTES =
            WRITTEN | Note.NOTE_ATTRIB | Note.NOTE_DELETE | Note.NOTE_RENAME | Note.NOTE_LINK | Note.NOTE_REVOKE;

    /** Long enough for a burst, short enough for each tree to have one. */
    private static final int EVENTS = 64;

    /** A directory or file of a tree, and the descriptor that its knote needs. */
    record FileWatch(long id, WatchedFiles owner, Path path, DirectoryEntry entry, WatchedFile file) {}

    private final KQueue kqueue;
    private final KEventList change = KEventList.allocate(1);
    private final KEventList receipt = KEventList.allocate(1);
    private final KEventList events = KEventList.allocate(EVENTS);
    private final Map<Long, FileWatch> byId = new HashMap<>();

    /** The udata of the last knote: 0 is that of events which belong to no file. */
    private long lastId;

    public DirectoryWatches() throws IOException {
        kqueue = KQueue.open();
        OpenKQueues.opened(kqueue);
    }

    public KQueue kqueue() {
        return kqueue;
    }

    /** The kqueue's descriptor, whose last release closes all that {@link #close} closes. */
    public Descriptor descriptor() {
        return Descriptor.closedBy(kqueue.descriptor(), fd -> closeOrLog());
    }

    private int closeOrLog() {
        try {
            close();
        } catch (IOException failed) {
            // The descriptors are free all the same, and nothing was written that could be lost.
            LOG.log(System.Logger.Level.WARNING, kqueue + " could not be closed", failed);
        }
        return 0;
    }

    /**
     * Adds the knote of a file that is watched from now on.
     *
     * @throws IOException if the file cannot be opened, or the kernel refuses the knote
     */
    FileWatch add(WatchedFiles owner, Path path, DirectoryEntry entry) throws IOException {
        FileWatch watch = new FileWatch(++lastId, owner, path, entry, WatchedFile.open(path));
        boolean added = false;
        try {
            change.clear();
            KEvent knote = KEvent.vnode(watch.file.descriptor(), KEvent.EV_ADD | KEvent.EV_CLEAR, NOTES, null);
            add(change, knote, KEvent.EV_RECEIPT, watch.id);
            receipt.clear();
            kqueue.kevent(change, receipt, 0);
            int errno = (int) receipt.data(0);
            if (errno != 0) {
                String reason = kqueue.reason(knote.filter(), knote.ident(), errno);
                throw new FileSystemException(path.toString(), null, "cannot be watched: " + reason);
            }
            added = true;
        } finally {
            if (!added) {
                watch.file.close();
            }
        }
        byId.put(watch.id, watch);
        return watch;
    }

    private static void add(KEventList list, KEvent knote, int flags, long udata) {
        list.add(knote.ident(), knote.filter().value(), knote.flags() | flags, knote.fflags(), knote.data(), udata);
    }

    void remove(FileWatch watch) {
        byId.remove(watch.id);
        close(watch);
    }

    private void close(FileWatch watch) {
        kqueue.beforeClose(watch.file.descriptor());
        watch.file.close();
    }

    /** Makes the kqueue readable, though no file has changed; any thread. */
    public void trigger() throws IOException {
        // A timer, since some systems have no EVFILT_USER.
        KEventList timer = KEventList.allocate(1);
        add(timer, KEvent.timer(1, KEvent.EV_ADD | KEvent.EV_ONESHOT, Duration.ofMillis(1), null), 0, 0);
        kqueue.kevent(timer, null, 0);
    }

    /**
     * Takes what the kernel has to report, and notes it with the owners of the files.
     *
     * @param timeoutNanos how long to wait for something, as of {@link KQueue#kevent}
     * @return the owners, to be looked at
     */
    public Set<WatchedFiles> take(long timeoutNanos) throws IOException {
        Set<WatchedFiles> dirty = new LinkedHashSet<>();
        int n = fetch(timeoutNanos);
        note(n, dirty);
        while (n == events.capacity()) {
            n = fetch(0);
            note(n, dirty);
        }
        return dirty;
    }

    private int fetch(long timeoutNanos) throws IOException {
        events.clear();
        return kqueue.kevent(null, events, timeoutNanos);
    }

    private void note(int n, Set<WatchedFiles> dirty) {
        for (int i = 0; i < n; i++) {
            FileWatch watch = byId.get(events.udata(i));
            if (watch != null) {
                boolean write = !watch.entry.isDirectory() && (events.fflags(i) & WRITTEN) != 0;
                watch.owner.changed(watch, write, (events.fflags(i) & Note.NOTE_DELETE) != 0);
                dirty.add(watch.owner);
            }
        }
    }

    /** Closes all files, and the kqueue. */
    @Override
    public void close() throws IOException {
        try {
            byId.values().forEach(this::close);
        } finally {
            byId.clear();
            kqueue.close();
            OpenKQueues.closed(kqueue);
        }
    }
}
