package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ERROR;
import static dev.kqueue.KEvent.EV_RECEIPT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;
import java.util.Arrays;

/**
 * Applies a changelist: the one place that knows EV_ADD, EV_DELETE, EV_ENABLE, EV_DISABLE and EV_RECEIPT. Belongs to
 * the kqueue's lock.
 *
 * <p>Changes of one descriptor that stand next to each other make one group, and cost one epoll_ctl. If that fails, the
 * whole group has failed, and is taken back.
 *
 * <p>Where systems disagree FreeBSD is followed: EV_ADD of a knote that is there replaces udata, fflags and data, keeps
 * the flags of the first EV_ADD, and neither enables it nor takes back what has fired; any change but EV_DELETE looks
 * at the condition anew. EV_ADD together with EV_DELETE adds if there is no knote, and deletes if there is one.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
final class Changes {
    /** EV_SYSFLAGS: never the caller's. */
    private static final int SYSTEM_FLAGS = 0xf000;

    private final Core kq;

    /** The group's errors, one for each change. */
    private int[] errors = new int[16];

    /** The knote that the change in progress has added; of a filter that epoll does not serve. */
    private Knote added;

    private final Undo readUndo = new Undo();
    private final Undo writeUndo = new Undo();

    Changes(Core kq) {
        this.kq = kq;
    }

    /**
     * Applies all changes, in order, and appends an entry for each that fails or has EV_RECEIPT.
     *
     * @param events null if the caller has no room for entries: the first failure then ends the call, and a receipt is
     *     not missed
     * @throws IOException if events is null and a change fails; those before it stay applied
     */
    void apply(KEventList changes, KEventList events) throws IOException {
        int count = changes.size();
        kq.counters().changes += count;
        if (errors.length < count) {
            errors = new int[Math.max(count, errors.length * 2)];
        }
        for (int from = 0, to; from < count; from = to) {
            to = groupEnd(changes, from, count);
            FilterOps ops = Filters.of(changes.filter(from));
            if (ops.interest() != 0) {
                changeDescriptor(changes, from, to);
            } else {
                errors[from] = tryChange(changes, from, ops);
            }
            report(changes, from, to, events);
        }
    }

    private static int groupEnd(KEventList changes, int from, int count) {
        int to = from + 1;
        if (Filters.of(changes.filter(from)).interest() != 0) {
            long ident = changes.ident(from);
            while (to < count && changes.ident(to) == ident && Filters.of(changes.filter(to)).interest() != 0) {
                to++;
            }
        }
        return to;
    }

    private void report(KEventList changes, int from, int to, KEventList events) throws IOException {
        for (int i = from; i < to; i++) {
            if (errors[i] == 0 && (changes.flags(i) & EV_RECEIPT) == 0) {
                continue;
            }
            if (events != null) {
                // Not add(): the room has been made already, and the entry must not be lost if that was wrong.
                events.add(changes.ident(i), changes.filter(i), EV_ERROR, 0, errors[i], changes.udata(i));
            } else if (errors[i] != 0) {
                throw new IOException(failure(changes, i));
            }
        }
    }

    private String failure(KEventList changes, int index) {
        long ident = changes.ident(index);
        int number = changes.filter(index);
        String change = "change " + index + " of kevent";
        if (!Filters.isPresent(Filters.of(number))) {
            return change + ": there is no filter " + number;
        }
        Filter filter = Filter.of(number);
        return change
                + ", "
                + filter.cName()
                + " of "
                + Long.toUnsignedString(ident)
                + ": "
                + kq.owner().reason(filter, ident, errors[index]);
    }

    /** As the kernels do without memory for a knote: the change has failed, and those beside it have not. */
    private int tryChange(KEventList changes, int index, FilterOps ops) {
        try {
            return change(changes, index, ops);
        } catch (OutOfMemoryError full) {
            kq.recovery().suspect();
            if (added != null) {
                kq.drop(added);
            }
            return Errno.ENOMEM;
        } finally {
            added = null;
        }
    }

    /** A filter that is not served by epoll: 0 or an errno. */
    private int change(KEventList changes, int index, FilterOps ops) {
        int flags = changes.flags(index) & ~SYSTEM_FLAGS;
        int filter = changes.filter(index);
        if (filter == 0) {
            // No filter at all: FreeBSD passes over such an entry.
            return 0;
        }
        if ((flags & (EV_ENABLE | EV_DISABLE)) == (EV_ENABLE | EV_DISABLE)) {
            return Errno.EINVAL;
        }
        if (!Filters.isPresent(ops)) {
            return Errno.EINVAL;
        }
        if (!ops.isSimple()) {
            StackReserve.ensure();
        }
        DescriptorRegistration descriptor = null;
        if (ops.isDescriptor()) {
            descriptor = descriptor(changes.ident(index));
            if (descriptor == null) {
                return Errno.EBADF;
            }
        }
        Knote kn = find(changes.ident(index), filter, descriptor);
        if (kn == null) {
            if ((flags & EV_ADD) == 0) {
                return descriptor != null && !kq.isDescriptor(descriptor.fd) ? Errno.EBADF : Errno.ENOENT;
            }
            kn = newKnote(changes, index, flags, ops, descriptor);
            // Room first: once it is attached, nothing may keep it from being found.
            if (descriptor == null) {
                kq.knotes().reserve();
            } else {
                descriptor.reserve();
            }
            int error = ops.attach(kn);
            if (error != 0) {
                return error;
            }
            if (kn instanceof ListedKnote listed) {
                kq.knotes().add(listed);
            } else {
                descriptor.setKnote(filter, kn);
            }
            added = kn;
        } else if ((flags & EV_DELETE) != 0) {
            kq.drop(kn);
            return 0;
        } else {
            int error = ops.touch(kn, flags, changes.fflags(index), changes.data(index));
            if (error != 0) {
                return error;
            }
            kn.udata = changes.udata(index);
        }
        enable(kn, flags);
        if (kn.disabled) {
            kq.queue().remove(kn);
        } else if (ops.process(kn, false)) {
            kq.activate(kn);
        } else {
            kn.active = false;
            kq.queue().remove(kn);
        }
        return 0;
    }

    private Knote find(long ident, int filter, DescriptorRegistration descriptor) {
        if (descriptor == null) {
            return kq.knotes().find(ident, filter);
        }
        Knote kn = descriptor.knote(filter);
        if (kn != null && !kn.ops().isCurrent(kn)) {
            // Unless the question itself has shown that it is gone.
            if (descriptor.knote(filter) != null) {
                kq.drop(kn);
            }
            return null;
        }
        return kn;
    }

    /**
     * The descriptor's place; null if there is no such descriptor, so that no memory is set aside for an absurd number.
     */
    private DescriptorRegistration descriptor(long ident) {
        DescriptorRegistration descriptor = kq.descriptors().find(ident);
        int fd = (int) ident;
        return descriptor != null
                ? descriptor
                : fd == ident && kq.isDescriptor(fd) ? kq.descriptors().obtain(fd) : null;
    }

    private Knote newKnote(KEventList changes, int index, int flags, FilterOps ops, DescriptorRegistration descriptor) {
        int filter = changes.filter(index);
        int fflags = changes.fflags(index);
        long data = changes.data(index);
        long udata = changes.udata(index);
        return descriptor != null
                ? new DescriptorKnote(descriptor, filter, flags, fflags, data, udata)
                : new ListedKnote(kq, changes.ident(index), filter, ops, flags, fflags, data, udata);
    }

    private static void enable(Knote kn, int flags) {
        if ((flags & EV_DISABLE) != 0) {
            kn.disabled = true;
        } else if ((flags & EV_ENABLE) != 0) {
            kn.disabled = false;
        }
    }

    private void changeDescriptor(KEventList changes, int from, int to) {
        long ident = changes.ident(from);
        DescriptorRegistration descriptor = descriptor(ident);
        if (descriptor == null) {
            Arrays.fill(errors, from, to, Errno.EBADF);
            return;
        }
        int error = tryGroup(changes, from, to, descriptor);
        if (error == Errno.ENOENT) {
            // The number was closed and has a new owner. The knotes went with the old one; now once more, from nothing.
            kq.forget(descriptor);
            error = tryGroup(changes, from, to, descriptor);
        }
        if (error != 0) {
            if (error == Errno.EBADF) {
                kq.forget(descriptor);
            } else {
                takeBack(descriptor);
            }
            Arrays.fill(errors, from, to, error);
        } else if (descriptor.isEmpty() && isAll(from, to, Errno.ENOENT) && !kq.isDescriptor(descriptor.fd)) {
            // The kernels look the descriptor up first.
            Arrays.fill(errors, from, to, Errno.EBADF);
        }
        kq.descriptors().recount(descriptor);
    }

    private boolean isAll(int from, int to, int error) {
        for (int i = from; i < to; i++) {
            if (errors[i] != error) {
                return false;
            }
        }
        return true;
    }

    private int tryGroup(KEventList changes, int from, int to, DescriptorRegistration descriptor) {
        try {
            return applyGroup(changes, from, to, descriptor);
        } catch (OutOfMemoryError full) {
            kq.recovery().suspect();
            return Errno.ENOMEM;
        }
    }

    /** Changes the knotes, then tells epoll: 0 or the errno of epoll_ctl. */
    private int applyGroup(KEventList changes, int from, int to, DescriptorRegistration descriptor) {
        readUndo.remember(descriptor.read);
        writeUndo.remember(descriptor.write);
        boolean changed = false;
        boolean look = false;
        for (int i = from; i < to; i++) {
            int flags = changes.flags(i) & ~SYSTEM_FLAGS;
            errors[i] = changeKnote(changes, i, flags, descriptor);
            if (errors[i] == 0) {
                changed = true;
                look |= (flags & (EV_ADD | EV_ENABLE)) != 0 || (flags & (EV_DELETE | EV_DISABLE)) == 0;
            }
        }
        return changed ? descriptor.update(look) : 0;
    }

    private int changeKnote(KEventList changes, int index, int flags, DescriptorRegistration descriptor) {
        if ((flags & (EV_ENABLE | EV_DISABLE)) == (EV_ENABLE | EV_DISABLE)) {
            return Errno.EINVAL;
        }
        int filter = changes.filter(index);
        FilterOps ops = Filters.of(filter);
        Knote kn = descriptor.knote(filter);
        if (kn == null) {
            if ((flags & EV_ADD) == 0) {
                return Errno.ENOENT;
            }
            kn = newKnote(changes, index, flags, ops, descriptor);
            int error = ops.attach(kn);
            if (error != 0) {
                return error;
            }
            descriptor.setKnote(filter, kn);
        } else if ((flags & EV_DELETE) != 0) {
            kq.drop(kn);
            return 0;
        } else {
            int error = ops.touch(kn, flags, changes.fflags(index), changes.data(index));
            if (error != 0) {
                return error;
            }
            kn.udata = changes.udata(index);
        }
        enable(kn, flags);
        // Whether there is something to report, epoll says anew.
        kq.queue().remove(kn);
        kn.active = false;
        return 0;
    }

    private void takeBack(DescriptorRegistration descriptor) {
        restore(descriptor, Filter.READ.value(), readUndo);
        restore(descriptor, Filter.WRITE.value(), writeUndo);
        kq.update(descriptor, false);
    }

    private void restore(DescriptorRegistration descriptor, int filter, Undo undo) {
        Knote kn = descriptor.knote(filter);
        if (kn != null && kn != undo.kn) {
            kq.drop(kn);
        }
        undo.restore();
        descriptor.setKnote(filter, undo.kn);
        if (undo.kn != null && undo.active) {
            // An edge that epoll has handed over already.
            kq.activate(undo.kn);
        }
    }

    /** What a change may change of a knote. */
    private static final class Undo {
        Knote kn;
        private long udata;
        private int fflags;
        private long data;
        private boolean disabled;
        private boolean active;

        void remember(Knote knote) {
            kn = knote;
            if (knote != null) {
                udata = knote.udata;
                fflags = knote.requestedFflags();
                data = knote.requestedData();
                disabled = knote.disabled;
                active = knote.active;
            }
        }

        void restore() {
            if (kn != null) {
                kn.udata = udata;
                kn.request(fflags, data);
                kn.disabled = disabled;
            }
        }
    }
}
