package dev.kqueue.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Blocked calls of threads of one kind, each ended at a random moment by close or interrupt, some while the call is
 * ended by data, with a thread that is gone right after. Beside them, conversations of tagged bytes over connections
 * that come and go, and so get the numbers that have just become free: what reached the number of another would end or
 * mix up one of them.
 */
final class EndedWaits {
    private static final int ENDERS = 3;
    private static final int TALKERS = 2;

    /** Beyond what a machine under load takes for a thread to run. */
    private static final int PATIENCE_SECONDS = 60;

    private static final int LONGEST_DELAY_NANOS = 200_000;

    private enum Call {
        READ,
        SCATTER,
        WRITE,
        ACCEPT,
        CONNECT,
        RECEIVE
    }

    private final long seed;
    private final Threads threads;
    private volatile boolean done;

    EndedWaits(long seed, Threads threads) {
        this.seed = seed;
        this.threads = threads;
    }

    /** Makes so many calls, and throws what is wrong with the first that does not end as it should. */
    void run(int rounds) throws Exception {
        try (Unanswering unanswering = new Unanswering()) {
            List<FutureTask<Void>> enders = new ArrayList<>();
            List<FutureTask<Void>> talkers = new ArrayList<>();
            for (int i = 0; i < ENDERS; i++) {
                Random random = new Random(seed + i);
                enders.add(Threads.PLATFORM.start(() -> end(rounds / ENDERS, random, unanswering)));
            }
            for (int i = 0; i < TALKERS; i++) {
                byte tag = (byte) (i + 1);
                talkers.add(Threads.PLATFORM.start(() -> talk(tag)));
            }
            try {
                for (FutureTask<Void> ender : enders) {
                    ender.get();
                }
            } finally {
                done = true;
            }
            for (FutureTask<Void> talker : talkers) {
                talker.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (Exception | AssertionError failure) {
            throw new AssertionError("seed " + seed + ", " + threads, failure);
        }
    }

    // ---- those that are ended

    private Void end(int rounds, Random random, Unanswering unanswering) throws Exception {
        Call[] calls = Call.values();
        for (int i = 0; i < rounds; i++) {
            Call call = calls[random.nextInt(calls.length)];
            switch (call) {
                case READ, SCATTER, WRITE -> {
                    try (TcpPair pair = TcpPair.open()) {
                        onStream(call, pair, random);
                    }
                }
                case ACCEPT -> {
                    try (ServerSocketChannel listener = TcpPair.listener()) {
                        once(call, listener, listener::accept, () -> connect(listener), random);
                    }
                }
                case CONNECT -> {
                    try (SocketChannel connecting = SocketChannel.open()) {
                        once(call, connecting, () -> connecting.connect(unanswering.address()), null, random);
                    }
                }
                case RECEIVE -> {
                    try (DatagramChannel datagrams =
                            DatagramChannel.open().bind(new InetSocketAddress(TcpPair.LOOPBACK, 0))) {
                        ByteBuffer room = ByteBuffer.allocate(10);
                        once(call, datagrams, () -> datagrams.receive(room), () -> send(datagrams), random);
                    }
                }
            }
        }
        return null;
    }

    private void onStream(Call call, TcpPair pair, Random random) throws Exception {
        SocketChannel channel = pair.server();
        ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(10) : ByteBuffer.allocateDirect(10);
        switch (call) {
            case READ -> once(call, channel, () -> channel.read(buffer), () -> write(pair.client()), random);
            case SCATTER -> {
                ByteBuffer[] two = {buffer, ByteBuffer.allocate(10)};
                once(call, channel, () -> channel.read(two), () -> write(pair.client()), random);
            }
            default -> {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
                pair.client().setOption(StandardSocketOptions.SO_RCVBUF, 4096);
                ByteBuffer much =
                        random.nextBoolean() ? ByteBuffer.allocate(4 << 20) : ByteBuffer.allocateDirect(4 << 20);
                once(call, channel, () -> channel.write(much), null, random);
            }
        }
    }

    private interface Cause {
        void make() throws IOException;
    }

    /** Begins the call in a thread of its own, which ends with it, and ends the call. */
    private void once(Call call, Channel channel, Callable<?> action, Cause success, Random random) throws Exception {
        FutureTask<Object> task = new FutureTask<>(action::call);
        Thread thread = threads.thread(task);
        thread.start();
        LockSupport.parkNanos(random.nextInt(LONGEST_DELAY_NANOS));
        boolean raced = success != null && random.nextInt(4) == 0;
        if (raced) {
            success.make();
        }
        boolean interrupts = random.nextBoolean();
        if (interrupts) {
            thread.interrupt();
        } else {
            channel.close();
        }
        try {
            Object result = task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!raced) {
                throw new AssertionError(
                        call + " returned " + result + ", ended by " + (interrupts ? "interrupt" : "close"));
            }
            if (result instanceof Channel accepted) {
                accepted.close();
            }
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof ClosedChannelException)) {
                throw failed;
            }
        }
    }

    private static void write(SocketChannel channel) throws IOException {
        channel.write(ByteBuffer.allocate(1));
    }

    private static void send(DatagramChannel target) throws IOException {
        try (DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.allocate(1), target.getLocalAddress());
        }
    }

    private static void connect(ServerSocketChannel listener) throws IOException {
        SocketChannel.open(listener.getLocalAddress()).close();
    }

    // ---- those that must not notice

    private Void talk(byte tag) throws Exception {
        while (!done) {
            try (TcpPair pair = TcpPair.open()) {
                FutureTask<Void> echo = Threads.PLATFORM.start(() -> echo(pair.server()));
                for (int i = 0; i < 10; i++) {
                    pair.client().write(ByteBuffer.wrap(new byte[] {tag, (byte) i}));
                    ByteBuffer answer = ByteBuffer.allocate(2);
                    while (answer.hasRemaining()) {
                        if (pair.client().read(answer) < 0) {
                            throw new AssertionError("the conversation of " + tag + " has ended");
                        }
                    }
                    if (answer.get(0) != tag || answer.get(1) != i) {
                        throw new AssertionError("answer " + answer.get(0) + ", " + answer.get(1) + " to " + tag);
                    }
                }
                pair.client().shutdownOutput();
                echo.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
        return null;
    }

    private static Void echo(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        while (channel.read(bytes.clear()) >= 0) {
            channel.write(bytes.flip());
        }
        return null;
    }
}
