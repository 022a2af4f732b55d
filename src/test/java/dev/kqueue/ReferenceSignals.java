package dev.kqueue;

import static dev.kqueue.KEvent.EV_CLEAR;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ReferenceKQueue.Knote;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** EVFILT_SIGNAL of signals that the test sends to itself. */
final class ReferenceSignals extends ReferenceFilter {
    private static final String[] NAMES = {"USR1", "WINCH", "URG"};

    private final AtomicInteger handled = new AtomicInteger();
    private final Object[] former = new Object[NAMES.length];
    private int sent;

    /** The program's own handler, which is called when the signal has been counted. */
    ReferenceSignals() {
        for (int i = 0; i < NAMES.length; i++) {
            former[i] = JvmSignal.handle(NAMES[i], JvmSignal.handler(handled::incrementAndGet));
        }
    }

    private static int number(int index) {
        return Abi.HOST.constant("SIG" + NAMES[index]);
    }

    @Override
    Filter filter() {
        return Filter.SIGNAL;
    }

    @Override
    long ident(Random random) {
        return random.nextInt(12) == 0 ? 0 : number(random.nextInt(NAMES.length));
    }

    @Override
    int fflags(Random random) {
        return random.nextInt(8) == 0 ? 1 : 0;
    }

    @Override
    int attach(Knote kn) {
        kn.flags |= EV_CLEAR;
        return kn.fflags != 0 || kn.ident == 0 ? Errno.EINVAL : 0;
    }

    @Override
    String act(Random random, KQueueDriver real, ReferenceKQueue model) throws InterruptedException {
        int index = random.nextInt(NAMES.length);
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            JvmSignal.raise(NAMES[index]);
        }
        sent += times;
        long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
        while (handled.get() < sent) {
            assertThat(System.nanoTime()).as("%s is handled", NAMES[index]).isLessThan(deadline);
            Thread.onSpinWait();
        }
        Knote kn = model.find(number(index), Filter.SIGNAL);
        if (kn != null) {
            kn.count += times;
        }
        return "send " + NAMES[index] + " " + times + " times";
    }

    @Override
    boolean must(Knote kn) {
        return kn.count > 0;
    }

    @Override
    boolean may(Knote kn) {
        return kn.count > 0;
    }

    @Override
    void check(Knote kn, KQueueDriver.Event event) {
        assertThat(event.data()).isEqualTo(kn.count);
        assertThat(event.fflags()).isZero();
    }

    @Override
    void delivered(Knote kn, KQueueDriver.Event event, ReferenceKQueue model) {
        kn.count = 0;
    }

    @Override
    void close() {
        for (int i = 0; i < NAMES.length; i++) {
            JvmSignal.handle(NAMES[i], former[i]);
        }
    }
}
