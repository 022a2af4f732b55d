package dev.kqueue.internal.jfr;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes over TCP and a Unix-domain socket, and what is recorded of them. */
public final class RecordedConversation {
    private RecordedConversation() {}

    interface Body {
        void run() throws Exception;
    }

    /** On the JDK's provider, with the JDK's events. */
    public static void main(String[] arguments) throws Exception {
        lines(SelectorProvider.provider(), "jdk.").forEach(System.out::println);
    }

    /** The events of the name that the body causes, each of which is recorded however short. */
    static List<RecordedEvent> events(String name, Body body) throws Exception {
        Path file = Files.createTempFile("recording", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(name).withThreshold(Duration.ZERO).with("throttle", "off");
            recording.start();
            body.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(name))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /** A line for each event of each conversation, with what does not depend on the provider. */
    static List<String> lines(SelectorProvider provider, String prefix) throws Exception {
        List<String> lines = new ArrayList<>();
        for (Body conversation : List.<Body>of(() -> tcp(provider), () -> unix(provider))) {
            for (RecordedEvent event : events(prefix + "SocketRead", conversation)) {
                lines.add(
                        line(event, "bytesRead") + " " + event.getDuration("timeout") + event.getValue("endOfStream"));
            }
            for (RecordedEvent event : events(prefix + "SocketWrite", conversation)) {
                lines.add(line(event, "bytesWritten"));
            }
        }
        return lines;
    }

    private static String line(RecordedEvent event, String bytes) {
        // Ports and files are others each time.
        String address = event.getString("address").replaceAll("/.*/socket\\b", "socket");
        return event.getString("host") + " " + address + " " + (event.getInt("port") > 0) + " " + event.getLong(bytes);
    }

    private static void tcp(SelectorProvider provider) throws IOException {
        ServerSocketChannel server = provider.openServerSocketChannel();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        converse(server, provider.openSocketChannel());
    }

    private static void unix(SelectorProvider provider) throws IOException {
        Path folder = Files.createTempDirectory("jfr");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        ServerSocketChannel server = provider.openServerSocketChannel(StandardProtocolFamily.UNIX);
        server.bind(address);
        converse(server, provider.openSocketChannel(StandardProtocolFamily.UNIX));
        Files.delete(address.getPath());
        Files.delete(folder);
    }

    private static void converse(ServerSocketChannel server, SocketChannel client) throws IOException {
        try (server;
                client) {
            client.connect(server.getLocalAddress());
            try (SocketChannel accepted = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[5]));
                ByteBuffer room = ByteBuffer.allocate(8);
                accepted.read(room);
                client.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[3]), ByteBuffer.wrap(new byte[4])}, 0, 2);
                accepted.read(new ByteBuffer[] {ByteBuffer.allocate(4), ByteBuffer.allocate(4)}, 0, 2);
                client.close();
                accepted.read(room);
            }
        }
    }
}
