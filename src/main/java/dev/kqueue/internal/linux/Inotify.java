package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_IGNORED;
import static dev.kqueue.internal.libc.SysInotify.IN_ISDIR;
import static dev.kqueue.internal.libc.SysInotify.IN_MASK_ADD;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_Q_OVERFLOW;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.libc.SysIoctl;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The kqueue's one inotify(7) instance: which files are watched for which knotes. What its events mean as notes is
 * {@link FileNotes}; what a file looks like now, {@link FileLook}. Belongs to the kqueue's lock.
 *
 * <h2>Why no event is lost</h2>
 *
 * <ul>
 *   <li>The buffer is filled by {@link #drain} alone, after each event of it has been handled. Handling an event never
 *       reads: what would have to (to watch the new parent of a directory that was moved) is put off until the buffer
 *       is empty, see {@link WatchTable#watchParentsOfMoved}.
 *   <li>If the kernel says that its queue overflowed, if reading fails, or if handling an event throws, then all
 *       watched files are looked at, and what cannot be seen by looking is reported as having happened.
 *   <li>A file that cannot be looked at is not given up, unless its descriptor is closed or is another file's.
 * </ul>
 */
final class Inotify {
    private final FilterHost kq;
    private final long tag;
    private final FileLook look;
    private final WatchTable watches;
    private InotifyEvents events;

    /** Where FIONREAD puts its answer. */
    private MemorySegment unread;

    private int fd = -1;

    /** The last read has failed, and the knotes have all events that it may have been about. */
    private boolean failing;

    /**
     * A call of {@link #read} is at work, or was thrown out of: then what was in the buffer is lost, and the next call
     * repairs that before it reads anything.
     */
    private boolean reading;

    Inotify(FilterHost kq, long tag) {
        this.kq = kq;
        look = new FileLook(kq);
        watches = new WatchTable(kq, look);
        this.tag = tag;
    }

    private int open(Knote kn) {
        if (fd >= 0) {
            return 0;
        }
        if (events == null) {
            watches.prepare();
            look.prepare();
            unread = Arena.ofAuto().allocate(8, 8);
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
        watches.opened(opened);
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
            error = look.stat(kn.descriptor().fd);
        }
        if (error != 0) {
            return error;
        }
        int mask = ((FileFilter) kn.ops()).mask(kn, look.now.isDirectory());
        int wd = watches.addWatch(kn.descriptor().fd, "", mask | IN_MASK_ADD);
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
        InodeWatch watch = watches.obtain(wd);
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
        int error = look.stat(kn.descriptor().fd);
        if (error != 0) {
            return error;
        }
        if (watch.count() == 0) {
            watch.state.copy(look.now);
            watch.name = (mask & IN_MOVE_SELF) != 0 ? look.name(kn) : null;
        } else {
            look.catchUp(watch, gained, kn);
        }
        kn.setHook(watch);
        watch.add(kn);
        return watch.state.isDirectory() && watch.parent == null ? watches.watchParent(watch) : 0;
    }

    private void takeBack(Knote kn, int wd) {
        kn.setHook(null);
        InodeWatch watch = watches.find(wd);
        if (watch == null) {
            watches.remove(wd);
        } else {
            watches.leave(watch, kn);
        }
    }

    /** What the knote needs has changed: 0 or an errno. To be called after {@link #read}. */
    int change(Knote kn) {
        return watches.narrow((InodeWatch) kn.hook(), kn);
    }

    void remove(Knote kn) {
        InodeWatch watch = (InodeWatch) kn.hook();
        kn.setHook(null);
        watches.leave(watch, kn);
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
            watches.tellAll(FileNotes.ANYTHING);
        }
        reading = true;
        drain();
        watches.watchParentsOfMoved();
        reading = false;
    }

    /** After something was thrown: handles what was read and not handled. */
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
        return SysIoctl.ioctl(fd, SysIoctl.FIONREAD, unread) < 0 ? 0 : unread.get(ValueLayout.JAVA_INT, 0);
    }

    /** A read has failed. */
    void failed(int errno) {
        if (errno == Errno.EAGAIN) {
            failing = false;
        } else if (errno != Errno.EINTR && !failing) {
            // Once, and not again with each kevent for as long as it lasts.
            failing = true;
            watches.overflow();
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
            watches.overflow();
            return;
        }
        InodeWatch watch = watches.find(events.wd());
        if (watch == null) {
            return;
        }
        if ((mask & IN_IGNORED) != 0) {
            watches.forget(watch);
            // The file is gone with its descriptors, unless they have opened it by another name than the one removed
            // last: the kernel takes that removal for the end, too (fsnotify_inoderemove()). Such a file has no link;
            // a file that has the numbers of both by now has one.
            boolean open = watches.look(watch) == FileLook.Look.SEEN && look.now.links == 0;
            if (!open || !watches.renew(watch)) {
                watches.dropAll(watch);
            }
            return;
        }
        if (events.isEntry()) {
            watch.tell(FileNotes.ofEntry(mask, events.isRenameWithin()));
            if ((mask & IN_ISDIR) != 0 && (mask & WatchTable.REMOVALS) != 0) {
                watches.lookAfterChildren(watch);
            }
            return;
        }
        int notes = FileNotes.of(mask);
        if ((mask & (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF)) != 0) {
            switch (watches.look(watch)) {
                case SEEN -> notes |= look.compare(watch, mask);
                case UNKNOWN -> notes |= FileNotes.ofUnseen(mask);
                case GONE -> {
                    return;
                }
            }
        }
        watch.tell(notes);
        if ((mask & IN_MOVE_SELF) != 0) {
            watches.moved(watch);
        }
    }

    /** How files are looked at. */
    FileLook look() {
        return look;
    }
}
