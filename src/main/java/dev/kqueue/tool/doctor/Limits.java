package dev.kqueue.tool.doctor;

import dev.kqueue.internal.libc.SysResource;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The system limits that a program with many channels or watches reaches. */
final class Limits {
    private Limits() {}

    /** Names of sysctl(8), of all systems: each has some. */
    private static final List<String> SYSCTLS =
            List.of(
                    "fs.file-max",
                    "fs.nr_open",
                    "fs.inotify.max_user_watches",
                    "fs.inotify.max_user_instances",
                    "fs.inotify.max_queued_events",
                    "fs.epoll.max_user_watches",
                    "net.core.somaxconn",
                    "kern.maxfiles",
                    "kern.maxfilesperproc",
                    "kern.kq_calloutmax",
                    "kern.somaxconn",
                    "kern.ipc.somaxconn",
                    "kern.ipc.maxsockbuf");

    private static final Path PROC = Path.of("/proc/sys");

    private static final List<Path> PROGRAMS = List.of(Path.of("/sbin/sysctl"), Path.of("/usr/sbin/sysctl"));

    static Map<String, String> all() {
        Map<String, String> limits = new LinkedHashMap<>();
        SysResource.Limit files = SysResource.getrlimit(SysResource.RLIMIT_NOFILE);
        if (files != null) {
            limits.put("RLIMIT_NOFILE", number(files.soft()) + ", at most " + number(files.hard()));
        }
        for (String name : SYSCTLS) {
            sysctl(name).ifPresent(value -> limits.put(name, value));
        }
        return limits;
    }

    private static String number(long limit) {
        return limit < 0 || limit == Long.MAX_VALUE ? "unlimited" : Long.toString(limit);
    }

    /** Linux shows them as files; the BSDs and macOS have only the call, and the program that makes it. */
    private static Optional<String> sysctl(String name) {
        try {
            if (Files.isDirectory(PROC.resolve("fs"))) {
                Path file = PROC.resolve(name.replace('.', '/'));
                return Files.isReadable(file) ? Optional.of(firstLine(file)) : Optional.empty();
            }
            Optional<Path> program = PROGRAMS.stream().filter(Files::isExecutable).findFirst();
            return program.isPresent() ? ask(program.get(), name) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of("unknown: " + unreadable.getMessage());
        }
    }

    /**
     * The first line of a file of /proc. Files.readString does not read it: it begins with one byte, and the kernel
     * gives such a file from its beginning only.
     */
    private static String firstLine(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            return line == null ? "" : line.strip();
        }
    }

    private static Optional<String> ask(Path program, String name) throws IOException {
        Process process =
                new ProcessBuilder(program.toString(), "-n", name)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            String value = process.inputReader().readLine();
            boolean known = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
            return known && value != null && !value.isBlank() ? Optional.of(value.strip()) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroy();
        }
    }
}
