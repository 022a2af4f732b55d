package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

class WatchedFileTest {
    @TempDir Path folder;

    @Test
    void filesAndDirectoriesHaveDescriptorsUntilTheyAreClosed() throws IOException {
        for (Path path : new Path[] {folder, Files.createFile(folder.resolve("a file"))}) {
            WatchedFile file = WatchedFile.open(path);
            int descriptor = file.descriptor();

            assertThat(file.path()).isEqualTo(path);
            assertThat(Fcntl.fcntl(descriptor, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
            file.close();
            assertThat(Fcntl.fcntl(descriptor, Fcntl.F_GETFD, 0)).isEqualTo(-Errno.EBADF);
        }
    }

    @Test
    void secondCloseDoesNotMeetTheNumbersNextOwner() throws IOException {
        WatchedFile first = WatchedFile.open(folder);
        first.close();
        try (WatchedFile second = WatchedFile.open(folder)) {
            assertThat(second.descriptor()).isEqualTo(first.descriptor());
            first.close();

            assertThat(Fcntl.fcntl(second.descriptor(), Fcntl.F_GETFD, 0)).isNotNegative();
        }
    }

    @Test
    void whatCannotBeOpenedIsNamed() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> WatchedFile.open(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing.toString());

        Path below = Files.createFile(folder.resolve("file")).resolve("below");
        assertThatThrownBy(() -> WatchedFile.open(below))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(below.toString())
                .hasMessageContaining(Errno.strerror(Errno.ENOTDIR));
    }

    @Test
    void socketIsNamedAsOne() throws IOException {
        Path name = folder.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(name));
            assertThatThrownBy(() -> WatchedFile.open(name))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(name.toString())
                    .hasMessageContaining("a socket");
        }
    }

    @Test
    void pathOfAnotherFileSystemIsRefused() throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("entry"));
        }
        Path file = Files.write(folder.resolve("some.zip"), zip.toByteArray());
        try (FileSystem other = FileSystems.newFileSystem(file)) {
            assertThatThrownBy(() -> WatchedFile.open(other.getPath("entry")))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
