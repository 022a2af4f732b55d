package dev.kqueue.internal.channel;

import dev.kqueue.internal.jfr.SocketRead;
import dev.kqueue.internal.jfr.SocketWrite;
import dev.kqueue.internal.park.BlockingWait;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The reads and writes of a connection while JDK Flight Recorder is in use: each becomes an event if it took long. As
 * with the JDK's channels, one that throws becomes none.
 */
record RecordedStream(StreamInput input, StreamOutput output, ConnectionState connection) {
    int read(ByteBuffer dst) throws IOException {
        SocketRead event = SocketRead.begun();
        int n = input.read(dst);
        event.ended(n, connection.remote(), 0);
        return n;
    }

    /** Reads for the socket, which may have a time limit. */
    int read(ByteBuffer dst, long nanos) throws IOException {
        SocketRead event = SocketRead.begun();
        int n = input.read(dst, true, nanos);
        long millis = nanos == BlockingWait.FOREVER ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos);
        event.ended(n, connection.remote(), millis);
        return n;
    }

    long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        SocketRead event = SocketRead.begun();
        long n = input.read(dsts, offset, length);
        event.ended(n, connection.remote(), 0);
        return n;
    }

    int write(ByteBuffer src) throws IOException {
        SocketWrite event = SocketWrite.begun();
        int n = output.write(src);
        event.ended(n, connection.remote());
        return n;
    }

    long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        SocketWrite event = SocketWrite.begun();
        long n = output.write(srcs, offset, length);
        event.ended(n, connection.remote());
        return n;
    }

    /** Writes for the socket, which writes all bytes. */
    int writeFully(ByteBuffer src) throws IOException {
        SocketWrite event = SocketWrite.begun();
        int n = output.write(src, true);
        event.ended(n, connection.remote());
        return n;
    }
}
