package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysEpoll;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** An epoll whose answers a test decides; those that it does not decide are the kernel's. */
final class ScriptedEpoll extends Epoll {
    /** Stands for epoll_wait. */
    interface Wait {
        int await(EpollEvents events, int max, long nanos);
    }

    /** Stands for epoll_ctl. */
    interface Control {
        int control(int op, int fd, int events, long tag);
    }

    final AtomicInteger waits = new AtomicInteger();
    volatile Wait wait = this::kernelAwait;
    volatile Control control = this::kernelControl;

    private ScriptedEpoll(Counters counters) {
        super(counters);
    }

    /** A kqueue over such an epoll: {@link #of} finds it. */
    static LinuxKQueue kqueue() throws IOException {
        Counters counters = new Counters();
        LinuxKQueue kq = new LinuxKQueue(counters, new ScriptedEpoll(counters));
        kq.core().openDescriptors();
        return kq;
    }

    static ScriptedEpoll of(LinuxKQueue kq) {
        return (ScriptedEpoll) kq.core().epoll();
    }

    int kernelAwait(EpollEvents events, int max, long nanos) {
        return super.await(events, max, nanos);
    }

    int kernelControl(int op, int fd, int events, long tag) {
        return super.control(op, fd, events, tag);
    }

    /** From now on epoll_wait always returns as many events as it may, at once, each the same one. */
    void alwaysReport(int fd, int stamp) {
        wait =
                (events, max, nanos) -> {
                    for (int i = 0; i < max; i++) {
                        SysEpoll.set(events.memory(), i, SysEpoll.EPOLLIN, tag(fd, stamp));
                    }
                    return max;
                };
    }

    /** The next epoll_ctl calls fail. */
    void failControls(int count, int errno) {
        AtomicInteger left = new AtomicInteger(count);
        control = (op, fd, events, tag) -> left.getAndDecrement() > 0 ? errno : kernelControl(op, fd, events, tag);
    }

    /** The next epoll_wait throws, after the kernel has given its events away. */
    void throwOnce(Error error) {
        wait =
                (events, max, nanos) -> {
                    wait = this::kernelAwait;
                    kernelAwait(events, max, nanos);
                    throw error;
                };
    }

    @Override
    int await(EpollEvents events, int max, long nanos) {
        waits.incrementAndGet();
        return wait.await(events, max, nanos);
    }

    @Override
    int control(int op, int fd, int events, long tag) {
        return control.control(op, fd, events, tag);
    }
}
