package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysInotify.IN_DELETE;
import static dev.kqueue.internal.libc.SysInotify.IN_MASK_ADD;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.linux.FileLook.Look;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The watches of one inotify(7) instance: which files it watches for which events, no more than their knotes need. A
 * directory is also watched through its parent, since inotify reports its removal only there. Belongs to the kqueue's
 * lock.
 *
 * <p>A file is found by its descriptor, through {@code /proc/self/fd}: a name may be another file's by now, and may not
 * exist any more.
 */
final class WatchTable {
    /** What a directory's parent is watched for. */
    static final int REMOVALS = IN_DELETE | IN_MOVED_TO;

    private final FilterHost kq;
    private final FileLook look;
    private final IdTable<InodeWatch> table = new IdTable<>();
    private MemorySegment path;

    /** The inotify descriptor. */
    private int inotify = -1;

    /**
     * The first of the directories that have been moved since their parents were watched; {@link InodeWatch#nextMoved}.
     */
    private InodeWatch moved;

    WatchTable(FilterHost kq, FileLook look) {
        this.kq = kq;
        this.look = look;
    }

    /** Makes room for a path, once. */
    void prepare() {
        path = Arena.ofAuto().allocate(64);
    }

    /** The inotify instance has been opened. */
    void opened(int fd) {
        inotify = fd;
    }

    int size() {
        return table.size();
    }

    /** The watch of the kernel's number; null if there is none. */
    InodeWatch find(int wd) {
        return table.find(wd, 0);
    }

    /** The kernel has ended the watch. */
    void forget(InodeWatch watch) {
        table.remove(watch);
    }

    /** Watches a file anew that has been {@linkplain #look looked at}: the kernel has ended its watch. */
    boolean renew(InodeWatch watch) {
        int wd = addWatch(watch.seenBy.descriptor().fd, "", watch.mask);
        if (wd < 0) {
            return false;
        }
        watch.renumber(wd);
        table.add(watch);
        return true;
    }

    /** Ends the kernel's watch of that number, which no knote has joined. */
    void remove(int wd) {
        SysInotify.inotifyRmWatch(inotify, wd);
    }

    /** The watch of the kernel's number, made if need be. */
    InodeWatch obtain(int wd) {
        InodeWatch watch = table.find(wd, 0);
        if (watch == null) {
            watch = new InodeWatch(wd);
            table.add(watch);
        }
        return watch;
    }

    /** Takes a knote out of the watch, and ends what only that knote needed. */
    void leave(InodeWatch watch, Knote kn) {
        watch.remove(kn);
        if (watch.count() == 0) {
            leaveParent(watch);
        }
        retire(watch);
    }

    /**
     * Watches the directory's parent for the directory's removal: 0 or an errno. Without the right to read the parent
     * the removal goes unseen; all else is seen.
     */
    int watchParent(InodeWatch watch) {
        int wd = addWatch(watch.knote(0).descriptor().fd, "/..", REMOVALS | IN_MASK_ADD);
        if (wd < 0) {
            // ENOENT: the descriptor has been closed behind the kqueue's back.
            return wd == -Errno.EACCES || wd == -Errno.ENOENT
                    ? 0
                    : kq.refused(Reasons.Call.INOTIFY_ADD_WATCH, watch.knote(0), -wd);
        }
        if (wd != watch.wd()) {
            InodeWatch parent = obtain(wd);
            parent.mask |= REMOVALS;
            parent.addChild(watch);
        }
        return 0;
    }

