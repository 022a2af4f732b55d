package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;
import dev.kqueue.Note;

/** The NOTE_CHILD event of a followed child: a one-shot knote in no table, so that no change finds it. */
final class ChildReport implements FilterOps {
    private static final ChildReport OPS = new ChildReport();

    private ChildReport() {}

    static Knote of(Knote parent, int child) {
        return ListedKnote.unlisted(parent, child, OPS, KEvent.EV_ONESHOT, parent.ident());
    }

    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public int attach(Knote kn) {
        return 0;
    }

    @Override
    public void detach(Knote kn) {
        // nothing was attached
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        throw new AssertionError("no change finds it");
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        kn.setFired(Note.NOTE_CHILD, kn.requestedData());
        return true;
    }
}
