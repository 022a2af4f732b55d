package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.StandardOpenOption.APPEND;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/** EVFILT_VNODE of descriptors: those that are refused, and the next owner of a number. */
class VnodeDescriptorTest extends VnodeFiles {
    @Test
    void twoDescriptorsOfOneFileHaveTheirOwnNotes() throws IOException {
        int second = open(file);
        watch(fd, NOTE_WRITE);
        watch(second, NOTE_ATTRIB);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(kq.awaitOne().udata()).isEqualTo(second);
        writeInPlace();
        assertThat(kq.awaitOne().udata()).isEqualTo(fd);
        kq.change(fd, Filter.VNODE, EV_DELETE, 0, 0, 0);
        writeInPlace();
        assertThat(kq.pending()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(kq.awaitOne().udata()).isEqualTo(second);
    }

    @Test
    void descriptorThatIsNoFileIsRefused() throws IOException {
        try (Pair pipe = Pair.pipe();
                Pair sockets = Pair.sockets()) {
            // EOPNOTSUPP: DragonFly (sokqfilter(), pipe_kqfilter()).
            for (int noFile : new int[] {pipe.readEnd(), sockets.readEnd()}) {
                assertThat(kq.errno(noFile, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isIn(Errno.EINVAL, Errno.EOPNOTSUPP);
            }
        }
    }

    @Test
    void closedDescriptorIsEBADF() throws IOException {
        Unistd.close(fd);
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isEqualTo(Errno.EBADF);
        assertThat(kq.errno(Integer.MAX_VALUE, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isEqualTo(Errno.EBADF);
        opened.remove(fd);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void unknownNoteIsRefused() throws IOException {
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, 1 << 20, 0)).isEqualTo(Errno.EINVAL);
        watch(fd);
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, 1 << 20, 0)).isEqualTo(Errno.EINVAL);
        writeInPlace();
        assertThat(awaitNotes()).as("as it was before").isEqualTo(NOTE_WRITE);
    }

    @Test
    void nextOwnerOfANumberInheritsNothing() throws IOException {
        watch(fd);
        Unistd.close(fd);
        Path other = Files.writeString(directory.resolve("other"), "x");
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        writeInPlace();
        Files.delete(file);
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.VNODE, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void nextOwnerOfANumberAndOfAnInodeInheritsNothing() throws IOException {
        Object inode = Files.getAttribute(file, "unix:ino");
        watch(fd);
        writeInPlace();
        kq.errno(7, Filter.USER, EV_DELETE);
        removeAndReplace();
        assumeTrue(Files.getAttribute(file, "unix:ino").equals(inode), "the file system gives other numbers");
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.VNODE, EV_DELETE)).isEqualTo(Errno.ENOENT);
        watch(fd);
        removeAndReplace();
        assertThat(kq.errno(fd, Filter.VNODE, EV_ENABLE, NOTE_WRITE, 0)).isEqualTo(Errno.ENOENT);
        watch(fd);
        writeInPlace();
        // Active, and not fetched: a change has found it out.
        kq.change(fd, Filter.VNODE, EV_ENABLE, NOTE_WRITE, 0, 0);
        removeAndReplace();
        assertThat(kq.pending()).isEmpty();
    }

    private void removeAndReplace() throws IOException {
        Files.delete(file);
        Unistd.close(fd);
        Files.writeString(file, "0123456789");
        assertThat(open(file)).as("the number is reused").isEqualTo(fd);
    }

    @Test
    void nextOwnerOfANumberIsAddedAnew() throws IOException {
        watch(fd);
        Unistd.close(fd);
        Path other = Files.writeString(directory.resolve("other"), "x");
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        watch(fd);
        writeInPlace();
        assertThat(kq.pending()).isEmpty();
        Files.writeString(other, "more", APPEND);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_EXTEND);
    }

    @Test
    void nextOwnerOfANumberIsNotDisturbedByTheFormerOnesFile() throws IOException {
        int second = open(file);
        watch(fd, NOTE_WRITE);
        watch(second, NOTE_ATTRIB);
        Path other = Files.writeString(directory.resolve("other"), "x");
        int otherFd = open(other);
        watch(otherFd, NOTE_ATTRIB);
        Unistd.close(fd);
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        // One knote of the file is left, and its descriptor is of another file.
        kq.change(second, Filter.VNODE, EV_DELETE, 0, 0, 0);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        assertThat(kq.awaitOne().udata()).isEqualTo(otherFd);
    }

    @Test
    void closingForgetsTheFile() throws IOException {
        watch(fd);
        writeInPlace();
        kq.kqueue.beforeClose(fd);
        Unistd.close(fd);
        opened.remove(fd);
        writeInPlace();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void manyFilesAreWatchedByFewDescriptors() throws IOException {
        int count = 500;
        for (int i = 0; i < count; i++) {
            Path each = Files.createFile(directory.resolve("file" + i));
            watch(open(each), NOTE_WRITE);
        }
        int next = open(file);
        for (int i = 0; i < count; i++) {
            Files.writeString(directory.resolve("file" + i), "x", APPEND);
        }
        assertThat(open(file)).as("no descriptor was used for a watch").isEqualTo(next + 1);
        Set<Long> seen = new HashSet<>();
        while (seen.size() < count) {
            for (KQueueDriver.Event event : kq.await()) {
                assertThat(seen.add(event.udata())).isTrue();
            }
        }
        assertThat(kq.pending()).isEmpty();
    }
}
