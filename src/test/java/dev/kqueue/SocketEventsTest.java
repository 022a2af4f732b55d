package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What EVFILT_READ and EVFILT_WRITE tell of TCP and UDP: listeners, connecting, ends and errors. */
class SocketEventsTest {
    private KQueueDriver kq;
    private final Set<Integer> opened = new HashSet<>();

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
        opened.forEach(Unistd::close);
    }

    private int closing(int fd) {
        opened.add(fd);
        return fd;
    }

    private Pair connection() {
        Pair pair = Loopback.connection();
        closing(pair.readEnd());
        closing(pair.writeEnd());
        return pair;
    }

    private void add(int fd, Filter filter, int flags) throws IOException {
        kq.change(fd, filter, EV_ADD | flags, 0, 0, 0);
    }

    @Test
    void listenerTellsHowManyConnectionsWait() throws IOException {
        int listener = closing(Loopback.listener());
        add(listener, Filter.READ, 0);
        assertThat(kq.pending()).isEmpty();
        for (int i = 1; i <= 3; i++) {
            Loopback.connect(closing(Loopback.tcp()), Loopback.port(listener));
            kq.await();
        }
        assertThat(kq.awaitOne().data()).isEqualTo(3);
        closing(Loopback.accept(listener));
        assertThat(kq.awaitOne().data()).isEqualTo(2);
        closing(Loopback.accept(listener));
        closing(Loopback.accept(listener));
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void listenerIsNeverWritable() throws IOException {
        int listener = closing(Loopback.listener());
        add(listener, Filter.WRITE, 0);
        Loopback.connect(closing(Loopback.tcp()), Loopback.port(listener));
        assertThat(kq.fetch(1, Duration.ofMillis(20))).isEmpty();
    }

    @Test
    void connectionThatIsMadeIsWritable() throws IOException {
        int listener = closing(Loopback.listener());
        int client = closing(Loopback.tcp());
        add(client, Filter.WRITE, 0);
        Loopback.connect(client, Loopback.port(listener));
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.has(EV_EOF)).isFalse();
        assertThat(Loopback.error(client)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR, EV_ONESHOT, EV_CLEAR | EV_ONESHOT, KEvent.EV_DISPATCH})
    void socketThatWasNeverConnectedIsSilentUntilItIs(int flags) throws IOException {
        int listener = closing(Loopback.listener());
        int client = closing(Loopback.tcp());
        add(client, Filter.READ, flags);
        add(client, Filter.WRITE, flags);
        long waits = kq.kqueue.statistics().waits();
        assertThat(kq.fetch(4, Duration.ofMillis(50))).isEmpty();
        assertThat(kq.kqueue.statistics().waits() - waits).as("waits, not spins").isLessThan(8);
        Loopback.connect(client, Loopback.port(listener));
        assertThat(kq.awaitOne().filter()).isEqualTo(Filter.WRITE.value());
        int server = closing(Loopback.accept(listener));
        assertThat(Unistd.write(server, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
        boolean read = false;
        while (!read) {
            read = kq.await().stream().anyMatch(event -> event.filter() == Filter.READ.value());
        }
    }

    @Test
    void levelComesBackAfterASocketIsConnected() throws IOException {
        int listener = closing(Loopback.listener());
        int client = closing(Loopback.tcp());
        add(client, Filter.WRITE, 0);
        assertThat(kq.pending()).isEmpty();
        Loopback.connect(client, Loopback.port(listener));
        kq.await();
        for (int i = 0; i < 3; i++) {
            assertThat(kq.pending()).hasSize(1);
        }
    }

    @Test
    void refusedConnectionIsWritableWithTheErrorLeftToRead() throws IOException {
        int listener = Loopback.listener();
        int port = Loopback.port(listener);
        Unistd.close(listener);
        int client = closing(Loopback.tcp());
        int connected = Loopback.connect(client, port);
        add(client, Filter.WRITE, 0);
        assertThat(kq.awaitOne().has(EV_EOF)).isTrue();
        assertThat(connected == -Errno.ECONNREFUSED ? Errno.ECONNREFUSED : Loopback.error(client))
                .isEqualTo(Errno.ECONNREFUSED);
    }

    @Test
    void halfClosedConnectionIsAtItsEndForReadingAndStillWritable() throws IOException {
        Pair pair = connection();
        add(pair.readEnd(), Filter.READ, 0);
        add(pair.readEnd(), Filter.WRITE, 0);
        SysSocket.shutdown(pair.writeEnd(), SysSocket.SHUT_WR);
        List<KQueueDriver.Event> events = new ArrayList<>();
        while (events.stream().noneMatch(event -> event.filter() == Filter.READ.value())) {
            events = kq.await();
        }
        for (KQueueDriver.Event event : events) {
            assertThat(event.has(EV_EOF)).isEqualTo(event.filter() == Filter.READ.value());
        }
        assertThat(Unistd.write(pair.readEnd(), MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
    }

    @RequiresAbility(Ability.CLOSE_RESETS)
    @Test
    void resetConnectionIsAtItsEndForBoth() throws IOException {
        Pair pair = connection();
        add(pair.readEnd(), Filter.READ, 0);
        // Unread data in the peer's buffer makes its close a reset.
        assertThat(Unistd.write(pair.readEnd(), MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
        awaitReadable(pair.writeEnd());
        Unistd.close(pair.writeEnd());
        opened.remove(pair.writeEnd());
        assertThat(kq.awaitOne().has(EV_EOF)).isTrue();
        kq.change(pair.readEnd(), Filter.READ, KEvent.EV_DELETE, 0, 0, 0);
        add(pair.readEnd(), Filter.WRITE, 0);
        assertThat(kq.awaitOne().has(EV_EOF)).isTrue();
        assertThat(Loopback.error(pair.readEnd())).as("nobody else has taken the error").isEqualTo(Errno.ECONNRESET);
        assertThat(kq.awaitOne().has(EV_EOF)).as("still at its end after the error was read").isTrue();
    }

    private void awaitReadable(int fd) throws IOException {
        try (KQueueDriver other = new KQueueDriver()) {
            other.change(fd, Filter.READ, EV_ADD, 0, 0, 0);
            other.awaitOne();
        }
    }

    @Test
    void refusedDatagramIsReadableWithoutAnEnd() throws IOException {
        int gone = Loopback.udp();
        Loopback.bind(gone);
        int port = Loopback.port(gone);
        Unistd.close(gone);
        int socket = closing(Loopback.udp());
        assertThat(Loopback.connect(socket, port)).isZero();
        add(socket, Filter.READ, 0);
        Unistd.write(socket, MemorySegment.ofArray(new byte[1]), 1);
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.has(EV_EOF)).isFalse();
        assertThat(kq.pending()).as("until somebody takes the error").hasSize(1);
        assertThat(Loopback.error(socket)).isEqualTo(Errno.ECONNREFUSED);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void datagramSocketIsReadableAndWritable() throws IOException {
        int receiver = closing(Loopback.udp());
        Loopback.bind(receiver);
        int sender = closing(Loopback.udp());
        Loopback.connect(sender, Loopback.port(receiver));
        add(sender, Filter.WRITE, EV_ONESHOT);
        kq.awaitOne();
        add(receiver, Filter.READ, 0);
        Unistd.write(sender, MemorySegment.ofArray(new byte[100]), 100);
        assertThat(kq.awaitOne().data()).isGreaterThanOrEqualTo(100);
        assertThat(Unistd.read(receiver, MemorySegment.ofArray(new byte[100]), 100)).isEqualTo(100);
        assertThat(kq.pending()).isEmpty();
        Unistd.write(sender, MemorySegment.ofArray(new byte[0]), 0);
        kq.awaitOne();
    }

    @Test
    void endIsReportedOnceForEachSideWithClear() throws IOException {
        Pair pair = connection();
        add(pair.readEnd(), Filter.READ, EV_CLEAR);
        SysSocket.shutdown(pair.writeEnd(), SysSocket.SHUT_WR);
        assertThat(kq.awaitOne().has(EV_EOF)).isTrue();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void manySocketsAreFetchedInPartsAndCompletely() throws IOException {
        int count = 300;
        for (int i = 0; i < count; i++) {
            Pair pair = Pair.sockets();
            closing(pair.readEnd());
            closing(pair.writeEnd());
            kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_CLEAR, 0, 0, i);
            pair.write(1);
        }
        Set<Long> seen = new HashSet<>();
        while (seen.size() < count) {
            List<KQueueDriver.Event> part = kq.fetch(7, KQueueDriver.SOON);
            assertThat(part).isNotEmpty();
            for (KQueueDriver.Event event : part) {
                assertThat(seen.add(event.udata())).isTrue();
            }
        }
        assertThat(kq.pending()).isEmpty();
    }
}
