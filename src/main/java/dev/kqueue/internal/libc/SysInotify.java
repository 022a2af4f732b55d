package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;

/** {@code <sys/inotify.h>}: on Linux alone; elsewhere this class does not initialize. */
public final class SysInotify {
    private SysInotify() {}

    public static final int IN_ACCESS = Abi.HOST.constant("IN_ACCESS");
    public static final int IN_MODIFY = Abi.HOST.constant("IN_MODIFY");
    public static final int IN_ATTRIB = Abi.HOST.constant("IN_ATTRIB");
    public static final int IN_CLOSE_WRITE = Abi.HOST.constant("IN_CLOSE_WRITE");
    public static final int IN_CLOSE_NOWRITE = Abi.HOST.constant("IN_CLOSE_NOWRITE");
    public static final int IN_OPEN = Abi.HOST.constant("IN_OPEN");
    public static final int IN_MOVED_FROM = Abi.HOST.constant("IN_MOVED_FROM");
    public static final int IN_MOVED_TO = Abi.HOST.constant("IN_MOVED_TO");
    public static final int IN_CREATE = Abi.HOST.constant("IN_CREATE");
    public static final int IN_DELETE = Abi.HOST.constant("IN_DELETE");
    public static final int IN_DELETE_SELF = Abi.HOST.constant("IN_DELETE_SELF");
    public static final int IN_MOVE_SELF = Abi.HOST.constant("IN_MOVE_SELF");
    public static final int IN_UNMOUNT = Abi.HOST.constant("IN_UNMOUNT");
    public static final int IN_Q_OVERFLOW = Abi.HOST.constant("IN_Q_OVERFLOW");
    public static final int IN_IGNORED = Abi.HOST.constant("IN_IGNORED");
    public static final int IN_MASK_ADD = Abi.HOST.constant("IN_MASK_ADD");
    public static final int IN_ISDIR = Abi.HOST.constant("IN_ISDIR");

    private static final Struct INOTIFY_EVENT = Abi.HOST.struct("inotify_event");
    private static final Field WD = INOTIFY_EVENT.field("wd");
    private static final Field MASK = INOTIFY_EVENT.field("mask");
    private static final Field COOKIE = INOTIFY_EVENT.field("cookie");
    private static final Field LEN = INOTIFY_EVENT.field("len");

    private static final CFunction INOTIFY_INIT1 = CFunction.of("inotify_init1");
    private static final CFunction INOTIFY_ADD_WATCH = CFunction.of("inotify_add_watch");
    private static final CFunction INOTIFY_RM_WATCH = CFunction.of("inotify_rm_watch");

    /** {@code int inotify_init1(IN_CLOEXEC | IN_NONBLOCK)} */
    public static int inotifyInit1() {
        int flags = Abi.HOST.constant("IN_CLOEXEC") | Abi.HOST.constant("IN_NONBLOCK");
        return INOTIFY_INIT1.callInt(flags);
    }

    /** {@code int inotify_add_watch(int fd, const char *pathname, uint32_t mask)} */
    public static int inotifyAddWatch(int fd, MemorySegment pathname, int mask) {
        return CFunction.keeping(INOTIFY_ADD_WATCH.callInt(fd, pathname.address(), mask), pathname);
    }

    /** {@code int inotify_rm_watch(int fd, int wd)} */
    public static int inotifyRmWatch(int fd, int wd) {
        return INOTIFY_RM_WATCH.callInt(fd, wd);
    }

    /** {@code wd} of the event at an offset. */
    public static int wd(MemorySegment events, long offset) {
        return (int) WD.get(events, offset);
    }

    /** {@code mask}: what has happened. */
    public static int mask(MemorySegment events, long offset) {
        return (int) MASK.get(events, offset);
    }

    /** {@code cookie}: the same in both halves of a rename. */
    public static int cookie(MemorySegment events, long offset) {
        return (int) COOKIE.get(events, offset);
    }

    /** {@code len}: the bytes of the name, 0 if the event is about the watched file itself. */
    public static int len(MemorySegment events, long offset) {
        return (int) LEN.get(events, offset);
    }

    /** Where the next event begins. */
    public static long next(MemorySegment events, long offset) {
        return offset + INOTIFY_EVENT.size() + len(events, offset);
    }
}
