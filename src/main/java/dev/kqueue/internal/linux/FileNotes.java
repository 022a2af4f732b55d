package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysInotify.IN_ACCESS;
import static dev.kqueue.internal.libc.SysInotify.IN_ATTRIB;
import static dev.kqueue.internal.libc.SysInotify.IN_CLOSE_NOWRITE;
import static dev.kqueue.internal.libc.SysInotify.IN_CLOSE_WRITE;
import static dev.kqueue.internal.libc.SysInotify.IN_CREATE;
import static dev.kqueue.internal.libc.SysInotify.IN_DELETE;
import static dev.kqueue.internal.libc.SysInotify.IN_ISDIR;
import static dev.kqueue.internal.libc.SysInotify.IN_MODIFY;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_FROM;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVE_SELF;
import static dev.kqueue.internal.libc.SysInotify.IN_OPEN;
import static dev.kqueue.internal.libc.SysInotify.IN_UNMOUNT;

import dev.kqueue.Note;

/**
 * Translates inotify events into notes of EVFILT_VNODE. Pure functions.
 *
 * <p>inotify has one event for "data changed" and one for "anything else changed"; what fstat(2) said before and says
 * now tells them apart. Two equal events in a row are one for inotify, so a difference may stand for several changes:
 * then every note that may be meant is given.
 */
final class FileNotes {
    private FileNotes() {}

    static final int NOTE_TRUNCATE = Note.NOTE_TRUNCATE();
    static final int ALL =
            Note.NOTE_DELETE
                    | Note.NOTE_WRITE
                    | Note.NOTE_EXTEND
                    | Note.NOTE_ATTRIB
                    | Note.NOTE_LINK
                    | Note.NOTE_RENAME
                    | Note.NOTE_REVOKE
                    | Note.NOTE_OPEN()
                    | Note.NOTE_CLOSE()
                    | Note.NOTE_CLOSE_WRITE()
                    | Note.NOTE_READ()
                    | NOTE_TRUNCATE;

    private static final int NOTE_OPEN = Note.NOTE_OPEN();
    private static final int NOTE_CLOSE = Note.NOTE_CLOSE();
    private static final int NOTE_CLOSE_WRITE = Note.NOTE_CLOSE_WRITE();
    private static final int NOTE_READ = Note.NOTE_READ();

    private static final int CONTENT = Note.NOTE_WRITE | Note.NOTE_EXTEND | NOTE_TRUNCATE;
    private static final int UNSEEN = NOTE_OPEN | NOTE_CLOSE | NOTE_CLOSE_WRITE | NOTE_READ;

    /** Whatever may have happened to a file; inotify does not report NOTE_REVOKE. */
    static final int ANYTHING = ALL & ~Note.NOTE_REVOKE;

    /** The notes that one operation has together: an append, or an entry of a directory that comes or goes. */
    private static final int OF_ONE_OPERATION = Note.NOTE_WRITE | Note.NOTE_EXTEND | Note.NOTE_LINK;

    /**
     * The notes of an event that a knote gets. An operation gives all of its notes if any of them was asked for, as in
     * filt_vfsvnode() of FreeBSD: an append NOTE_WRITE and NOTE_EXTEND, a new subdirectory NOTE_WRITE and NOTE_LINK. (A
     * file that truncate(2) makes longer counts as appended to.) Of an event that may stand for several operations, or
     * for one of several, a knote gets only what it asked for: the rest may not have happened.
     *
     * @param notes of the event
     * @param asked for by the knote
     */
    static int told(int notes, int asked) {
        int wanted = notes & asked;
        boolean certain = (notes & Note.NOTE_WRITE) != 0 && (notes & ~OF_ONE_OPERATION) == 0;
        return wanted != 0 && certain ? notes : wanted;
    }

    /** An event of the watched file itself, as far as it needs no look at the file. */
    static int of(int mask) {
        return ((mask & IN_MOVE_SELF) != 0 ? Note.NOTE_RENAME : 0)
                | ((mask & IN_UNMOUNT) != 0 ? Note.NOTE_REVOKE : 0)
                | ((mask & IN_OPEN) != 0 ? NOTE_OPEN : 0)
                | ((mask & IN_CLOSE_NOWRITE) != 0 ? NOTE_CLOSE : 0)
                | ((mask & IN_CLOSE_WRITE) != 0 ? NOTE_CLOSE_WRITE : 0)
                | ((mask & IN_ACCESS) != 0 ? NOTE_READ : 0);
    }

    /**
     * An event of an entry of the watched directory. Entries that come and go change the directory; what happens to
     * them does not.
     *
     * @param within the event is half of a rename that stays in the directory
     */
    static int ofEntry(int mask, boolean within) {
        boolean subdirectory = (mask & IN_ISDIR) != 0;
        if ((mask & (IN_CREATE | IN_DELETE)) != 0) {
            return Note.NOTE_WRITE | (subdirectory ? Note.NOTE_LINK : 0);
        }
        if ((mask & (IN_MOVED_FROM | IN_MOVED_TO)) != 0) {
            return within ? Note.NOTE_WRITE : Note.NOTE_WRITE | Note.NOTE_EXTEND | (subdirectory ? Note.NOTE_LINK : 0);
        }
        return 0;
    }

    /**
     * IN_MODIFY: write(2) or truncate(2). A file that has shrunk may have been written to as well: FreeBSD would report
     * NOTE_ATTRIB for the truncation alone.
     */
    static int ofModify(FileState before, FileState now) {
        int notes = Note.NOTE_WRITE;
        if (now.size > before.size) {
            notes |= Note.NOTE_EXTEND;
        } else if (now.size < before.size) {
            notes |= NOTE_TRUNCATE | Note.NOTE_ATTRIB;
        }
        return notes;
    }

    /**
     * IN_ATTRIB: attributes, or the number of links. unlink(2), of one name of several too, is NOTE_DELETE and no
     * NOTE_LINK, as on FreeBSD; macOS reports both. A directory's links are its subdirectories, which have events of
     * their own, until it is removed.
     */
    static int ofAttrib(FileState before, FileState now) {
        if (now.isDirectory() && now.links != 0) {
            return Note.NOTE_ATTRIB;
        }
        int notes = 0;
        if (now.links != before.links) {
            notes |= now.links < before.links ? Note.NOTE_DELETE : Note.NOTE_LINK;
        }
        if (now.links == before.links || !now.hasSameOwnership(before)) {
            notes |= Note.NOTE_ATTRIB;
        }
        return notes;
    }

    /** An event of a file that cannot be looked at: all that it may mean. */
    static int ofUnseen(int mask) {
        return ((mask & IN_MODIFY) != 0 ? CONTENT | Note.NOTE_ATTRIB : 0)
                | ((mask & IN_ATTRIB) != 0 ? Note.NOTE_ATTRIB | Note.NOTE_LINK | Note.NOTE_DELETE : 0);
    }

    /**
     * The notes after events of the file may have been lost. Changes of names, links and ownership are found by a
     * comparison with the state before. Changes that leave no trace count as having happened: an opening, a reading,
     * the entries of a directory that came and went.
     */
    static int ofLost(FileState before, FileState now, boolean renamed) {
        return UNSEEN
                | CONTENT
                | ofAttrib(before, now)
                | Note.NOTE_ATTRIB
                | (now.isDirectory() ? Note.NOTE_LINK : 0)
                | (renamed ? Note.NOTE_RENAME : 0);
    }
}
