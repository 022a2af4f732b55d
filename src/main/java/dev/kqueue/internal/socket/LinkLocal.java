package dev.kqueue.internal.socket;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Link-local addresses (fe80::/10), which mean nothing without the interface that they are of: the scope. The kernel
 * refuses an address without. As the JDK does, one of this machine's own is given the scope of the interface that has
 * it, so that a program may write the address alone.
 */
final class LinkLocal {
    private LinkLocal() {}

    /** Own addresses only, so no more than the machine has had: interfaces are slow to ask. Kept, as the JDK does. */
    private static final Map<Inet6Address, Inet6Address> SCOPED = new ConcurrentHashMap<>();

    /**
     * The address with a scope, if it lacks one and can be given one; the same address otherwise, and the kernel says
     * what it makes of it.
     *
     * @throws SocketException if several interfaces have the address
     */
    static InetSocketAddress scoped(InetSocketAddress address) throws SocketException {
        if (!(address.getAddress() instanceof Inet6Address host)
                || !host.isLinkLocalAddress()
                || host.getScopeId() != 0) {
            return address;
        }
        Inet6Address known = SCOPED.get(host);
        if (known == null) {
            known = only(ownLike(host));
            if (known == null) {
                return address;
            }
            SCOPED.put(host, known);
        }
        return new InetSocketAddress(known, address.getPort());
    }

    private static List<Inet6Address> ownLike(Inet6Address host) throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                // Addresses are equal whatever their scopes.
                .filter(host::equals)
                .map(Inet6Address.class::cast)
                .filter(own -> own.getScopeId() != 0)
                .toList();
    }

    /** The only one of these; null if there is none. */
    static Inet6Address only(List<Inet6Address> own) throws SocketException {
        if (own.size() > 1) {
            throw new SocketException("Duplicate link local addresses: must specify scope-id");
        }
        return own.isEmpty() ? null : own.getFirst();
    }
}
