package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.SharedSocket.Call;
import dev.kqueue.nio.SharedSocket.Kind;
import dev.kqueue.nio.SharedSocket.Origin;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * A socket whose open file description another process holds, too: whatever that does with it, a non-blocking call
 * returns, a blocking one waits for its own, and both end when they should.
 */
@Timeout(180)
class SharedSocketsTest {
    private static final int TAKING = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

    @TempDir static Path folder;

    private static SocketHolder holder;

    @BeforeAll
    static void start() throws IOException {
        holder = new SocketHolder(folder.resolve("control"));
    }

    @AfterAll
    static void end() throws IOException {
        holder.close();
    }

    /** What the other process does while a call waits here. */
    enum Deed {
        SETS_AND_CLEARS_THE_FLAG,
        CLOSES,
        TAKES_FIRST
    }

    /** What ends the call that waits here. */
    enum End {
        SUCCESS,
        CLOSE,
        INTERRUPT,
        TIME
    }

    static Stream<Arguments> all() {
        return Arrays.stream(Kind.values())
                .flatMap(
                        kind ->
                                Arrays.stream(Origin.values())
                                        .flatMap(
                                                origin ->
                                                        Arrays.stream(Threads.values())
                                                                .map(threads -> Arguments.of(kind, origin, threads))));
    }

    /** With each deed and each end: a row of {@link #all} is one test, or there would be a thousand. */
    private interface Case {
        void run(Deed deed, End end) throws Exception;
    }

    private static void each(Call call, Kind kind, Case one) throws Exception {
        for (Deed deed : Deed.values()) {
            for (End end : End.values()) {
                // Time limits are those of java.net's sockets, for what they take; what a write waits for is not taken.
                boolean timed = call == Call.TAKE && kind != Kind.UNIX_STREAM;
                if ((end != End.TIME || timed) && (deed != Deed.TAKES_FIRST || call == Call.TAKE)) {
                    try {
                        one.run(deed, end);
                    } catch (Exception | AssertionError failure) {
                        throw new AssertionError("the other " + deed + ", the call ends by " + end, failure);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void nonBlockingCallReturnsWhateverTheOtherDoes(Kind kind, Origin origin, Threads threads) throws Exception {
        try (SharedSocket socket = new SharedSocket(kind, origin, holder, folder)) {
            socket.channel.configureBlocking(false);
            for (char command : new char[] {SocketHolder.CLEAR_FLAG, SocketHolder.SET_FLAG, SocketHolder.CLEAR_FLAG}) {
                holder.tell(command);
                assertReturnsAtOnce(socket, kind, threads);
            }
            try (Selector selector = socket.channel.provider().openSelector()) {
                socket.channel.register(selector, socket.channel.validOps() & TAKING);
                socket.satisfy(Call.TAKE);
                assertThat(selector.select()).isEqualTo(1);
                holder.tell(SocketHolder.TAKE);
                assertReturnsAtOnce(socket, kind, threads);
            }
            holder.tell(SocketHolder.CLEAR_FLAG);
            holder.tell(SocketHolder.CLOSE);
            assertReturnsAtOnce(socket, kind, threads);
            socket.satisfy(Call.TAKE);
            while (!threads.call(() -> socket.make(Call.TAKE))) {
                Thread.onSpinWait();
            }
        }
    }

    private static void assertReturnsAtOnce(SharedSocket socket, Kind kind, Threads threads) throws Exception {
        FutureTask<Boolean> taken = threads.start(() -> socket.make(Call.TAKE));
        FutureTask<Boolean> written =
                threads.start(
                        () -> {
                            while (kind.isStream() && socket.write() > 0) {
                                Thread.onSpinWait();
                            }
                            return true;
                        });
        // A call that waited, and were a critical one, would hold this back.
        System.gc();
        assertThat(taken.get()).isFalse();
        assertThat(written.get()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void blockedTakeWaitsForItsOwnEnd(Kind kind, Origin origin, Threads threads) throws Exception {
        each(Call.TAKE, kind, (deed, end) -> waitOnce(Call.TAKE, kind, origin, threads, deed, end));
    }

    static Stream<Arguments> streams() {
        return all().filter(arguments -> ((Kind) arguments.get()[0]).isStream());
    }

    @ParameterizedTest
    @MethodSource("streams")
    void blockedWriteWaitsForItsOwnEnd(Kind kind, Origin origin, Threads threads) throws Exception {
        each(Call.WRITE, kind, (deed, end) -> waitOnce(Call.WRITE, kind, origin, threads, deed, end));
    }

    private static void waitOnce(Call what, Kind kind, Origin origin, Threads threads, Deed deed, End end)
            throws Exception {
        Call call = end == End.TIME ? Call.TAKE_WITH_LIMIT : what;
        try (SharedSocket socket = new SharedSocket(kind, origin, holder, folder)) {
            if (deed != Deed.CLOSES) {
                holder.tell(SocketHolder.CLEAR_FLAG);
            }
            Blocked<Boolean> own = started(threads, socket, call);
            switch (deed) {
                case CLOSES -> holder.tell(SocketHolder.CLOSE);
                case SETS_AND_CLEARS_THE_FLAG -> {
                    holder.tell(SocketHolder.SET_FLAG);
                    holder.tell(SocketHolder.CLEAR_FLAG);
                }
                case TAKES_FIRST -> {
                    FutureTask<Boolean> other =
                            Threads.PLATFORM.start(
                                    () -> {
                                        holder.tell(SocketHolder.TAKE);
                                        return true;
                                    });
                    socket.satisfy(call);
                    if (tookIt(own, other, end)) {
                        socket.satisfy(call);
                        other.get();
                        own = started(threads, socket, call);
                    } else {
                        other.get();
                    }
                }
            }
            System.gc();
            assertEnds(own, socket, call, end);
            if (end == End.SUCCESS) {
                Blocked<Boolean> next = started(threads, socket, call);
                assertEnds(next, socket, call, end);
            } else if (deed != Deed.CLOSES) {
                // What the other process holds is as it was.
                socket.satisfy(Call.TAKE);
                holder.tell(SocketHolder.TAKE);
            }
        }
    }

    private static Blocked<Boolean> started(Threads threads, SharedSocket socket, Call call) throws Exception {
        return call == Call.TAKE_WITH_LIMIT
                ? Blocked.started(threads, () -> socket.make(call))
                : Blocked.in(threads, () -> socket.make(call));
    }

    /** Which of the two processes that wait has taken what there was for one: whether this one. */
    private static boolean tookIt(Blocked<Boolean> own, FutureTask<Boolean> other, End end) throws Exception {
        while (!own.isDone() && (end == End.TIME || !other.isDone())) {
            Thread.sleep(1);
        }
        if (!own.isDone()) {
            return false;
        }
        try {
            return own.result();
        } catch (ExecutionException failed) {
            if (end == End.TIME && failed.getCause() instanceof SocketTimeoutException) {
                return false;
            }
            throw failed;
        }
    }

    private static void assertEnds(Blocked<Boolean> own, SharedSocket socket, Call call, End end) throws Exception {
        switch (end) {
            case SUCCESS -> {
                assertThat(own.isDone()).isFalse();
                socket.satisfy(call);
                assertThat(own.result()).isTrue();
            }
            case CLOSE -> {
                socket.channel.close();
                assertThat(own.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            }
            case INTERRUPT -> {
                own.interrupt();
                assertThat(own.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            }
            case TIME -> {
                assertThat(own.failure()).isInstanceOf(SocketTimeoutException.class);
                assertThat(socket.channel.isOpen()).isTrue();
            }
        }
    }
}
