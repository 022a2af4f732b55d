package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Files over connections: with sendfile(2), and by the JDK's FileChannel. */
@Timeout(120)
class SendFileTest {
    private static final int SIZE = 12_345_678;
    private static final int PASSINGS = 50;

    @TempDir private Path folder;
    private Path path;
    private byte[] content;
    private TcpPair pair;

    @BeforeEach
    void open() throws IOException {
        content = new byte[SIZE];
        new Random(1).nextBytes(content);
        path = Files.write(folder.resolve("file"), content);
        pair = TcpPair.open();
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
    }

    private FutureTask<byte[]> received() {
        return Threads.PLATFORM.start(() -> pair.server().socket().getInputStream().readAllBytes());
    }

    private byte[] content(int from, int to) {
        return Arrays.copyOfRange(content, from, to);
    }

    @ParameterizedTest
    @EnumSource
    void inBlockingModeAllIsSent(Threads threads) throws Exception {
        FutureTask<byte[]> received = received();
        try (SendFile file = SendFile.open(path)) {
            assertThat(threads.call(() -> file.transferTo(0, SIZE, pair.client()))).isEqualTo(SIZE);
        }
        pair.client().shutdownOutput();
        assertThat(received.get()).isEqualTo(content);
    }

    @Test
    void aPartIsSentUpToTheEndOfTheFile() throws Exception {
        FutureTask<byte[]> received = received();
        try (SendFile file = SendFile.open(path)) {
            assertThat(file.transferTo(10, 20, pair.client())).isEqualTo(20);
            assertThat(file.transferTo(SIZE - 5, 100, pair.client())).isEqualTo(5);
            assertThat(file.transferTo(SIZE - 3, Long.MAX_VALUE, pair.client())).isEqualTo(3);
            assertThat(file.transferTo(SIZE, 100, pair.client())).isZero();
            assertThat(file.transferTo(SIZE + 1L, 100, pair.client())).isZero();
            assertThat(file.transferTo(0, 0, pair.client())).isZero();
        }
        pair.client().shutdownOutput();
        byte[] all = received.get();
        assertThat(all).hasSize(28);
        assertThat(Arrays.copyOf(all, 20)).isEqualTo(content(10, 30));
        assertThat(Arrays.copyOfRange(all, 20, 25)).isEqualTo(content(SIZE - 5, SIZE));
    }

    @Test
    void withoutBlockingItSendsWhatThereIsRoomForAndReadinessComesBack() throws Exception {
        pair.client().configureBlocking(false);
        try (SendFile file = SendFile.open(path);
                Selector selector = Selector.open()) {
            pair.client().register(selector, SelectionKey.OP_WRITE);
            selector.select();
            long sent = 0;
            while (sent < SIZE) {
                long n = file.transferTo(sent, SIZE - sent, pair.client());
                sent += n;
                if (n == 0) {
                    break;
                }
            }
            assertThat(sent).isBetween(1L, SIZE - 1L);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            FutureTask<byte[]> received = received();
            while (sent < SIZE) {
                selector.select();
                selector.selectedKeys().clear();
                sent += file.transferTo(sent, SIZE - sent, pair.client());
            }
            pair.client().shutdownOutput();
            assertThat(received.get()).isEqualTo(content);
        }
    }

    @Test
    void whatSendfileDoesNotTakeIsCopied() throws Exception {
        Path version = Path.of("/proc/version");
        assumeTrue(Files.exists(version), "no file here that sendfile(2) refuses");
        FutureTask<byte[]> received = received();
        long sent = SendFile.send(version, 0, Long.MAX_VALUE, pair.client());
        pair.client().shutdownOutput();
        assertThat(received.get()).isEqualTo(Files.readAllBytes(version)).hasSize((int) sent);
    }

