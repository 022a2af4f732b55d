package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.util.OptionalInt;

/**
 * The {@code NOTE_} names of kqueue(2), of every system, under their C names: the bits of {@link KEvent#fflags}.
 *
 * {@snippet :
 * import static dev.kqueue.Note.*;
 *
 * int wanted = NOTE_WRITE | NOTE_RENAME | find("NOTE_OPEN").orElse(0);
 * }
 *
 * <p>A name <em>without</em> parentheses is the same number on every system, and a compile-time constant. A name
 * <em>with</em> parentheses is asked of this system, because systems disagree on its number or some of them do not have
 * it. Where it does not exist, the call throws {@link UnsupportedOperationException} with a sentence that names the
 * constant and the system: an absent note is never 0, which would silently ask for nothing. {@link #find} asks first.
 *
 * <p>The same rule holds for the {@code EV_} names, which {@link KEvent} has. Numbers are not unique: each filter gives
 * its notes their own meaning, and {@link #NOTE_DELETE}, {@link #NOTE_TRACK} and {@link #NOTE_LOWAT} are all 1.
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
@SuppressWarnings("MemberName") // C names stay C names: a search of the manual page must find them
public final class Note {
    private Note() {}

    /**
     * The number of a {@code NOTE_} name, or empty where this system does not define it.
     *
     * @throws IllegalArgumentException if the name does not start with {@code NOTE_}
     */
    public static OptionalInt find(String name) {
        if (!name.startsWith("NOTE_")) {
            throw new IllegalArgumentException(name + " is no NOTE_ name");
        }
        return Abi.HOST.find(name);
    }

    // ---- EVFILT_READ, EVFILT_WRITE: the same everywhere

    /** EVFILT_READ, EVFILT_WRITE: report only when {@code data} bytes can be read or written. */
    public static final int NOTE_LOWAT = 1;

    // ---- EVFILT_VNODE: the same everywhere

    /** EVFILT_VNODE: the file was unlinked. */
    public static final int NOTE_DELETE = 1;

    /** EVFILT_VNODE: the file was written to; for a directory: an entry was made, removed or renamed. */
    public static final int NOTE_WRITE = 2;

    /** EVFILT_VNODE: the file grew. */
    public static final int NOTE_EXTEND = 4;

    /** EVFILT_VNODE: attributes changed. */
    public static final int NOTE_ATTRIB = 8;

    /** EVFILT_VNODE: the link count changed. */
    public static final int NOTE_LINK = 0x10;

    /** EVFILT_VNODE: the file was renamed. */
    public static final int NOTE_RENAME = 0x20;

    /** EVFILT_VNODE: access was revoked, or the file system unmounted. Linux reports neither of an open file. */
    public static final int NOTE_REVOKE = 0x40;

    // ---- EVFILT_PROC: the same everywhere

    /** EVFILT_PROC: the process exited; {@code data} is its wait status where the system gives it. */
    public static final int NOTE_EXIT = 0x80000000;

    /** EVFILT_PROC: the process forked. */
    public static final int NOTE_FORK = 0x40000000;

    /** EVFILT_PROC: the process executed a new program. */
    public static final int NOTE_EXEC = 0x20000000;

    /** EVFILT_PROC: the bits of {@code fflags} that may hold a process id. */
    public static final int NOTE_PDATAMASK = 0xfffff;

    /**
     * EVFILT_PROC: follow the process across fork: children are watched with the same object. macOS refuses it
     * (ENOTSUP).
     */
    public static final int NOTE_TRACK = 1;

    /** EVFILT_PROC: a child could not be followed. */
    public static final int NOTE_TRACKERR = 2;

    /** EVFILT_PROC: the event is the first of a followed child; {@code data} is its parent's id. */
    public static final int NOTE_CHILD = 4;

    // ---- EVFILT_USER: the same everywhere

    /** EVFILT_USER: keep the stored {@code fflags}. */
    public static final int NOTE_FFNOP = 0;

    /** EVFILT_USER: and the stored {@code fflags} with those given. */
    public static final int NOTE_FFAND = 0x40000000;

    /** EVFILT_USER: or the stored {@code fflags} with those given. */
    public static final int NOTE_FFOR = 0x80000000;

    /** EVFILT_USER: replace the stored {@code fflags} by those given. */
    public static final int NOTE_FFCOPY = 0xc0000000;

    /** EVFILT_USER: the bits that hold the operation. */
    public static final int NOTE_FFCTRLMASK = 0xc0000000;

    /** EVFILT_USER: the bits that the program may use. */
    public static final int NOTE_FFLAGSMASK = 0xffffff;

    /**
     * EVFILT_USER: trigger the event. Not in the change that adds it, and not together with EV_CLEAR: some systems lose
     * it then.
     */
    public static final int NOTE_TRIGGER = 0x1000000;

    // ---- EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT: asked of this system

    /** EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT: a file is always ready, as in poll(2) (FreeBSD, Linux). */
    public static int NOTE_FILE_POLL() {
        return Abi.HOST.constant("NOTE_FILE_POLL");
    }

    /** EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT: report a file at its end too (OpenBSD). */
    public static int NOTE_EOF() {
        return Abi.HOST.constant("NOTE_EOF");
    }

    /**
     * EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT: out-of-band data has come; with {@code EVFILT_EXCEPT} (macOS, OpenBSD,
     * DragonFly BSD).
     */
    public static int NOTE_OOB() {
        return Abi.HOST.constant("NOTE_OOB");
    }

    /** EVFILT_READ, EVFILT_WRITE, EVFILT_EXCEPT: of a file: report nothing but its end (macOS). */
    public static int NOTE_NONE() {
        return Abi.HOST.constant("NOTE_NONE");
    }

    // ---- EVFILT_VNODE: asked of this system

    /** EVFILT_VNODE: the file was truncated (OpenBSD, Linux). */
    public static int NOTE_TRUNCATE() {
        return Abi.HOST.constant("NOTE_TRUNCATE");
    }

    /** EVFILT_VNODE: the file was opened (FreeBSD, NetBSD, Linux). */
    public static int NOTE_OPEN() {
        return Abi.HOST.constant("NOTE_OPEN");
    }

    /** EVFILT_VNODE: the file, open for reading only, was closed (FreeBSD, NetBSD, Linux). */
    public static int NOTE_CLOSE() {
        return Abi.HOST.constant("NOTE_CLOSE");
    }

    /** EVFILT_VNODE: the file, open for writing, was closed (FreeBSD, NetBSD, Linux). */
    public static int NOTE_CLOSE_WRITE() {
        return Abi.HOST.constant("NOTE_CLOSE_WRITE");
    }

    /** EVFILT_VNODE: the file was read (FreeBSD, NetBSD, Linux). */
    public static int NOTE_READ() {
        return Abi.HOST.constant("NOTE_READ");
    }

    /** EVFILT_VNODE: a lock of the file was released (macOS). */
    public static int NOTE_FUNLOCK() {
        return Abi.HOST.constant("NOTE_FUNLOCK");
    }

    /** EVFILT_VNODE: a lease is to be downgraded (macOS). */
    public static int NOTE_LEASE_DOWNGRADE() {
        return Abi.HOST.constant("NOTE_LEASE_DOWNGRADE");
    }

    /** EVFILT_VNODE: a lease is to be released (macOS). */
    public static int NOTE_LEASE_RELEASE() {
        return Abi.HOST.constant("NOTE_LEASE_RELEASE");
    }

    // ---- EVFILT_PROC: asked of this system

    /** EVFILT_PROC: the bits of {@code fflags} that hold notes. */
    public static int NOTE_PCTRLMASK() {
        return Abi.HOST.constant("NOTE_PCTRLMASK");
    }

    /** EVFILT_PROC: the process was reaped (macOS, deprecated). */
    public static int NOTE_REAP() {
        return Abi.HOST.constant("NOTE_REAP");
    }

    /** EVFILT_PROC: the process received a signal (macOS). */
    public static int NOTE_SIGNAL() {
        return Abi.HOST.constant("NOTE_SIGNAL");
    }

    /**
     * EVFILT_PROC: with {@link #NOTE_EXIT}: put the wait status into {@code data}; needs a child, or the right to
     * signal it (macOS).
     */
    public static int NOTE_EXITSTATUS() {
        return Abi.HOST.constant("NOTE_EXITSTATUS");
    }

    /** EVFILT_PROC: with {@link #NOTE_EXIT}: put the reason into {@code data} (macOS). */
    public static int NOTE_EXIT_DETAIL() {
        return Abi.HOST.constant("NOTE_EXIT_DETAIL");
    }

    /** EVFILT_PROC: the bits of {@code data} that hold the reason (macOS). */
    public static int NOTE_EXIT_DETAIL_MASK() {
        return Abi.HOST.constant("NOTE_EXIT_DETAIL_MASK");
    }

    /** EVFILT_PROC: the process was given to another parent before it exited (macOS). */
    public static int NOTE_EXIT_REPARENTED() {
        return Abi.HOST.constant("NOTE_EXIT_REPARENTED");
    }

    /** EVFILT_PROC: reason: a page could not be decrypted (macOS). */
    public static int NOTE_EXIT_DECRYPTFAIL() {
        return Abi.HOST.constant("NOTE_EXIT_DECRYPTFAIL");
    }

    /** EVFILT_PROC: reason: memory was short (macOS). */
    public static int NOTE_EXIT_MEMORY() {
        return Abi.HOST.constant("NOTE_EXIT_MEMORY");
    }

    /** EVFILT_PROC: reason: the code signature was invalid (macOS). */
    public static int NOTE_EXIT_CSERROR() {
        return Abi.HOST.constant("NOTE_EXIT_CSERROR");
    }

    // ---- EVFILT_TIMER: asked of this system

    /** EVFILT_TIMER: {@code data} is in seconds (all but DragonFly BSD). */
    public static int NOTE_SECONDS() {
        return Abi.HOST.constant("NOTE_SECONDS");
    }

    /** EVFILT_TIMER: {@code data} is in milliseconds, as it is without a unit (FreeBSD, NetBSD, OpenBSD, Linux). */
    public static int NOTE_MSECONDS() {
        return Abi.HOST.constant("NOTE_MSECONDS");
    }

    /** EVFILT_TIMER: {@code data} is in microseconds (all but DragonFly BSD). */
    public static int NOTE_USECONDS() {
        return Abi.HOST.constant("NOTE_USECONDS");
    }

    /** EVFILT_TIMER: {@code data} is in nanoseconds (all but DragonFly BSD). */
    public static int NOTE_NSECONDS() {
        return Abi.HOST.constant("NOTE_NSECONDS");
    }

    /** EVFILT_TIMER: {@code data} is a point in time since 1970 (FreeBSD, NetBSD, OpenBSD, Linux). */
    public static int NOTE_ABSTIME() {
        return Abi.HOST.constant("NOTE_ABSTIME");
    }

    /** EVFILT_TIMER: {@code data} is a point in time since 1970 (macOS). */
    public static int NOTE_ABSOLUTE() {
        return Abi.HOST.constant("NOTE_ABSOLUTE");
    }

    /** EVFILT_TIMER: the timer may be late by {@code ext[1]} (macOS). */
    public static int NOTE_LEEWAY() {
        return Abi.HOST.constant("NOTE_LEEWAY");
    }

    /** EVFILT_TIMER: the timer is not to be put off to save power (macOS). */
    public static int NOTE_CRITICAL() {
        return Abi.HOST.constant("NOTE_CRITICAL");
    }

    /** EVFILT_TIMER: the timer may be put off much to save power (macOS). */
    public static int NOTE_BACKGROUND() {
        return Abi.HOST.constant("NOTE_BACKGROUND");
    }

    /** EVFILT_TIMER: the clock runs on while the machine sleeps (macOS). */
    public static int NOTE_MACH_CONTINUOUS_TIME() {
        return Abi.HOST.constant("NOTE_MACH_CONTINUOUS_TIME");
    }

    /** EVFILT_TIMER: {@code data} is in Mach absolute time units (macOS). */
    public static int NOTE_MACHTIME() {
        return Abi.HOST.constant("NOTE_MACHTIME");
    }

    // ---- EVFILT_DEVICE: asked of this system

    /** EVFILT_DEVICE: the device's state has changed (OpenBSD). */
    public static int NOTE_CHANGE() {
        return Abi.HOST.constant("NOTE_CHANGE");
    }

    // ---- EVFILT_VM: asked of this system

    /** EVFILT_VM: memory is short (macOS). */
    public static int NOTE_VM_PRESSURE() {
        return Abi.HOST.constant("NOTE_VM_PRESSURE");
    }

    /** EVFILT_VM: memory is short: exit, after saving (macOS). */
    public static int NOTE_VM_PRESSURE_TERMINATE() {
        return Abi.HOST.constant("NOTE_VM_PRESSURE_TERMINATE");
    }

    /** EVFILT_VM: memory is short: exit at once (macOS). */
    public static int NOTE_VM_PRESSURE_SUDDEN_TERMINATE() {
        return Abi.HOST.constant("NOTE_VM_PRESSURE_SUDDEN_TERMINATE");
    }

    /** EVFILT_VM: the event could not be watched (macOS). */
    public static int NOTE_VM_ERROR() {
        return Abi.HOST.constant("NOTE_VM_ERROR");
    }

    // ---- EVFILT_JAIL, EVFILT_JAILDESC: asked of this system

    /** EVFILT_JAIL, EVFILT_JAILDESC: a child jail was made (FreeBSD 15). */
    public static int NOTE_JAIL_CHILD() {
        return Abi.HOST.constant("NOTE_JAIL_CHILD");
    }

    /** EVFILT_JAIL, EVFILT_JAILDESC: the jail was modified (FreeBSD 15). */
    public static int NOTE_JAIL_SET() {
        return Abi.HOST.constant("NOTE_JAIL_SET");
    }

    /** EVFILT_JAIL, EVFILT_JAILDESC: a process was attached to the jail (FreeBSD 15). */
    public static int NOTE_JAIL_ATTACH() {
        return Abi.HOST.constant("NOTE_JAIL_ATTACH");
    }

    /** EVFILT_JAIL, EVFILT_JAILDESC: the jail was removed (FreeBSD 15). */
    public static int NOTE_JAIL_REMOVE() {
        return Abi.HOST.constant("NOTE_JAIL_REMOVE");
    }

    /** EVFILT_JAIL, EVFILT_JAILDESC: several jails or processes at once: {@code data} names none (FreeBSD 15). */
    public static int NOTE_JAIL_MULTI() {
        return Abi.HOST.constant("NOTE_JAIL_MULTI");
    }

    /** EVFILT_JAIL, EVFILT_JAILDESC: the bits of {@code fflags} that hold notes (FreeBSD 15). */
    public static int NOTE_JAIL_CTRLMASK() {
        return Abi.HOST.constant("NOTE_JAIL_CTRLMASK");
    }
}
