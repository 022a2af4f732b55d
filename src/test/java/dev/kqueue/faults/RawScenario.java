package dev.kqueue.faults;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventQueue;
import dev.kqueue.Note;
import dev.kqueue.WatchedFile;
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
import java.util.Set;

/** A kqueue itself, with all its filters at once, and another kqueue that watches it. */
final class RawScenario extends Scenario {
    private static final int NUMBER = 17;

    private KEventQueue kqueue;
    private KEventQueue watching;
    private Path path;

    @Override
    void open() throws Exception {
        kqueue = own(KEventQueue.open());
        watching = own(KEventQueue.open());
        path = Files.createTempFile("faults", "");
        own(() -> Files.deleteIfExists(path));
    }

    @Override
    void act() throws Exception {
        Files.write(path, new byte[1]);
        try (WatchedFile file = WatchedFile.open(path)) {
            try {
                act(file.descriptor());
                socket();
            } finally {
                kqueue.beforeClose(file.descriptor());
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
                kqueue.apply(KEvent.read(a, KEvent.EV_ADD, 0, null), KEvent.write(b, KEvent.EV_ADD, 0, null));
                succeeded((int) Unistd.write(b, MemorySegment.ofArray(new byte[3]), 3));
                Set<KEvent> seen = new HashSet<>();
                until(
                        "bytes to read are reported",
                        () -> seen.stream().anyMatch(event -> event.ident() == a),
                        () -> seen.addAll(kqueue.await(10, Duration.ofMillis(100))));
            } finally {
                kqueue.beforeClose(a);
                kqueue.beforeClose(b);
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
        watching.apply(KEvent.read(descriptor(), KEvent.EV_ADD | KEvent.EV_CLEAR, 0, null));
        kqueue.apply(KEvent.read(file, KEvent.EV_ADD, 0, null));
        kqueue.apply(KEvent.vnode(file, KEvent.EV_ADD | KEvent.EV_CLEAR, Note.NOTE_WRITE, null));
        kqueue.apply(KEvent.timer(NUMBER, KEvent.EV_ADD | KEvent.EV_ONESHOT, Duration.ofMillis(2), null));
        kqueue.apply(KEvent.user(NUMBER, KEvent.EV_ADD | KEvent.EV_CLEAR, 0, null));
        kqueue.apply(KEvent.user(NUMBER, 0, Note.NOTE_TRIGGER, null));
        Files.write(path, new byte[20]);
        Set<Filter> seen = EnumSet.noneOf(Filter.class);
        until(
                "all filters report",
                () -> seen.containsAll(Set.of(Filter.READ, Filter.VNODE, Filter.TIMER, Filter.USER)),
                () -> kqueue.await(1, Duration.ofMillis(100)).forEach(event -> seen.add(event.filter())));
        until("the other kqueue reports", () -> !watching.await(1, Duration.ofMillis(100)).isEmpty(), () -> {});
    }

    @Override
    void after() throws Exception {
        expect(kqueue.isOpen(), "it is closed");
        act();
    }
}
