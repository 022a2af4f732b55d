package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What channels do, as text: one line for each step, with the value returned or the exception thrown. The steps know
 * nothing of the provider that they run on, so that one provider's text can be held against another's.
 */
abstract class Behaviour {
    interface Step {
        Object run() throws Exception;
    }

    interface Action {
        void run() throws Exception;
    }

    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final List<String> lines = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String scenario = "";

    abstract void run() throws Exception;

    final List<String> lines() throws Exception {
        run();
        return lines;
    }

    /** Runs some steps, and closes what they have opened. */
    final void scenario(String name, Action steps) throws Exception {
        scenario = name;
        try {
            steps.run();
        } catch (Exception failure) {
            lines.add(name + " | failed | " + failure);
        } finally {
            for (AutoCloseable each : open.reversed()) {
                each.close();
            }
            open.clear();
        }
    }

    final void step(String name, Step step) {
        String outcome;
        try {
            outcome = String.valueOf(step.run());
        } catch (RuntimeException thrown) {
            // For programmers to read: the words are each provider's own.
            outcome = thrown.getClass().getName();
        } catch (Exception thrown) {
            outcome = thrown.getClass().getName() + ": " + thrown.getMessage();
        }
        // Ports differ from run to run.
        String same = outcome.replaceAll(":\\d{4,5}\\b", ":PORT").replaceAll("port=\\d{4,5}", "port=PORT");
        lines.add(scenario + " | " + name + " | " + same);
    }

    /** A step without a result. */
    final void change(String name, Action change) {
        step(
                name,
                () -> {
                    change.run();
                    return "fine";
                });
    }

    final <T extends AutoCloseable> T closing(T opened) {
        open.add(opened);
        return opened;
    }

    final ServerSocketChannel listening() throws IOException {
        return closing(ServerSocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
    }

    /** Two ends of one connection: the one that connected first. */
    final SocketChannel[] pair() throws IOException {
        ServerSocketChannel listener = listening();
        SocketChannel ours = closing(SocketChannel.open(listener.getLocalAddress()));
        return new SocketChannel[] {ours, closing(listener.accept())};
    }

    static ByteBuffer[] two(int size) {
        return new ByteBuffer[] {ByteBuffer.allocate(size), ByteBuffer.allocateDirect(size)};
    }

    static Object names(Set<SocketOption<?>> options) {
        TreeSet<String> names = new TreeSet<>();
        options.forEach(option -> names.add(option.name()));
        return names;
    }

    final void inspect(SocketChannel channel) {
        step("toString", channel::toString);
        step("isOpen", channel::isOpen);
        step("isConnected", channel::isConnected);
        step("isConnectionPending", channel::isConnectionPending);
        step("getLocalAddress", channel::getLocalAddress);
        step("getRemoteAddress", channel::getRemoteAddress);
        step("validOps", channel::validOps);
        step("isBlocking", channel::isBlocking);
    }
}
