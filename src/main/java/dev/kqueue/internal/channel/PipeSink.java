package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.PipeDescriptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;

/** The writing end of a pipe. */
public final class PipeSink extends Pipe.SinkChannel implements PollableStream, StreamOwner {
    private final PipeDescriptor descriptor;
    private final StreamOutput output;

    public PipeSink(SelectorProvider provider, int fd) {
        super(provider);
        descriptor = new PipeDescriptor(fd);
        output = StreamOutput.ofPipe(this, descriptor);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return output.write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return output.write(srcs, offset, length);
    }

    @Override
    public long write(ByteBuffer[] srcs) throws IOException {
        return output.write(srcs, 0, srcs.length);
    }

    // ---- closing and blocking mode

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        try {
            descriptor.close();
        } finally {
            output.wake();
        }
    }

    /** The mode is ours alone: only an operation in progress has to end in the mode that it began in. */
    @Override
    protected void implConfigureBlocking(boolean block) {
        output.awaitTurn();
    }

    @Override
    public void beginBlocking() {
        begin();
    }

    @Override
    public void endBlocking(boolean completed) throws IOException {
        end(completed);
    }

    // ---- for the selector

    @Override
    public Descriptor owned() {
        return descriptor;
    }

    @Override
    public int readOps() {
        return 0;
    }

    @Override
    public int writeOps() {
        return SelectionKey.OP_WRITE;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }
}
