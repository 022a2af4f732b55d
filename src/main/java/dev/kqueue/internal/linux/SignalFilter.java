package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.signal.SignalDispatch;
import dev.kqueue.internal.signal.SignalReceiver;

/**
 * EVFILT_SIGNAL: {@code data} is how often the signal has come since the last report. EV_CLEAR is implied. The signal's
 * other effects go on; see {@link SignalDispatch} for what that means beside the JVM.
 */
final class SignalFilter implements FilterOps {
    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public int attach(Knote kn) {
        if (kn.requestedFflags() != 0 || kn.ident() <= 0 || kn.ident() > SignalDispatch.HIGHEST) {
            return Errno.EINVAL;
        }
        kn.addFlag(KEvent.EV_CLEAR);
        SignalReceiver counter =
                () -> {
                    kn.kq().signalled(kn);
                    return false;
                };
        // Before the handler is set: without memory nothing is left behind.
        kn.setHook(counter);
        int error = SignalDispatch.of((int) kn.ident()).add(counter);
        if (error != 0) {
            kn.setHook(null);
        }
        return error;
    }

    @Override
    public void detach(Knote kn) {
        if (kn.hook() instanceof SignalReceiver counter) {
            SignalDispatch.of((int) kn.ident()).remove(counter);
            kn.setHook(null);
        }
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        return fflags != 0 ? Errno.EINVAL : 0;
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        return kn.firedData() != 0;
    }
}
