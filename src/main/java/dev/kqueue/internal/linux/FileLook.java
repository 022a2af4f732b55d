package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysStat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds out by fstat(2), and by the name in {@code /proc/self/fd}, whether a descriptor is still the file that it was,
 * and what of the file has changed. Belongs to the kqueue's lock.
 */
final class FileLook {
    /** The results of a look at a watched file. */
    enum Look {
        /** Its state is in {@link FileLook#now}. */
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

    /** The result of the last look. */
    final FileState now = new FileState();

    private final FilterHost kq;
    private MemorySegment stat;

    FileLook(FilterHost kq) {
        this.kq = kq;
    }

    /** Makes room for the answer, once. */
    void prepare() {
        stat = Arena.ofAuto().allocate(SysStat.SIZE, 8);
    }

    /** Fills {@link #now}: 0 or an errno. */
    int stat(int descriptor) {
        kq.counters().others++;
        int error = fstat.call(descriptor, stat);
        if (error < 0) {
            return -error;
        }
        now.read(stat);
        return 0;
    }

    /** Looks at the file of a knote's descriptor. */
    Look look(Knote kn) {
        InodeWatch watch = (InodeWatch) kn.hook();
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

    /**
     * Whether the knote's descriptor is still the file that is watched for it, as far as can be seen: only a descriptor
     * that is closed, or another file's, is not.
     */
    boolean isCurrent(Knote kn) {
        return look(kn) != Look.GONE;
    }

    /** The same, for the scan: what the event has just been looked at for need not be asked again. */
    @SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
    boolean isSeen(Knote kn) {
        InodeWatch watch = (InodeWatch) kn.hook();
        return (watch.seenBy == kn && watch.seenAt == kq.moment()) || isCurrent(kn);
    }

    /**
     * Takes over the present state of what is watched for from now on. It may have changed unseen before, and the next
     * event must not report that.
     */
    void catchUp(InodeWatch watch, int gained, Knote by) {
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

    /** The present name of the knote's file; null if it cannot be found out. */
    Path name(Knote kn) {
        kq.counters().others++;
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(kn.descriptor().fd)));
        } catch (IOException unseen) {
            // Without the name of before, or that of now, the file counts as renamed: see isRenamed.
            return null;
        }
    }

    /** Each kind of event has its own share of the state: the others' may be still to come. */
    int compare(InodeWatch watch, int mask) {
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

    /**
     * Whether the file, just looked at, may have another name than at the last look. A file of several names shows only
     * one of them.
     */
    boolean isRenamed(InodeWatch watch) {
        Path name = name(watch.seenBy);
        if (watch.name == null || name == null || (now.links > 1 && !now.isDirectory())) {
            return true;
        }
        return !name.equals(watch.name) && !(now.links == 0 && name.toString().equals(watch.name + " (deleted)"));
    }
}
