package dev.kqueue.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the server processes have in common. */
public final class Servers {
    private Servers() {}

    /** What the HTTP servers answer. */
    public static byte[] body() {
        return "Hello, World!".getBytes(StandardCharsets.US_ASCII);
    }

    /** Prints the port, and sees to it that the process ends when no process holds its input any more. */
    public static void announce(int port) {
        System.out.println(port);
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                System.in.transferTo(java.io.OutputStream.nullOutputStream());
                            } catch (IOException e) {
                                // As good as its end.
                            }
                            Runtime.getRuntime().halt(0);
                        });
        watch.setDaemon(true);
        watch.start();
    }
}
