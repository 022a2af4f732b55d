package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.Security;
import java.util.Arrays;

/**
 * Addresses in the messages of exceptions. The JDK names them only if its property {@code jdk.includeInExceptions}
 * permits it, as a message may be shown to those who must not know them: {@code hostInfo} everywhere, {@code
 * hostInfoExclSocket} everywhere but of a connection that failed.
 */
public final class HostInfo {
    private HostInfo() {}

    /** A system property, or else one of java.security: categories with commas between them. */
    private static final String PROPERTY = "jdk.includeInExceptions";

    // Asked once, as the JDK does.
    private static final boolean OF_CONNECTIONS = isIncluded("hostInfo");
    private static final boolean OF_NAMES = OF_CONNECTIONS || isIncluded("hostInfoExclSocket");

    private static boolean isIncluded(String category) {
        String all = System.getProperty(PROPERTY, Security.getProperty(PROPERTY));
        return all != null && Arrays.stream(all.split(",")).anyMatch(each -> each.trim().equalsIgnoreCase(category));
    }

    /**
     * The failure of a connect, with the address after its message if that may be told: another exception of the same
     * class, or the same one if its class has no message.
     *
     * @param remote may be null: the message then names no address
     */
    public static IOException withAddress(IOException failure, SocketAddress remote) {
        return OF_CONNECTIONS && remote != null ? with(failure, remote) : failure;
    }

    private static IOException with(IOException failure, SocketAddress remote) {
        if (failure instanceof ClosedChannelException) {
            return failure;
        }
        String message =
                failure.getMessage()
                        + ": "
                        + (remote instanceof UnixDomainSocketAddress unix ? unix.getPath() : remote);
        IOException told =
                switch (failure) {
                    case ConnectException _ -> new ConnectException(message);
                    case NoRouteToHostException _ -> new NoRouteToHostException(message);
                    case BindException _ -> new BindException(message);
                    case SocketException _ -> new SocketException(message);
                    case SocketTimeoutException _ -> new SocketTimeoutException(message);
                    case ProtocolException _ -> new ProtocolException(message);
                    default -> new IOException(message);
                };
        told.setStackTrace(failure.getStackTrace());
        Arrays.stream(failure.getSuppressed()).forEach(told::addSuppressed);
        return told;
    }

    /** The exception that java.net throws for an address without an IP address. */
    static UnknownHostException unknownHost(SocketAddress name) {
        return new UnknownHostException(OF_NAMES ? name.toString() : "");
    }
}
