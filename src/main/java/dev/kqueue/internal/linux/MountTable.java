package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLERR;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLPRI;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;

import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

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

    private final LinuxKQueue kq;
    private final long tag;

    /** The knotes with NOTE_REVOKE, and the number of the mount of each; 0 if it was not in the table. */
    private final Map<Knote, Integer> mounts = new HashMap<>();

    /** In epoll, where it wakes whoever waits. Each poll of a descriptor of the table uses its change up. */
    private int bell = -1;

    /** Asked by nobody else: others may poll the kqueue's descriptor, and so the bell. */
    private int witness = -1;

    /** The table as it was at the last look. */
    private Set<Integer> mounted = Set.of();

    MountTable(LinuxKQueue kq, long tag) {
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
        int error = open();
        if (error != 0) {
            return error;
        }
        look();
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

    private int open() {
        if (bell >= 0) {
            return 0;
        }
        int opened = open("/proc/self/mountinfo");
        int second = opened < 0 ? opened : open("/proc/self/mountinfo");
        int error = Math.max(0, -second);
        if (error == 0) {
            error = kq.epoll().control(EPOLL_CTL_ADD, opened, EPOLLPRI | EPOLLERR | EPOLLET, tag);
        }
        if (error == 0) {
            bell = opened;
            witness = second;
            mounted = mounted();
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
        if (bell >= 0) {
            Unistd.close(bell);
            Unistd.close(witness);
        }
    }

    /** Looks whether a mount has gone, if any mount has changed since the last look. */
    void look() {
        if (bell < 0 || kq.inspector().poll(witness, EPOLLPRI) == 0) {
            return;
        }
        mounted = mounted();
        for (Map.Entry<Knote, Integer> followed : Map.copyOf(mounts).entrySet()) {
            int mount = followed.getValue();
            if (mount != 0 && !mounted.contains(mount)) {
                Knote kn = followed.getKey();
                leave(kn);
                ((FileFilter) kn.ops()).happened(kn, Note.NOTE_REVOKE);
            }
        }
    }

    /** The number of the mount that the descriptor was opened in, or -errno. */
    private int mountOf(int fd) {
        int info = open("/proc/self/fdinfo/" + fd);
        if (info < 0) {
            // It was open a moment ago.
            return info == -Errno.ENOENT ? -Errno.EBADF : info;
        }
        String text = read(info);
        Unistd.close(info);
        return text.lines()
                .filter(line -> line.startsWith(MOUNT))
                .mapToInt(line -> Integer.parseInt(line.substring(MOUNT.length()).strip()))
                .findFirst()
                .orElse(0);
    }

    private Set<Integer> mounted() {
        Unistd.lseek(witness, 0, Unistd.SEEK_SET);
        return read(witness)
                .lines()
                .map(line -> Integer.valueOf(line.substring(0, line.indexOf(' '))))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** All that is left of a file of /proc. */
    private String read(int fd) {
        StringBuilder text = new StringBuilder();
        MemorySegment chunk = MemorySegment.ofArray(new byte[4096]);
        while (true) {
            kq.counters().others++;
            long bytes = Unistd.read(fd, chunk, chunk.byteSize());
            if (bytes <= 0) {
                return text.toString();
            }
            byte[] read = chunk.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
            text.append(new String(read, StandardCharsets.ISO_8859_1));
        }
    }
}
