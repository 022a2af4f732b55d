package dev.kqueue.internal.socket;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** AF_UNIX: sockets with names in the file system. The file stays when the socket is closed; who made it deletes it. */
final class UnixDomain extends SocketDomain {
    static final UnixDomain UNIX = new UnixDomain();

    /** How many names a listener tries that was given none. */
    private static final int TRIES = 10;

    private static final SecureRandom RANDOM = new SecureRandom();

    private UnixDomain() {}

    @Override
    public ProtocolFamily family() {
        return StandardProtocolFamily.UNIX;
    }

    @Override
    public int streamSocket() throws IOException {
        return socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM);
    }

    @Override
    public int listenerSocket() throws IOException {
        return streamSocket();
    }

    @Override
    public int datagramSocket() throws IOException {
        return socket(SysSocket.AF_UNIX, SysSocket.SOCK_DGRAM);
    }

    @Override
    public SocketAddress checkLocal(SocketAddress local) {
        return local == null ? UnixSockaddr.UNNAMED : check(local);
    }

    @Override
    public SocketAddress checkRemote(SocketAddress remote) {
        if (remote == null) {
            throw new NullPointerException("'remote' is null");
        }
        return check(remote);
    }

    private static UnixDomainSocketAddress check(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return unix;
        }
        throw new UnsupportedAddressTypeException();
    }

    @Override
    public void encode(SocketAddress address, Sockaddr into) throws SocketException {
        into.setLength(UnixSockaddr.HOST.encode((UnixDomainSocketAddress) address, into.memory()));
    }

    @Override
    public UnixDomainSocketAddress decode(Sockaddr from) {
        return UnixSockaddr.HOST.decode(from.memory(), from.length());
    }

    /** A socket is unnamed to begin with, and stays so: bind(2) without a name means something else on Linux. */
    @Override
    public int bind(int fd, SocketAddress local) throws SocketException {
        return local.equals(UnixSockaddr.UNNAMED) ? 0 : super.bind(fd, local);
    }

    /** A listener without a name could not be connected to: it is given one, in the directory for such files. */
    @Override
    public int bindListener(int fd, SocketAddress local) throws SocketException {
        SocketAddress checked = checkLocal(local);
        if (!checked.equals(UnixSockaddr.UNNAMED)) {
            return bind(fd, checked);
        }
        String directory = System.getProperty("jdk.net.unixdomain.tmpdir", System.getProperty("java.io.tmpdir"));
        int result = -Errno.EADDRINUSE;
        for (int i = 0; i < TRIES && result == -Errno.EADDRINUSE; i++) {
            String name = "socket_" + Integer.toUnsignedString(RANDOM.nextInt());
            result = bind(fd, UnixDomainSocketAddress.of(Path.of(directory, name)));
        }
        return result;
    }

    @Override
    public void requireJavaNet() {
        throw new UnsupportedOperationException("java.net has no sockets of the Unix domain");
    }

    /** The queue of a listener, or of a receiver of datagrams, that has not kept up. ENOBUFS: macOS and the BSDs. */
    @Override
    public boolean isFull(int result) {
        return result == -Errno.EAGAIN || result == -Errno.ENOBUFS;
    }

    @Override
    public void requireReachable(SocketAddress remote, String what) {
        // The system says who cannot be reached, and why.
    }

    @Override
    public boolean isUnbound(SocketAddress local) {
        return false;
    }

    @Override
    public SocketAddress anyWithPortOf(SocketAddress local) {
        return local;
    }

    /** The other side is in this system: its errors are the call's own. */
    @Override
    public boolean isStale(int result) {
        return false;
    }

    @Override
    public IOException datagramFailure(int errno, boolean addressed) {
        return Errno.socketException(errno);
    }

    @Override
    public void requireGroup(InetAddress group) {
        throw new UnsupportedOperationException("Unix-domain sockets know no groups");
    }

    /** Where descriptors were passed with the bytes, whether or not anybody wants them (unix(7)). */
    @Override
    public boolean readsStopShort() {
        return true;
    }

    @Override
    public SocketOptions streamOptions() {
        return SocketOptions.UNIX_STREAM;
    }

    @Override
    public SocketOptions listenerOptions() {
        return SocketOptions.UNIX_LISTENER;
    }

    @Override
    public SocketOptions datagramOptions() {
        return SocketOptions.UNIX_DATAGRAM;
    }
}