    /** The other holder takes O_NONBLOCK back as soon as it has the socket, which is being filled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutBlockingItNeverWaitsWhileTheSocketIsPassedOn(boolean byNumber) throws Exception {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        Random random = new Random(1);
        try (SendFile file = SendFile.open(large());
                SocketChannel sending = (SocketChannel) AdoptedChannels.adopt(pair.client().provider(), sockets.a());
                SocketChannel receiving = (SocketChannel) AdoptedChannels.adopt(sending.provider(), sockets.b())) {
            for (int i = 0; i < PASSINGS; i++) {
                try (TcpPair passed = TcpPair.open()) {
                    SocketChannel target = passed.client();
                    target.configureBlocking(false);
                    AtomicBoolean taken = new AtomicBoolean();
                    FutureTask<Long> last =
                            Threads.PLATFORM.start(
                                    () -> {
                                        long sent;
                                        boolean before;
                                        do {
                                            before = taken.get();
                                            sent = file.transferTo(0, Long.MAX_VALUE, target);
                                        } while (!before || sent > 0);
                                        return sent;
                                    });
                    LockSupport.parkNanos(random.nextInt(1_000_000));
                    int copy = passOn(sending, receiving, target, byNumber);
                    try {
                        assertThat(Fcntl.setNonBlocking(copy, false)).isNotNegative();
                        taken.set(true);
                        // A call that waited, and were a critical one, would hold this back.
                        System.gc();
                        assertThat(last.get()).isZero();
                    } finally {
                        Unistd.close(copy);
                    }
                }
            }
        }
    }

    /** Another descriptor of the channel's open file description, by way of two connected channels. */
    private static int passOn(SocketChannel sending, SocketChannel receiving, SocketChannel target, boolean byNumber)
            throws IOException {
        if (byNumber) {
            Descriptor owned = ((PollableDescriptor) target).owned();
            assertThat(owned.hold()).isTrue();
            try {
                PassedChannels.sendDescriptors(sending, ByteBuffer.allocate(1), owned.fd());
            } finally {
                owned.release();
            }
        } else {
            PassedChannels.send(sending, ByteBuffer.allocate(1), target);
        }
        try (PassedChannels received = PassedChannels.receive(receiving, ByteBuffer.allocate(1))) {
            return received.takeDescriptor();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsIt(Threads threads) throws Exception {
        Path large = large();
        Blocked<Long> send = Blocked.in(threads, () -> SendFile.send(large, 0, Long.MAX_VALUE, pair.client()));
        pair.client().close();
        assertThat(send.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsIt(Threads threads) throws Exception {
        Path large = large();
        Blocked<Long> send = Blocked.in(threads, () -> SendFile.send(large, 0, Long.MAX_VALUE, pair.client()));
        send.interrupt();
        assertThat(send.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
    }

    /** A file without a byte on the disk, larger than any socket's buffers. */
    private Path large() throws IOException {
        Path large = folder.resolve("large");
        try (FileChannel file = FileChannel.open(large, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), 256L << 20);
        }
        return large;
    }

    @Test
    void closingTheFileWhileItIsSentLetsTheSendingEnd() throws Exception {
        SendFile file = SendFile.open(path);
        Blocked<Long> send = Blocked.in(Threads.PLATFORM, () -> file.transferTo(0, SIZE, pair.client()));
        file.close();
        file.close();
        FutureTask<byte[]> received = received();
        assertThat(send.result()).isEqualTo(SIZE);
        pair.client().shutdownOutput();
        assertThat(received.get()).isEqualTo(content);
        assertThatThrownBy(() -> file.transferTo(0, 1, pair.client())).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void whatCannotBeSentIsNamedWithTheReason() throws Exception {
        assertThatThrownBy(() -> SendFile.open(folder))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(folder + ": is a directory, which cannot be sent");
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> SendFile.open(fifo))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(fifo + ": is a FIFO, which has no positions to send from");
    }

    @Test
    void badArgumentsSaySo() throws Exception {
        assertThatThrownBy(() -> SendFile.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        try (SendFile file = SendFile.open(path);
                SocketChannel unconnected = SocketChannel.open()) {
            assertThatThrownBy(() -> file.transferTo(-1, 1, pair.client()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.transferTo(0, -1, pair.client()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.transferTo(0, 1, null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> file.transferTo(0, 1, unconnected)).isInstanceOf(NotYetConnectedException.class);
            pair.client().close();
            assertThatThrownBy(() -> file.transferTo(0, 1, pair.client())).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void theJdksFileChannelTransfersBothWays() throws Exception {
        FutureTask<byte[]> received = received();
        try (FileChannel file = FileChannel.open(path)) {
            long sent = 0;
            while (sent < SIZE) {
                sent += file.transferTo(sent, SIZE - sent, pair.client());
            }
        }
        pair.client().shutdownOutput();
        assertThat(received.get()).isEqualTo(content);
        FutureTask<Integer> write = Threads.PLATFORM.start(() -> pair.server().write(ByteBuffer.wrap(content)));
        Path copy = folder.resolve("copy");
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long got = 0;
            while (got < SIZE) {
                got += file.transferFrom(pair.client(), got, SIZE - got);
            }
        }
        assertThat(write.get()).isEqualTo(SIZE);
        assertThat(Files.readAllBytes(copy)).isEqualTo(content);
    }
}
