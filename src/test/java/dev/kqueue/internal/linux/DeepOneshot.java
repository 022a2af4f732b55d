package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_ONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Fcntl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fetches events of files, each to come once, one by one from where the stack is nearly full: some calls have stack
 * enough to report an event, and too little to end its knote.
 */
final class DeepOneshot {
    private static final int KNOTES = 600;

    /** More than {@link dev.kqueue.internal.thread.StackReserve} asks for, in frames of a small method. */
    private static final int FRAMES = 500;

    private final LinuxKQueue kq = LinuxKQueue.open();
    private final KEventList events = KEventList.allocate(1);
    private final int[] reports = new int[4 * KNOTES];
    private int overflows;
    private int left = FRAMES;

    private DeepOneshot() throws IOException {}

    public static void main(String[] args) throws Exception {
        new DeepOneshot().run();
        System.exit(0);
    }

    private void run() throws IOException {
        Path file = Files.createTempFile("once", null);
        // Once with all the stack there is: a class whose initialization fails is lost for good.
        watch(file);
        Files.writeString(file, "changed");
        fetch();
        int[] watched = new int[KNOTES];
        for (int i = 0; i < KNOTES; i++) {
            watched[i] = watch(file);
        }
        Files.writeString(file, "changed again");
        Files.delete(file);
        descend();
        if (overflows == 0) {
            throw new AssertionError("the stack has not overflowed");
        }
        int calm = 0;
        while (calm < 2) {
            calm = fetch() ? 0 : calm + 1;
        }
        for (int fd : watched) {
            if (reports[fd] != 1) {
                throw new AssertionError("reported " + reports[fd] + " times: " + fd);
            }
        }
        System.out.println("each reported once");
    }

    private int watch(Path file) throws IOException {
        int fd = Fcntl.open(file.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        KEventList change = KEventList.allocate(1);
        change.add(fd, Filter.VNODE.value(), EV_ADD | EV_ONESHOT, Note.NOTE_WRITE, 0, 0);
        kq.kevent(change, null, 0);
        return fd;
    }

    /** Whether there was an event, or an error that is kept for the next call. */
    private boolean fetch() {
        try {
            if (kq.kevent(null, events, 0) == 0) {
                return false;
            }
            reports[(int) events.ident(0)]++;
        } catch (StackOverflowError full) {
            overflows++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private void descend() {
        try {
            descend();
        } catch (StackOverflowError full) {
            // This is the deepest frame that has caught it.
        }
        if (left > 0) {
            left--;
            fetch();
        }
    }
}
