package dev.kqueue.faults;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** A pipe of which a selector serves both ends. */
final class PipeScenario extends SelectorScenario {
    private Pipe.SourceChannel source;
    private Pipe.SinkChannel sink;
    private int unwritten;
    private int unread;

    @Override
    void open() throws Exception {
        super.open();
        Pipe pipe = PROVIDER.openPipe();
        sink = own(pipe.sink());
        source = own(pipe.source());
        sink.configureBlocking(false);
        source.configureBlocking(false);
        sink.register(selector, 0);
        source.register(selector, SelectionKey.OP_READ);
    }

    private void move(int bytes) throws Exception {
        unwritten += bytes;
        unread += bytes;
        sink.keyFor(selector).interestOps(SelectionKey.OP_WRITE);
        serveUntil("all is read", () -> unread == 0);
    }

    @Override
    void act() throws Exception {
        move(200_000);
    }

    @Override
    void after() throws Exception {
        move(10);
        super.after();
    }

    @Override
    void handle(SelectionKey key) throws Exception {
        if (key.channel().equals(sink)) {
            ByteBuffer[] parts = {ByteBuffer.allocate(unwritten / 2), ByteBuffer.allocate(unwritten - unwritten / 2)};
            try {
                sink.write(parts);
            } finally {
                // If an error follows a part that was written, the positions tell how much it was.
                unwritten = parts[0].remaining() + parts[1].remaining();
            }
            key.interestOps(unwritten > 0 ? SelectionKey.OP_WRITE : 0);
            return;
        }
        int n = (int) source.read(new ByteBuffer[] {ByteBuffer.allocate(10_000), ByteBuffer.allocate(40_000)});
        expect(n >= 0, "the stream has ended");
        unread -= n;
    }
}
