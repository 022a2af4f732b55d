package dev.kqueue.internal.abi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where a structure keeps one field: its offset and its width, both in bytes. The accessors take the width from here,
 * so that one line of code serves a 16-bit {@code filter} (the BSDs) and a 32-bit one (NetBSD); reached through a
 * {@code static final}, the switch folds away.
 *
 * <p>Access is unaligned, for structures that macOS and Linux pack.
 */
public record Field(int offset, int size) {
    /** Reads the field as a signed number. */
    public long get(MemorySegment memory, long base) {
        long at = base + offset;
        return switch (size) {
            case 1 -> memory.get(ValueLayout.JAVA_BYTE, at);
            case 2 -> memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
            case 4 -> memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
            case 8 -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
            default -> throw new AssertionError("not a scalar field: " + this);
        };
    }

    /** Reads the field as an unsigned number; an 8-byte field as it is. */
    public long getUnsigned(MemorySegment memory, long base) {
        long value = get(memory, base);
        return size == 8 ? value : value & ((1L << (size * 8)) - 1);
    }

    /** Writes the low bytes of the value; the neighbours stay as they are. */
    public void set(MemorySegment memory, long base, long value) {
        long at = base + offset;
        switch (size) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case 2 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
            case 4 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
            case 8 -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
            default -> throw new AssertionError("not a scalar field: " + this);
        }
    }
}
