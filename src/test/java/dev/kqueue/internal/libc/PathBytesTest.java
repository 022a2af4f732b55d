package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipOutputStream;

class PathBytesTest {
    /** Each character stands for the byte of its number: no encoding but ISO 8859-1 has a text for all of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "/an/absolute one",
                "/",
                ".",
                "../%41/a+b?c#d&e",
                "caf\u00e9",
                "/\u00c3\u00a9/\u00e9",
                "\u00ff\u00fe/./\u0080/..",
                "sub/\u00e9%20",
            })
    void pathOfBytesHasTheseBytes(String name) {
        byte[] bytes = name.getBytes(ISO_8859_1);

        Path path = PathBytes.path(bytes);

        assertThat(PathBytes.of(path)).isEqualTo(bytes);
        assertThat(path.isAbsolute()).isEqualTo(name.startsWith("/"));
    }

    @Test
    void bytesSurviveTheOperationsOfPath() {
        Path folder = PathBytes.path("/tmp/\u00e9".getBytes(ISO_8859_1));

        assertThat(PathBytes.of(folder.resolve("x"))).isEqualTo("/tmp/\u00e9/x".getBytes(ISO_8859_1));
        assertThat(PathBytes.of(folder.getFileName())).isEqualTo(new byte[] {(byte) 0xe9});
        assertThat(PathBytes.path(PathBytes.of(folder))).isEqualTo(folder);
    }

    @Test
    void slashesThatMeanNothingAreLeftOut() {
        Path path = PathBytes.path("//\u00e9//x/".getBytes(ISO_8859_1));

        assertThat(PathBytes.of(path)).isEqualTo("/\u00e9/x".getBytes(ISO_8859_1));
    }

    @Test
    void emptyPathIsTheCurrentDirectory() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(PathBytes.of(Path.of(""))).isEmpty();
            assertThat(PathBytes.path(new byte[0])).isEqualTo(Path.of(""));
            assertThat(PathBytes.allocate(Path.of(""), arena).getString(0)).isEqualTo(".");
        }
    }

    @Test
    void pathOfAnotherFileSystemIsRefused(@TempDir Path folder) throws IOException {
        Path zip = folder.resolve("empty.zip");
        try (OutputStream out = Files.newOutputStream(zip)) {
            new ZipOutputStream(out).close();
        }
        try (FileSystem other = FileSystems.newFileSystem(zip)) {
            assertThatThrownBy(() -> PathBytes.of(other.getPath("x")))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("default file system");
        }
    }
}
