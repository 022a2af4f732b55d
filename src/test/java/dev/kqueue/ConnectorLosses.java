package dev.kqueue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the kernel has dropped messages of the process connector that this process should have had: it keeps count
 * for each socket, in {@code /proc/net/netlink}.
 */
final class ConnectorLosses {
    private static final Path TABLE = Path.of("/proc/net/netlink");
    private static final String NETLINK_CONNECTOR = "11";

    /** Columns: sk, Eth, Pid, Groups, Rmem, Wmem, Dump, Locks, Drops, Inode. */
    private static final int PROTOCOL = 1;

    private static final int DROPS = 8;
    private static final int INODE = 9;

    private ConnectorLosses() {}

    static boolean any() {
        if (!Files.exists(TABLE)) {
            return false;
        }
        try {
            List<String[]> losing =
                    Files.readAllLines(TABLE).stream()
                            .map(line -> line.strip().split("\\s+"))
                            .filter(row -> row[PROTOCOL].equals(NETLINK_CONNECTOR) && !row[DROPS].equals("0"))
                            .toList();
            if (losing.isEmpty()) {
                return false;
            }
            Set<String> sockets = ownSockets();
            return losing.stream().anyMatch(row -> sockets.contains("socket:[" + row[INODE] + "]"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> ownSockets() throws IOException {
        Set<String> sockets = new HashSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException closed) {
                    // meanwhile, by another thread
                }
            }
        }
        return sockets;
    }
}
