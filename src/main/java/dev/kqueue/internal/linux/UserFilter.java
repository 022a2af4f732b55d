package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;
import dev.kqueue.internal.abi.Abi;

/**
 * EVFILT_USER: fires when the program says so, by NOTE_TRIGGER.
 *
 * <p>As on FreeBSD, EV_CLEAR in a change of an existing knote resets it, a trigger in the same change included. Unlike
 * FreeBSD 13 and like macOS, OpenBSD and DragonFly, EV_ADD with NOTE_TRIGGER triggers at once: FreeBSD's code means to,
 * and looks at the wrong field. A portable program adds first and triggers afterwards.
 */
final class UserFilter implements FilterOps {
    private static final int NOTE_TRIGGER = Abi.HOST.constant("NOTE_TRIGGER");
    private static final int NOTE_FFCTRLMASK = Abi.HOST.constant("NOTE_FFCTRLMASK");
    private static final int NOTE_FFLAGSMASK = Abi.HOST.constant("NOTE_FFLAGSMASK");
    private static final int NOTE_FFAND = Abi.HOST.constant("NOTE_FFAND");
    private static final int NOTE_FFOR = Abi.HOST.constant("NOTE_FFOR");
    private static final int NOTE_FFCOPY = Abi.HOST.constant("NOTE_FFCOPY");

    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public boolean isSimple() {
        return true;
    }

    @Override
    public int attach(Knote kn) {
        if ((kn.requestedFflags() & NOTE_TRIGGER) != 0) {
            kn.trigger();
        }
        kn.request(kn.requestedFflags() & NOTE_FFLAGSMASK, kn.requestedData());
        return 0;
    }

    @Override
    public void detach(Knote kn) {
        // nothing outside the knote
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        if ((fflags & NOTE_TRIGGER) != 0) {
            kn.trigger();
        }
        int control = fflags & NOTE_FFCTRLMASK;
        int bits = fflags & NOTE_FFLAGSMASK;
        int asked = kn.requestedFflags();
        if (control == NOTE_FFAND) {
            asked &= bits;
        } else if (control == NOTE_FFOR) {
            asked |= bits;
        } else if (control == NOTE_FFCOPY) {
            asked = bits;
        }
        kn.request(asked, data);
        if ((flags & KEvent.EV_CLEAR) != 0) {
            kn.resetFired();
        }
        return 0;
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        kn.setFired(kn.requestedFflags(), kn.requestedData());
        return kn.isTriggered();
    }
}
