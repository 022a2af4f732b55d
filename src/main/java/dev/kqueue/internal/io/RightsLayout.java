package dev.kqueue.internal.io;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a system keeps descriptors in a message's control data: {@code struct cmsghdr} of type SCM_RIGHTS, and what C
 * has macros for (CMSG_DATA, CMSG_LEN, CMSG_SPACE, CMSG_NXTHDR), as cmsg(3) describes them.
 */
record RightsLayout(Field len, Field level, Field type, int data, int alignment, int socketLevel, int rights) {
    static final RightsLayout HOST = of(Abi.HOST);

    static RightsLayout of(Abi abi) {
        Struct header = abi.struct("cmsghdr");
        // Not sizeof(struct cmsghdr): the BSDs pad it, macOS does not.
        Struct macros = abi.struct("CMSG");
        return new RightsLayout(
                header.field("cmsg_len"),
                header.field("cmsg_level"),
                header.field("cmsg_type"),
                macros.size(),
                macros.alignment(),
                abi.constant("SOL_SOCKET"),
                abi.constant("SCM_RIGHTS"));
    }

    /** CMSG_SPACE: how much control data so many descriptors need. */
    int space(int descriptors) {
        return data + aligned(descriptors * Integer.BYTES);
    }

    private int aligned(int bytes) {
        return (bytes + alignment - 1) & -alignment;
    }

    /** Writes one header and its descriptors into zeroed memory of {@link #space}. */
    void write(int[] descriptors, MemorySegment control) {
        len.set(control, 0, data + (long) descriptors.length * Integer.BYTES);
        level.set(control, 0, socketLevel);
        type.set(control, 0, rights);
        MemorySegment.copy(descriptors, 0, control, JAVA_INT, data, descriptors.length);
    }

    /** All descriptors in so many bytes of control data. */
    List<Integer> read(MemorySegment control, long bytes) {
        List<Integer> found = new ArrayList<>();
        long at = 0;
        while (at + data <= bytes) {
            long length = len.getUnsigned(control, at);
            if (length < data) {
                break;
            }
            // Of a message that was cut, the length may be what it was before.
            long end = Math.min(at + length, bytes);
            if (level.get(control, at) == socketLevel && type.get(control, at) == rights) {
                for (long each = at + data; each + Integer.BYTES <= end; each += Integer.BYTES) {
                    found.add(control.get(JAVA_INT_UNALIGNED, each));
                }
            }
            at += aligned((int) Math.min(length, bytes));
        }
        return found;
    }
}
