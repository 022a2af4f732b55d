package dev.kqueue.programs;

import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** An echo server of MINA, and blocking socket channels. */
public final class MinaProgram implements Program {
    private final NioSocketAcceptor acceptor = new NioSocketAcceptor();

    @Override
    public void start() throws IOException {
        acceptor.setHandler(
                new IoHandlerAdapter() {
                    @Override
                    public void messageReceived(IoSession session, Object message) {
                        session.write(((IoBuffer) message).duplicate());
                    }
                });
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Override
    public Client connect() throws IOException {
        SocketChannel channel = SocketChannel.open(acceptor.getLocalAddress());
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
        return new Client() {
            @Override
            public void request(int number) throws IOException {
                out.writeInt(number);
                int answer = in.readInt();
                if (answer != number) {
                    throw new IOException(number + " came back as " + answer);
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public Class<?> versionOf() {
        return NioSocketAcceptor.class;
    }

    @Override
    public void close() {
        acceptor.dispose();
    }
}
