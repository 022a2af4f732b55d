package dev.kqueue.internal.park;

import dev.kqueue.Filter;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.abi.WaitSignals;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Dlfcn;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Pthread;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.thread.Pause;
import dev.kqueue.internal.thread.Pool;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The wait of a thread for one direction of a channel. At most one thread waits at a time: it holds the read or write
 * lock of the channel.
 *
 * <p>A platform thread waits in the kernel: in the operation's own call (recv, send, accept, connect), or in poll(2).
 * It publishes itself before ({@link #enter}) and takes that back afterwards ({@link #leave}). Another thread ends the
 * wait by a signal, whose handler does nothing but lets the call end with EINTR ({@link WakeSignal}). A virtual thread
 * parks, and is unparked by a poller or by the thread that ends the wait; where its call may wait although it was meant
 * not to, its carrier is signalled ({@link PinnedCall}).
 *
 * <h2>Why no wait outlives a close</h2>
 *
 * A thread publishes itself in {@link #waiting}, then looks whether closing has begun, then makes its call. A closer
 * begins closing, then looks whether a thread is published. Both words are volatile, so at least one of the two sees
 * the other. The closer that sees a platform thread cannot know whether it is in the call already:
 *
 * <ul>
 *   <li>It has not begun the call, and a signal now is in vain. On a socket the closer has put a {@linkplain DeadSocket
 *       dead socket} over the number before, so the call that begins later ends at once. (Another library's handler for
 *       this signal may have SA_RESTART: the call that is begun again meets the dead socket, too.) Where the number
 *       must not or cannot be replaced, the next signal ends the call.
 *   <li>It is in the call, which holds the old open file: the signal ends it.
 * </ul>
 *
 * Hence the closer signals until the thread has left; each time it waits longer, and it gives up when a thread has had
 * {@link #LIMIT}, which happens only if other code blocks the signal in that thread.
 *
 * <h2>Why a signal meets no other thread, and no other call</h2>
 *
 * A thread is signalled under its own monitor (of the array that {@link NativeThread} is), and only while it is
 * published. It takes itself back under the same monitor. So it is alive while it is signalled, and no signal is sent
 * to it after it has left. A signal that was sent before then may not have arrived yet: the thread finds that one was
 * sent, and takes it in by a system call of no consequence before it goes on ({@link NativeThread#takeInSignals}).
 *
 * <h2>Why a number is replaced only while it is ours</h2>
 *
 * dup2(2) is called under the monitor as well, with a thread published that holds the {@link Descriptor}, and that must
 * take the monitor before it can let go of it: so the number has not been closed. And it is called only if every holder
 * of the descriptor is a thread that is published so, in one direction or the other: closing has begun, there will be
 * no more holds, and none of theirs is used for anything but to leave. Any other holder (a selector's registration, the
 * wait of a virtual thread, an operation on its way) goes on with the number, and keeps it from being replaced.
 */
public class BlockingWait {
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(BlockingWait.class, "waiting", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final boolean CANNOT_BE_NESTED = Abi.HOST.has(Quirk.CANNOT_BE_NESTED);

    /** Without limit: as the {@code nanos} of {@link #await}. */
    public static final long FOREVER = Long.MAX_VALUE;

    /**
     * How long a thread may take to leave: a signal takes some forty microseconds, on a machine that is not stalled.
     */
    public static final long LIMIT = 10_000_000_000L;

    /** How often a closer looks whether the thread has left before it sleeps, and how long it then sleeps at first. */
    private static final int LOOKS = 200;

    private static final long FIRST_PAUSE = 20_000;
    private static final long LONGEST_PAUSE = 5_000_000;

    /** Entries of poll(2), one for each thread that is in it. */
    private static final Pool<MemorySegment> POLLFDS =
            new Pool<>(
                    new Supplier<>() {
                        @Override
                        public MemorySegment get() {
                            return Arena.ofAuto().allocate(Poll.SIZE, Integer.BYTES);
                        }
                    });

    /**
     * The waiting thread: the array of a {@link NativeThread}, a virtual thread that parks, or the {@link PinnedCall}
     * of one that does not; null if none waits.
     */
    private volatile Object waiting;

    /** Initializes what a thread needs that waits, and what ends its wait: see {@link Startup#initialize}. */
    public static void initialize() {
        Startup.initialize(
                MethodHandles.lookup(),
                WaitSignals.class,
                Dlfcn.class,
                Pthread.class,
                BlockingWait.class,
                NativeThread.class,
                WakeSignal.class,
                DeadSocket.class,
                VirtualThreadPollers.class,
                VirtualThreadPoller.class,
                ParkedThreads.class,
                ParkedThreads.Slot.class);
    }

    // ---- waiting in the kernel

    /**
     * Publishes the calling platform thread, which is to look then whether what it would wait for is closing, and if
     * not to make one system call. It holds the descriptor. Whatever comes of the call, {@link #leave} must follow.
     */
    public final long[] enter() {
        long[] thread = NativeThread.current();
        waiting = thread;
        return thread;
    }

    /** Takes back what {@link #enter} did. */
    public final void leave(long[] thread) {
        boolean signalled;
        synchronized (thread) {
            waiting = null;
            signalled = NativeThread.wasSignalled(thread);
        }
        if (signalled) {
            NativeThread.takeInSignals();
        }
    }

    /**
     * As {@link #enter}, of a thread of either kind, for a call that may wait although it was meant not to. A virtual
     * thread keeps its carrier until {@link #leaveCall}: it is not to park, nor to take a monitor.
     */
    public final Object enterCall() {
        if (!Thread.currentThread().isVirtual()) {
            return enter();
        }
        PinnedCall call = PinnedCall.begin();
        waiting = call;
        return call;
    }

    /** Takes back what {@link #enterCall} did. */
    public final void leaveCall(Object caller) {
        if (caller instanceof PinnedCall call) {
            call.leave();
            waiting = null;
        } else {
            leave((long[]) caller);
        }
    }

    // ---- waiting until a descriptor is ready

    /**
     * Waits until the descriptor is ready, or is closing, or the time has passed, or {@link #wake} is called; it may
     * also return spuriously. The caller holds the descriptor, and checks the state itself.
     *
     * <p>An interrupt alone does not end the wait: an interruptible channel answers it by closing.
     *
     * @param events {@link Poll#POLLIN} or {@link Poll#POLLOUT}
     * @param nanos how long to wait at most; {@link #FOREVER} without limit
     */
    public void await(Descriptor descriptor, short events, long nanos) throws IOException {
        if (nanos <= 0) {
            return;
        }
        Thread thread = Thread.currentThread();
        if (thread.isVirtual() && CANNOT_BE_NESTED) {
            // The pollers of virtual threads wait for each other's kqueues.
            pollElsewhere(descriptor, events, nanos);
        } else if (thread.isVirtual()) {
            park(thread, descriptor, events, nanos);
        } else {
            poll(descriptor, events, nanos);
        }
    }

    private void poll(Descriptor descriptor, short events, long nanos) throws IOException {
        int fd = descriptor.fd();
        MemorySegment pollfd = POLLFDS.take();
        try {
            Poll.set(pollfd, 0, fd, events);
            int n = 0;
            long[] thread = enter();
            try {
                if (!descriptor.isClosing()) {
                    n = Poll.poll(pollfd, 1, milliseconds(nanos));
                }
            } finally {
                leave(thread);
            }
            // EINTR: a spurious wakeup, which the caller must expect.
            if (n < 0 && n != -Errno.EINTR) {
                throw Errno.exception(-n, "poll");
            }
            if (n > 0 && (Poll.revents(pollfd, 0) & Poll.POLLNVAL) != 0) {
                // Of a descriptor that is open: macOS says this of devices that it cannot poll.
                throw new IOException("poll: the system cannot wait for descriptor " + fd);
            }
        } finally {
            POLLFDS.giveBack(pollfd);
        }
    }

    /** A timeout of poll(2): rounded up. A call that ends before the time would have to wait once more. */
    static int milliseconds(long nanos) {
        if (nanos == FOREVER) {
            return -1;
        }
        long millis = nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private void park(Thread thread, Descriptor descriptor, short events, long nanos) throws IOException {
        int fd = descriptor.fd();
        VirtualThreadPoller poller;
        try {
            poller = VirtualThreadPollers.of(fd);
        } catch (IOException noDescriptors) {
            // None is left for the pollers themselves, which are opened when first needed: the next wait tries again.
            System.getLogger(BlockingWait.class.getName())
                    .log(System.Logger.Level.DEBUG, "a virtual thread waits without a poller", noDescriptors);
            pollElsewhere(descriptor, events, nanos);
            return;
        }
        Filter filter = events == Poll.POLLIN ? Filter.READ : Filter.WRITE;
        int refusal = 0;
        waiting = thread;
        try {
            if (!descriptor.isClosing()) {
                refusal = poller.tryAwait(fd, filter, nanos, () -> waiting != null);
            }
        } finally {
            // Not compare-and-set: a wake that comes now unparks a thread that does not wait here any more, which every
            // parking thread must expect anyway.
            waiting = null;
        }
        if (refusal != 0) {
            pollElsewhere(descriptor, events, nanos);
        }
    }

    /**
     * Waits by poll(2) for a descriptor that the kernel's kqueue does not watch (a terminal, on some releases of
     * macOS). The call is made on a platform thread, for which the virtual one waits without holding its carrier.
     */
    void pollElsewhere(Descriptor descriptor, short events, long nanos) throws IOException {
        Elsewhere.call(
                () -> {
                    poll(descriptor, events, nanos);
                    return null;
                });
    }

    // ---- ending a wait

    /** Ends the wait in progress, if there is one, and one that begins after the descriptor has begun closing. */
    public void wake() {
        end(null, null);
    }

    /**
     * Ends the waits of both directions of a socket that has begun closing.
     *
     * @param output the other direction; null if there is none
     */
    public static void endWaits(Descriptor socket, BlockingWait input, BlockingWait output) {
        boolean replaced = input.end(socket, output);
        if (output != null) {
            output.end(replaced ? null : socket, input);
        }
    }

    /**
     * Ends the wait in progress.
     *
     * @param replaceable the socket whose number is to be replaced; null if none is
     * @param other its other direction, or null
     * @return whether the number was replaced
     */
    private boolean end(Descriptor replaceable, BlockingWait other) {
        Object who = waiting;
        if (who instanceof long[] || who instanceof PinnedCall) {
            return drive(who, replaceable, other);
        }
        if (who != null && WAITING.compareAndSet(this, who, null)) {
            LockSupport.unpark((Thread) who);
        }
        return false;
    }

    /** Signals a thread until it has left; whether the number was replaced. */
    @SuppressWarnings("ReferenceEquality") // an array is equal to itself alone
    private boolean drive(Object thread, Descriptor replaceable, BlockingWait other) {
        boolean replaced = false;
        boolean interrupted = false;
        long begun = System.nanoTime();
        long pause = FIRST_PAUSE;
        try {
            while (true) {
                if (thread instanceof long[] platform) {
                    synchronized (platform) {
                        if (waiting != platform) {
                            return replaced;
                        }
                        replaced |= replaceable != null && !replaced && replace(replaceable, other);
                        NativeThread.signal(platform);
                    }
                } else {
                    ((PinnedCall) thread).signal();
                }
                for (int i = 0; i < LOOKS && waiting == thread; i++) {
                    Thread.onSpinWait();
                }
                if (waiting != thread) {
                    return replaced;
                }
                // A thread that is interrupted does not sleep.
                interrupted |= Thread.interrupted();
                Pause.of(this, pause);
                if (System.nanoTime() - begun > LIMIT) {
                    System.getLogger(BlockingWait.class.getName())
                            .log(
                                    System.Logger.Level.WARNING,
                                    "a thread does not leave {0}: is signal {1} blocked in it?",
                                    replaceable == null ? "its wait" : replaceable,
                                    WakeSignal.number());
                    return replaced;
                }
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Under the monitor of the thread that waits here. */
    private static boolean replace(Descriptor socket, BlockingWait other) {
        // In this order: who is published there holds the descriptor, and has done so when the holds were counted.
        int holds = socket.holds();
        boolean alone = holds == 1 || (holds == 2 && other != null && other.waiting instanceof long[]);
        if (!alone) {
            return false;
        }
        socket.leaveKQueues();
        return DeadSocket.replace(socket.fd());
    }
}
