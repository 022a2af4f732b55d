package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * Translates exceptions of java.nio to those of java.net: the channel below throws the former, and programs that use
 * its socket expect the latter.
 */
final class SocketExceptions {
    private SocketExceptions() {}

    static void requireOpen(Channel channel) throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** A call of java.nio. */
    interface NioCall<T> {
        T make() throws IOException;
    }

    /** Calls java.nio for a method of java.net, with the exceptions of {@link #ioException}. */
    static <T> T calling(NioCall<T> call) throws IOException {
        try {
            return call.make();
        } catch (IOException | RuntimeException thrown) {
            throw ioException(thrown);
        }
    }

    /**
     * For methods that may throw any IOException: those pass as they are, and the states and addresses that java.nio
     * reports by an unchecked exception become a SocketException. Any other unchecked exception passes as well.
     */
    static IOException ioException(Exception thrown) {
        return thrown instanceof IOException passes ? passes : socketException(thrown);
    }

    /** For methods that may throw no IOException but a SocketException. */
    static SocketException socketException(Exception thrown) {
        if (thrown instanceof SocketException passes) {
            return passes;
        }
        String message =
                switch (thrown) {
                    case ClosedChannelException _ -> "Socket is closed";
                    case NotYetConnectedException _ -> "Socket is not connected";
                    case AlreadyConnectedException _ -> "Already connected";
                    case NotYetBoundException _ -> "Socket is not bound yet";
                    case AlreadyBoundException _ -> "Already bound";
                    case UnsupportedAddressTypeException _ -> "Unsupported address type";
                    case UnresolvedAddressException _ -> "Unresolved address";
                    case RuntimeException other -> throw other;
                    default -> thrown.getMessage();
                };
        SocketException exception = new SocketException(message);
        exception.initCause(thrown);
        return exception;
    }
}
