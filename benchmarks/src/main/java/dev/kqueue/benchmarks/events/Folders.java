package dev.kqueue.benchmarks.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders with a file in each. */
final class Folders implements AutoCloseable {
    private final Path root = Files.createTempDirectory("benchmark");
    private final ByteBuffer content = ByteBuffer.allocateDirect(1);
    private final FileChannel last;
    final List<Path> files = new ArrayList<>();

    Folders(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Path folder = Files.createDirectory(root.resolve(String.valueOf(i)));
            files.add(Files.createFile(folder.resolve("file")));
        }
        last = FileChannel.open(files.getLast(), StandardOpenOption.WRITE);
    }

    /** To the last file. */
    void write() throws IOException {
        last.write(content.clear(), 0);
    }

    @Override
    public void close() throws IOException {
        last.close();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
