package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.Note;
import dev.kqueue.OpenFile;
import dev.kqueue.internal.directory.DirectoryEntry;
import dev.kqueue.internal.directory.Watcher;
import dev.kqueue.internal.fd.OpenKQueues;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The knotes of a watched tree, {@code EVFILT_VNODE} for each directory and regular file, in a kqueue of their own.
 * That kqueue is readable while one of them has something to report, so a selector needs one knote for the whole tree.
 */
final class DirectoryWatches implements Watcher {
    private static final int WRITTEN = Note.NOTE_WRITE | Note.NOTE_EXTEND;
    private static final int NOTES =
            WRITTEN | Note.NOTE_ATTRIB | Note.NOTE_DELETE | Note.NOTE_RENAME | Note.NOTE_LINK | Note.NOTE_REVOKE;

    /** Long enough for a burst, short enough for each tree to have one. */
    private static final int EVENTS = 64;

    private record Watch(long id, Path path, DirectoryEntry entry, OpenFile file) {}

    private final KQueue kqueue;
    private final KEventList change = KEventList.allocate(1);
    private final KEventList receipt = KEventList.allocate(1);
    private final KEventList events = KEventList.allocate(EVENTS);
    private final Map<Path, Watch> byPath = new HashMap<>();
    private final Map<Long, Watch> byId = new HashMap<>();
    private long lastId;

    DirectoryWatches() throws IOException {
        kqueue = KQueue.open();
        OpenKQueues.opened(kqueue);
    }

    int descriptor() {
        return kqueue.descriptor();
    }

    @Override
    public void watch(Path path, DirectoryEntry entry) throws IOException {
        Watch present = byPath.get(path);
        if (present != null && present.entry.kind() == entry.kind() && sameKey(present.entry, entry)) {
            return;
        }
        unwatch(path);
        Watch watch = new Watch(++lastId, path, entry, OpenFile.open(path));
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
        byPath.put(path, watch);
        byId.put(watch.id, watch);
    }

    private static boolean sameKey(DirectoryEntry one, DirectoryEntry other) {
        return one.fileKey() != null && one.fileKey().equals(other.fileKey());
    }

    private static void add(KEventList list, KEvent knote, int flags, long udata) {
        list.add(knote.ident(), knote.filter().value(), knote.flags() | flags, knote.fflags(), knote.data(), udata);
    }

    @Override
    public void unwatch(Path path) {
        Watch watch = byPath.remove(path);
        if (watch != null) {
            byId.remove(watch.id);
            close(watch);
        }
    }

    private void close(Watch watch) {
        kqueue.beforeClose(watch.file.descriptor());
        watch.file.close();
    }

    /** Makes the kqueue readable, though no file has changed; any thread. */
    void trigger() throws IOException {
        // A timer, since some systems have no EVFILT_USER.
        KEventList timer = KEventList.allocate(1);
        add(timer, KEvent.timer(1, KEvent.EV_ADD | KEvent.EV_ONESHOT, Duration.ofMillis(1), null), 0, 0);
        kqueue.kevent(timer, null, 0);
    }

    /**
     * Takes what the kernel has to report.
     *
     * @param changed gets the paths of what may have changed
     * @param written gets the paths of the files that were written to
     */
    void take(Set<Path> changed, Set<Path> written) throws IOException {
        int n;
        do {
            events.clear();
            n = kqueue.kevent(null, events, 0);
            for (int i = 0; i < n; i++) {
                Watch watch = byId.get(events.udata(i));
                if (watch != null) {
                    boolean write = !watch.entry.isDirectory() && (events.fflags(i) & WRITTEN) != 0;
                    (write ? written : changed).add(watch.path);
                    if (!watch.entry.isDirectory() && (events.fflags(i) & Note.NOTE_DELETE) != 0) {
                        // The scan that follows needs a descriptor: these may be the last. A file that has another
                        // link at this path is watched again by the scan.
                        unwatch(watch.path);
                    }
                }
            }
        } while (n == events.capacity());
    }

    /** Closes all files, and the kqueue. */
    void close() throws IOException {
        try {
            byPath.values().forEach(this::close);
        } finally {
            byPath.clear();
            byId.clear();
            kqueue.close();
            OpenKQueues.closed(kqueue);
        }
    }
}
