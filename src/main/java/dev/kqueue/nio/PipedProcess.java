package dev.kqueue.nio;

import dev.kqueue.internal.channel.PipeSink;
import dev.kqueue.internal.channel.PipeSource;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.jvm.ProcessBuilders;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A child process whose standard streams are selectable channels: the streams of a {@link Process} can only be read by
 * a thread for each.
 *
 * {@snippet :
 * try (PipedProcess sort = PipedProcess.start(new ProcessBuilder("sort"))) {
 *     Pipe.SourceChannel sorted = sort.output().orElseThrow();
 *     sorted.configureBlocking(false);
 *     sorted.register(selector, SelectionKey.OP_READ);
 *     selector.watchProcess(sort.process());
 *     ...
 * }
 * }
 *
 * <p>The process is the JDK's own, with its exit status, its handle, and what else {@link Process} has. Only its
 * standard streams are pipes of this provider, for each stream that the builder would have made a pipe: those that it
 * redirects elsewhere are left alone. The child opens its ends under their names in {@code /dev/fd}, and finds them
 * without O_NONBLOCK, as programs expect.
 *
 * <p>{@link #close} closes the channels that are open still. A stream ends only when all processes that inherited it,
 * grandchildren included, have closed it.
 */
public final class PipedProcess implements AutoCloseable {
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
        return start(builder, null, null);
    }

    /**
     * Starts a process for each builder, the standard output of each being the standard input of the next, as {@link
     * ProcessBuilder#startPipeline}. The first one has an {@link #input} and the last one an {@link #output}, unless
     * the builder redirects them; each has an {@link #error}, unless its builder redirects it or merges it with the
     * output.
     *
     * {@snippet :
     * List<PipedProcess> pipeline =
     *         PipedProcess.startPipeline(
     *                 List.of(new ProcessBuilder("zcat", "access.log.gz"), new ProcessBuilder("sort", "-u")));
     * Pipe.SourceChannel lines = pipeline.getLast().output().orElseThrow();
     * }
     *
     * @throws IllegalArgumentException if a builder but the first redirects its input, or one but the last its output
     * @throws IOException as {@link #start}; the processes that have been started are ended forcibly
     */
    public static List<PipedProcess> startPipeline(List<ProcessBuilder> builders) throws IOException {
        int size = builders.size();
        for (int i = 0; i < size; i++) {
            requirePipe(i > 0, builders.get(i).redirectInput(), "input", "first");
            requirePipe(i < size - 1, builders.get(i).redirectOutput(), "output", "last");
        }
        List<PipedProcess> started = new ArrayList<>(size);
        Ends next = null;
        try {
            for (int i = 0; i < size; i++) {
                Ends output = Ends.open(i < size - 1);
                try (Ends input = next) {
                    next = output;
                    started.add(start(builders.get(i), input, output));
                }
            }
            return List.copyOf(started);
        } catch (Throwable failure) {
            for (PipedProcess each : started) {
                each.process.destroyForcibly();
                each.close();
            }
            throw failure;
        } finally {
            if (next != null) {
                next.close();
            }
        }
    }

    private static void requirePipe(boolean required, Redirect redirect, String stream, String exception) {
        if (required && !redirect.equals(Redirect.PIPE)) {
            throw new IllegalArgumentException(
                    "the standard " + stream + " of all builders but the " + exception + " is a pipe, not " + redirect);
        }
    }

    /**
     * Starts one process.
     *
     * @param from the pipe that another process writes to; null if this one has an input of its own
     * @param to the pipe that another process reads; null if this one has an output of its own
     */
    private static PipedProcess start(ProcessBuilder builder, Ends from, Ends to) throws IOException {
        SelectorProvider provider = KQueueSelectorProvider.instance();
        ProcessBuilder copy = ProcessBuilders.copy(builder);
        boolean apart = !copy.redirectErrorStream();
        try (Ends in = Ends.open(from == null && copy.redirectInput().equals(Redirect.PIPE));
                Ends out = Ends.open(to == null && copy.redirectOutput().equals(Redirect.PIPE));
                Ends err = Ends.open(apart && copy.redirectError().equals(Redirect.PIPE))) {
            Ends read = from != null ? from : in;
            Ends written = to != null ? to : out;
            if (read != null) {
                copy.redirectInput(read.lend(read.reading));
            }
            if (written != null) {
                copy.redirectOutput(written.lend(written.writing));
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

    /**
     * Closes the channels. The process is neither ended nor waited for: it finds the end of its input, and no reader of
     * its output.
     *
     * @throws IOException if a channel cannot be closed; the others are
     */
    @Override
    public void close() throws IOException {
        try (input;
                output;
                error) {
            // Closed in the opposite order, each whatever happens to the others.
        }
    }

    @Override
    public String toString() {
        return "PipedProcess[" + process + "]";
    }
}
