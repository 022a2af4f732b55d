package dev.kqueue.nio;

import dev.kqueue.internal.directory.DirectoryChange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * One change of a watched directory or tree.
 *
 * {@snippet :
 * DirectoryKey key = selector.watchTree(Path.of("src"));
 * selector.select();
 * for (DirectoryEvent event : key.events()) {
 *     System.out.println(event.kind() + " " + event.path());
 * }
 * }
 */
public final class DirectoryEvent {
    /**
     * What has happened to an entry.
     *
     * {@snippet :
     * switch (event.kind()) {
     *     case CREATED, MODIFIED -> read(event.path());
     *     case DELETED -> forget(event.path());
     *     case MOVED -> rename(event.from().orElseThrow(), event.path());
     *     case OVERFLOW -> log(event.reason());
     * }
     * }
     */
    public enum Kind {
        /** An entry is there that was not there before, or another file has its name now. */
        CREATED,
        /** The entry is gone, or another file has its name now. Of the root: the watch has ended. */
        DELETED,
        /** The contents of a regular file were written to. */
        MODIFIED,
        /** The entry was renamed, from one watched directory into the same or another one. */
        MOVED,
        /** What is at or below the path could not be read or watched: changes may be missed there. */
        OVERFLOW
    }

    private final Kind kind;
    private final Path path;
    private final Path from;
    private final IOException reason;

    private DirectoryEvent(Kind kind, Path path, Path from, IOException reason) {
        this.kind = kind;
        this.path = path;
        this.from = from;
        this.reason = reason;
    }

    static DirectoryEvent of(DirectoryChange change) {
        Kind kind =
                switch (change.kind()) {
                    case CREATED -> Kind.CREATED;
                    case DELETED -> Kind.DELETED;
                    case MODIFIED -> Kind.MODIFIED;
                    case MOVED -> Kind.MOVED;
                    case INCOMPLETE -> Kind.OVERFLOW;
                };
        return new DirectoryEvent(kind, change.path(), change.from(), change.reason());
    }

    static DirectoryEvent deleted(Path root) {
        return new DirectoryEvent(Kind.DELETED, root, null, null);
    }

    static DirectoryEvent overflow(Path path, IOException reason) {
        return new DirectoryEvent(Kind.OVERFLOW, path, null, reason);
    }

    /** What has happened. */
    public Kind kind() {
        return kind;
    }

    /** The entry: the path that was given to the selector, and the name below it. */
    public Path path() {
        return path;
    }

    /** Where an entry that has moved was before; empty for all other kinds. */
    public Optional<Path> from() {
        return Optional.ofNullable(from);
    }

    /** Why changes may be missed; empty for all kinds but {@link Kind#OVERFLOW}. */
    public Optional<IOException> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether the other object is an event of the same kind, with equal paths and the same reason. */
    @Override
    public boolean equals(Object other) {
        return other instanceof DirectoryEvent event
                && kind == event.kind
                && path.equals(event.path)
                && Objects.equals(from, event.from)
                && Objects.equals(reason, event.reason);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, path, from);
    }

    /** The kind and the paths, for people: {@code MOVED a/b to a/c}. */
    @Override
    public String toString() {
        String where = from == null ? path.toString() : from + " to " + path;
        return kind + " " + where + (reason == null ? "" : ": " + reason.getMessage());
    }
}
