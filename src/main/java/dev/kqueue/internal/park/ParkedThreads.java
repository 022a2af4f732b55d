package dev.kqueue.internal.park;

import dev.kqueue.internal.thread.BriefLock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that wait for an event, each found by 64 bits of udata: the ticket. A ticket names a slot and which use
 * of the slot is meant, so an event that comes late finds no thread, although the slot has been taken again.
 */
final class ParkedThreads {
    /** The place of a waiting thread, used for one wait after another. */
    static final class Slot {
        private static final VarHandle STATE;

        static {
            try {
                STATE = MethodHandles.lookup().findVarHandle(Slot.class, "state", int.class);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        private static final int FIRED = 1;
        private static final int NEXT_USE = 2;

        private final int index;

        /** The waiting thread; null while the slot is free. */
        private volatile Thread thread;

        /** Counts the uses in its upper 31 bits; whether the event of this use has come in the lowest. */
        private volatile int state;

        /** The next free slot; of the table's monitor. */
        private Slot nextFree;

        private Slot(int index) {
            this.index = index;
        }

        /** Names this use of the slot. */
        long ticket() {
            return ((long) index << 32) | (state & ~FIRED & 0xffff_ffffL);
        }

        /** Whether the event of this use has come. */
        boolean isFired() {
            return (state & FIRED) != 0;
        }

        /** Called again if it threw (there was no memory to unpark a thread), so it unparks each time. */
        private void fire(int use) {
            if ((state & ~FIRED) == use) {
                STATE.compareAndSet(this, use, use | FIRED);
                // The thread may have gone meanwhile for another reason, and another taken the slot: that one is
                // unparked for nothing, and parks again.
                LockSupport.unpark(thread);
            }
        }

        private void nextUse() {
            state = (state & ~FIRED) + NEXT_USE;
        }
    }

    private final BriefLock lock = new BriefLock();

    /** Grows under the lock; the first {@link #used} elements are set, and stay. */
    private volatile Slot[] slots = new Slot[16];

    private int used;
    private Slot free;

    // -- guarded by the lock

    /** Slots that are taken now. */
    private int taken;

    /** Counts the times that a slot was taken. */
    private long uses;

    private boolean closed;

    /** Takes a slot for the thread; null after {@link #close}. */
    Slot take(Thread thread) {
        boolean outermost = lock.enter();
        try {
            if (closed) {
                return null;
            }
            Slot slot = free;
            if (slot == null) {
                slot = new Slot(used);
                Slot[] array = used < slots.length ? slots : Arrays.copyOf(slots, used * 2);
                array[used++] = slot;
                slots = array; // a volatile write even if it is the same array: publishes the element
            } else {
                free = slot.nextFree;
            }
            slot.thread = thread;
            taken++;
            uses++;
            return slot;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** Ends the use of the slot: its ticket is not valid any more. */
    void giveBack(Slot slot) {
        boolean outermost = lock.enter();
        try {
            slot.nextUse();
            slot.thread = null;
            slot.nextFree = free;
            free = slot;
            taken--;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** How many slots are taken. */
    int count() {
        boolean outermost = lock.enter();
        try {
            return taken;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** How often a slot has been taken so far. */
    long uses() {
        boolean outermost = lock.enter();
        try {
            return uses;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** Closes unless a thread waits, or has waited since {@link #uses} returned this number. True if it is closed. */
    boolean closeIfUnused(long usesSeen) {
        boolean outermost = lock.enter();
        try {
            closed |= taken == 0 && uses == usesSeen;
            return closed;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** Undoes {@link #closeIfUnused}. */
    void reopen() {
        boolean outermost = lock.enter();
        try {
            closed = false;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** No thread can wait from now on. */
    void close() {
        boolean outermost = lock.enter();
        try {
            closed = true;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** Wakes the thread of a ticket, if that thread still waits. */
    void fire(long ticket) {
        Slot[] array = slots;
        int index = (int) (ticket >>> 32);
        assert index < array.length && array[index] != null : "an event without a waiting thread: " + ticket;
        array[index].fire((int) ticket);
    }

    /** Wakes every thread that waits. */
    void fireAll() {
        boolean outermost = lock.enter();
        try {
            for (int i = 0; i < used; i++) {
                Slot slot = slots[i];
                if (slot.thread != null) {
                    slot.fire(slot.state & ~Slot.FIRED);
                }
            }
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }
}
