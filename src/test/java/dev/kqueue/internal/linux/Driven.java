package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A kqueue over a {@link ScriptedEpoll}, a pair of sockets, and what tests do with them. */
final class Driven implements AutoCloseable {
    /** Long enough for anything that is bound to happen, on a busy machine. */
    private static final int SOON_SECONDS = 30;

    static final int READ = Filter.READ.value();
    static final int WRITE = Filter.WRITE.value();
    static final int USER = Filter.USER.value();
    static final int TIMER = Filter.TIMER.value();

    final LinuxKQueue kq;
    final ScriptedEpoll epoll;
    final int fd;
    final int peer;

    Driven() throws IOException {
        kq = ScriptedEpoll.kqueue();
        epoll = ScriptedEpoll.of(kq);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            assertThat(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, ends)).isZero();
            fd = ends.getAtIndex(JAVA_INT, 0);
            peer = ends.getAtIndex(JAVA_INT, 1);
        }
    }

    /** Makes the socket ready to be read. */
    void send() {
        assertThat(Unistd.write(peer, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
    }

    /** Fills the socket's send buffer: WRITE beside READ then has nothing to report. */
    void fill() {
        byte[] chunk = new byte[64 * 1024];
        long sent;
        do {
            sent = SysSocket.sendto(fd, MemorySegment.ofArray(chunk), chunk.length, SysSocket.SEND_NOW, 0, 0);
        } while (sent > 0);
        assertThat(sent).isEqualTo(-Errno.EAGAIN);
    }

    static KEventList change(long ident, int filter, int flags, int fflags, long data) {
        return KEventList.allocate(1).add(ident, filter, flags, fflags, data, 0);
    }

    /** Makes a change; 0 or its errno. */
    int errno(long ident, int filter, int flags) throws IOException {
        KEventList receipt = KEventList.allocate(1);
        assertThat(kq.kevent(change(ident, filter, flags | EV_RECEIPT, 0, 0), receipt, 0)).isEqualTo(1);
        return (int) receipt.data(0);
    }

    void addUser(int flags) throws IOException {
        kq.kevent(change(1, USER, KEvent.EV_ADD | flags, 0, 0), null, 0);
    }

    void trigger() throws IOException {
        kq.kevent(change(1, USER, 0, Note.NOTE_TRIGGER, 0), null, 0);
    }

    int fetch(int room, long timeoutNanos) throws IOException {
        return kq.kevent(null, KEventList.allocate(room), timeoutNanos);
    }

    /** Runs it in a thread of its own, and waits for it to end; what it returns or throws. */
    static <T> T soon(Callable<T> call) throws Exception {
        return result(start(call));
    }

    static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    static <T> T result(FutureTask<T> task) throws Exception {
        try {
            return task.get(SOON_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("it does not end", e);
        }
    }

    /** Other threads get the lock, and what they do works. */
    void assertUsable() throws Exception {
        soon(
                () -> {
                    kq.counts();
                    addUser(KEvent.EV_CLEAR);
                    trigger();
                    KEventList events = KEventList.allocate(8);
                    int n = kq.kevent(null, events, 0);
                    assertThat(n).isPositive();
                    assertThat(Stream.iterate(0, i -> i < n, i -> i + 1).map(events::filter)).contains(USER);
                    kq.kevent(change(1, USER, KEvent.EV_DELETE, 0, 0), null, 0);
                    return null;
                });
    }

    /** Returns when that many threads are in epoll_wait, or about to call it. */
    void awaitWaits(int count) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS); epoll.waits.get() < count; ) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        kq.close();
        Unistd.close(fd);
        Unistd.close(peer);
    }
}
