package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random operations on a {@link KEventList} and on a plain list of entries, which must agree in every field after every
 * step. A program of its own as well, so that it can run with the layout of any system: {@code -Dkqueue.abi=NAME}.
 */
final class KEventListProperties {
    private record Entry(long ident, int filter, int flags, int fflags, long data, long udata) {}

    private static final Struct KEVENT = Abi.HOST.struct("kevent");
    private static final boolean WIDE = KEVENT.field("flags").size() == Integer.BYTES;
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0xdead_beef_cafe_babeL
    };

    private final Random random;
    private final List<Entry> expected = new ArrayList<>();
    private final KEventList list;

    private KEventListProperties(Random random) {
        this.random = random;
        this.list = KEventList.allocate(random.nextInt(5));
    }

    public static void main(String[] args) {
        check(Long.parseLong(args[0]));
        System.out.println("kevent of " + Abi.HOST.system() + " has " + KEVENT.size() + " bytes");
    }

    /** Fails with the seed in the message. */
    static void check(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            KEventListProperties one = new KEventListProperties(random);
            for (int step = 0; step < 200; step++) {
                try {
                    one.step();
                    one.compare();
                } catch (RuntimeException | AssertionError failed) {
                    throw new AssertionError("seed " + seed + ", round " + round + ", step " + step, failed);
                }
            }
        }
    }

    private void step() {
        Entry entry = entry();
        switch (random.nextInt(20)) {
            case 0 -> {
                expected.clear();
                list.clear();
            }
            case 1 -> list.ensureCapacity(list.capacity() + random.nextInt(40));
            case 2 -> {
                int fewer = random.nextInt(expected.size() + 1);
                expected.subList(fewer, expected.size()).clear();
                list.setSize(fewer);
            }
            case 3, 4, 5 -> {
                if (!expected.isEmpty()) {
                    int index = random.nextInt(expected.size());
                    dirty(index);
                    expected.set(index, entry);
                    list.set(
                            index,
                            entry.ident(),
                            entry.filter(),
                            entry.flags(),
                            entry.fflags(),
                            entry.data(),
                            entry.udata());
                }
            }
            default -> {
                expected.add(entry);
                list.add(entry.ident(), entry.filter(), entry.flags(), entry.fflags(), entry.data(), entry.udata());
            }
        }
    }

    /** Leaves what a kernel may leave in an eventlist, extensions and padding included. */
    private void dirty(int index) {
        list.memory().asSlice((long) index * KEVENT.size(), KEVENT.size()).fill((byte) random.nextInt(256));
    }

    private void compare() {
        require(list.size() == expected.size(), "size " + list.size() + " is not " + expected.size());
        require(list.capacity() >= list.size(), "capacity " + list.capacity() + " below size " + list.size());
        require(
                list.memory().byteSize() == (long) list.capacity() * KEVENT.size(),
                "memory of " + list.memory().byteSize() + " bytes for " + list.capacity() + " entries");
        for (int i = 0; i < expected.size(); i++) {
            Entry actual =
                    new Entry(
                            list.ident(i), list.filter(i), list.flags(i), list.fflags(i), list.data(i), list.udata(i));
            require(actual.equals(expected.get(i)), "entry " + i + " is " + actual + ", not " + expected.get(i));
            require(strayBits(i) == 0, "entry " + i + " has bits outside its fields");
        }
    }

    private int strayBits(int index) {
        MemorySegment entry =
                MemorySegment.ofArray(
                        list.memory()
                                .asSlice((long) index * KEVENT.size(), KEVENT.size())
                                .toArray(ValueLayout.JAVA_BYTE));
        for (String field : KEVENT.fields()) {
            if (!field.equals("ext")) {
                entry.asSlice(KEVENT.field(field).offset(), KEVENT.field(field).size()).fill((byte) 0);
            }
        }
        int stray = 0;
        for (long i = 0; i < entry.byteSize(); i++) {
            stray |= entry.get(ValueLayout.JAVA_BYTE, i);
        }
        return stray;
    }

    private Entry entry() {
        int filter = (int) extreme();
        int flags = (int) extreme();
        return new Entry(
                extreme(),
                WIDE ? filter : (short) filter,
                WIDE ? flags : flags & 0xffff,
                (int) extreme(),
                extreme(),
                extreme());
    }

    private long extreme() {
        return random.nextBoolean() ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextLong();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
