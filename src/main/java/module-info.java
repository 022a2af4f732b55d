/**
 * kqueue(2) for Java, and a {@link java.nio.channels.spi.SelectorProvider} built on it.
 *
 * <p>Nothing here needs a flag; {@code --enable-native-access=dev.kqueue} only silences the JVM's warning about native
 * access.
 */
module dev.kqueue {
    requires static java.net.http;
    requires static jdk.httpserver;
    requires static jdk.jfr;
    requires static jdk.net;
    requires static jdk.unsupported;

    exports dev.kqueue;
    exports dev.kqueue.nio;
    exports dev.kqueue.nio.file;

    provides java.nio.channels.spi.SelectorProvider with
            dev.kqueue.nio.KQueueSelectorProvider;
}
