package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.WatchedFile;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.libc.SysStat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A channel for the changes of a file or directory: {@code EVFILT_VNODE}.
 *
 * {@snippet :
 * try (VnodeChannel log = VnodeChannel.open(Path.of("app.log"), EnumSet.of(VnodeEvent.EXTEND))) {
 *     VnodeKey key = (VnodeKey) log.register(selector, SelectionKey.OP_READ);
 *     selector.select();
 *     System.out.println(log.path() + ": " + key.events());
 * }
 * }
 *
 * <p>The file is open as long as the channel is. The kernel watches the file, not its name: a file that replaces it by
 * a rename is not watched ({@link KQueueSelector#watchPath} is for that). {@link KQueueSelector#watchFile} makes and
 * registers a channel in one step.
 *
 * <p>A directory's event says that its entries have changed, not which: list it again and compare, or use {@link
 * DirectoryChannel}. Changes of a file's contents do not reach the directory.
 */
public final class VnodeChannel extends EventChannel {
    private final Path path;
    private final Set<VnodeEvent> events;
    private final Descriptor descriptor;
    private final KEvent knote;

    private VnodeChannel(Path path, Set<VnodeEvent> events, WatchedFile file, int notes) {
        this.path = path;
        this.events = Set.copyOf(events);
        this.descriptor =
                Descriptor.closedBy(
                        file.descriptor(),
                        fd -> {
                            file.close();
                            return 0;
                        });
        this.knote = KEvent.vnode(file.descriptor(), KEvent.EV_CLEAR, notes, null);
    }

    /**
     * Opens a file or directory to be watched.
     *
     * @param path of the default file system; symbolic links are followed
     * @param events what to watch for
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be opened for another reason
     * @throws UnsupportedOperationException if this system lacks one of the events, or the path is of another file
     *     system
     * @throws IllegalArgumentException if there is no event to watch for
     */
    public static VnodeChannel open(Path path, Set<VnodeEvent> events) throws IOException {
        Startup.check();
        Objects.requireNonNull(path, "path");
        int notes = VnodeEvent.notes(EventNotes.some(events));
        return new VnodeChannel(path, EnumSet.copyOf(events), WatchedFile.open(path), notes);
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /** The events that are watched for. */
    public Set<VnodeEvent> watchedEvents() {
        return events;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Whether the file has no name left, or is a directory that was removed; false if the system does not say. */
    boolean isRemoved() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            return SysStat.fstat(descriptor(), stat) == 0
                    && (SysStat.nlink(stat) == 0 || (SysStat.mode(stat) & SysStat.S_IFMT) == SysStat.S_IFDIR);
        }
    }

    @Override
    VnodeKey newKey(KQueueSelector selector) {
        return new VnodeKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        return knote;
    }

    @Override
    IOException failure(int errno, String reason) {
        return new FileSystemException(path.toString(), null, "cannot be watched: " + reason);
    }

    @Override
    Descriptor owned() {
        return descriptor;
    }
}
