package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.PipeDescriptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;

/** The reading end of a pipe. */
public final class PipeSource extends Pipe.SourceChannel implements PollableStream, StreamOwner {
    private final PipeDescriptor descriptor;
    private final StreamInput input;

    public PipeSource(SelectorProvider provider, int fd) {
        super(provider);
        descriptor = new PipeDescriptor(fd);
        input = StreamInput.ofPipe(this, descriptor);
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return input.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return input.read(dsts, offset, length);
    }

    @Override
    public long read(ByteBuffer[] dsts) throws IOException {
        return input.read(dsts, 0, dsts.length);
    }

    // ---- closing and blocking mode

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        try {
            descriptor.close();
        } finally {
            input.wake();
        }
    }

    /** The mode is ours alone: only an operation in progress has to end in the mode that it began in. */
    @Override
    protected void implConfigureBlocking(boolean block) {
        input.awaitTurn();
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
        return SelectionKey.OP_READ;
    }

    @Override
    public int writeOps() {
        return 0;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }
}
