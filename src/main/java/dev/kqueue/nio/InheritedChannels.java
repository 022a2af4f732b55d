package dev.kqueue.nio;

import dev.kqueue.internal.fd.StandardDescriptors;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The channels that this JVM inherited from the process that started it: inetd(8) leaves one socket as descriptors 0, 1
 * and 2, systemd any number of descriptors from 3 on, counted and named by the environment (sd_listen_fds(3)).
 */
final class InheritedChannels {
    private static final int FIRST_OF_SYSTEMD = 3;

    /** The name that sd_listen_fds_with_names(3) returns if the environment has none. */
    private static final String UNNAMED = "unknown";

    private final SelectorProvider provider;
    private List<Channel> channels;

    /** The names of systemd's channels, which are the last ones. */
    private List<String> names;

    InheritedChannels(SelectorProvider provider) {
        this.provider = provider;
    }

    /** All inherited channels, the same objects each time, whether or not they are open still. */
    synchronized List<Channel> all() throws IOException {
        if (channels == null) {
            List<Channel> found = new ArrayList<>();
            try {
                if (AdoptedChannels.isSocket(0)) {
                    found.add(ofInetd());
                }
                int count = countOfSystemd(System.getenv(), ProcessHandle.current().pid());
                names = namesOfSystemd(System.getenv(), count);
                for (int fd = FIRST_OF_SYSTEMD; fd < FIRST_OF_SYSTEMD + count; fd++) {
                    found.add(adopt(fd));
                }
            } catch (Throwable failure) {
                // Whatever was thrown: the program gets none of these channels, so it cannot close them.
                for (Channel channel : found) {
                    try {
                        channel.close();
                    } catch (IOException suppressed) {
                        failure.addSuppressed(suppressed);
                    }
                }
                throw failure;
            }
            channels = List.copyOf(found);
        }
        return channels;
    }

    /** The channels that systemd has given the name. */
    synchronized List<Channel> named(String name) throws IOException {
        List<Channel> found = all();
        int first = found.size() - names.size();
        return IntStream.range(0, names.size())
                .filter(i -> names.get(i).equals(name))
                .mapToObj(i -> found.get(first + i))
                .toList();
    }

    /** The socket that inetd has left as the standard descriptors. */
    private Channel ofInetd() throws IOException {
        int fd = Unistd.dup(0);
        if (fd < 0) {
            throw Errno.exception(-fd, "dup");
        }
        // The peer sees end of file only when all descriptors of the socket are closed.
        return AdoptedChannels.adoptSocket(
                provider,
                fd,
                closing -> {
                    int replaced = StandardDescriptors.replaceDuplicates(closing);
                    int closed = Unistd.close(closing);
                    return replaced < 0 ? replaced : closed;
                });
    }

    /** How many descriptors systemd says it has left for this process. */
    static int countOfSystemd(Map<String, String> environment, long pid) throws IOException {
        String forProcess = environment.get("LISTEN_PID");
        String count = environment.get("LISTEN_FDS");
        if (count == null || !Long.toString(pid).equals(forProcess)) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(count);
        } catch (NumberFormatException malformed) {
            throw new IOException("LISTEN_FDS is not a number: " + count, malformed);
        }
    }

    /** The name of each descriptor of systemd. */
    static List<String> namesOfSystemd(Map<String, String> environment, int count) throws IOException {
        String names = environment.get("LISTEN_FDNAMES");
        if (count == 0 || names == null) {
            return Collections.nCopies(count, UNNAMED);
        }
        List<String> each = List.of(names.split(":", -1));
        if (each.size() != count) {
            throw new IOException(
                    "LISTEN_FDS says "
                            + count
                            + " descriptors, LISTEN_FDNAMES has "
                            + each.size()
                            + " names: "
                            + names);
        }
        return each;
    }

    /** Makes a channel of an inherited descriptor: of a socket the kind that it is, of anything else an FdChannel. */
    Channel adopt(int fd) throws IOException {
        int result = Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (result < 0) {
            throw new IOException("descriptor " + fd + " was not inherited: " + Errno.strerror(-result));
        }
        return AdoptedChannels.adopt(provider, fd);
    }
}
