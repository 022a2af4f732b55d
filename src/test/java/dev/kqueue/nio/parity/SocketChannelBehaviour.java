package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection, open, closed and half-closed. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class SocketChannelBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("a channel never connected", this::unconnected);
        scenario("a closed channel", this::closed);
        scenario("a connected channel", this::connected);
        scenario("input shut down", this::inputShutdown);
        scenario("output shut down", this::outputShutdown);
        scenario("the peer has closed", this::endOfStream);
        scenario("the peer has reset", this::reset);
        scenario("registration", this::registration);
    }

    private void inputAndOutput(SocketChannel channel) {
        step("read", () -> channel.read(ByteBuffer.allocate(8)));
        step("read into nothing", () -> channel.read(ByteBuffer.allocate(0)));
        step("read into nothing, direct", () -> channel.read(ByteBuffer.allocateDirect(0)));
        step("read(null)", () -> channel.read((ByteBuffer) null));
        step("read into a read-only buffer", () -> channel.read(ByteBuffer.allocate(8).asReadOnlyBuffer()));
        step("read into a full read-only buffer", () -> channel.read(ByteBuffer.allocate(0).asReadOnlyBuffer()));
        step("scatter", () -> channel.read(two(8)));
        step("scatter into nothing", () -> channel.read(two(0)));
        step("scatter into no buffers", () -> channel.read(new ByteBuffer[0]));
        step("scatter into null", () -> channel.read((ByteBuffer[]) null));
        step("scatter into a null buffer", () -> channel.read(new ByteBuffer[] {null}));
        step(
                "scatter into a read-only buffer",
                () -> channel.read(new ByteBuffer[] {ByteBuffer.allocate(1).asReadOnlyBuffer()}));
        step("scatter with a bad range", () -> channel.read(two(8), 1, 2));
        step("scatter with a negative range", () -> channel.read(two(8), -1, 1));
        step("write", () -> channel.write(ByteBuffer.allocate(8)));
        step("write nothing", () -> channel.write(ByteBuffer.allocate(0)));
        step("write(null)", () -> channel.write((ByteBuffer) null));
        step("write a read-only buffer", () -> channel.write(ByteBuffer.allocate(8).asReadOnlyBuffer()));
        step("gather", () -> channel.write(two(8)));
        step("gather nothing", () -> channel.write(two(0)));
        step("gather no buffers", () -> channel.write(new ByteBuffer[0]));
        step("gather null", () -> channel.write((ByteBuffer[]) null));
        step("gather a null buffer", () -> channel.write(new ByteBuffer[] {null}));
        step("gather with a bad range", () -> channel.write(two(8), 2, 1));
    }

    private void unconnected() throws IOException {
        SocketChannel channel = closing(SocketChannel.open());
        inspect(channel);
        inputAndOutput(channel);
        step("finishConnect", channel::finishConnect);
        step("shutdownInput", channel::shutdownInput);
        step("shutdownOutput", channel::shutdownOutput);
        step("connect(null)", () -> channel.connect(null));
        step("isOpen at last", channel::isOpen);
    }

    private void closed() throws IOException {
        SocketChannel channel = pair()[0];
        SocketAddress remote = channel.getRemoteAddress();
        channel.close();
        inspect(channel);
        inputAndOutput(channel);
        step("finishConnect", channel::finishConnect);
        step("connect", () -> channel.connect(remote));
        step("connect(null)", () -> channel.connect(null));
        step("bind", () -> channel.bind(null));
        step("shutdownInput", channel::shutdownInput);
        step("shutdownOutput", channel::shutdownOutput);
        step("configureBlocking", () -> channel.configureBlocking(false));
        step(
                "close again",
                () -> {
                    channel.close();
                    return "fine";
                });
        step("getOption", () -> channel.getOption(StandardSocketOptions.SO_SNDBUF));
        step("getOption(null)", () -> channel.getOption(null));
        step("getOption unsupported", () -> channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        step("setOption", () -> channel.setOption(StandardSocketOptions.SO_SNDBUF, 1));
        step("setOption(null)", () -> channel.setOption(null, null));
        step("supportedOptions", () -> !channel.supportedOptions().isEmpty());
    }

    private void connected() throws IOException {
        SocketChannel[] pair = pair();
        SocketChannel channel = pair[0];
        inspect(channel);
        inspect(pair[1]);
        pair[1].write(ByteBuffer.allocate(1000));
        inputAndOutput(channel);
        step("connect again", () -> channel.connect(channel.getRemoteAddress()));
        step("connect again to null", () -> channel.connect(null));
        step("finishConnect again", channel::finishConnect);
        step("bind", () -> channel.bind(null));
    }

    private void inputShutdown() throws IOException {
        SocketChannel channel = pair()[0];
        step("shutdownInput", () -> channel.shutdownInput() == channel);
        step("shutdownInput again", () -> channel.shutdownInput() == channel);
        step("isInputShutdown", () -> channel.socket().isInputShutdown());
        step("toString", channel::toString);
        step("socket's toString", () -> channel.socket().toString());
        inputAndOutput(channel);
        step("getInputStream", () -> channel.socket().getInputStream());
        step(
                "shutdownInput of the socket",
                () -> {
                    channel.socket().shutdownInput();
                    return "fine";
                });
    }

    private void outputShutdown() throws IOException {
        SocketChannel[] pair = pair();
        SocketChannel channel = pair[0];
        pair[1].write(ByteBuffer.allocate(1000));
        step("shutdownOutput", () -> channel.shutdownOutput() == channel);
        step("shutdownOutput again", () -> channel.shutdownOutput() == channel);
        step("isOutputShutdown", () -> channel.socket().isOutputShutdown());
        step("toString", channel::toString);
        inputAndOutput(channel);
        step("getOutputStream", () -> channel.socket().getOutputStream());
        step("the peer reads", () -> pair[1].read(ByteBuffer.allocate(8)));
        step(
                "sendUrgentData",
                () -> {
                    channel.socket().sendUrgentData(1);
                    return "fine";
                });
    }

    private void endOfStream() throws IOException {
        SocketChannel[] pair = pair();
        pair[1].shutdownOutput();
        inputAndOutput(pair[0]);
        step("toString", pair[0]::toString);
    }

    private void reset() throws IOException {
        SocketChannel[] pair = pair();
        pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
        pair[1].close();
        step("read", () -> pair[0].read(ByteBuffer.allocate(8)));
        step("read again", () -> pair[0].read(ByteBuffer.allocate(8)));
        step("scatter", () -> pair[0].read(two(8)));
        step("read into nothing", () -> pair[0].read(ByteBuffer.allocate(0)));
        step("available", () -> pair[0].socket().getInputStream().available());
        step("read of the stream", () -> pair[0].socket().getInputStream().read());
        step("isConnected", pair[0]::isConnected);
        step("shutdownInput", () -> pair[0].shutdownInput() == pair[0]);
        step("read after shutdown", () -> pair[0].read(ByteBuffer.allocate(8)));
    }

    private void registration() throws IOException {
        SocketChannel channel = pair()[0];
        Selector selector = closing(Selector.open());
        step("blocking", () -> channel.register(selector, SelectionKey.OP_READ));
        channel.configureBlocking(false);
        step("bad ops", () -> channel.register(selector, SelectionKey.OP_ACCEPT));
        channel.register(selector, SelectionKey.OP_READ);
        step("configureBlocking while registered", () -> channel.configureBlocking(true));
        step("socket stream of a registered channel", () -> channel.socket().getInputStream().read());
        channel.close();
        step("closed", () -> channel.register(selector, SelectionKey.OP_READ));
    }
}
