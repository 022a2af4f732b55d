package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** Operations that wait, and are ended: by a close, an interrupt, a shutdown. */
final class EndedWaitBehaviour extends Behaviour {
    private interface Ending {
        void end(AutoCloseable channel, Thread waiting) throws Exception;
    }

    @Override
    void run() throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            ended("closed", virtual, (channel, _) -> channel.close());
            ended("interrupted", virtual, (_, waiting) -> waiting.interrupt());
        }
        for (boolean virtual : new boolean[] {false, true}) {
            scenario("shut down" + on(virtual), () -> shutDown(virtual));
        }
    }

    private static String on(boolean virtual) {
        return virtual ? ", virtual thread" : ", platform thread";
    }

    private void ended(String how, boolean virtual, Ending ending) throws Exception {
        scenario(how + on(virtual), () -> streams(virtual, ending));
        scenario(how + on(virtual) + ", connect", () -> connects(virtual, ending));
        scenario(how + on(virtual) + ", datagrams", () -> datagrams(virtual, ending));
        scenario(how + on(virtual) + ", listener", () -> listeners(virtual, ending));
        scenario(how + on(virtual) + ", pipe", () -> pipes(virtual, ending));
    }

    private void streams(boolean virtual, Ending ending) throws Exception {
        SocketChannel one = pair()[0];
        waiting("read", virtual, () -> one.read(ByteBuffer.allocate(8)), one, ending);
        SocketChannel two = pair()[0];
        waiting("scatter", virtual, () -> two.read(two(8)), two, ending);
        SocketChannel three = pair()[0];
        waiting("stream read", virtual, () -> three.socket().getInputStream().read(), three, ending);
        SocketChannel four = pair()[0];
        four.socket().setSoTimeout(60_000);
        waiting("stream read with a timeout", virtual, () -> four.socket().getInputStream().read(), four, ending);
    }

    private void connects(boolean virtual, Ending ending) throws Exception {
        SocketAddress silent = silent();
        SocketChannel one = closing(SocketChannel.open());
        waiting("connect", virtual, () -> one.connect(silent), one, ending);
        SocketChannel two = closing(SocketChannel.open());
        waiting("connect of the socket", virtual, () -> connect(two, silent, 0), two, ending);
        SocketChannel three = closing(SocketChannel.open());
        waiting("connect of the socket with a timeout", virtual, () -> connect(three, silent, 60_000), three, ending);
        SocketChannel four = closing(SocketChannel.open());
        four.configureBlocking(false);
        four.connect(silent);
        four.configureBlocking(true);
        waiting("finishConnect", virtual, four::finishConnect, four, ending);
        step("finishConnect afterwards", four::finishConnect);
        SocketChannel five = closing(SocketChannel.open());
        step("connect until the timeout", () -> connect(five, silent, 1));
        step("is open afterwards", five::isOpen);
    }

    private static Object connect(SocketChannel channel, SocketAddress to, int millis) throws IOException {
        channel.socket().connect(to, millis);
        return "connected";
    }

    /** The address of a listener whose queue is full: a further connection is neither made nor refused. */
    private SocketAddress silent() throws IOException, InterruptedException {
        ServerSocketChannel listener = closing(ServerSocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0), 1);
        while (true) {
            SocketChannel queued = closing(SocketChannel.open());
            queued.configureBlocking(false);
            if (!queued.connect(listener.getLocalAddress())) {
                Thread.sleep(20);
                if (!queued.finishConnect()) {
                    return listener.getLocalAddress();
                }
            }
        }
    }

    private void datagrams(boolean virtual, Ending ending) throws Exception {
        DatagramChannel one = bound();
        waiting("receive", virtual, () -> one.receive(ByteBuffer.allocate(8)), one, ending);
        DatagramChannel two = bound();
        two.connect(bound().getLocalAddress());
        waiting("read", virtual, () -> two.read(ByteBuffer.allocate(8)), two, ending);
        DatagramChannel three = bound();
        waiting("receive of the socket", virtual, () -> receive(three), three, ending);
        DatagramChannel four = bound();
        four.socket().setSoTimeout(60_000);
        waiting("receive of the socket with a timeout", virtual, () -> receive(four), four, ending);
        change(
                "send of the socket afterwards",
                () -> three.socket().send(new DatagramPacket(new byte[1], 1, LOOPBACK, 9)));
        step("receive of the socket afterwards", () -> receive(three));
    }

    private static Object receive(DatagramChannel channel) throws IOException {
        channel.socket().receive(new DatagramPacket(new byte[8], 8));
        return "received";
    }

    private DatagramChannel bound() throws IOException {
        return closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
    }

    private void listeners(boolean virtual, Ending ending) throws Exception {
        ServerSocketChannel one = listening();
        waiting("accept", virtual, one::accept, one, ending);
        ServerSocketChannel two = listening();
        waiting("accept of the socket", virtual, () -> two.socket().accept(), two, ending);
        ServerSocketChannel three = listening();
        three.socket().setSoTimeout(60_000);
        waiting("accept of the socket with a timeout", virtual, () -> three.socket().accept(), three, ending);
    }

    private void pipes(boolean virtual, Ending ending) throws Exception {
        Pipe pipe = Pipe.open();
        closing(pipe.sink());
        Pipe.SourceChannel source = closing(pipe.source());
        waiting("read", virtual, () -> source.read(ByteBuffer.allocate(8)), source, ending);
    }

    private void shutDown(boolean virtual) throws Exception {
        SocketChannel one = pair()[0];
        waiting("read", virtual, () -> one.read(ByteBuffer.allocate(8)), one, (_, _) -> one.shutdownInput());
        SocketChannel two = pair()[0];
        waiting(
                "stream read",
                virtual,
                () -> two.socket().getInputStream().read(),
                two,
                (_, _) -> two.socket().shutdownInput());
    }

    private void waiting(String name, boolean virtual, Step step, AutoCloseable channel, Ending ending)
            throws Exception {
        Thread thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> step(name, step));
        awaitWaiting(thread);
        ending.end(channel, thread);
        thread.join();
        step(name + " is interrupted", thread::isInterrupted);
        if (channel instanceof java.nio.channels.Channel one) {
            step(name + " isOpen", one::isOpen);
        }
    }

    /** Until the thread has been in one and the same place for a while: in the call that waits. */
    private static void awaitWaiting(Thread thread) throws InterruptedException {
        StackTraceElement[] last = {};
        for (int same = 0; same < 10; ) {
            Thread.sleep(5);
            StackTraceElement[] now = thread.getStackTrace();
            boolean waits = now.length > 0 && Arrays.equals(now, last);
            same = waits ? same + 1 : 0;
            last = now;
        }
    }
}
