package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysInotify.IN_ACCESS;
import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_CLOSE_NOWRITE;
import static dev.kqueue.internal.libc.SysInotify.IN_CLOSE_WRITE;
import static dev.kqueue.internal.libc.SysInotify.IN_CREATE;
import static dev.kqueue.internal.libc.SysInotify.IN_DELETE;
import static dev.kqueue.internal.libc.SysInotify.IN_DELETE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_FROM;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_OPEN;

import dev.kqueue.KEvent;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysStat;

/**
 * EVFILT_VNODE: what happens to a file or a directory; {@code fflags} says what, and comes back with what it was. Notes
 * gather until they are reported.
 *
 * <p>The descriptor is the identity: it stays the same file when that is renamed or removed. A descriptor of O_PATH
 * will do, but the file must be readable, as inotify demands.
 *
 * <p>NOTE_REVOKE is inotify's IN_UNMOUNT. An open file keeps its file system mounted, and inotify says nothing of
 * {@code umount -l}, so no kernel of today reports it for a descriptor that is open.
 */
final class VnodeFilter implements FileFilter {
    /** The format of what is behind a descriptor without being a file: a kqueue, an eventfd, a process. */
    private static final int NO_FILE = 0;

    private static final int CONTENT = Note.NOTE_WRITE | Note.NOTE_EXTEND | FileNotes.NOTE_TRUNCATE;
    private static final int ENTRIES = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
    private static final int NOTE_OPEN = Note.NOTE_OPEN();
    private static final int NOTE_CLOSE = Note.NOTE_CLOSE();
    private static final int NOTE_CLOSE_WRITE = Note.NOTE_CLOSE_WRITE();
    private static final int NOTE_READ = Note.NOTE_READ();

    @Override
    public boolean isDescriptor() {
        return true;
    }

    @Override
    public int attach(Knote kn) {
        if ((kn.requestedFflags() & ~FileNotes.ALL) != 0) {
            return Errno.EINVAL;
        }
        int kind = kn.kq().probe().format(kn.descriptor().fd);
        if (kind < 0) {
            return -kind;
        }
        if (kind == SysStat.S_IFSOCK || kind == SysStat.S_IFIFO || kind == NO_FILE) {
            return Errno.EINVAL;
        }
        return kn.kq().inotify().add(kn);
    }

    @Override
    public void detach(Knote kn) {
        kn.kq().inotify().remove(kn);
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        if ((fflags & ~FileNotes.ALL) != 0) {
            return Errno.EINVAL;
        }
        // Events before this change are matched with the notes that were asked for until now.
        kn.kq().inotify().read();
        if (kn.hook() == null) {
            // That has shown that the descriptor was closed.
            return Errno.EBADF;
        }
        int former = kn.requestedFflags();
        kn.request(fflags, kn.requestedData());
        int error = kn.kq().inotify().change(kn);
        if (error != 0) {
            kn.request(former, kn.requestedData());
        }
        return error;
    }

    /** A file that is gone may have left its inode's number to the next one: inotify knows that it is gone. */
    @Override
    public boolean isCurrent(Knote kn) {
        kn.kq().inotify().read();
        return kn.hook() != null && kn.kq().inotify().look().isCurrent(kn);
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        if (kn.firedFflags() == 0) {
            return false;
        }
        // inotify watches the file and knows nothing of the descriptor, which may have been closed, and be another's.
        boolean gone = !kn.kq().inotify().look().isSeen(kn);
        kn.setGone(gone);
        if (gone) {
            return false;
        }
        if ((kn.firedFflags() & Note.NOTE_REVOKE) != 0) {
            kn.eof = true;
            kn.addFlag(KEvent.EV_ONESHOT);
        }
        return true;
    }

    @Override
    public void happened(Knote kn, int notes) {
        int told = FileNotes.told(notes, kn.requestedFflags());
        if (told != 0) {
            kn.addFired(told, 0);
            kn.kq().activate(kn);
        }
    }

    @Override
    public int mask(Knote kn, boolean directory) {
        int notes = kn.requestedFflags();
        // Never empty: inotify takes that for a mistake.
        int mask = IN_DELETE_SELF;
        if (directory) {
            mask |= (notes & (CONTENT | Note.NOTE_LINK)) != 0 ? ENTRIES : 0;
            mask |= (notes & (Note.NOTE_ATTRIB | Note.NOTE_DELETE | Note.NOTE_LINK)) != 0 ? IN_ATTRIB : 0;
            // Where its own removal is seen changes with a rename.
            mask |= IN_MOVE_SELF;
        } else {
            mask |= (notes & (CONTENT | Note.NOTE_ATTRIB)) != 0 ? IN_MODIFY : 0;
            mask |= (notes & (Note.NOTE_ATTRIB | Note.NOTE_DELETE | Note.NOTE_LINK)) != 0 ? IN_ATTRIB : 0;
            mask |= (notes & Note.NOTE_RENAME) != 0 ? IN_MOVE_SELF : 0;
        }
        mask |= (notes & NOTE_OPEN) != 0 ? IN_OPEN : 0;
        mask |= (notes & NOTE_CLOSE) != 0 ? IN_CLOSE_NOWRITE : 0;
        mask |= (notes & NOTE_CLOSE_WRITE) != 0 ? IN_CLOSE_WRITE : 0;
        mask |= (notes & NOTE_READ) != 0 ? IN_ACCESS : 0;
        return mask;
    }
}
