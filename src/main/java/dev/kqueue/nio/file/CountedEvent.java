package dev.kqueue.nio.file;

import java.nio.file.WatchEvent;
import java.util.Objects;

/** An event that counts its repetitions for as long as it is pending; the key that it is pending in guards it. */
final class CountedEvent implements WatchEvent<Object> {
    private final Kind<Object> kind;
    private final Object context;

    /** Written under the key's monitor, and never after the event was handed out. */
    private int count = 1;

    @SuppressWarnings("unchecked")
    CountedEvent(Kind<?> kind, Object context) {
        this.kind = (Kind<Object>) kind;
        this.context = context;
    }

    @Override
    public Kind<Object> kind() {
        return kind;
    }

    @Override
    public int count() {
        return count;
    }

    /** The path relative to the directory; null of an OVERFLOW. */
    @Override
    public Object context() {
        return context;
    }

    boolean is(Kind<?> otherKind, Object otherContext) {
        return kind.equals(otherKind) && Objects.equals(context, otherContext);
    }

    void repeat() {
        count++;
    }

    /** The kind, the name, and the count if it is not 1. */
    @Override
    public String toString() {
        return kind + (context == null ? "" : " " + context) + (count == 1 ? "" : ", " + count + " times");
    }
}
