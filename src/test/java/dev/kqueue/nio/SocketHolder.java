package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;
import dev.kqueue.internal.channel.HeldDescriptors;
import dev.kqueue.internal.libc.Fcntl;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** Another process, which holds one socket, and does with it what it is told. */
final class SocketHolder implements AutoCloseable {
    /** Holds the channel that comes with it. */
    static final char HOLD = 'h';

    /** Holds the connection that it accepts from the listener that comes with it. */
    static final char ACCEPT = 'a';

    static final char OPEN_DATAGRAMS = 'd';
    static final char OPEN_LISTENER = 'l';
    static final char PASS_BACK = 'b';
    static final char CLOSE = 'c';
    static final char CLEAR_FLAG = 'f';
    static final char SET_FLAG = 'n';

    /** Takes one byte, datagram or connection, and waits for it. */
    static final char TAKE = 't';

    private final ServerSocketChannel control;
    private final FutureTask<String> child;
    private final SocketChannel commands;

    SocketHolder(Path address) throws IOException {
        control = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(address));
        child =
                Threads.PLATFORM.start(
                        () -> new ChildJvm().within(900).run(Program.class.getName(), address.toString()));
        commands = control.accept();
    }

    /** Returns when it has done so. */
    void tell(char command, Channel... channels) throws IOException {
        PassedChannels.send(commands, ByteBuffer.wrap(new byte[] {(byte) command}), channels);
        assertThat(commands.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }

    /** What it holds, and goes on holding. */
    PassedChannels passBack() throws IOException {
        PassedChannels.send(commands, ByteBuffer.wrap(new byte[] {PASS_BACK}));
        return PassedChannels.receive(commands, ByteBuffer.allocate(1));
    }

    @Override
    public void close() throws IOException {
        commands.close();
        control.close();
        try {
            assertThat(child.get()).isEmpty();
        } catch (Exception failure) {
            throw new AssertionError("the other process", failure);
        }
    }

    static final class Program {
        private final SocketChannel commands;
        private SelectableChannel held;

        private Program(SocketChannel commands) {
            this.commands = commands;
        }

        public static void main(String[] arguments) throws IOException {
            ByteBuffer one = ByteBuffer.allocate(1);
            try (SocketChannel commands = SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
                Program program = new Program(commands);
                while (true) {
                    try (PassedChannels passed = PassedChannels.receive(commands, one.clear())) {
                        if (passed.bytes() < 0) {
                            return;
                        }
                        program.obey((char) one.get(0), passed);
                    }
                }
            }
        }

        private void obey(char command, PassedChannels passed) throws IOException {
            switch (command) {
                case HOLD -> hold(passed.take());
                case ACCEPT -> {
                    try (ServerSocketChannel listener = (ServerSocketChannel) passed.take()) {
                        hold(listener.accept());
                    }
                }
                case OPEN_DATAGRAMS -> hold(SharedSocket.datagrams());
                case OPEN_LISTENER -> hold(TcpPair.listener());
                case CLOSE -> held.close();
                case CLEAR_FLAG -> flag(false);
                case SET_FLAG -> flag(true);
                case TAKE -> SharedSocket.take(held);
                case PASS_BACK -> {
                    PassedChannels.send(commands, ByteBuffer.allocate(1), held);
                    return;
                }
                default -> throw new AssertionError("command " + command);
            }
            commands.write(ByteBuffer.allocate(1));
        }

        private void hold(SelectableChannel channel) throws IOException {
            if (held != null) {
                held.close();
            }
            held = channel;
        }

        private void flag(boolean nonBlocking) throws IOException {
            try (HeldDescriptors numbers = HeldDescriptors.of(held)) {
                Fcntl.setNonBlocking(numbers.numbers()[0], nonBlocking);
            }
        }
    }
}
