package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_DELETE;
import static dev.kqueue.internal.libc.SysInotify.IN_IGNORED;
import static dev.kqueue.internal.libc.SysInotify.IN_ISDIR;
import static dev.kqueue.internal.libc.SysInotify.IN_MASK_ADD;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_Q_OVERFLOW;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.libc.SysIoctl;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kqueue's one inotify(7) instance: which files are watched for which knotes. What its events mean as notes is
 * {@link FileNotes}. Belongs to the kqueue's lock.
 *
 * <p>A file is found by its descriptor, through {@code /proc/self/fd}: a name may be another file's by now, and may not
 * exist any more.
 *
 * <h2>Why no event is lost</h2>
 *
 * <ul>
 *   <li>The buffer is filled by {@link #drain} alone, after each event of it has been handled. Handling an event never
 *       reads: what would have to (to watch the new parent of a directory that was moved) is put off until the buffer
 *       is empty, see {@link #watchParentsOfMoved}.
 *   <li>If the kernel says that its queue overflowed, if reading fails, or if handling an event throws, then all
 *       watched files are looked at, and what cannot be seen by looking is reported as having happened.
 *   <li>A file that cannot be looked at is not given up, unless its descriptor is closed or is another file's.
 * </ul>
 */
final class Inotify {
    /** What a directory's parent is watched for. */
    private static final int REMOVALS = IN_DELETE | IN_MOVED_TO;

    /** What a look at a watched file has shown. */
    private enum Look {
        /** Its state is in {@link #now}. */
        SEEN,
        /** fstat(2) fails, though the descriptor is open. */
        UNKNOWN,
        /** The descriptor is closed, or another file's; of a watch: no knote is left. */
        GONE
    }

    /** fstat(2). */
    interface Fstat {
        int call(int fd, MemorySegment stat);
    }

    /** Replaced by tests. */
    Fstat fstat = SysStat::fstat;

    private final FilterHost kq;
    private final long tag;
    private final IdTable<Watch> watches = new IdTable<>();
    private final FileState now = new FileState();
    private InotifyEvents events;
    private MemorySegment path;
    private MemorySegment stat;
    private int fd = -1;

    /** The last read has failed, and the knotes have been told all that it may have been about. */
    private boolean failing;

    /**
     * A call of {@link #read} is at work, or was thrown out of: then what was in the buffer is lost, and the next call
     * makes it good before it reads anything.
     */
    private boolean reading;

    /** The first of the directories that have been moved since their parents were watched; {@link Watch#nextMoved}. */
    private Watch moved;

    Inotify(FilterHost kq, long tag) {
        this.kq = kq;
        this.tag = tag;
    }

    private int open(Knote kn) {
        if (fd >= 0) {
            return 0;
        }
        if (events == null) {
            path = Arena.ofAuto().allocate(64);
            stat = Arena.ofAuto().allocate(SysStat.SIZE, 8);
            events = new InotifyEvents();
        }
        StackReserve.ensure();
        int opened = SysInotify.inotifyInit1();
        if (opened < 0) {
            return -opened;
        }
        int error = kq.poll(opened, EPOLLIN, tag);
        if (error != 0) {
            Unistd.close(opened);
            return kq.refused(Reasons.Call.EPOLL_CTL, kn, error);
        }
        fd = opened;
        return 0;
    }

    void close() {
        if (fd >= 0) {
            Unistd.close(fd);
            fd = -1;
        }
    }

    /** The number of files that are watched. */
    int size() {
        return watches.size();
    }

    /** Begins to watch the knote's descriptor: 0 or an errno. */
    int add(Knote kn) {
        int error = open(kn);
        if (error == 0) {
            error = stat(kn.descriptor().fd);
        }
        if (error != 0) {
            return error;
        }
        int mask = ((FileFilter) kn.ops()).mask(kn, now.isDirectory());
        int wd = addWatch(kn.descriptor().fd, "", mask | IN_MASK_ADD);
        if (wd < 0) {
            return kq.refused(Reasons.Call.INOTIFY_ADD_WATCH, kn, -wd);
        }
        error = -1;
        try {
            error = join(kn, wd, mask);
            return error;
        } finally {
            // An errno, or something thrown: then the watch is as it was before, or not there.
            if (error != 0) {
                takeBack(kn, wd);
            }
        }
    }

    private int join(Knote kn, int wd, int mask) {
        Watch watch = obtain(wd);
        int gained = mask & ~watch.mask;
        watch.mask |= mask;
        if (watch.count() > 0) {
            // What has happened before now is for the knotes that are there already. If that ends the last of them, the
            // watch stays, with what the kernel has just been asked for.
            watch.joined = true;
            try {
                read();
            } finally {
                watch.joined = false;
            }
        }
        int error = stat(kn.descriptor().fd);
        if (error != 0) {
            return error;
        }
        if (watch.count() == 0) {
            watch.state.copy(now);
            watch.name = (mask & IN_MOVE_SELF) != 0 ? name(kn) : null;
        } else {
            catchUp(watch, gained, kn);
        }
        kn.setHook(watch);
        watch.add(kn);
        return watch.state.isDirectory() && watch.parent == null ? watchParent(watch) : 0;
    }

    private void takeBack(Knote kn, int wd) {
        kn.setHook(null);
        Watch watch = watches.find(wd, 0);
        if (watch == null) {
            SysInotify.inotifyRmWatch(fd, wd);
        } else {
            leave(watch, kn);
        }
    }

    /** What the knote needs has changed: 0 or an errno. To be called after {@link #read}. */
    int change(Knote kn) {
        return narrow((Watch) kn.hook(), kn);
    }

    void remove(Knote kn) {
        Watch watch = (Watch) kn.hook();
        kn.setHook(null);
        leave(watch, kn);
    }

    private void leave(Watch watch, Knote kn) {
        watch.remove(kn);
        if (watch.count() == 0) {
            leaveParent(watch);
        }
        retire(watch);
    }

    /**
     * Whether the knote's descriptor is still the file that is watched for it, as far as can be seen: only a descriptor
     * that is closed, or another file's, is not.
     */
    boolean isCurrent(Knote kn) {
        return look(kn) != Look.GONE;
    }

    private Look look(Knote kn) {
        Watch watch = (Watch) kn.hook();
        int error = stat(kn.descriptor().fd);
        watch.seenBy = null;
        if (error != 0) {
            return error == Errno.EBADF ? Look.GONE : Look.UNKNOWN;
        }
        if (!now.isSameFile(watch.state)) {
            return Look.GONE;
        }
        watch.seenBy = kn;
        watch.seenAt = kq.moment();
        return Look.SEEN;
    }

    /** The same, for the scan: what the event has just been looked at for need not be asked again. */
    @SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
    boolean isSeen(Knote kn) {
        Watch watch = (Watch) kn.hook();
        return (watch.seenBy == kn && watch.seenAt == kq.moment()) || isCurrent(kn);
    }

    /** What has not been watched for before may have changed unseen: that is not to be told with what comes. */
    private void catchUp(Watch watch, int gained, Knote by) {
        if ((gained & IN_MODIFY) != 0) {
            watch.state.size = now.size;
        }
        if ((gained & IN_ATTRIB) != 0) {
            watch.state.copyAttributes(now);
        }
        if ((gained & IN_MOVE_SELF) != 0) {
            watch.name = name(by);
        }
    }

    private Watch obtain(int wd) {
        Watch watch = watches.find(wd, 0);
        if (watch == null) {
            watch = new Watch(wd);
            watches.add(watch);
        }
        return watch;
    }

    /**
     * Watches the directory's parent for the directory's removal: 0 or an errno. Without the right to read the parent
     * the removal goes unseen; all else is seen.
     */
    private int watchParent(Watch watch) {
        int wd = addWatch(watch.knote(0).descriptor().fd, "/..", REMOVALS | IN_MASK_ADD);
        if (wd < 0) {
            // ENOENT: the descriptor has been closed behind the kqueue's back.
            return wd == -Errno.EACCES || wd == -Errno.ENOENT
                    ? 0
                    : kq.refused(Reasons.Call.INOTIFY_ADD_WATCH, watch.knote(0), -wd);
        }
        if (wd != watch.wd()) {
            Watch parent = obtain(wd);
            parent.mask |= REMOVALS;
            parent.addChild(watch);
        }
        return 0;
    }

    /** Watches for no more than is needed any more, or not at all. */
    private void retire(Watch watch) {
        if (watch.isUnused()) {
            release(watch);
        } else if (watch.count() > 0 && !watch.looking && look(watch) == Look.SEEN) {
            narrow(watch, watch.seenBy);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the watch itself, and not another of its number
    private void release(Watch watch) {
        if (watches.find(watch.wd(), 0) == watch) {
            watches.remove(watch);
            // EINVAL: the kernel has ended the watch by itself
            SysInotify.inotifyRmWatch(fd, watch.wd());
        }
    }

    /**
     * Asks the kernel for what the knotes of a watch want: 0 or an errno, after which more is asked for than needed.
     *
     * @param by a knote of the watch, by whose descriptor the file is found
     */
    private int narrow(Watch watch, Knote by) {
        int mask = watch.childCount() > 0 ? REMOVALS : 0;
        for (int i = 0; i < watch.count(); i++) {
            Knote kn = watch.knote(i);
            mask |= ((FileFilter) kn.ops()).mask(kn, watch.state.isDirectory());
        }
        if (mask == watch.mask) {
            return 0;
        }
        // Without IN_MASK_ADD the call replaces a mask: it must not be that of another file.
        int error = stat(by.descriptor().fd);
        if (error != 0 || !now.isSameFile(watch.state)) {
            return error != 0 ? error : Errno.EBADF;
        }
        int wd = addWatch(by.descriptor().fd, "", mask);
        if (wd < 0) {
            return kq.refused(Reasons.Call.INOTIFY_ADD_WATCH, by, -wd);
        }
        int gained = mask & ~watch.mask;
        watch.mask = mask;
        if (gained != 0 && stat(by.descriptor().fd) == 0) {
            catchUp(watch, gained, by);
        }
        return 0;
    }

    private int addWatch(int descriptor, String suffix, int mask) {
        path.setString(0, "/proc/self/fd/" + descriptor + suffix);
        kq.counters().others++;
        return SysInotify.inotifyAddWatch(fd, path, mask);
    }

    private int stat(int descriptor) {
        kq.counters().others++;
        int error = fstat.call(descriptor, stat);
        if (error < 0) {
            return -error;
        }
        now.read(stat);
        return 0;
    }

    /** What the knote's file is called now; null if that cannot be seen. */
    private Path name(Knote kn) {
        kq.counters().others++;
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(kn.descriptor().fd)));
        } catch (IOException unseen) {
            // Without the name of before, or that of now, the file counts as renamed: see isRenamed.
            return null;
        }
    }

    /** Reads the events that have come by now, and tells the knotes. */
    void read() {
        if (fd < 0) {
            return;
        }
        StackReserve.ensure();
        if (reading) {
            // To say that anything may have happened takes no memory.
            events.clear();
            tellAll();
        }
        reading = true;
        drain();
        watchParentsOfMoved();
        reading = false;
    }

    /** After something was thrown: what was read and not handled is made good. */
    void restore() {
        if (reading) {
            read();
        }
    }

    private void drain() {
        long left = 0;
        boolean more;
        do {
            kq.counters().others++;
            long bytes = events.fill(fd);
            if (bytes < 0) {
                failed((int) -bytes);
                return;
            }
            failing = false;
            handle();
            // While others go on to write, the queue may never be empty: what comes from now on is for the next time.
            more = events.isFull();
            left = left == 0 && more ? unread() : left - bytes;
        } while (more && left > 0);
    }

    /** The bytes of the events that wait to be read. */
    private long unread() {
        kq.counters().others++;
        return SysIoctl.ioctl(fd, SysIoctl.FIONREAD, stat) < 0 ? 0 : stat.get(ValueLayout.JAVA_INT, 0);
    }

    /** A read has failed. */
    void failed(int errno) {
        if (errno == Errno.EAGAIN) {
            failing = false;
        } else if (errno != Errno.EINTR && !failing) {
            // Once, and not again with each kevent for as long as it lasts.
            failing = true;
            overflow();
        }
    }

    /** Handles events that did not come from the kernel: for tests. */
    void read(MemorySegment fed) {
        events.fill(fed);
        handle();
    }

    private void handle() {
        while (events.next()) {
            event();
        }
    }

    /** Must not read: see the class's comment. */
    private void event() {
        int mask = events.mask();
        if ((mask & IN_Q_OVERFLOW) != 0) {
            overflow();
            return;
        }
        Watch watch = watches.find(events.wd(), 0);
        if (watch == null) {
            return;
        }
        if ((mask & IN_IGNORED) != 0) {
            // The file is gone, and so were its descriptors.
            watches.remove(watch);
            dropAll(watch);
            return;
        }
        if (events.isEntry()) {
            tell(watch, FileNotes.ofEntry(mask, events.isRenameWithin()));
            if ((mask & IN_ISDIR) != 0 && (mask & REMOVALS) != 0) {
                lookAfterChildren(watch);
            }
            return;
        }
        int notes = FileNotes.of(mask);
        if ((mask & (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF)) != 0) {
            switch (look(watch)) {
                case SEEN -> notes |= compare(watch, mask);
                case UNKNOWN -> notes |= FileNotes.ofUnseen(mask);
                case GONE -> {
                    return;
                }
            }
        }
        tell(watch, notes);
        if ((mask & IN_MOVE_SELF) != 0) {
            moved(watch);
        }
    }

    /** Each kind of event has its own share of the state: the others' may be still to come. */
    private int compare(Watch watch, int mask) {
        int notes = 0;
        if ((mask & IN_MODIFY) != 0) {
            notes |= FileNotes.ofModify(watch.state, now);
            watch.state.size = now.size;
        }
        if ((mask & IN_ATTRIB) != 0) {
            notes |= FileNotes.ofAttrib(watch.state, now);
            watch.state.copyAttributes(now);
        }
        return notes;
    }

    /** The file has another name: so much is known, whether it can be looked at or not. */
    private void moved(Watch watch) {
        watch.name = name(watch.seenBy != null ? watch.seenBy : watch.knote(0));
        if (watch.state.isDirectory() && !watch.moved) {
            watch.moved = true;
            watch.nextMoved = moved;
            moved = watch;
        }
    }

    /** If one cannot be watched, it is tried again with the next read. */
    private void watchParentsOfMoved() {
        while (moved != null) {
            Watch watch = moved;
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

    /**
     * Fills {@link #now} by a descriptor that is still the watched file, {@link Watch#seenBy}. Knotes whose descriptor
     * is closed, or another file's, are dropped.
     */
    private Look look(Watch watch) {
        watch.looking = true;
        try {
            int count = watch.count();
            Look look = find(watch);
            if (look == Look.SEEN && watch.count() < count) {
                narrow(watch, watch.seenBy);
            }
            return look;
        } finally {
            watch.looking = false;
        }
    }

    private Look find(Watch watch) {
        for (int i = 0; i < watch.count(); ) {
            Knote kn = watch.knote(i);
            switch (look(kn)) {
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

    private void tell(Watch watch, int notes) {
        for (int i = 0; notes != 0 && i < watch.count(); i++) {
            Knote kn = watch.knote(i);
            ((FileFilter) kn.ops()).happened(kn, notes);
        }
    }

    private void lookAfterChildren(Watch parent) {
        for (int i = parent.childCount() - 1; i >= 0; i--) {
            Watch child = parent.child(i);
            if (look(child) == Look.SEEN && now.links == 0 && child.state.links != 0) {
                tell(child, FileNotes.ofAttrib(child.state, now));
                child.state.copyAttributes(now);
            }
        }
    }

    /**
     * Events were lost. What can be seen of a file is told if it has changed; what leaves no trace counts as having
     * happened.
     */
    private void overflow() {
        for (Watch watch : watches.toArray(new Watch[watches.size()])) {
            if (watch.count() == 0) {
                continue;
            }
            Look look = look(watch);
            if (look == Look.SEEN) {
                boolean renamed = (watch.mask & IN_MOVE_SELF) != 0 && isRenamed(watch);
                tell(watch, FileNotes.ofLost(watch.state, now, renamed));
                watch.state.copy(now);
                if (renamed) {
                    moved(watch);
                }
            } else if (look == Look.UNKNOWN) {
                tell(watch, FileNotes.ANYTHING);
                moved(watch);
            }
        }
    }

    /**
     * Whether the file, just looked at, may have another name than at the last look. A file of several names shows only
     * one of them.
     */
    private boolean isRenamed(Watch watch) {
        Path name = name(watch.seenBy);
        if (watch.name == null || name == null || (now.links > 1 && !now.isDirectory())) {
            return true;
        }
        return !name.equals(watch.name) && !(now.links == 0 && name.toString().equals(watch.name + " (deleted)"));
    }

    /** Allocates nothing, and looks at nothing. */
    private void tellAll() {
        for (Watch watch = watches.first(); watch != null; watch = watches.after(watch)) {
            tell(watch, FileNotes.ANYTHING);
        }
    }

    private void leaveParent(Watch watch) {
        Watch parent = watch.parent;
        if (parent != null) {
            parent.removeChild(watch);
            retire(parent);
        }
    }

    private void dropAll(Watch watch) {
        while (watch.count() > 0) {
            kq.drop(watch.knote(0));
        }
        while (watch.childCount() > 0) {
            watch.removeChild(watch.child(0));
        }
    }
}
