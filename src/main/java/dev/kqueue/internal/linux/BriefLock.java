package dev.kqueue.internal.linux;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is held for about a microsecond at a time, never while its owner waits. Who finds it taken looks again
 * for as long before it parks: a thread that wakes another by a system call under the lock meets it here, and to park
 * and be unparked would cost both many times what the owner has left to do.
 */
@SuppressWarnings("serial") // never serialized
final class BriefLock extends ReentrantLock {
    /** Each a pause instruction, of some 40 to 140 cycles. With one processor, the owner cannot go on meanwhile. */
    private static final int LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    @Override
    public void lock() {
        if (!tryLock() && !tryLockSoon()) {
            super.lock();
        }
    }

    private boolean tryLockSoon() {
        for (int i = 0; i < LOOKS; i++) {
            Thread.onSpinWait();
            if (!isLocked() && tryLock()) {
                return true;
            }
        }
        return false;
    }
}
