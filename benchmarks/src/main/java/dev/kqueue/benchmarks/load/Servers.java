package dev.kqueue.benchmarks.load;

import java.io.IOException;

/** What the server processes have in common. */
final class Servers {
    private Servers() {}

    /** Prints the port, and sees to it that the process ends when nobody holds its input any more. */
    static void announce(int port) {
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
