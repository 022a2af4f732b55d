package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_DELETE;
import static dev.kqueue.internal.libc.SysInotify.IN_IGNORED;
import static dev.kqueue.internal.libc.SysInotify.IN_ISDIR;
import static dev.kqueue.internal.libc.SysInotify.IN_MASK_ADD;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_FROM;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_Q_OVERFLOW;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The kqueue's one inotify(7) instance: which files are watched for which knotes. What its events mean as notes is
 * {@link FileNotes}. Belongs to the kqueue's lock.
 *
 * <p>A file is found by its descriptor, through {@code /proc/self/fd}: a name may be another file's by now, and may not
 * exist any more.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
final class Inotify {
    /** One read brings as much as fits; a name is 255 bytes at most. */
    private static final int BUFFER = 64 * 1024;

    private static final int LONGEST_EVENT = 16 + 256;

    /** What a directory's parent is watched for. */
    private static final int REMOVALS = IN_DELETE | IN_MOVED_TO;

    private final LinuxKQueue kq;
    private final long tag;
    private final IdTable<Watch> watches = new IdTable<>();
    private final FileState now = new FileState();
    private MemorySegment buffer;
    private MemorySegment path;
    private MemorySegment stat;
    private int fd = -1;

    /** The last first half of a rename: in which directory, and what it has in common with the second. */
    private int movedFrom;

    private int movedCookie;

    Inotify(LinuxKQueue kq, long tag) {
        this.kq = kq;
        this.tag = tag;
    }

    private int open() {
        if (fd >= 0) {
            return 0;
        }
        int opened = SysInotify.inotifyInit1();
        if (opened < 0) {
            return -opened;
        }
        int error = kq.epoll().control(EPOLL_CTL_ADD, opened, EPOLLIN, tag);
        if (error != 0) {
            Unistd.close(opened);
            return error;
        }
        buffer = Arena.ofAuto().allocate(BUFFER, 8);
        path = Arena.ofAuto().allocate(64);
        stat = Arena.ofAuto().allocate(SysStat.SIZE, 8);
        fd = opened;
        return 0;
    }

    void close() {
        if (fd >= 0) {
            Unistd.close(fd);
        }
    }

    /** The number of files that are watched. */
    int size() {
        return watches.size();
    }

    /** Begins to watch the knote's descriptor: 0 or an errno. */
    int add(Knote kn) {
        int error = open();
        if (error == 0) {
            error = stat(kn.descriptor().fd);
        }
        if (error != 0) {
            return error;
        }
        boolean directory = now.isDirectory();
        int mask = ((FileFilter) kn.ops()).mask(kn, directory);
        int wd = addWatch(kn.descriptor().fd, "", mask | IN_MASK_ADD);
        if (wd < 0) {
            return -wd;
        }
        int former = mask(wd);
        Watch watch = obtain(wd, mask);
        error = stat(kn.descriptor().fd);
        if (error != 0) {
            retire(watch);
            return error;
        }
        if (watch.count() == 0) {
            watch.state.copy(now);
        } else {
            catchUp(watch, mask & ~former);
        }
        watch.add(kn);
        kn.setHook(watch);
        if (directory && watch.parent == null) {
            watchParent(watch);
        }
        return 0;
    }

    /** What the knote needs has changed: 0 or an errno. To be called after {@link #read}. */
    int change(Knote kn) {
        return narrow((Watch) kn.hook(), kn);
    }

    void remove(Knote kn) {
        Watch watch = (Watch) kn.hook();
        kn.setHook(null);
        watch.remove(kn);
        if (watch.count() == 0) {
            leaveParent(watch);
        }
        retire(watch);
    }

    /** Whether the knote's descriptor is still the file that is watched for it. */
    boolean isCurrent(Knote kn) {
        Watch watch = (Watch) kn.hook();
        if (stat(kn.descriptor().fd) != 0 || !now.isSameFile(watch.state)) {
            return false;
        }
        watch.seenBy = kn;
        watch.seenAt = kq.moment();
        return true;
    }

    /** The same, for the scan: what the event has just been looked at for need not be asked again. */
    boolean isSeen(Knote kn) {
        Watch watch = (Watch) kn.hook();
        return (watch.seenBy == kn && watch.seenAt == kq.moment()) || isCurrent(kn);
    }

    private int mask(int wd) {
        Watch watch = watches.find(wd, 0);
        return watch == null ? 0 : watch.mask;
    }

    /** What has not been watched for before may have changed unseen: that is not to be told with what comes. */
    private void catchUp(Watch watch, int gained) {
        if ((gained & IN_MODIFY) != 0) {
            watch.state.size = now.size;
        }
        if ((gained & IN_ATTRIB) != 0) {
            watch.state.copyAttributes(now);
        }
    }

    private Watch obtain(int wd, int mask) {
        Watch watch = watches.find(wd, 0);
        if (watch != null) {
            // What has happened before now is for the knotes that are there already.
            read();
            watch = watches.find(wd, 0);
        }
        if (watch == null) {
            watch = new Watch(wd);
            watches.add(watch);
        }
        watch.mask |= mask;
        return watch;
    }

    /** Without the right to read the parent, the removal of the directory goes unseen; all else is seen. */
    private void watchParent(Watch watch) {
        int wd = addWatch(watch.knote(0).descriptor().fd, "/..", REMOVALS | IN_MASK_ADD);
        if (wd >= 0 && wd != watch.wd()) {
            obtain(wd, REMOVALS).addChild(watch);
        }
    }

