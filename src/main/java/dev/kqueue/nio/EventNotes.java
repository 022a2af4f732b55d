package dev.kqueue.nio;

import dev.kqueue.internal.abi.Abi;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/** Bits of {@code fflags} as sets of an enum, and back. */
final class EventNotes {
    private EventNotes() {}

    static <E extends Enum<E>> Set<E> set(Class<E> type, E[] all, Predicate<E> has) {
        EnumSet<E> set = EnumSet.noneOf(type);
        for (E one : all) {
            if (has.test(one)) {
                set.add(one);
            }
        }
        return Collections.unmodifiableSet(set);
    }

    static UnsupportedOperationException undefined(String note) {
        return new UnsupportedOperationException(note + " is not defined on " + Abi.HOST.system());
    }

    /** Refuses a set that asks for nothing. */
    static <E> Set<E> some(Set<E> events) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("no events to watch for");
        }
        return events;
    }
}
