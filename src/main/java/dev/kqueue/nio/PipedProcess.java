package dev.kqueue.nio;

import dev.kqueue.internal.channel.PipeSink;
import dev.kqueue.internal.channel.PipeSource;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Pipe;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;

/**
 * A child process whose standard streams are selectable channels: the streams of a {@link Process} can only be read by
 * a thread for each.
 *
 * <pre>
 * PipedProcess sort = PipedProcess.start(new ProcessBuilder("sort"));
 * Pipe.SourceChannel sorted = sort.output().orElseThrow();
 * sorted.configureBlocking(false);
 * sorted.register(selector, SelectionKey.OP_READ);
 * </pre>
 *
 * <p>The process is the JDK's own, with its exit status, its handle, and what else {@link Process} has. Only its
 * standard streams are pipes of this provider, for each stream that the builder would have made a pipe: those that it
 * redirects elsewhere are left alone. The child opens its ends under their names in {@code /dev/fd}, and finds them
 * without O_NONBLOCK, as programs expect.
 *
 * <p>The caller that starts a process closes its channels. A stream ends only when all processes that inherited it,
 * grandchildren included, have closed it.
 */
public final class PipedProcess {
    private final Process process;
    private final Pipe.SinkChannel input;
    private final Pipe.SourceChannel output;
    private final Pipe.SourceChannel error;

    private PipedProcess(Process process, Pipe.SinkChannel input, Pipe.SourceChannel output, Pipe.SourceChannel error) {
        this.process = process;
        this.input = input;
        this.output = output;
        this.error = error;
    }

    /**
     * Starts the process that the builder describes. The builder is only read, so that threads may share one.
     *
     * @throws IOException if the program cannot be run, no more descriptors can be opened, or the system has no {@code
     *     /dev/fd} with all descriptors (FreeBSD: mount fdescfs(5))
     */
    public static PipedProcess start(ProcessBuilder builder) throws IOException {
        SelectorProvider provider = KQueueSelectorProvider.instance();
        ProcessBuilder copy = ProcessBuilders.copy(builder);
        boolean apart = !copy.redirectErrorStream();
        try (Ends in = Ends.open(copy.redirectInput().equals(Redirect.PIPE));
                Ends out = Ends.open(copy.redirectOutput().equals(Redirect.PIPE));
                Ends err = Ends.open(apart && copy.redirectError().equals(Redirect.PIPE))) {
            if (in != null) {
                copy.redirectInput(in.lend(in.reading));
            }
            if (out != null) {
                copy.redirectOutput(out.lend(out.writing));
            }
            if (err != null) {
                copy.redirectError(err.lend(err.writing));
            }
            Process process = copy.start();
            return new PipedProcess(
                    process,
                    in == null ? null : new PipeSink(provider, in.keep(in.writing)),
                    out == null ? null : new PipeSource(provider, out.keep(out.reading)),
                    err == null ? null : new PipeSource(provider, err.keep(err.reading)));
        }
    }

    /** The two ends of one stream, while the process is being started. */
    private static final class Ends implements AutoCloseable {
        private static final int NONE = -1;

        final int reading;
        final int writing;
        private int kept = NONE;

        private Ends(int reading, int writing) {
            this.reading = reading;
            this.writing = writing;
        }

        static Ends open(boolean wanted) throws IOException {
            if (!wanted) {
                return null;
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
                int result = Unistd.pipe(ends);
                if (result < 0) {
                    throw Errno.exception(-result, "pipe");
                }
                return new Ends(ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
            }
        }

        /**
         * The child's end as a file. On Linux opening it makes an open file description, elsewhere it shares ours. That
         * end is never registered, and closed as soon as the child has it. The end that is kept is never lent: its open
         * file description is not {@linkplain Descriptor#isShared shared}.
         */
        File lend(int end) throws IOException {
            int result = Fcntl.setNonBlocking(end, false);
            if (result < 0) {
                throw Errno.exception(-result, "fcntl");
            }
            return new File("/dev/fd/" + end);
        }

        /** Leaves the end open, for a channel that owns it from now on. */
        int keep(int end) {
            kept = end;
            return end;
        }

        @Override
        public void close() {
            if (reading != kept) {
                Unistd.close(reading);
            }
            if (writing != kept) {
                Unistd.close(writing);
            }
        }
    }

    /** The process. Its own streams are empty where there is a channel. */
    public Process process() {
        return process;
    }

    /** What is written here, the process reads as standard input. Empty if the builder redirects it. */
    public Optional<Pipe.SinkChannel> input() {
        return Optional.ofNullable(input);
    }

    /** The process's standard output. Empty if the builder redirects it. */
    public Optional<Pipe.SourceChannel> output() {
        return Optional.ofNullable(output);
    }

    /** The process's standard error. Empty if the builder redirects it, or merges it with the output. */
    public Optional<Pipe.SourceChannel> error() {
        return Optional.ofNullable(error);
    }
}
