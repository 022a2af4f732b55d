package dev.kqueue.tool.doctor;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.tool.doctor.Expectation.eventOf;
import static dev.kqueue.tool.doctor.Expectation.require;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventException;
import dev.kqueue.KEventQueue;
import dev.kqueue.Note;
import dev.kqueue.WatchedFile;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.nio.Signal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** A self-test of each filter whose event a program can cause harmlessly and without privilege. */
final class FilterTests {
    private FilterTests() {}

    static void readOfPipe() throws Exception {
        try (DescriptorPair pipe = DescriptorPair.ofPipe()) {
            KEvent event = eventOf(KEvent.read(pipe.reading(), EV_ADD, 0, null), () -> pipe.write(5));
            require(event.data() == 5, "5 bytes were written, and the event is " + event);
        }
    }

    static void readOfSocket() throws Exception {
        try (DescriptorPair connection = Connection.open()) {
            KEvent event = eventOf(KEvent.read(connection.reading(), EV_ADD, 0, null), () -> connection.write(5));
            require(event.data() == 5, "5 bytes were sent, and the event is " + event);
            KEvent ended =
                    eventOf(
                            KEvent.read(connection.writing(), EV_ADD, 0, null),
                            () ->
                                    DescriptorPair.checked(
                                            SysSocket.shutdown(connection.reading(), SysSocket.SHUT_WR), "shutdown"));
            require((ended.flags() & EV_EOF) != 0, "the other side was shut down, and the event is " + ended);
        }
    }

    static void write() throws Exception {
        try (DescriptorPair pipe = DescriptorPair.ofPipe()) {
            pipe.fill();
            eventOf(KEvent.write(pipe.writing(), EV_ADD, 0, null), pipe::drain);
        }
    }

    static void vnode() throws Exception {
        Path path = Files.createTempFile("kqueue-nio-doctor", null);
        try (WatchedFile file = WatchedFile.open(path)) {
            KEvent added = KEvent.vnode(file.descriptor(), EV_ADD | EV_CLEAR, Note.NOTE_WRITE, null);
            KEvent event = eventOf(added, () -> Files.writeString(path, "some", StandardOpenOption.APPEND));
            require((event.fflags() & Note.NOTE_WRITE) != 0, "the file was written, and the event is " + event);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    static void proc() throws Exception {
        Process child = new ProcessBuilder("/bin/sh", "-c", "read line; exit 3").start();
        try {
            int status = Note.find("NOTE_EXITSTATUS").orElse(0);
            KEvent added = KEvent.proc(child.pid(), EV_ADD, Note.NOTE_EXIT | status, null);
            KEvent event = eventOf(added, () -> child.getOutputStream().close());
            require((event.fflags() & Note.NOTE_EXIT) != 0, "the process exited, and the event is " + event);
            require(event.data() == 3 << 8, "it exited with status 3, and the event is " + event);
        } finally {
            child.destroy();
            child.waitFor();
        }
    }

    /** By a signal that nothing happens of otherwise. */
    static void signal() throws Exception {
        KEvent added = KEvent.signal(Signal.WINCH.number(), EV_ADD, 0, null);
        KEvent event =
                eventOf(
                        added,
                        () -> {
                            String kill = "kill -s WINCH " + ProcessHandle.current().pid();
                            int exit = new ProcessBuilder("/bin/sh", "-c", kill).start().waitFor();
                            require(exit == 0, kill + " exits with status " + exit);
                        });
        require(event.data() == 1, "it was sent once, and the event is " + event);
    }

    static void timer() throws Exception {
        Duration delay = Duration.ofMillis(20);
        KEvent added = KEvent.timer(1, EV_ADD | EV_ONESHOT, delay, null);
        try (KEventQueue queue = KEventQueue.open()) {
            long start = System.nanoTime();
            queue.apply(added);
            KEvent event = Expectation.next(queue, added);
            long passed = System.nanoTime() - start;
            require(event.data() == 1, "it expires once, and the event is " + event);
            require(passed >= delay.toNanos(), "it expired after " + passed + " ns instead of 20 ms");
            Expectation.none(queue, "of a timer that has expired");
        }
    }

    static void user() throws Exception {
        KEvent added = KEvent.user(1, EV_ADD | EV_CLEAR, 0, null);
        try (KEventQueue queue = KEventQueue.open()) {
            queue.apply(added);
            Expectation.none(queue, "before it is triggered");
            queue.apply(KEvent.user(1, 0, Note.NOTE_TRIGGER, null));
            Expectation.next(queue, added);
            Expectation.none(queue, "of a trigger that was reported");
        }
    }

    /** Urgent data. */
    static void except() throws Exception {
        try (DescriptorPair connection = Connection.open()) {
            KEvent added = new KEvent(connection.reading(), Filter.EXCEPT, EV_ADD, Note.NOTE_OOB(), 0, null);
            eventOf(
                    added,
                    () -> {
                        MemorySegment one = MemorySegment.ofArray(new byte[1]);
                        long n = SysSocket.sendto(connection.writing(), one, 1, SysSocket.MSG_OOB, 0, 0);
                        require(n == 1, "send of urgent data: " + n);
                    });
        }
    }

    /** A send buffer with nothing in it. */
    static void empty() throws Exception {
        try (DescriptorPair connection = Connection.open();
                KEventQueue queue = KEventQueue.open()) {
            KEvent added = new KEvent(connection.writing(), Filter.EMPTY, EV_ADD | EV_ONESHOT, 0, 0, null);
            queue.apply(added);
            Expectation.next(queue, added);
        }
    }

    /** A kqueue that watches another one reports it as readable when that one has events. */
    static void kqueueInKqueue() throws Exception {
        try (KEventQueue inner = KEventQueue.open();
                DescriptorPair pipe = DescriptorPair.ofPipe()) {
            inner.apply(KEvent.read(pipe.reading(), EV_ADD, 0, null));
            eventOf(KEvent.read(inner.descriptor(), EV_ADD, 0, null), () -> pipe.write(1));
        }
    }

    /** Changes that fail say so, and those beside them are made. */
    static void errors() throws IOException {
        try (KEventQueue queue = KEventQueue.open();
                DescriptorPair pipe = DescriptorPair.ofPipe()) {
            KEvent good = KEvent.read(pipe.reading(), EV_ADD, 0, null);
            KEvent bad = KEvent.read(Integer.MAX_VALUE, EV_ADD, 0, null);
            List<KEventException.Failure> failures = List.of();
            try {
                queue.apply(bad, good);
            } catch (KEventException e) {
                failures = e.failures();
            }
            require(
                    failures.size() == 1 && failures.getFirst().change().equals(bad),
                    "one of two changes is wrong, and those that failed are " + failures);
            pipe.write(1);
            Expectation.next(queue, good);
        }
    }
}
