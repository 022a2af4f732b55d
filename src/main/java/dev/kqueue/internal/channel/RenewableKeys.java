package dev.kqueue.internal.channel;

import dev.kqueue.internal.socket.SocketDomain;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a datagram channel, whose socket may be replaced by another one under the same number: then the kernel
 * has removed their knotes, and they are to be added again. See {@link SocketDomain#renewDatagramSocket}.
 */
final class RenewableKeys {
    // Under the monitor.
    private final List<RegisteredKey> keys = new ArrayList<>(1);

    synchronized void add(RegisteredKey added) {
        keys.removeIf(key -> !key.isValid());
        keys.add(added);
    }

    /**
     * The socket was replaced. A selecting thread that has not heard of it yet may remove a knote that is not there, or
     * add one that is: the kernel takes neither amiss, and all are added anew after this.
     */
    synchronized void knotesLost() {
        for (RegisteredKey key : keys) {
            key.knotesLost();
        }
    }
}
