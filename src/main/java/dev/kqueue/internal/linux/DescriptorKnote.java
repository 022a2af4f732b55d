package dev.kqueue.internal.linux;

/** A knote whose ident is a descriptor: found there. A server has one or two for each connection. */
final class DescriptorKnote extends Knote {
    DescriptorKnote(Descriptor descriptor, FileFilter ops, int flags, int fflags, long data, long udata) {
        super(descriptor, ops, flags, fflags, data, udata);
    }

    @Override
    LinuxKQueue kq() {
        return descriptor.kq;
    }

    @Override
    long ident() {
        return descriptor.fd;
    }

    @Override
    int filter() {
        return ((FileFilter) ops).number();
    }
}