    /** Watches for no more than is needed any more, or not at all. */
    private void retire(InodeWatch watch) {
        if (watch.isUnused()) {
            release(watch);
        } else if (watch.count() > 0 && !watch.looking && look(watch) == Look.SEEN) {
            narrow(watch, watch.seenBy);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the watch itself, and not another of its number
    private void release(InodeWatch watch) {
        if (table.find(watch.wd(), 0) == watch) {
            table.remove(watch);
            // EINVAL: the kernel has ended the watch by itself
            SysInotify.inotifyRmWatch(inotify, watch.wd());
        }
    }

    /**
     * Asks the kernel for what the knotes of a watch want: 0 or an errno, after which more is asked for than needed.
     *
     * @param by a knote of the watch, by whose descriptor the file is found
     */
    int narrow(InodeWatch watch, Knote by) {
        int mask = watch.childCount() > 0 ? REMOVALS : 0;
        for (int i = 0; i < watch.count(); i++) {
            Knote kn = watch.knote(i);
            mask |= ((FileFilter) kn.ops()).mask(kn, watch.state.isDirectory());
        }
        if (mask == watch.mask) {
            return 0;
        }
        // Without IN_MASK_ADD the call replaces a mask: it must not be that of another file.
        int error = look.stat(by.descriptor().fd);
        if (error != 0 || !look.now.isSameFile(watch.state)) {
            return error != 0 ? error : Errno.EBADF;
        }
        int wd = addWatch(by.descriptor().fd, "", mask);
        if (wd < 0) {
            return kq.refused(Reasons.Call.INOTIFY_ADD_WATCH, by, -wd);
        }
        int gained = mask & ~watch.mask;
        watch.mask = mask;
        if (gained != 0 && look.stat(by.descriptor().fd) == 0) {
            look.catchUp(watch, gained, by);
        }
        return 0;
    }

    /** inotify_add_watch(2) of the descriptor's file, or of its parent: the kernel's number, or -errno. */
    int addWatch(int descriptor, String suffix, int mask) {
        path.setString(0, "/proc/self/fd/" + descriptor + suffix);
        kq.counters().others++;
        return SysInotify.inotifyAddWatch(inotify, path, mask);
    }

    /**
     * Fills {@link FileLook#now} by a descriptor that is still the watched file, {@link InodeWatch#seenBy}. Knotes
     * whose descriptor is closed, or another file's, are dropped.
     */
    Look look(InodeWatch watch) {
        watch.looking = true;
        try {
            int count = watch.count();
            Look seen = find(watch);
            if (seen == Look.SEEN && watch.count() < count) {
                narrow(watch, watch.seenBy);
            }
            return seen;
        } finally {
            watch.looking = false;
        }
    }

    private Look find(InodeWatch watch) {
        for (int i = 0; i < watch.count(); ) {
            Knote kn = watch.knote(i);
            switch (look.look(kn)) {
                case SEEN -> {
                    return Look.SEEN;
                }
                case UNKNOWN -> i++;
                // The last one takes its place.
                case GONE -> kq.drop(kn);
            }
        }
        return watch.count() > 0 ? Look.UNKNOWN : Look.GONE;
    }

    /** The file has another name: so much is known, whether it can be looked at or not. */
    void moved(InodeWatch watch) {
        watch.name = look.name(watch.seenBy != null ? watch.seenBy : watch.knote(0));
        if (watch.state.isDirectory() && !watch.moved) {
            watch.moved = true;
            watch.nextMoved = moved;
            moved = watch;
        }
    }

    /** If one cannot be watched, it is tried again with the next read. */
    void watchParentsOfMoved() {
        while (moved != null) {
            InodeWatch watch = moved;
            if (watch.count() > 0) {
                leaveParent(watch);
                if (watchParent(watch) != 0) {
                    return;
                }
            }
            moved = watch.nextMoved;
            watch.nextMoved = null;
            watch.moved = false;
        }
    }

    /** An entry of the directory is gone: tells those of its watched subdirectories that were removed. */
    void lookAfterChildren(InodeWatch parent) {
        for (int i = parent.childCount() - 1; i >= 0; i--) {
            InodeWatch child = parent.child(i);
            if (look(child) == Look.SEEN && look.now.links == 0 && child.state.links != 0) {
                child.tell(FileNotes.ofAttrib(child.state, look.now));
                child.state.copyAttributes(look.now);
            }
        }
    }

    /**
     * Looks at all files after inotify events were lost. Changes that can be seen are reported, and changes that leave
     * no trace are reported as having happened.
     */
    void overflow() {
        for (InodeWatch watch : table.toArray(new InodeWatch[table.size()])) {
            if (watch.count() == 0) {
                continue;
            }
            Look seen = look(watch);
            if (seen == Look.SEEN) {
                boolean renamed = (watch.mask & IN_MOVE_SELF) != 0 && look.isRenamed(watch);
                watch.tell(FileNotes.ofLost(watch.state, look.now, renamed));
                watch.state.copy(look.now);
                if (renamed) {
                    moved(watch);
                }
            } else if (seen == Look.UNKNOWN) {
                watch.tell(FileNotes.ANYTHING);
                moved(watch);
            }
        }
    }

    /** Tells the knotes of all files. Allocates nothing, and looks at nothing. */
    void tellAll(int notes) {
        for (InodeWatch watch = table.first(); watch != null; watch = table.after(watch)) {
            watch.tell(notes);
        }
    }

    private void leaveParent(InodeWatch watch) {
        InodeWatch parent = watch.parent;
        if (parent != null) {
            parent.removeChild(watch);
            retire(parent);
        }
    }

    /** The file is gone: drops its knotes. */
    void dropAll(InodeWatch watch) {
        while (watch.count() > 0) {
            kq.drop(watch.knote(0));
        }
        while (watch.childCount() > 0) {
            watch.removeChild(watch.child(0));
        }
    }
}
