package dev.kqueue.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that wait for an event, each found by 64 bits of udata: the ticket. A ticket names a slot and which use
 * of the slot is meant, so an event that comes late finds no thread, although the slot has been taken again.
 */
final class ParkedThreads {
    /** One wait after another, of one thread after another. */
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

        /** Who waits; null while the slot is free. */
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

    /** Grows under the monitor; the first {@link #used} elements are set, and stay. */
    private volatile Slot[] slots = new Slot[16];

    private int used;
    private Slot free;

    // -- guarded by the monitor

    /** Slots that are taken now. */
    private int taken;

    /** Counts the times that a slot was taken. */
    private long uses;

    private boolean closed;

    /** Takes a slot for the thread; null after {@link #close}. */
    synchronized Slot take(Thread thread) {
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
    }

    /** Ends the use of the slot: its ticket is not valid any more. */
    synchronized void giveBack(Slot slot) {
        slot.nextUse();
        slot.thread = null;
        slot.nextFree = free;
        free = slot;
        taken--;
    }

    /** How often a slot has been taken so far. */
    synchronized long uses() {
        return uses;
    }

    /** Closes unless a thread waits, or has waited since {@link #uses} returned this number. True if it is closed. */
    synchronized boolean closeIfUnused(long usesSeen) {
        closed |= taken == 0 && uses == usesSeen;
        return closed;
    }

    /** Undoes {@link #closeIfUnused}. */
    synchronized void reopen() {
        closed = false;
    }

    /** No thread can wait from now on. */
    synchronized void close() {
        closed = true;
    }

    /** Wakes the thread of a ticket, if that thread still waits. */
    void fire(long ticket) {
        Slot[] array = slots;
        int index = (int) (ticket >>> 32);
        assert index < array.length && array[index] != null : "an event that nobody waits for: " + ticket;
        array[index].fire((int) ticket);
    }

    /** Wakes every thread that waits. */
    synchronized void fireAll() {
        for (int i = 0; i < used; i++) {
            Slot slot = slots[i];
            if (slot.thread != null) {
                slot.fire(slot.state & ~Slot.FIRED);
            }
        }
    }
}
