package dev.kqueue.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The echo server in C, which the benchmarks build where there is a compiler: the limit. */
final class Twin {
    static final String NAME = "C";

    private static final Path SOURCE = Path.of("benchmarks", "src", "main", "c", "echo.c");
    private static final Path PROGRAM = Path.of("benchmarks", "target", "echo");

    private Twin() {}

    /** A side of its own; none without a compiler, or without epoll. */
    static List<Side> sides() {
        return Side.isLinux() && build() ? List.of(new Side(NAME, List.of())) : List.of();
    }

    static List<String> command(String mode, int size) {
        return List.of(PROGRAM.toAbsolutePath().toString(), mode, String.valueOf(size));
    }

    private static boolean build() {
        try {
            if (Files.exists(PROGRAM)
                    && Files.getLastModifiedTime(PROGRAM).compareTo(Files.getLastModifiedTime(SOURCE)) > 0) {
                return true;
            }
            Process gcc =
                    new ProcessBuilder("gcc", "-O2", "-o", PROGRAM.toString(), SOURCE.toString()).inheritIO().start();
            return gcc.waitFor() == 0;
        } catch (IOException e) {
            System.out.println("no echo server in C: " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
