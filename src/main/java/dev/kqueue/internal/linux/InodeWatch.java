package dev.kqueue.internal.linux;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file that inotify watches for this kqueue, and the knotes that get its events. inotify watches inodes:
 * descriptors of the same file share a watch, and a rename changes nothing. Belongs to the kqueue's lock.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
final class InodeWatch implements IdTable.Entry<InodeWatch> {
    private static final Knote[] NONE = {};
    private static final InodeWatch[] NO_CHILDREN = {};

    private int wd;
    private InodeWatch chain;

    /** The state of the file when it was last looked at. */
    final FileState state = new FileState();

    /** The parent of a directory, whose watch reports the removal: inotify does not for a directory that is open. */
    InodeWatch parent;

    /** The knote by whose descriptor the file was found to be still the same, and the kqueue's moment of that. */
    Knote seenBy;

    long seenAt;

    /** The inotify events that are asked for. */
    int mask;

    /** The name of the file when it was last looked at, if IN_MOVE_SELF is asked for; null if that is unknown. */
    Path name;

    /** Whether its knotes are being looked at: removing one of them then leaves the watch as it is. */
    boolean looking;

    /** Whether a knote is about to be added. */
    boolean joined;

    /** Whether the directory is in the list of those whose new parent is still to be watched. */
    boolean moved;

    InodeWatch nextMoved;

    private Knote[] knotes = NONE;
    private int count;
    private InodeWatch[] children = NO_CHILDREN;
    private int childCount;

    InodeWatch(int wd) {
        this.wd = wd;
    }

    int wd() {
        return wd;
    }

    /** The kernel has another number for it; not while it is in the table. */
    void renumber(int number) {
        wd = number;
    }

    @Override
    public long ident() {
        return wd;
    }

    @Override
    public int kind() {
        return 0;
    }

    @Override
    public InodeWatch chain() {
        return chain;
    }

    @Override
    public void setChain(InodeWatch next) {
        chain = next;
    }

    boolean isUnused() {
        return count == 0 && childCount == 0 && !joined;
    }

    int count() {
        return count;
    }

    Knote knote(int index) {
        return knotes[index];
    }

    void add(Knote kn) {
        if (count == knotes.length) {
            knotes = Arrays.copyOf(knotes, count == 0 ? 1 : count * 2);
        }
        knotes[count++] = kn;
    }

    /** Removes a knote, if it is there. */
    void remove(Knote kn) {
        int index = 0;
        while (index < count && knotes[index] != kn) {
            index++;
        }
        if (index < count) {
            knotes[index] = knotes[--count];
            knotes[count] = null;
        }
        seenBy = null;
    }

    /** Tells the knotes what has happened, as notes of EVFILT_VNODE. */
    void tell(int notes) {
        for (int i = 0; notes != 0 && i < count; i++) {
            Knote kn = knotes[i];
            ((FileFilter) kn.ops()).happened(kn, notes);
        }
    }

    int childCount() {
        return childCount;
    }

    InodeWatch child(int index) {
        return children[index];
    }

    void addChild(InodeWatch child) {
        if (childCount == children.length) {
            children = Arrays.copyOf(children, childCount == 0 ? 4 : childCount * 2);
        }
        children[childCount++] = child;
        child.parent = this;
    }

    void removeChild(InodeWatch child) {
        int index = 0;
        while (children[index] != child) {
            index++;
        }
        children[index] = children[--childCount];
        children[childCount] = null;
        child.parent = null;
    }
}
