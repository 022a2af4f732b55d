package dev.kqueue.faults;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KQueue;
import dev.kqueue.Note;
import dev.kqueue.OpenFile;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A kqueue itself, with all its filters at once, and another kqueue that watches it. */
final class RawScenario extends Scenario {
    private static final int NUMBER = 17;

    private KQueue kqueue;
    private KQueue watching;
    private Path path;

    @Override
    void open() throws Exception {
        kqueue = own(KQueue.open());
        watching = own(KQueue.open());
        path = Files.createTempFile("faults", "");
        own(() -> Files.deleteIfExists(path));
    }

    /** Submits changes; one that failed is an exception. */
    private static void submit(KQueue kqueue, KEvent... changes) throws IOException {
        for (KEvent event : kqueue.kevent(List.of(changes), 0, Duration.ZERO)) {
            throw new IOException("not registered: " + event);
        }
    }

    @Override
    void act() throws Exception {
        Files.write(path, new byte[1]);
        try (OpenFile file = OpenFile.open(path)) {
            try {
                act(file.descriptor());
                socket();
            } finally {
                kqueue.closing(file.descriptor());
            }
        }
    }

    /** Bytes to read are counted, and space to write. */
    private void socket() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
            succeeded(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, pair));
            int a = pair.getAtIndex(ValueLayout.JAVA_INT, 0);
            int b = pair.getAtIndex(ValueLayout.JAVA_INT, 1);
            try {
                submit(kqueue, KEvent.read(a, KEvent.EV_ADD, 0, null), KEvent.write(b, KEvent.EV_ADD, 0, null));
                succeeded((int) Unistd.write(b, MemorySegment.ofArray(new byte[3]), 3));
                Set<KEvent> seen = new HashSet<>();
                until(
                        "bytes to read are reported",
                        () -> seen.stream().anyMatch(event -> event.ident() == a),
                        () -> seen.addAll(kqueue.kevent(List.of(), 10, Duration.ofMillis(100))));
            } finally {
                kqueue.closing(a);
                kqueue.closing(b);
                Unistd.close(a);
                Unistd.close(b);
            }
        }
    }

    /** It throws no checked exception. */
    private int descriptor() throws IOException {
        try {
            return kqueue.descriptor();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void act(int file) throws Exception {
        submit(watching, KEvent.read(descriptor(), KEvent.EV_ADD | KEvent.EV_CLEAR, 0, null));
        submit(kqueue, KEvent.read(file, KEvent.EV_ADD, 0, null));
        submit(kqueue, KEvent.vnode(file, KEvent.EV_ADD | KEvent.EV_CLEAR, Note.NOTE_WRITE, null));
        submit(kqueue, KEvent.timer(NUMBER, KEvent.EV_ADD | KEvent.EV_ONESHOT, Duration.ofMillis(2), null));
        submit(kqueue, KEvent.user(NUMBER, KEvent.EV_ADD | KEvent.EV_CLEAR, 0, null));
        submit(kqueue, KEvent.user(NUMBER, 0, Note.NOTE_TRIGGER, null));
        Files.write(path, new byte[20]);
        Set<Filter> seen = EnumSet.noneOf(Filter.class);
        until(
                "all filters report",
                () -> seen.containsAll(Set.of(Filter.READ, Filter.VNODE, Filter.TIMER, Filter.USER)),
                () -> kqueue.kevent(List.of(), 1, Duration.ofMillis(100)).forEach(event -> seen.add(event.filter())));
        until(
                "the other kqueue reports",
                () -> !watching.kevent(List.of(), 1, Duration.ofMillis(100)).isEmpty(),
                () -> {});
    }

    @Override
    void after() throws Exception {
        expect(kqueue.isOpen(), "it is closed");
        act();
    }
}
