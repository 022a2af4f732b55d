package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.Filter;
import dev.kqueue.FullStack;
import dev.kqueue.KEventList;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.OpenDescriptors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Calls a kqueue from the deepest point of a recursion, in every way that may overflow the stack inside of it, and
 * checks after each round that it has all its events.
 */
final class DeepRecursion {
    private static final int ROUNDS = 30;

    /** More than what a call of the kqueue needs, in frames of a small method. */
    private static final int FRAMES = 120;

    private static final int READ = Filter.READ.value();
    private static final int WRITE = Filter.WRITE.value();
    private static final int USER = Filter.USER.value();
    private static final int TIMER = Filter.TIMER.value();

    private final LinuxKQueue kq = LinuxKQueue.open();
    private final KEventList change = KEventList.allocate(1);
    private final KEventList events = KEventList.allocate(16);
    private final MemorySegment one = MemorySegment.ofArray(new byte[1]);
    private final int[] sockets;
    private final FullStack stack = new FullStack(FRAMES, kq::isOpen);

    private DeepRecursion(int[] sockets) throws IOException {
        this.sockets = sockets;
    }

    public static void main(String[] args) throws Exception {
        long before = OpenDescriptors.count();
        for (int round = 0; round < ROUNDS; round++) {
            DeepRecursion recursion = new DeepRecursion(pair());
            recursion.run(round);
            if (OpenDescriptors.count() != before) {
                throw new AssertionError("round " + round + " leaves descriptors");
            }
        }
        System.out.println("survived " + ROUNDS + " rounds");
        System.exit(0);
    }

    private static int[] pair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            if (SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, ends) != 0) {
                throw new AssertionError("socketpair");
            }
            return new int[] {ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1)};
        }
    }

    private void run(int round) throws Exception {
        change(1, USER, EV_ADD | EV_CLEAR, 0, 0);
        change(sockets[0], READ, EV_ADD | EV_CLEAR, 0, 0);
        change(2, TIMER, EV_ADD, 0, 1000_000);
        // A class whose initialization fails is lost for good, so all are there before: the words of a failure, too.
        change(4, TIMER, EV_DELETE, 0, 0);
        change(-1, READ, EV_DELETE, 0, 0);
        List<FullStack.Call> calls =
                List.of(
                        () -> kq.kevent(null, events, 0),
                        () -> change(1, USER, 0, Note.NOTE_TRIGGER, 0),
                        () -> change(3, TIMER, EV_ADD, 0, 1),
                        () -> change(3, TIMER, EV_DELETE, 0, 0),
                        () -> change(sockets[0], WRITE, EV_ADD, 0, 0),
                        () -> change(sockets[0], WRITE, EV_DELETE, 0, 0),
                        () -> change(sockets[0], READ, EV_DISABLE, 0, 0),
                        () -> change(sockets[0], READ, EV_ENABLE, 0, 0),
                        () -> kq.beforeClose(sockets[1], false),
                        () -> kq.kevent(null, events, 1));
        for (FullStack.Call call : calls) {
            call.make();
        }
        for (int i = 0; i < calls.size(); i++) {
            // In another order each time: what one call leaves undone, another one is to find.
            stack.overflow(calls.get((i * 3 + round) % calls.size()));
        }
        stack.requireOverflow();
        checkEvents();
        stack.overflow(kq::close);
        kq.close();
        Arrays.stream(sockets).forEach(Unistd::close);
    }

    /** Everything is as if nothing had happened: in another thread, since the lock must be free. */
    private void checkEvents() throws Exception {
        Driven.soon(
                () -> {
                    try {
                        kq.kevent(null, events, 0);
                    } catch (StackOverflowError kept) {
                        // A call that had events to return has kept it for the next one.
                    }
                    change(1, USER, EV_ADD | EV_CLEAR, 0, 0);
                    change(sockets[0], READ, EV_ADD | EV_CLEAR | EV_ENABLE, 0, 0);
                    change(3, TIMER, EV_ADD, 0, 1);
                    while (kq.kevent(null, events, 5_000_000) > 1) {
                        events.clear();
                    }
                    change(1, USER, 0, Note.NOTE_TRIGGER, 0);
                    Unistd.write(sockets[1], one, 1);
                    long end = System.nanoTime() + 20_000_000_000L;
                    boolean user = false;
                    boolean read = false;
                    boolean timer = false;
                    while (!(user && read && timer)) {
                        if (System.nanoTime() > end) {
                            throw new AssertionError("lost: user " + user + " read " + read + " timer " + timer);
                        }
                        kq.kevent(null, events, 1_000_000_000);
                        for (int i = 0; i < events.size(); i++) {
                            user |= events.filter(i) == USER;
                            read |= events.filter(i) == READ;
                            timer |= events.filter(i) == TIMER && events.ident(i) == 3;
                        }
                    }
                    return null;
                });
    }

    private void change(long ident, int filter, int flags, int fflags, long data) throws IOException {
        change.clear();
        change.add(ident, filter, flags, fflags, data, 0);
        try {
            kq.kevent(change, null, 0);
        } catch (IOException absent) {
            if ((flags & EV_ADD) != 0) {
                throw absent;
            }
        }
    }
}
