package dev.kqueue.nio;

import dev.kqueue.internal.channel.ChannelStartup;
import dev.kqueue.internal.channel.KQueueDatagramChannel;
import dev.kqueue.internal.channel.KQueuePipe;
import dev.kqueue.internal.channel.KQueueServerSocketChannel;
import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.channel.OpenSelectors;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Objects;

/**
 * What {@link KQueueSelectorProvider} does, returned as the JDK's types. Apart from it, since an older Java must be
 * able to load and verify that class: the verifier loads each class that a method returns as another one.
 */
final class ProvidedChannels {
    private ProvidedChannels() {}

    private static volatile boolean prepared;

    static {
        // At the first channel or selector, once: to be found by a program's users without a change of it.
        if (System.getProperty("kqueue.verbose") != null && Announcement.isWanted()) {
            Announcement.print();
        }
    }

    static AbstractSelector selector(KQueueSelectorProvider provider) throws IOException {
        Startup.checkKQueue();
        if (!prepared) {
            // What the first registration needs, which may come at a moment without memory.
            Startup.initialize(MethodHandles.lookup(), KQueueSelectionKey.class);
            prepared = true;
        }
        KQueueSelector selector = new KQueueSelector(provider);
        OpenSelectors.opened(selector);
        return selector;
    }

    /**
     * @param family null for IPv6 if the host has it, else IPv4
     */
    static DatagramChannel datagramChannel(KQueueSelectorProvider provider, ProtocolFamily family) throws IOException {
        ChannelStartup.checkDatagrams();
        SocketDomain domain = domain(family);
        return KQueueDatagramChannel.open(provider, domain);
    }

    static ServerSocketChannel serverSocketChannel(KQueueSelectorProvider provider, ProtocolFamily family)
            throws IOException {
        SocketDomain domain = domain(family);
        return KQueueServerSocketChannel.open(provider, domain);
    }

    static SocketChannel socketChannel(KQueueSelectorProvider provider, ProtocolFamily family) throws IOException {
        SocketDomain domain = domain(family);
        return KQueueSocketChannel.open(provider, domain);
    }

    /**
     * The domain of a family, or the preferred one. Called before {@code new} initializes a channel's class: see {@link
     * ChannelStartup}.
     */
    private static SocketDomain domain(ProtocolFamily family) {
        ChannelStartup.check();
        return family == null ? SocketDomain.preferred() : SocketDomain.of(family);
    }

    static Pipe pipe(KQueueSelectorProvider provider) throws IOException {
        ChannelStartup.check();
        return KQueuePipe.open(provider);
    }

    static int descriptor(Channel channel) throws ClosedChannelException {
        Objects.requireNonNull(channel);
        if (!(channel instanceof PollableDescriptor source)) {
            throw new IllegalArgumentException(channel + " has no descriptor of this provider");
        }
        Descriptor descriptor = source.owned();
        if (!channel.isOpen() || !descriptor.hold()) {
            throw new ClosedChannelException();
        }
        try {
            return source.publicNumber();
        } finally {
            descriptor.release();
        }
    }
}
