package dev.kqueue.internal.linux;

/** A knote whose ident is no descriptor: found in the kqueue's {@link IdTable}. */
final class ListedKnote extends Knote implements IdTable.Entry<ListedKnote> {
    private final FilterHost kq;
    private final long ident;
    private final FilterOps ops;
    private ListedKnote chain;

    /** No table has it: it is gone when it has been delivered. */
    final boolean unlisted;

    ListedKnote(FilterHost kq, long ident, int filter, FilterOps ops, int flags, int fflags, long data, long udata) {
        this(kq, ident, filter, ops, flags, fflags, data, udata, false);
    }

    private ListedKnote(
            FilterHost kq,
            long ident,
            int filter,
            FilterOps ops,
            int flags,
            int fflags,
            long data,
            long udata,
            boolean unlisted) {
        // There are few, and their filters need the detail.
        super(filter, flags, udata, new Detail());
        this.kq = kq;
        this.ident = ident;
        this.ops = ops;
        this.unlisted = unlisted;
        request(fflags, data);
    }

    /** A knote in no table, with the filter number and the udata of another one. */
    static ListedKnote unlisted(Knote beside, long ident, FilterOps ops, int flags, long data) {
        return new ListedKnote(beside.kq(), ident, beside.filter(), ops, flags, 0, data, beside.udata, true);
    }

    @Override
    FilterHost kq() {
        return kq;
    }

    @Override
    public long ident() {
        return ident;
    }

    @Override
    DescriptorRegistration descriptor() {
        return null;
    }

    @Override
    FilterOps ops() {
        return ops;
    }

    @Override
    public int kind() {
        return filter();
    }

    @Override
    public ListedKnote chain() {
        return chain;
    }

    @Override
    public void setChain(ListedKnote next) {
        chain = next;
    }
}
