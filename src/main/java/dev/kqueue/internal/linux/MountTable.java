package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLERR;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLPRI;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;

import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * NOTE_REVOKE: the mounts of the files that are watched for it. A file that is open keeps its file system from being
 * unmounted, but for {@code umount -l}, which takes it away from the tree of files at once; inotify says nothing of
 * that as long as a descriptor is left. So the table of mounts is watched, which a number of mount leaves then.
 *
 * <p>Only a mount that was in the table when the knote was added is missed: a descriptor may come from elsewhere.
 * Belongs to the kqueue's lock.
 */
final class MountTable {
    private static final String MOUNT = "mnt_id:";

    private final Core kq;
    private final long tag;

    /** The knotes with NOTE_REVOKE, and the number of the mount of each; 0 if it was not in the table. */
    private final Map<Knote, Integer> mounts = new HashMap<>();

    /**
     * The table's descriptor in epoll, where a change wakes the waiting threads. Polling a descriptor of the table uses
     * up the change that it reports.
     */
    private int inEpoll = -1;

    /**
     * A second descriptor of the table, which only this class polls: other threads and processes may poll the kqueue's
     * descriptor, and with it {@link #inEpoll}.
     */
    private int witness = -1;

    /** The table as it was at the last look. */
    private Set<Integer> mounted = Set.of();

    /** Whether a mount has changed since then. */
    private boolean stale;

    MountTable(Core kq, long tag) {
        this.kq = kq;
        this.tag = tag;
    }

    /** Begins or ends to follow the knote's mount, as its fflags say: 0 or an errno. */
    int follow(Knote kn) {
        if ((kn.requestedFflags() & Note.NOTE_REVOKE) == 0) {
            leave(kn);
            return 0;
        }
        if (mounts.containsKey(kn)) {
            return 0;
        }
        int error = open(kn);
        if (error == 0) {
            error = update();
        }
        if (error != 0) {
            return error;
        }
        int mount = mountOf(kn.descriptor().fd);
        if (mount < 0) {
            return -mount;
        }
        mounts.put(kn, mounted.contains(mount) ? mount : 0);
        return 0;
    }

    void leave(Knote kn) {
        mounts.remove(kn);
    }

    private int open(Knote kn) {
        if (inEpoll >= 0) {
            return 0;
        }
        int opened = open("/proc/self/mountinfo");
        int second = opened < 0 ? opened : open("/proc/self/mountinfo");
        int error = Math.max(0, -second);
        if (error == 0) {
            error = kq.epoll().control(EPOLL_CTL_ADD, opened, EPOLLPRI | EPOLLERR | EPOLLET, tag);
            kq.reasons().refused(Reasons.Call.EPOLL_CTL, kn, error);
        }
        if (error == 0) {
            inEpoll = opened;
            witness = second;
            stale = true;
            return 0;
        }
        if (opened >= 0) {
            Unistd.close(opened);
        }
        if (second >= 0) {
            Unistd.close(second);
        }
        return error;
    }

    private int open(String path) {
        kq.counters().others++;
        return Fcntl.open(path, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
    }

    void close() {
        if (inEpoll >= 0) {
            Unistd.close(inEpoll);
            Unistd.close(witness);
        }
    }

    /**
     * Looks whether a mount has gone, if any mount has changed since the last look. A table that cannot be read is read
     * with the next look: no mount counts as gone for that.
     */
    void look() {
        if (inEpoll >= 0) {
            StackReserve.ensure();
            update();
        }
    }

    private int update() {
        // The poll uses the change up, the table is stale until it has been read.
        stale |= kq.inspector().poll(witness, EPOLLPRI) != 0;
        if (!stale) {
            return 0;
        }
        Unistd.lseek(witness, 0, Unistd.SEEK_SET);
        StringBuilder text = new StringBuilder();
        int error = read(witness, text);
        if (error != 0) {
            return error;
        }
        mounted = mounted(text);
        for (Map.Entry<Knote, Integer> followed : Map.copyOf(mounts).entrySet()) {
            int mount = followed.getValue();
            if (mount != 0 && !mounted.contains(mount)) {
                Knote kn = followed.getKey();
                leave(kn);
                ((FileFilter) kn.ops()).happened(kn, Note.NOTE_REVOKE);
            }
        }
        // Only now: if memory ran out on the way, the rest is told by the next look.
        stale = false;
        return 0;
    }

    /** The number of the mount that the descriptor was opened in, or -errno. */
    private int mountOf(int fd) {
        int info = open("/proc/self/fdinfo/" + fd);
        if (info < 0) {
            // It was open a moment ago.
            return info == -Errno.ENOENT ? -Errno.EBADF : info;
        }
        StringBuilder text = new StringBuilder();
        int error;
        try {
            error = read(info, text);
        } finally {
            Unistd.close(info);
        }
        if (error != 0) {
            return -error;
        }
        return text.toString()
                .lines()
                .filter(line -> line.startsWith(MOUNT))
                .mapToInt(line -> Integer.parseInt(line.substring(MOUNT.length()).strip()))
                .findFirst()
                .orElse(0);
    }

    private static Set<Integer> mounted(StringBuilder table) {
        return table.toString()
                .lines()
                .map(line -> Integer.valueOf(line.substring(0, line.indexOf(' '))))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Appends all that is left of a file of /proc: 0 or an errno. */
    private int read(int fd, StringBuilder text) {
        MemorySegment chunk = MemorySegment.ofArray(new byte[4096]);
        while (true) {
            kq.counters().others++;
            long bytes = Unistd.read(fd, chunk, chunk.byteSize());
            if (bytes <= 0) {
                return (int) -bytes;
            }
            byte[] read = chunk.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
            text.append(new String(read, StandardCharsets.ISO_8859_1));
        }
    }
}
