package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.SocketAddress;

/** What the socket of any channel needs of it: an address that stays known after the channel is closed. */
public interface AdaptedChannel {
    boolean isBound();

    /** The local address; null if the channel is not bound, or was closed before it was asked. */
    SocketAddress localAddress() throws IOException;

    /** As {@link #localAddress}, for methods that may not throw; null also if the kernel does not report it. */
    default SocketAddress localAddressOrNull() {
        try {
            return localAddress();
        } catch (IOException unreported) {
            return null;
        }
    }
}
