package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
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
