package dev.kqueue.internal.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;

import java.net.SocketAddress;

/** A write to a connection, with the fields and the limits of {@code jdk.SocketWrite}. */
@Name("dev.kqueue.SocketWrite")
@Label("Socket Write")
@Description("Writing data to a socket of kqueue-nio")
@Threshold("1 ms")
@Throttle("100/s")
public final class SocketWrite extends SocketEvent {
    @Label("Bytes Written")
    @Description("Number of bytes written to the socket")
    @DataAmount
    long bytesWritten;

    private SocketWrite() {}

    /** The write begins now. */
    public static SocketWrite begun() {
        SocketWrite event = new SocketWrite();
        event.begin();
        return event;
    }

    /** The write has ended, and has returned this. */
    public void ended(long n, SocketAddress remote) {
        end();
        if (shouldCommit()) {
            setRemote(remote);
            bytesWritten = n;
            commit();
        }
    }
}
