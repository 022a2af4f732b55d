package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_RECEIPT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.FdTransfer;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.channel.StreamInput;
import dev.kqueue.internal.channel.StreamOutput;
import dev.kqueue.internal.channel.StreamOwner;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.OwnDescription;
import dev.kqueue.internal.fd.OwnedDescriptors;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;

/**
 * The channel of a descriptor that was opened elsewhere. {@link FdTransfer} knows how to read and write each kind of
 * descriptor.
 */
final class KQueueFdChannel extends FdChannel implements PollableDescriptor, StreamOwner {
    private enum Fate {
        OWNED,
        CLOSED,
        DETACHED
    }

    /** The descriptor that was adopted. */
    private final int fd;

    /** The descriptor for calls and selectors: of an {@link OwnDescription} of a pipe, otherwise the adopted one. */
    private final Descriptor descriptor;

    /** Whether the number is closed or given back: decided once, by the first of closing and {@link #detach}. */
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.OWNED);

    /** Null if the descriptor was not opened for it. */
    private final StreamInput input;

    /** Null if the descriptor was not opened for it. */
    private final StreamOutput output;

    /** Whether a kqueue has been asked; under the lock of implConfigureBlocking, which registering takes, too. */
    private boolean probed;

    /** The reason why no kqueue can watch the descriptor; null if one can. */
    private String refusal;

    /**
     * Whether EVFILT_WRITE stands for OP_READ, too, as it does for regular files: each read and write of one is
     * answered at once, the read at its end with -1, and poll(2) and select(2) call it ready for both at any time.
     * EVFILT_READ reports nothing at its end (only some kernels have NOTE_FILE_POLL to change that), EVFILT_WRITE is
     * always ready.
     */
    private volatile boolean alwaysReady;

    /**
     * Makes the channel of a descriptor that is in the {@link OwnedDescriptors}, and does not close it if this throws.
     *
     * @param closer closes the descriptor it is given; returns 0 or -errno
     */
    KQueueFdChannel(SelectorProvider provider, int fd, IntUnaryOperator closer) throws IOException {
        super(provider);
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        if (flags < 0) {
            throw Errno.exception(-flags, "fcntl");
        }
        this.fd = fd;
        int mode = flags & Fcntl.O_ACCMODE;
        FdTransfer.FdKind kind = FdTransfer.FdKind.of(fd);
        Descriptor claimed =
                Descriptor.claimed(
                        fd, number -> fate.compareAndSet(Fate.OWNED, Fate.CLOSED) ? closer.applyAsInt(number) : 0);
        int own = kind == FdTransfer.FdKind.PIPE_OR_TERMINAL ? OwnDescription.open(fd, flags) : OwnDescription.NONE;
        boolean made = false;
        try {
            // Selected by levels, not by what is remembered: a terminal gives a line at a time, so a short read does
            // not mean that nothing is left.
            PipeDescriptor pipe = own == OwnDescription.NONE ? null : PipeDescriptor.beside(claimed, own);
            descriptor = pipe == null ? claimed : pipe;
            int known = pipe == null ? flags : flags | Fcntl.O_NONBLOCK;
            // One direction alone can note that it trusts the flag. Two look at it before each call.
            PipeDescriptor trusted = mode == Fcntl.O_RDWR ? null : pipe;
            input =
                    mode == Fcntl.O_WRONLY
                            ? null
                            : trusted != null
                                    ? StreamInput.ofPipe(this, trusted)
                                    : StreamInput.by(this, FdTransfer.forReading(kind, known));
            output =
                    mode == Fcntl.O_RDONLY
                            ? null
                            : trusted != null
                                    ? StreamOutput.ofPipe(this, trusted)
                                    : StreamOutput.by(this, FdTransfer.forWriting(kind, known));
            made = true;
        } finally {
            if (!made && own != OwnDescription.NONE) {
                Descriptor.closeClaimed(own, Unistd::close);
            }
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    // ---- reading and writing

    private StreamInput input() {
        if (input == null) {
            throw new NonReadableChannelException();
        }
        return input;
    }

    private StreamOutput output() {
        if (output == null) {
            throw new NonWritableChannelException();
        }
        return output;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        requireStream();
        return input().read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        requireStream();
        return input().read(dsts, offset, length);
    }

    @Override
    public long read(ByteBuffer[] dsts) throws IOException {
        return read(dsts, 0, dsts.length);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        requireStream();
        return output().write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        requireStream();
        return output().write(srcs, offset, length);
    }

    @Override
    public long write(ByteBuffer[] srcs) throws IOException {
        return write(srcs, 0, srcs.length);
    }

    @Override
    public void beginBlocking() {
        begin();
    }

    @Override
    public void endBlocking(boolean completed) throws IOException {
        end(completed);
    }

    // ---- closing and blocking mode

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        try {
            descriptor.close();
        } finally {
            if (input != null) {
                input.wake();
            }
            if (output != null) {
                output.wake();
            }
        }
    }

    @Override
    public int detach() throws IOException {
        if (isRegistered()) {
            throw new IllegalStateException(this + " is registered with a selector");
        }
        if (!isOpen() || !fate.compareAndSet(Fate.OWNED, Fate.DETACHED)) {
            throw new ClosedChannelException();
        }
        close();
        // Those that were in progress have been woken; until they have left they use the number.
        awaitTurns();
        return fd;
    }

    private void awaitTurns() {
        if (input != null) {
            input.awaitTurn();
        }
        if (output != null) {
            output.awaitTurn();
        }
    }

    /**
     * The mode is ours alone: only the operations in progress have to end in the mode that they began in. Before a
     * channel can be registered it has to pass here, so that whether it can be watched is found out here.
     */
    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        awaitTurns();
        if (!block && !probed) {
            probe();
            probed = true;
        }
    }

    // ---- for the selector

    @Override
    public int validOps() {
        return inputOps() | outputOps();
    }

    @Override
    public Descriptor owned() {
        return descriptor;
    }

    /** The adopted one, with the flags of its own. */
    @Override
    public int publicNumber() {
        return fd;
    }

    private int inputOps() {
        return input == null ? 0 : SelectionKey.OP_READ;
    }

    private int outputOps() {
        return output == null ? 0 : SelectionKey.OP_WRITE;
    }

    @Override
    public int readOps() {
        return alwaysReady ? 0 : inputOps();
    }

    @Override
    public int writeOps() {
        return alwaysReady ? inputOps() | outputOps() : outputOps();
    }

    /** A key that never fires would be no help. */
    @Override
    public String refusal() {
        return refusal;
    }

    /** Asks a kqueue of its own whether the descriptor can be watched. */
    private void probe() throws IOException {
        if (descriptor.hold()) {
            try (KQueue kqueue = KQueue.open()) {
                if (FdTransfer.isRegularFile(fd) && isAlwaysReady(kqueue)) {
                    alwaysReady = true;
                    return;
                }
                if (input != null) {
                    refusal = refusal(kqueue, Filter.READ);
                }
                if (output != null && refusal == null) {
                    refusal = refusal(kqueue, Filter.WRITE);
                }
            } finally {
                descriptor.release();
            }
        }
    }

    /** Whether the kqueue has EVFILT_WRITE for the regular file: NetBSD lacks it on NFS. */
    private boolean isAlwaysReady(KQueue kqueue) throws IOException {
        int errno = add(kqueue, Filter.WRITE);
        if (errno == 0 || errno == Errno.EINVAL || errno == Errno.ENOTSUP || errno == Errno.EOPNOTSUPP) {
            return errno == 0;
        }
        throw Errno.exception(errno, "kevent");
    }

    /** Why the kqueue does not take the descriptor; null if it does. */
    private String refusal(KQueue kqueue, Filter filter) throws IOException {
        int errno = add(kqueue, filter);
        // EPIPE, and on NetBSD EBADF: a pipe without a reader. The selector will report it as ready, and a write say
        // why.
        if (errno == 0 || errno == Errno.EPIPE || errno == Errno.EBADF) {
            return null;
        }
        if (isShortage(errno)) {
            // Not the descriptor's fault: the next attempt may succeed.
            throw Errno.exception(errno, "kevent");
        }
        return String.format(
                "descriptor %d cannot be selected, %s refuses it: %s (%s)",
                fd, kqueue, Errno.strerror(errno), Errno.name(errno));
    }

    /** Adds a knote of the descriptor: 0 or an errno. */
    private int add(KQueue kqueue, Filter filter) throws IOException {
        KEventList change = KEventList.allocate(1);
        KEventList receipt = KEventList.allocate(1);
        change.add(descriptor.fd(), filter.value(), EV_ADD | EV_DISABLE | EV_RECEIPT, 0, 0, 0);
        kqueue.kevent(change, receipt, 0);
        return receipt.size() == 0 ? 0 : (int) receipt.data(0);
    }

    private static boolean isShortage(int errno) {
        return errno == Errno.ENOMEM
                || errno == Errno.ENOSPC
                || errno == Errno.ENOBUFS
                || errno == Errno.EMFILE
                || errno == Errno.ENFILE;
    }

    @Override
    public String toString() {
        String purpose = output == null ? "reading" : input == null ? "writing" : "reading and writing";
        return "FdChannel[descriptor " + fd + " for " + purpose + (isOpen() ? "]" : ", closed]");
    }
}