    /** Watches for no more than is needed any more, or not at all. */
    private void retire(Watch watch) {
        if (!watch.isUnused()) {
            if (watch.count() > 0 && look(watch)) {
                narrow(watch, watch.knote(0));
            }
        } else if (watches.find(watch.wd(), 0) == watch) {
            watches.remove(watch);
            // EINVAL: the kernel has ended the watch by itself
            SysInotify.inotifyRmWatch(fd, watch.wd());
        }
    }

    private int narrow(Watch watch, Knote by) {
        int mask = watch.childCount() > 0 ? REMOVALS : 0;
        for (int i = 0; i < watch.count(); i++) {
            Knote kn = watch.knote(i);
            mask |= ((FileFilter) kn.ops()).mask(kn, watch.state.isDirectory());
        }
        if (mask == watch.mask) {
            return 0;
        }
        int wd = addWatch(by.descriptor().fd, "", mask);
        if (wd < 0) {
            return -wd;
        }
        int gained = mask & ~watch.mask;
        watch.mask = mask;
        if ((gained & (IN_MODIFY | IN_ATTRIB)) != 0 && stat(by.descriptor().fd) == 0) {
            catchUp(watch, gained);
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
        int error = SysStat.fstat(descriptor, stat);
        if (error < 0) {
            return -error;
        }
        now.read(stat);
        return 0;
    }

    /** Reads all events that have come, and tells the knotes. */
    void read() {
        if (fd < 0) {
            return;
        }
        long bytes;
        do {
            kq.counters().others++;
            bytes = Unistd.read(fd, buffer, BUFFER);
            for (long at = 0; at < bytes; at = SysInotify.next(buffer, at)) {
                event(at, bytes);
            }
        } while (bytes > BUFFER - LONGEST_EVENT);
        if (bytes < 0 && bytes != -Errno.EAGAIN) {
            throw new AssertionError("read from our own inotify: " + Errno.name((int) -bytes));
        }
    }

    private void event(long at, long end) {
        int mask = SysInotify.mask(buffer, at);
        if ((mask & IN_Q_OVERFLOW) != 0) {
            overflow();
            return;
        }
        Watch watch = watches.find(SysInotify.wd(buffer, at), 0);
        if (watch == null) {
            return;
        }
        if ((mask & IN_IGNORED) != 0) {
            // The file is gone, and so were its descriptors.
            watches.remove(watch);
            dropAll(watch);
            return;
        }
        if (SysInotify.len(buffer, at) > 0) {
            tell(watch, FileNotes.ofEntry(mask, isWithin(mask, at, end)));
            if ((mask & IN_ISDIR) != 0 && (mask & REMOVALS) != 0) {
                lookAfterChildren(watch);
            }
            return;
        }
        int notes = FileNotes.of(mask);
        if ((mask & (IN_MODIFY | IN_ATTRIB)) != 0) {
            if (!look(watch)) {
                return;
            }
            // Each kind of event has its own share of the state: the other's may be still to come.
            if ((mask & IN_MODIFY) != 0) {
                notes |= FileNotes.ofModify(watch.state, now);
                watch.state.size = now.size;
            }
            if ((mask & IN_ATTRIB) != 0) {
                notes |= FileNotes.ofAttrib(watch.state, now);
                watch.state.copyAttributes(now);
            }
        }
        tell(watch, notes);
        if ((mask & IN_MOVE_SELF) != 0 && watch.count() > 0 && watch.state.isDirectory()) {
            leaveParent(watch);
            watchParent(watch);
        }
    }

    /** Whether the event is one half of a rename within one directory: the halves follow each other. */
    private boolean isWithin(int mask, long at, long end) {
        int wd = SysInotify.wd(buffer, at);
        int cookie = SysInotify.cookie(buffer, at);
        if ((mask & IN_MOVED_FROM) != 0) {
            movedFrom = wd;
            movedCookie = cookie;
            long next = SysInotify.next(buffer, at);
            return next < end
                    && SysInotify.cookie(buffer, next) == cookie
                    && SysInotify.wd(buffer, next) == wd
                    && (SysInotify.mask(buffer, next) & IN_MOVED_TO) != 0;
        }
        return (mask & IN_MOVED_TO) != 0 && wd == movedFrom && cookie == movedCookie;
    }

    /**
     * Fills {@link #now} by a descriptor that is still the watched file. Knotes whose descriptor is not are dropped.
     */
    private boolean look(Watch watch) {
        while (watch.count() > 0) {
            Knote kn = watch.knote(0);
            if (isCurrent(kn)) {
                return true;
            }
            kq.drop(kn);
        }
        return false;
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
            if (look(child) && now.links == 0 && child.state.links != 0) {
                tell(child, FileNotes.ofAttrib(child.state, now));
                child.state.copyAttributes(now);
            }
        }
    }

    /** Events were lost: whatever could have happened to a file without another trace is taken as having happened. */
    private void overflow() {
        for (Watch watch : watches.toArray(new Watch[watches.size()])) {
            if (look(watch)) {
                tell(watch, FileNotes.ofLost(watch.state, now));
                watch.state.copy(now);
            }
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
