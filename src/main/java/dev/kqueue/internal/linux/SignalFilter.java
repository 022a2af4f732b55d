package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;

/**
 * EVFILT_SIGNAL: {@code data} is how often the signal has come since the last report. EV_CLEAR is implied. The signal's
 * other effects go on; see {@link SignalDispatch} for what that means beside the JVM.
 */
final class SignalFilter implements FilterOps {
    private static final int HIGHEST = 64;

    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public int attach(Knote kn) {
        if (kn.requestedFflags() != 0 || kn.ident() <= 0 || kn.ident() > HIGHEST) {
            return Errno.EINVAL;
        }
        if (!JvmSignals.isPresent()) {
            return Errno.ENOSYS;
        }
        kn.addFlag(KEvent.EV_CLEAR);
        return SignalDispatch.of((int) kn.ident()).add(kn);
    }

    @Override
    public void detach(Knote kn) {
        SignalDispatch.of((int) kn.ident()).remove(kn);
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
