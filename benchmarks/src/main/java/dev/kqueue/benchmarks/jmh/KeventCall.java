package dev.kqueue.benchmarks.jmh;

import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.benchmarks.Side;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;

/**
 * What {@code KQueue.kevent} costs over the bare system call, when there is nothing to report. The JDK's side, which
 * has no kevent, calls the kernel's own function: epoll_wait on Linux, kevent elsewhere.
 */
@State(Scope.Thread)
public class KeventCall {
    private BareWait bare;
    private Wrapped wrapped;

    @Setup
    public void open() throws IOException {
        if (Side.isOurs()) {
            wrapped = new Wrapped();
        } else {
            bare = new BareWait();
        }
    }

    @TearDown
    public void close() throws IOException {
        if (wrapped != null) {
            wrapped.kqueue.close();
        }
    }

    @Benchmark
    public int nothing() throws Throwable {
        return wrapped != null ? wrapped.call() : bare.call();
    }

    /** A class of its own: the other side's class path has no KQueue. */
    private static final class Wrapped {
        private final KQueue kqueue = KQueue.open();
        private final KEventList events = KEventList.allocate(64);

        Wrapped() throws IOException {}

        int call() throws IOException {
            return kqueue.kevent(null, events, 0);
        }
    }
}
