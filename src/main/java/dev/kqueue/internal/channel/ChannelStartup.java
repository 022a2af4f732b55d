package dev.kqueue.internal.channel;

import dev.kqueue.internal.io.Buffers;
import dev.kqueue.internal.jfr.FlightRecording;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.park.BlockingWait;

import java.lang.invoke.MethodHandles;

/**
 * Checks that channels can work in this process, before one is made. The first check initializes what their I/O needs
 * later, as a read may come at a moment without memory: a class whose initializer meets OutOfMemoryError is lost for
 * the life of the process, and every later read with it.
 */
public final class ChannelStartup {
    private ChannelStartup() {}

    private static volatile boolean done;
    private static volatile boolean doneForDatagrams;

    /**
     * As {@link Startup#check}.
     *
     * @throws UnsupportedOperationException with a sentence that says what to do
     */
    public static void check() {
        Startup.check();
        if (!done) {
            Startup.initialize(
                    MethodHandles.lookup(),
                    FlightRecording.class,
                    IoDirection.class,
                    PollableStream.class,
                    KQueueSocketChannel.class,
                    ConnectionState.class,
                    Connector.class,
                    StreamInput.class,
                    StreamOutput.class);
            Buffers.initialize();
            BlockingWait.initialize();
            // Threads that race for it initialize each class once, as the JVM sees to.
            done = true;
        }
    }

    /** The same, before a channel of datagrams is made: most programs have none. */
    public static void checkDatagrams() {
        check();
        if (!doneForDatagrams) {
            Startup.initialize(MethodHandles.lookup(), KQueueDatagramChannel.class, Memberships.class);
            Buffers.initializeDatagrams();
            doneForDatagrams = true;
        }
    }
}
