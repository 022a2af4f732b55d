package dev.kqueue.internal.channel;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Pipe;
import java.nio.channels.spi.SelectorProvider;

/** A pipe: pipe(2). */
public final class KQueuePipe extends Pipe {
    private final PipeSource source;
    private final PipeSink sink;

    /** A new pipe, typed as the JDK's: the verifier loads a class that a method returns as another. */
    public static Pipe open(SelectorProvider provider) throws IOException {
        return new KQueuePipe(provider);
    }

    private KQueuePipe(SelectorProvider provider) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = Unistd.pipe(ends);
            if (result < 0) {
                throw Errno.exception(-result, "pipe");
            }
            source = new PipeSource(provider, ends.getAtIndex(ValueLayout.JAVA_INT, 0));
            sink = new PipeSink(provider, ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    @Override
    public SourceChannel source() {
        return source;
    }

    @Override
    public SinkChannel sink() {
        return sink;
    }
}
