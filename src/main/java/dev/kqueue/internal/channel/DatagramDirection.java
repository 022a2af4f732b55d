package dev.kqueue.internal.channel;

import dev.kqueue.internal.socket.SocketDomain;

import java.nio.channels.ClosedChannelException;

/** One direction of a datagram channel. */
abstract class DatagramDirection extends IoDirection<IoDirection.Owner> {
    final SocketDomain domain;
    final DatagramState state;

    DatagramDirection(IoDirection.Owner channel, SocketDomain domain, DatagramState state, short events) {
        super(channel, events);
        this.domain = domain;
        this.state = state;
    }

    /** Throws what java.nio specifies unless the channel is open and connected. */
    final void requireConnected() throws ClosedChannelException {
        owner.requireOpen();
        state.requireConnected();
    }
}
