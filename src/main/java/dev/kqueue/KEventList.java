package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * A list of {@code struct kevent} in native memory, in the host's own layout: the changelist and the eventlist of
 * kevent(2).
 *
 * {@snippet :
 * KEventList change = KEventList.allocate(1);
 * change.clear();
 * change.add(descriptor, Filter.READ.value(), EV_ADD, 0, 0, token); // EV_SET, all fields
 * kqueue.kevent(change, null, 0);
 * change.set(0, descriptor, Filter.READ.value(), EV_DELETE, 0, 0, 0); // the same entry anew
 * kqueue.kevent(change, null, 0);
 * }
 *
 * <p>Adding and reading an entry touches memory and allocates nothing. The fields are those of the structure:
 *
 * <pre>
 * struct kevent {
 *     uintptr_t ident;     what is watched: a descriptor, a process id, a signal or any number
 *     short     filter;    EVFILT_: what kind of thing ident is
 *     u_short   flags;     EV_: what to do (changes), state (events)
 *     u_int     fflags;    NOTE_: which aspects (changes), which of them happened (events)
 *     int64_t   data;      the filter's own number: bytes, count, period, status, errno
 *     void     *udata;     any number of the caller's; comes back unchanged
 * };
 * </pre>
 *
 * <p>A changelist grows as it is filled. An eventlist has {@link #capacity} slots for kevent to fill, and {@link
 * #ensureCapacity} makes more. Not safe for use by several threads at once.
 *
 * <p>One list, as in the example, is enough for a program's life: C programs set one {@code struct kevent} again and
 * again with EV_SET.
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
public final class KEventList {
    private static final Struct KEVENT = Abi.HOST.struct("kevent");
    private static final int SIZE = KEVENT.size();
    private static final Field IDENT = KEVENT.field("ident");
    private static final Field FILTER = KEVENT.field("filter");
    private static final Field FLAGS = KEVENT.field("flags");
    private static final Field FFLAGS = KEVENT.field("fflags");
    private static final Field DATA = KEVENT.field("data");
    private static final Field UDATA = KEVENT.field("udata");

    /** Where the structure has 32 bits that belong to none of the fields above. */
    private static final int[] GAPS = gaps();

    private final boolean dataWanted;
    private MemorySegment memory;
    private int capacity;
    private int size;

    private KEventList(int capacity, boolean dataWanted) {
        if (capacity < 0) {
            throw new IllegalArgumentException("negative capacity " + capacity);
        }
        this.capacity = Math.max(1, capacity);
        this.dataWanted = dataWanted;
        this.memory = allocate(this.capacity, Arena.ofAuto());
    }

    /** Makes an empty list with room for {@code capacity} entries. */
    public static KEventList allocate(int capacity) {
        return new KEventList(capacity, true);
    }

    /**
     * Makes an eventlist for a caller that does not use the {@code data} of {@code EVFILT_READ} and {@code
     * EVFILT_WRITE} events. On Linux each such {@code data} costs a system call, which this list saves: {@code data} is
     * 0 then. A kernel's own kqueue fills it in all the same.
     */
    public static KEventList withoutData(int capacity) {
        return new KEventList(capacity, false);
    }

    private static int[] gaps() {
        boolean[] used = new boolean[SIZE];
        for (Field field : new Field[] {IDENT, FILTER, FLAGS, FFLAGS, DATA, UDATA}) {
            Arrays.fill(used, field.offset(), field.offset() + field.size(), true);
        }
        int[] gaps = new int[SIZE / Integer.BYTES];
        int count = 0;
        for (int at = 0; at < SIZE; at += Integer.BYTES) {
            if (!(used[at] && used[at + 1] && used[at + 2] && used[at + 3])) {
                gaps[count++] = at;
            }
        }
        return Arrays.copyOf(gaps, count);
    }

    private static MemorySegment allocate(int entries, Arena arena) {
        return arena.allocate((long) entries * SIZE, KEVENT.alignment());
    }

    /** Whether the caller wants the {@code data} of {@code EVFILT_READ} and {@code EVFILT_WRITE} events. */
    public boolean isDataWanted() {
        return dataWanted;
    }

    /** The number of entries. */
    public int size() {
        return size;
    }

    /** The capacity, in entries. */
    public int capacity() {
        return capacity;
    }

    /** Removes all entries; the capacity stays. */
    public void clear() {
        size = 0;
    }

    /**
     * Makes the capacity at least {@code entries}, keeping the entries. A list that grows is reallocated, by half at
     * least: {@link #memory} then returns another segment.
     */
    public void ensureCapacity(int entries) {
        if (entries > capacity) {
            // The larger of the two: the second is negative where it overflows.
            int grown = Math.max(entries, capacity + (capacity >> 1) + 1);
            MemorySegment larger = allocate(grown, Arena.ofAuto());
            MemorySegment.copy(memory, 0, larger, 0, (long) size * SIZE);
            memory = larger;
            capacity = grown;
        }
    }

    /**
     * Appends an entry: EV_SET(3) with every field.
     *
     * @return the list itself
     */
    public KEventList add(long ident, int filter, int flags, int fflags, long data, long udata) {
        if (size == capacity) {
            ensureCapacity(size + 1);
        }
        put((long) size * SIZE, ident, filter, flags, fflags, data, udata);
        // Last: whatever was thrown before, there is no entry with only some of its fields.
        size++;
        return this;
    }

    /** Overwrites an entry: EV_SET(3) with every field, padding and extensions of the structure included. */
    public void set(int index, long ident, int filter, int flags, int fflags, long data, long udata) {
        put(base(index), ident, filter, flags, fflags, data, udata);
    }

    private void put(long base, long ident, int filter, int flags, int fflags, long data, long udata) {
        // FreeBSD's ext words and NetBSD's padding must be zero: a kernel reads them, or a later release may.
        for (int gap : GAPS) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + gap, 0);
        }
        IDENT.set(memory, base, ident);
        FILTER.set(memory, base, filter);
        FLAGS.set(memory, base, flags);
        FFLAGS.set(memory, base, fflags);
        DATA.set(memory, base, data);
        UDATA.set(memory, base, udata);
    }

    /** The ident: the descriptor, process id, signal or other number that the entry is about; unsigned. */
    public long ident(int index) {
        return IDENT.get(memory, base(index));
    }

    /** The host's number of the entry's filter: compare with {@link Filter#value}. */
    public int filter(int index) {
        return (int) FILTER.get(memory, base(index));
    }

    /** The {@code EV_} flags. */
    public int flags(int index) {
        return (int) FLAGS.getUnsigned(memory, base(index));
    }

    /** The {@code NOTE_} flags; all 32 bits. */
    public int fflags(int index) {
        return (int) FFLAGS.get(memory, base(index));
    }

    /** The filter's own number; the errno if {@link KEvent#EV_ERROR} is set. */
    public long data(int index) {
        return DATA.get(memory, base(index));
    }

    /** The udata that the caller gave with the change. */
    public long udata(int index) {
        return UDATA.get(memory, base(index));
    }

    private long base(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("entry " + index + " of " + size);
        }
        return (long) index * SIZE;
    }

    /**
     * The entries' memory, an array of the host's {@code struct kevent} with {@link #capacity} elements, for a call
     * that fills it; it stays the list's own and is replaced when the list grows.
     */
    public MemorySegment memory() {
        return memory;
    }

    /** Tells the list how many entries a call has put into its {@link #memory}. */
    public void setSize(int entries) {
        if (entries < 0 || entries > capacity) {
            throw new IllegalArgumentException(entries + " entries in room for " + capacity);
        }
        size = entries;
    }

    /** The entries with the names of their flags and notes; udata as a number. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < size; i++) {
            Filter filter = Filter.find(filter(i));
            text.add(
                    KEventText.of(
                            ident(i),
                            filter,
                            filter == null ? Integer.toString(filter(i)) : filter.cName(),
                            flags(i),
                            fflags(i),
                            data(i),
                            "0x" + Long.toHexString(udata(i))));
        }
        return text.toString();
    }
}
