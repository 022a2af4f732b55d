package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.util.OptionalInt;

/**
 * The kinds of event that a kqueue reports: the {@code EVFILT_} names of kqueue(2), of every system.
 *
 * {@snippet :
 * changes.add(descriptor, Filter.READ.value(), EV_ADD, 0, 0, token);
 * if (Filter.EXCEPT.isDefined() && kqueue.supports(Filter.EXCEPT)) {
 *     changes.add(descriptor, Filter.EXCEPT.value(), EV_ADD, NOTE_OOB(), 0, token);
 * }
 * }
 *
 * <p>A filter that the host does not define can be named, asked about ({@link #isDefined}) and compared, but has no
 * {@link #value}.
 *
 * <p>Each filter has two names, its own here and the C name as a constant: {@code Filter.READ == Filter.EVFILT_READ}.
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
public enum Filter {
    /** {@code EVFILT_READ}: a descriptor has something to read, or a listener a connection to accept. */
    READ,
    /** {@code EVFILT_WRITE}: a descriptor can be written to. */
    WRITE,
    /** {@code EVFILT_AIO}: an asynchronous request of aio(4) has completed. */
    AIO,
    /** {@code EVFILT_VNODE}: a file or directory has changed. */
    VNODE,
    /** {@code EVFILT_PROC}: a process has exited, forked or executed. */
    PROC,
    /** {@code EVFILT_SIGNAL}: a signal has been sent to this process. */
    SIGNAL,
    /** {@code EVFILT_TIMER}: a period has passed or a point in time been reached. */
    TIMER,
    /** {@code EVFILT_MACHPORT}: a Mach port has a message (macOS). */
    MACHPORT,
    /** {@code EVFILT_FS}: a file system was mounted or unmounted (macOS, FreeBSD, NetBSD, DragonFly). */
    FS,
    /** {@code EVFILT_LIO}: a list of asynchronous requests has completed (FreeBSD). */
    LIO,
    /** {@code EVFILT_USER}: an event that a program triggers itself. */
    USER,
    /** {@code EVFILT_PROCDESC}: a process of pdfork(2) has exited (FreeBSD). */
    PROCDESC,
    /** {@code EVFILT_SENDFILE}: an asynchronous sendfile(2) has read its data (FreeBSD). */
    SENDFILE,
    /** {@code EVFILT_EMPTY}: a descriptor's send buffer is empty (FreeBSD, NetBSD). */
    EMPTY,
    /** {@code EVFILT_DEVICE}: a device's state has changed (OpenBSD). */
    DEVICE,
    /** {@code EVFILT_EXCEPT}: out-of-band data has come (macOS, OpenBSD, DragonFly). */
    EXCEPT,
    /** {@code EVFILT_VM}: memory is short (macOS). */
    VM,
    /** {@code EVFILT_SOCK}: a socket's state has changed (macOS, private). */
    SOCK,
    /** {@code EVFILT_MEMORYSTATUS}: memory pressure has changed (macOS, private). */
    MEMORYSTATUS,
    /** {@code EVFILT_JAIL}: a jail has changed (FreeBSD 15). */
    JAIL,
    /** {@code EVFILT_JAILDESC}: a jail's descriptor has changed (FreeBSD 15). */
    JAILDESC;

    private static final Filter[] ALL = values();

    // The C names, for static import: "new KEvent(fd, EVFILT_READ, EV_ADD, 0, 0)".

    /** {@link #READ} under its C name. */
    public static final Filter EVFILT_READ = READ;

    /** {@link #WRITE} under its C name. */
    public static final Filter EVFILT_WRITE = WRITE;

    /** {@link #AIO} under its C name. */
    public static final Filter EVFILT_AIO = AIO;

    /** {@link #VNODE} under its C name. */
    public static final Filter EVFILT_VNODE = VNODE;

    /** {@link #PROC} under its C name. */
    public static final Filter EVFILT_PROC = PROC;

    /** {@link #SIGNAL} under its C name. */
    public static final Filter EVFILT_SIGNAL = SIGNAL;

    /** {@link #TIMER} under its C name. */
    public static final Filter EVFILT_TIMER = TIMER;

    /** {@link #MACHPORT} under its C name. */
    public static final Filter EVFILT_MACHPORT = MACHPORT;

    /** {@link #FS} under its C name. */
    public static final Filter EVFILT_FS = FS;

    /** {@link #LIO} under its C name. */
    public static final Filter EVFILT_LIO = LIO;

    /** {@link #USER} under its C name. */
    public static final Filter EVFILT_USER = USER;

    /** {@link #PROCDESC} under its C name. */
    public static final Filter EVFILT_PROCDESC = PROCDESC;

    /** {@link #SENDFILE} under its C name. */
    public static final Filter EVFILT_SENDFILE = SENDFILE;

    /** {@link #EMPTY} under its C name. */
    public static final Filter EVFILT_EMPTY = EMPTY;

    /** {@link #DEVICE} under its C name. */
    public static final Filter EVFILT_DEVICE = DEVICE;

    /** {@link #EXCEPT} under its C name. */
    public static final Filter EVFILT_EXCEPT = EXCEPT;

    /** {@link #VM} under its C name. */
    public static final Filter EVFILT_VM = VM;

    /** {@link #SOCK} under its C name. */
    public static final Filter EVFILT_SOCK = SOCK;

    /** {@link #MEMORYSTATUS} under its C name. */
    public static final Filter EVFILT_MEMORYSTATUS = MEMORYSTATUS;

    /** {@link #JAIL} under its C name. */
    public static final Filter EVFILT_JAIL = JAIL;

    /** {@link #JAILDESC} under its C name. */
    public static final Filter EVFILT_JAILDESC = JAILDESC;

    /**
     * The number of filters that the host's header counts ({@code EVFILT_SYSCOUNT}); it changes from release to
     * release.
     *
     * @throws UnsupportedOperationException if the host does not define it
     */
    @SuppressWarnings("MemberName") // a C name
    public static int EVFILT_SYSCOUNT() {
        return Abi.HOST.constant("EVFILT_SYSCOUNT");
    }

    private final OptionalInt value = Abi.HOST.find("EVFILT_" + name());

    /** The C name: {@code EVFILT_READ} for {@link #READ}. */
    public String cName() {
        return "EVFILT_" + name();
    }

    /**
     * Whether the host's {@code <sys/event.h>} defines the filter. Its kernel may be older: see {@link
     * KQueue#supports}.
     */
    public boolean isDefined() {
        return value.isPresent();
    }

    /**
     * The host's number for the filter. Systems differ; NetBSD counts from 0, so that no number means "no filter".
     *
     * @throws UnsupportedOperationException if the host does not define the filter
     */
    public int value() {
        if (value.isEmpty()) {
            throw new UnsupportedOperationException(cName() + " is not defined on " + Abi.HOST.system());
        }
        return value.getAsInt();
    }

    /**
     * The filter of a number.
     *
     * @throws IllegalArgumentException if the host has no filter of that number
     */
    public static Filter of(int value) {
        Filter filter = find(value);
        if (filter == null) {
            throw new IllegalArgumentException(Abi.HOST.system() + " has no filter " + value);
        }
        return filter;
    }

    /** The filter of a number, or null if the host has none. */
    static Filter find(int value) {
        for (Filter filter : ALL) {
            if (filter.value.isPresent() && filter.value.getAsInt() == value) {
                return filter;
            }
        }
        return null;
    }
}
