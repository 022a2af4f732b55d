package dev.kqueue.nio;

import dev.kqueue.internal.libc.Fcntl;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;

/** Tests of a pipe whose ends are {@link FdChannel}s. */
abstract class OnAdoptedPipe {
    TestPipe pipe;
    FdChannel source;
    FdChannel sink;

    /** A pipe as another program would hand it over: without O_NONBLOCK. */
    @BeforeEach
    void open() throws IOException {
        pipe = TestPipe.open();
        Fcntl.setNonBlocking(pipe.readEnd(), false);
        Fcntl.setNonBlocking(pipe.writeEnd(), false);
        source = FdChannel.adopt(pipe.readEnd());
        sink = FdChannel.adopt(pipe.writeEnd());
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        sink.close();
    }
}
