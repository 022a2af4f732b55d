package dev.kqueue;

import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.ReferenceKQueue.Knote;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/** EVFILT_VNODE of files, of which two descriptors are open, and of the directory that they are in. */
final class ReferenceFiles extends ReferenceFilter {
    private static final int[] NOTES = {NOTE_DELETE, NOTE_WRITE, NOTE_EXTEND, NOTE_ATTRIB, NOTE_LINK, NOTE_RENAME};
    private static final PosixFilePermission[] OTHERS = {
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_EXECUTE
    };

    private final Path folder;
    private final int folderFd;
    private final Watched[] files = new Watched[2];
    private int names;
    private int modes;

    private final class Watched {
        Path path = name();
        final int first;
        final int second;

        Watched() throws IOException {
            Files.writeString(path, "some");
            first = open(path);
            second = open(path);
        }
    }

    ReferenceFiles(Path parent) throws IOException {
        folder = Files.createTempDirectory(parent, "model");
        for (int i = 0; i < files.length; i++) {
            files[i] = new Watched();
        }
        folderFd = open(folder);
    }

    private Path name() {
        return folder.resolve("file" + names++);
    }

    private static int open(Path path) {
        int fd = Fcntl.open(path.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }

    @Override
    Filter filter() {
        return Filter.VNODE;
    }

    @Override
    long ident(Random random) {
        int choice = random.nextInt(5);
        return choice == 4 ? folderFd : choice % 2 == 0 ? files[choice / 2].first : files[choice / 2].second;
    }

    @Override
    int fflags(Random random) {
        if (random.nextInt(10) == 0) {
            return 1 << 20;
        }
        int notes = 0;
        for (int i = random.nextInt(4); i >= 0; i--) {
            notes |= NOTES[random.nextInt(NOTES.length)];
        }
        return random.nextInt(3) == 0 ? notes : notes | NOTE_WRITE | NOTE_ATTRIB;
    }

    @Override
    int attach(Knote kn) {
        return (kn.fflags & 1 << 20) == 0 ? 0 : Errno.EINVAL;
    }

    @Override
    String act(Random random, KQueueDriver real, ReferenceKQueue model) throws IOException {
        int index = random.nextInt(files.length);
        Watched file = files[index];
        String did;
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                did = "write in place";
                try (FileChannel channel = FileChannel.open(file.path, WRITE)) {
                    channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
                }
                tell(file, NOTE_WRITE, 0, model);
            }
            case 3, 4 -> {
                did = "append";
                Files.writeString(file.path, "more", APPEND);
                tell(file, NOTE_WRITE | NOTE_EXTEND, 0, model);
            }
            case 5, 6 -> {
                did = "chmod";
                Files.setPosixFilePermissions(file.path, nextMode());
                tell(file, NOTE_ATTRIB, 0, model);
            }
            case 7 -> {
                did = "link";
                Files.createLink(name(), file.path);
                tell(file, NOTE_LINK, 0, model);
                tell(folderFd, NOTE_WRITE, 0, model);
            }
            case 8 -> {
                did = "rename";
                file.path = Files.move(file.path, name());
                tell(file, NOTE_RENAME, 0, model);
                tell(folderFd, NOTE_WRITE, 0, model);
            }
            case 9 -> {
                did = "create another";
                Files.createFile(name());
                tell(folderFd, NOTE_WRITE, 0, model);
            }
            case 10 -> {
                did = "make a directory";
                Files.createDirectory(name());
                tell(folderFd, NOTE_WRITE | NOTE_LINK, 0, model);
            }
            default -> {
                did = "delete, close and replace";
                replace(index, random, real, model);
            }
        }
        return did + " " + index;
    }

    private Set<PosixFilePermission> nextMode() {
        modes = (modes + 1) % (1 << OTHERS.length);
        Set<PosixFilePermission> mode = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        for (int i = 0; i < OTHERS.length; i++) {
            if ((modes & 1 << i) != 0) {
                mode.add(OTHERS[i]);
            }
        }
        return mode;
    }

    private void replace(int index, Random random, KQueueDriver real, ReferenceKQueue model) throws IOException {
        Watched file = files[index];
        Files.delete(file.path);
        tell(folderFd, NOTE_WRITE, 0, model);
        boolean saying = random.nextBoolean();
        for (int fd : new int[] {file.first, file.second}) {
            if (saying) {
                real.kqueue.beforeClose(fd);
            }
            Unistd.close(fd);
            model.closed(fd, Filter.VNODE);
        }
        files[index] = new Watched();
        tell(folderFd, NOTE_WRITE, 0, model);
    }

    private static void tell(Watched file, int notes, int perhaps, ReferenceKQueue model) {
        tell(file.first, notes, perhaps, model);
        tell(file.second, notes, perhaps, model);
    }

    private static void tell(int fd, int notes, int perhaps, ReferenceKQueue model) {
        Knote kn = model.find(fd, Filter.VNODE);
        if (kn != null) {
            // One operation tells all of its notes, if any of them was asked for.
            int told = (notes & kn.fflags) != 0 ? notes : 0;
            kn.notes |= told;
            kn.mayNotes |= told | (perhaps & kn.fflags);
        }
    }

    @Override
    boolean must(Knote kn) {
        return kn.notes != 0;
    }

    @Override
    boolean may(Knote kn) {
        return kn.mayNotes != 0;
    }

    @Override
    void check(Knote kn, KQueueDriver.Event event) {
        assertThat(event.fflags() & kn.notes).as("notes of %s that must be told", kn).isEqualTo(kn.notes);
        assertThat(event.fflags() & ~kn.mayNotes).as("notes of %s that are invented", kn).isZero();
        assertThat(event.data()).isZero();
    }

    @Override
    void close() {
        for (Watched file : files) {
            Unistd.close(file.first);
            Unistd.close(file.second);
        }
        Unistd.close(folderFd);
    }
}
