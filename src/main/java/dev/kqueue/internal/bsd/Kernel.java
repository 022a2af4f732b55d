package dev.kqueue.internal.bsd;

import java.lang.foreign.MemorySegment;

/**
 * The system calls of a kqueue, as bare as the C library has them: a result, or {@code -errno}. A seam for tests: a
 * scripted kernel gives {@link KernelKQueue} the known answers of each system, on a machine that runs none of them.
 */
interface Kernel {
    /** A new kqueue, closed on exec: its descriptor, or -errno. */
    int kqueue();

    /** kevent(2); segments are {@link MemorySegment#NULL} where C has a null pointer. */
    int kevent(
            int kq,
            MemorySegment changelist,
            int nchanges,
            MemorySegment eventlist,
            int nevents,
            MemorySegment timeout);

    /** close(2) of a kqueue, which holds back nothing that could fail to be written. */
    void close(int kq);
}
