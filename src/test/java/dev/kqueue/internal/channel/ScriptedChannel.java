package dev.kqueue.internal.channel;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.fd.Readiness;

import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;

/** A channel without a descriptor of its own: two knotes, READ for OP_READ and WRITE for OP_WRITE. */
public final class ScriptedChannel extends AbstractSelectableChannel implements Pollable {
    static final int READ = 1;
    static final int WRITE = 2;

    private final int descriptor;
    private final Readiness readiness;
    public int holds;
    public boolean closing;

    /** Run when the selector asks what an event of this channel makes ready. */
    public Runnable whenAsked = () -> {};

    /** A channel that remembers nothing. */
    public ScriptedChannel(int descriptor) throws java.io.IOException {
        this(descriptor, null);
    }

    public ScriptedChannel(int descriptor, Readiness readiness) throws java.io.IOException {
        super(null);
        this.descriptor = descriptor;
        this.readiness = readiness;
        configureBlocking(false);
    }

    @Override
    public boolean hold() {
        if (closing) {
            return false;
        }
        holds++;
        return true;
    }

    @Override
    public void release() {
        holds--;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public int knotes(int present, int interestOps) {
        int wanted =
                ((interestOps & SelectionKey.OP_READ) != 0 ? READ : 0)
                        | ((interestOps & SelectionKey.OP_WRITE) != 0 ? WRITE : 0);
        return readiness == null ? wanted : present | wanted;
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public void changes(int from, int to, long udata, KEventList changelist) {
        change(from, to, READ, Filter.READ, udata, changelist);
        change(from, to, WRITE, Filter.WRITE, udata, changelist);
    }

    private void change(int from, int to, int knote, Filter filter, long udata, KEventList changelist) {
        if (((from ^ to) & knote) != 0) {
            int flags = (to & knote) != 0 ? KEvent.EV_ADD : KEvent.EV_DELETE;
            changelist.add(descriptor, filter.value(), flags, 0, 0, udata);
        }
    }

    @Override
    public void remember(int knotes, KEventList events, int index) {
        if (readiness != null) {
            readiness.edge(events.filter(index) == Filter.READ.value() ? Readiness.READABLE : Readiness.WRITABLE);
        }
    }

    @Override
    public int readyOps(KEventList events, int index, int interestOps) {
        whenAsked.run();
        int op = events.filter(index) == Filter.READ.value() ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
        return op & interestOps;
    }

    @Override
    public int validOps() {
        return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    @Override
    protected void implCloseSelectableChannel() {
        closing = true;
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
