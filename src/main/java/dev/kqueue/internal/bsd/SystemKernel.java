package dev.kqueue.internal.bsd;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysEvent;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/** The kernel that this process runs on, or the library that stands in for it. */
final class SystemKernel implements Kernel {
    /**
     * {@inheritDoc}
     *
     * <p>In the call itself where there is such a call. The others leave a moment in which another thread's exec could
     * take the descriptor along; the JVM's own children close what they do not know, and no kernel lets a child inherit
     * a kqueue by fork(2). macOS's are closed on exec in any case.
     */
    @Override
    public int kqueue() {
        OptionalInt cloexec = Abi.HOST.find("KQUEUE_CLOEXEC");
        if (cloexec.isPresent() && SysEvent.hasKqueuex()) {
            return SysEvent.kqueuex(cloexec.getAsInt());
        }
        if (SysEvent.hasKqueue1()) {
            return SysEvent.kqueue1(Fcntl.O_CLOEXEC);
        }
        int kq = SysEvent.kqueue();
        if (kq >= 0) {
            int result = Fcntl.fcntl(kq, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            if (result < 0) {
                Unistd.close(kq);
                return result;
            }
        }
        return kq;
    }

    @Override
    public int kevent(
            int kq,
            MemorySegment changelist,
            int nchanges,
            MemorySegment eventlist,
            int nevents,
            MemorySegment timeout) {
        return SysEvent.kevent(kq, changelist, nchanges, eventlist, nevents, timeout);
    }

    @Override
    public void close(int kq) {
        Unistd.close(kq);
    }
}
