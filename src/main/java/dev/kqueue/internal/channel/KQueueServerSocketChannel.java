package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.javanet.AdaptedServerSocket;
import dev.kqueue.internal.javanet.ServerSocketAdaptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.Sockaddr;
import dev.kqueue.internal.socket.SocketDomain;
import dev.kqueue.internal.thread.Pause;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * A listening socket. Accepting is its only operation that may wait; the accepted connection comes out of one
 * accept4(2), with its address.
 */
public final class KQueueServerSocketChannel extends ServerSocketChannel
        implements PollableDescriptor, IoDirection.Owner, AdaptedServerSocket {
    private static final int DEFAULT_BACKLOG = 50;

    /** How long close waits between two looks whether the thread in accept has left: at first, and at most. */
    private static final long FIRST_PAUSE = 10_000;

    private static final long LONGEST_PAUSE = 1_000_000;

    private final SocketDomain domain;
    private final Descriptor descriptor;
    private final IoDirection<?> accepting;
    private final UnconnectedKeys unconnectedKeys = new UnconnectedKeys();

    /** Owned by the direction. */
    private final Sockaddr peer = new Sockaddr();

    /** Whether a thread is in a blocking accept, with the descriptor held. Owned by the direction, read by close. */
    private volatile boolean mayWait;

    private final Object lock = new Object();
    // -- written under the lock
    private volatile boolean bound;
    private volatile SocketAddress local;
    private volatile ServerSocket socket;

    // -- end

    /** A new socket, typed as the JDK's: the verifier loads a class that a method returns as another. */
    public static ServerSocketChannel open(SelectorProvider provider, SocketDomain domain) throws IOException {
        return new KQueueServerSocketChannel(provider, domain);
    }

    private KQueueServerSocketChannel(SelectorProvider provider, SocketDomain domain) throws IOException {
        this(provider, domain, new Descriptor(domain.listenerSocket()), false);
    }

    /** A socket that listens already. */
    public KQueueServerSocketChannel(SelectorProvider provider, SocketDomain domain, Descriptor descriptor) {
        this(provider, domain, descriptor, true);
    }

    private KQueueServerSocketChannel(
            SelectorProvider provider, SocketDomain domain, Descriptor descriptor, boolean bound) {
        super(provider);
        this.domain = domain;
        this.descriptor = descriptor;
        this.bound = bound;
        accepting = new IoDirection<>(this, Poll.POLLIN);
    }

    @Override
    public void beginBlocking() {
        begin();
        mayWait = true;
    }

    @Override
    public void endBlocking(boolean completed) throws IOException {
        mayWait = false;
        end(completed);
    }

    // ---- binding

    @Override
    public ServerSocketChannel bind(SocketAddress address, int backlog) throws IOException {
        synchronized (lock) {
            requireOpen();
            if (bound) {
                throw new AlreadyBoundException();
            }
            int fd = descriptor.holdOpen();
            try {
                check(domain.bindListener(fd, address));
                check(SysSocket.listen(fd, backlog < 1 ? DEFAULT_BACKLOG : backlog));
                bound = true;
                unconnectedKeys.lastStage();
            } finally {
                descriptor.release();
            }
        }
        return this;
    }

    private static void check(int result) throws IOException {
        if (result < 0) {
            throw Errno.socketException(-result);
        }
    }

    @Override
    public boolean isBound() {
        return bound;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return localAddress();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        if (local == null && bound) {
            synchronized (lock) {
                if (local == null && descriptor.hold()) {
                    try {
                        local = domain.localAddress(descriptor.fd());
                    } finally {
                        descriptor.release();
                    }
                }
            }
        }
        return local;
    }

    // ---- accepting

    @Override
    public SocketChannel accept() throws IOException {
        return accept(BlockingWait.FOREVER);
    }

    /** Accepts a connection; null if there is none and the channel does not block. */
    @Override
    public SocketChannel accept(long nanos) throws IOException {
        synchronized (accepting) {
            requireOpen();
            if (!bound) {
                throw new NotYetBoundException();
            }
            boolean blocking = isBlocking();
            long deadline = IoDirection.deadline(nanos);
            int accepted = -Errno.EAGAIN;
            int fd = accepting.begin(blocking);
            try {
                boolean waits = IoDirection.waitsInCall(blocking, deadline) && descriptor.callsWait();
                do {
                    accepted = accept(fd, waits);
                    waits = waits && (accepted != -Errno.EAGAIN || descriptor.callsWaitNow());
                } while (isGone(accepted) || accepting.again(accepted, blocking, deadline));
            } finally {
                end(blocking, accepted);
            }
            if (accepted == -Errno.EAGAIN) {
                if (blocking) {
                    throw new SocketTimeoutException("Accept timed out");
                }
                return null;
            }
            if (accepted < 0) {
                throw Errno.exception(-accepted);
            }
            return connection(accepted);
        }
    }

    /**
     * accept(2). It has no flag against waiting, so O_NONBLOCK has to be set: when a call first must not wait, once for
     * all, but if others may take it back, each time: close ends the call even so.
     */
    private int accept(int fd, boolean waits) {
        if (!waits) {
            int result = descriptor.setNonBlocking();
            if (result < 0 || !descriptor.isShared()) {
                return result < 0 ? result : domain.accept(fd, peer);
            }
        }
        Object caller = accepting.enterCall();
        try {
            return descriptor.isClosing() ? -Errno.EINTR : domain.accept(fd, peer);
        } finally {
            accepting.leaveCall(caller);
        }
    }

    /** A connection that was reset while it waited to be accepted; the next one may be well. */
    private static boolean isGone(int accepted) {
        return accepted == -Errno.ECONNABORTED;
    }

    private void end(boolean blocking, int accepted) throws IOException {
        try {
            accepting.end(blocking, accepted >= 0);
        } catch (IOException interrupted) {
            if (accepted >= 0) {
                Unistd.close(accepted);
            }
            throw interrupted;
        }
    }

    private KQueueSocketChannel connection(int fd) throws IOException {
        try {
            return new KQueueSocketChannel(provider(), domain, fd, domain.decode(peer));
        } catch (Throwable failure) {
            // Whatever was thrown: the connection has no channel that could be closed.
            Unistd.close(fd);
            throw failure;
        }
    }

    // ---- options

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        domain.listenerOptions().set(descriptor, option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return domain.listenerOptions().get(descriptor, option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return domain.listenerOptions().supported();
    }

    @Override
    public ServerSocket socket() {
        domain.requireJavaNet();
        synchronized (lock) {
            if (socket == null) {
                socket = new ServerSocketAdaptor(this);
            }
            return socket;
        }
    }

    @Override
    public ServerSocketChannel channel() {
        return this;
    }

    // ---- what a selector asks

    @Override
    public Descriptor owned() {
        return descriptor;
    }

    /**
     * OP_ACCEPT, but nothing before listen(2): NetBSD and DragonFly choose the filter of a listener when the knote is
     * added (soo_kqfilter(), sokqfilter()), and Linux reports an end of a socket that does not listen.
     */
    @Override
    public int readOps() {
        return bound ? SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    public int writeOps() {
        return 0;
    }

    @Override
    public boolean reportsChanges() {
        return !bound;
    }

    @Override
    public void registered(RegisteredKey registration) {
        unconnectedKeys.add(registration);
    }

    // ---- closing

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Whether a call waits depends on O_NONBLOCK, which is set when it is first needed. An accept in progress keeps
        // the mode that it began with.
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        if (socket != null) {
            // ServerSocket returns its address after it is closed, too.
            localAddressOrNull();
        }
        try {
            descriptor.close();
        } finally {
            BlockingWait.endWaits(descriptor, accepting, null);
            awaitLeaving();
        }
    }

    /**
     * A port is free when close returns, and so the thread in accept must have let go of the descriptor. It was woken,
     * finds the descriptor closing, and waits for nothing any more; it takes some microseconds, but on a machine that
     * is busy as long as it takes to get to run. Should that be longer than {@link BlockingWait#LIMIT}, the last holder
     * closes the descriptor later.
     */
    private void awaitLeaving() {
        long begun = System.nanoTime();
        long pause = FIRST_PAUSE;
        while (mayWait && System.nanoTime() - begun < BlockingWait.LIMIT) {
            // The one for a thread that is interrupted, and so does not park.
            Thread.onSpinWait();
            Pause.of(this, pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
    }

    @Override
    public String toString() {
        String what;
        if (!isOpen()) {
            what = "closed";
        } else if (!bound) {
            what = "unbound";
        } else {
            what = String.valueOf(localAddressOrNull());
        }
        return "java.nio.channels.ServerSocketChannel[" + what + "]";
    }
}
