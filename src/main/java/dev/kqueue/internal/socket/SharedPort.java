package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.net.StandardSocketOptions;

/**
 * SO_REUSEADDR of a datagram socket on macOS and the BSDs, where it sets SO_REUSEPORT as well, as in the JDK. There two
 * sockets share a port only if both have SO_REUSEPORT (in_pcbbind() of each): without it a second receiver of a
 * multicast group could not bind to its port. On Linux SO_REUSEADDR is enough, and SO_REUSEPORT means something else: a
 * datagram goes to one of the sockets.
 */
final class SharedPort extends SockOpt<Boolean> {
    private static final int SO_REUSEPORT = Abi.HOST.constant("SO_REUSEPORT");

    SharedPort() {
        super(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    Boolean get(int fd) throws IOException {
        return checked(getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR)) != 0;
    }

    @Override
    void set(int fd, Boolean value) throws IOException {
        int number = value ? 1 : 0;
        checked(setInt(fd, SysSocket.SOL_SOCKET, SO_REUSEPORT, number));
        checked(setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, number));
    }
}
