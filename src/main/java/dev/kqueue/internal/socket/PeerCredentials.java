package dev.kqueue.internal.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Grp;
import dev.kqueue.internal.libc.Pwd;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.Objects;

/**
 * SO_PEERCRED: who is at the other end of a Unix-domain connection. The option is Linux's; macOS and the BSDs have
 * getpeereid(3).
 */
final class PeerCredentials extends SockOpt<UnixDomainPrincipal> {
    /** The uid and gid that Linux returns for a socket that is not connected. */
    private static final int NOT_CONNECTED = -1;

    PeerCredentials() {
        super(ExtendedSocketOptions.SO_PEERCRED);
    }

    static boolean areSupported() {
        return Unistd.HAS_GETPEEREID || Abi.HOST.findStruct("ucred").isPresent();
    }

    @Override
    UnixDomainPrincipal get(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return Unistd.HAS_GETPEEREID ? ofPeereid(fd, arena) : ofUcred(fd, arena);
        }
    }

    private static UnixDomainPrincipal ofPeereid(int fd, Arena arena) throws IOException {
        MemorySegment euid = arena.allocate(JAVA_INT);
        MemorySegment egid = arena.allocate(JAVA_INT);
        checked(Unistd.getpeereid(fd, euid, egid));
        return principal(euid.get(JAVA_INT, 0), egid.get(JAVA_INT, 0));
    }

    private static UnixDomainPrincipal ofUcred(int fd, Arena arena) throws IOException {
        Struct ucred = Abi.HOST.struct("ucred");
        MemorySegment value = arena.allocate(ucred.size(), ucred.alignment());
        MemorySegment length = arena.allocateFrom(JAVA_INT, ucred.size());
        checked(SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, Abi.HOST.constant("SO_PEERCRED"), value, length));
        int uid = (int) ucred.field("uid").get(value, 0);
        int gid = (int) ucred.field("gid").get(value, 0);
        if (uid == NOT_CONNECTED && gid == NOT_CONNECTED) {
            throw Errno.socketException(Errno.ENOTCONN);
        }
        return principal(uid, gid);
    }

    /** A number without a name stands for itself, as in java.nio.file. */
    private static UnixDomainPrincipal principal(int uid, int gid) throws IOException {
        UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
        String user = Objects.requireNonNullElse(Pwd.name(uid), Integer.toUnsignedString(uid));
        String group = Objects.requireNonNullElse(Grp.name(gid), Integer.toUnsignedString(gid));
        return new UnixDomainPrincipal(service.lookupPrincipalByName(user), service.lookupPrincipalByGroupName(group));
    }

    @Override
    void set(int fd, UnixDomainPrincipal value) throws IOException {
        throw new SocketException("SO_PEERCRED can be read only");
    }
}
