package dev.kqueue.internal.linux;

/**
 * A knote whose ident is a descriptor: found through its {@link DescriptorRegistration}. A server has one or two for
 * each connection.
 */
final class DescriptorKnote extends Knote {
    private final DescriptorRegistration descriptor;

    DescriptorKnote(DescriptorRegistration descriptor, int filter, int flags, int fflags, long data, long udata) {
        super(filter, flags, udata, null);
        this.descriptor = descriptor;
        request(fflags, data);
    }

    @Override
    Core kq() {
        return descriptor.kq;
    }

    @Override
    long ident() {
        return descriptor.fd;
    }

    @Override
    DescriptorRegistration descriptor() {
        return descriptor;
    }

    @Override
    FilterOps ops() {
        return Filters.of(filter());
    }

    /** Only NOTE_LOWAT gives data a meaning, for filters of descriptors: without a note it is not worth keeping. */
    @Override
    void request(int fflags, long data) {
        super.request(fflags, fflags == 0 ? 0 : data);
    }
}
