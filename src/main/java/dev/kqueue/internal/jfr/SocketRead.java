package dev.kqueue.internal.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;

import java.net.SocketAddress;

/** A read from a connection, with the fields and the limits of {@code jdk.SocketRead}. */
@Name("dev.kqueue.SocketRead")
@Label("Socket Read")
@Description("Reading data from a socket of kqueue-nio")
@Threshold("1 ms")
@Throttle("100/s")
public final class SocketRead extends SocketEvent {
    @Label("Timeout Value")
    @Timespan(Timespan.MILLISECONDS)
    long timeout;

    @Label("Bytes Read")
    @Description("Number of bytes read from the socket")
    @DataAmount
    long bytesRead;

    @Label("End of Stream")
    @Description("If end of stream was reached")
    boolean endOfStream;

    private SocketRead() {}

    /** The read begins now. */
    public static SocketRead begun() {
        SocketRead event = new SocketRead();
        event.begin();
        return event;
    }

    /**
     * The read has ended.
     *
     * @param n what it has returned
     * @param millis its time limit; 0 without one
     */
    public void ended(long n, SocketAddress remote, long millis) {
        end();
        if (shouldCommit()) {
            setRemote(remote);
            timeout = millis;
            bytesRead = Math.max(n, 0);
            endOfStream = n < 0;
            commit();
        }
    }
}
