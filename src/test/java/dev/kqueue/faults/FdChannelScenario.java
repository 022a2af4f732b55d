package dev.kqueue.faults;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.FdChannel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Descriptors of other programs' making: a pipe without O_NONBLOCK, read by a selector and by a thread; and a file. */
final class FdChannelScenario extends SelectorScenario {
    private FdChannel source;
    private FdChannel sink;
    private int received;

    /** Descriptors that a channel has been made of, which closes them. */
    private final Set<Integer> taken = new HashSet<>();

    @Override
    void open() throws Exception {
        super.open();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            succeeded(Unistd.pipe(ends));
            int reading = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writing = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
            guard(reading);
            guard(writing);
            source = opened(reading);
            sink = opened(writing);
        }
    }

    /** Closes a descriptor with the scenario if no channel was made of it, and none closed it in failing. */
    private void guard(int fd) throws IOException {
        Path name = Path.of("/proc/self/fd/" + fd);
        Path file = Files.readSymbolicLink(name);
        own(
                () -> {
                    if (!taken.contains(fd) && refersTo(name, file)) {
                        Unistd.close(fd);
                    }
                });
    }

    private static boolean refersTo(Path name, Path file) throws IOException {
        try {
            return Files.readSymbolicLink(name).equals(file);
        } catch (NoSuchFileException closed) {
            return false;
        }
    }

    private FdChannel opened(int fd) throws IOException {
        Fcntl.setNonBlocking(fd, false);
        FdChannel channel = own(FdChannel.adopt(fd));
        taken.add(fd);
        return channel;
    }

    @Override
    void act() throws Exception {
        try (FdChannel standardInput = FdChannel.adopt(0)) {
            expect(standardInput.isOpen(), "it is closed");
        }
        sink.write(ByteBuffer.wrap(new byte[] {1, 2}));
        ByteBuffer bytes = ByteBuffer.allocate(2);
        while (bytes.hasRemaining()) {
            source.read(bytes);
        }
        source.configureBlocking(false);
        source.register(selector, SelectionKey.OP_READ);
        exchange();
        Path path = Files.createTempFile("faults", "");
        own(() -> Files.deleteIfExists(path));
        Files.write(path, new byte[5]);
        int fd = succeeded(Fcntl.open(path, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0));
        guard(fd);
        FdChannel file = opened(fd);
        file.configureBlocking(false);
        file.register(selector, SelectionKey.OP_READ);
        serveUntil("the file's end is reported", () -> !file.isOpen());
    }

    private void exchange() throws Exception {
        int before = received;
        sink.write(ByteBuffer.wrap(new byte[] {3, 4, 5}));
        serveUntil("bytes arrive", () -> received >= before + 3);
    }

    @Override
    void after() throws Exception {
        if (!source.isRegistered()) {
            source.configureBlocking(false);
            source.register(selector, SelectionKey.OP_READ);
        }
        exchange();
        super.after();
    }

    @Override
    void handle(SelectionKey key) throws Exception {
        FdChannel channel = (FdChannel) key.channel();
        int n = channel.read(ByteBuffer.allocate(10));
        if (n < 0) {
            channel.close();
        } else {
            received += n;
        }
    }
}
