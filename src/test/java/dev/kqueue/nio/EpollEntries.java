package dev.kqueue.nio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this process's epoll instances have registered, as Linux shows it: proc_pid_fdinfo(5). */
final class EpollEntries {
    private static final Pattern ENTRY = Pattern.compile("tfd: +\\d+ .* ino:([0-9a-f]+) .*");
    private static final Pattern INODE = Pattern.compile(".*:\\[(\\d+)]");

    private EpollEntries() {}

    /** The entries of all open file descriptions that have the inode of this descriptor's: a socket, or a pipe. */
    static List<String> of(int fd) throws IOException {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        Matcher inode = INODE.matcher(target);
        if (!inode.matches()) {
            throw new IllegalArgumentException("neither a socket nor a pipe: " + target);
        }
        String wanted = Long.toHexString(Long.parseLong(inode.group(1)));
        List<String> found = new ArrayList<>();
        for (String number : Path.of("/proc/self/fdinfo").toFile().list()) {
            for (String line : lines(Path.of("/proc/self/fdinfo", number))) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches() && entry.group(1).equals(wanted)) {
                    found.add("epoll " + number + ": " + line);
                }
            }
        }
        return found;
    }

    private static List<String> lines(Path info) throws IOException {
        try {
            return Files.readAllLines(info);
        } catch (NoSuchFileException closed) {
            return List.of();
        } catch (IOException closedMeanwhile) {
            // Opened, and closed before it was read; another thread may have been given the number since.
            return Files.exists(info) ? Files.readAllLines(info) : List.of();
        }
    }
}
