package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Native memory of two ints, for calls that give two descriptors. */
final class Ints {
    private Ints() {}

    static MemorySegment pair() {
        return Arena.ofAuto().allocate(ValueLayout.JAVA_INT, 2);
    }

    static int at(MemorySegment ints, int index) {
        return ints.getAtIndex(ValueLayout.JAVA_INT, index);
    }
}
