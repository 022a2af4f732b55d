package dev.kqueue.programs;

import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

import java.io.IOException;

/** A ROUTER of JeroMQ that sends each message back to the REQ socket that it came from. */
public final class JeroMqProgram implements Program {
    private final ZContext context = new ZContext();
    private int port;

    @Override
    public void start() {
        ZMQ.Socket router = context.createSocket(SocketType.ROUTER);
        port = router.bindToRandomPort("tcp://127.0.0.1");
        Thread.ofPlatform()
                .daemon()
                .name("router")
                .start(
                        () -> {
                            while (true) {
                                byte[] peer = router.recv();
                                if (peer == null) {
                                    return;
                                }
                                byte[] delimiter = router.recv();
                                byte[] message = router.recv();
                                router.sendMore(peer);
                                router.sendMore(delimiter);
                                router.send(message);
                            }
                        });
    }

    @Override
    public Client connect() {
        ZMQ.Socket socket = context.createSocket(SocketType.REQ);
        socket.setReceiveTimeOut(10_000);
        socket.connect("tcp://127.0.0.1:" + port);
        return new Client() {
            @Override
            public void request(int number) throws IOException {
                socket.send("" + number);
                String answer = socket.recvStr();
                if (!("" + number).equals(answer)) {
                    throw new IOException(number + " came back as " + answer);
                }
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    @Override
    public Class<?> versionOf() {
        return ZMQ.class;
    }

    @Override
    public void close() {}
}
