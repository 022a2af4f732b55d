package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.util.OptionalInt;
import java.util.StringJoiner;

/** Formats the fields of a {@code struct kevent} with their C names, as far as this system has names for them. */
final class KEventText {
    private KEventText() {}

    private static final String[] FLAGS = {
        "EV_ADD",
        "EV_DELETE",
        "EV_ENABLE",
        "EV_DISABLE",
        "EV_ONESHOT",
        "EV_CLEAR",
        "EV_RECEIPT",
        "EV_DISPATCH",
        "EV_UDATA_SPECIFIC",
        "EV_VANISHED",
        "EV_FORCEONESHOT",
        "EV_KEEPUDATA",
        "EV_NODATA",
        "EV_ERROR",
        "EV_EOF"
    };
    private static final String[] READ = {"NOTE_LOWAT", "NOTE_EOF", "NOTE_OOB", "NOTE_FILE_POLL", "NOTE_NONE"};
    private static final String[] VNODE = {
        "NOTE_DELETE",
        "NOTE_WRITE",
        "NOTE_EXTEND",
        "NOTE_TRUNCATE",
        "NOTE_ATTRIB",
        "NOTE_LINK",
        "NOTE_RENAME",
        "NOTE_REVOKE",
        "NOTE_OPEN",
        "NOTE_CLOSE",
        "NOTE_CLOSE_WRITE",
        "NOTE_READ",
        "NOTE_FUNLOCK",
        "NOTE_LEASE_DOWNGRADE",
        "NOTE_LEASE_RELEASE"
    };
    private static final String[] PROC = {
        "NOTE_EXIT",
        "NOTE_FORK",
        "NOTE_EXEC",
        "NOTE_TRACK",
        "NOTE_TRACKERR",
        "NOTE_CHILD",
        "NOTE_REAP",
        "NOTE_SIGNAL",
        "NOTE_EXITSTATUS",
        "NOTE_EXIT_DETAIL",
        "NOTE_EXIT_REPARENTED"
    };
    private static final String[] VM = {
        "NOTE_VM_PRESSURE", "NOTE_VM_PRESSURE_TERMINATE", "NOTE_VM_PRESSURE_SUDDEN_TERMINATE", "NOTE_VM_ERROR"
    };
    private static final String[] JAIL = {
        "NOTE_JAIL_CHILD", "NOTE_JAIL_SET", "NOTE_JAIL_ATTACH", "NOTE_JAIL_REMOVE", "NOTE_JAIL_MULTI"
    };
    private static final String[] NONE = {};

    /**
     * @param filter the filter, or null if this system has none of that number
     * @param filterName what to call it
     */
    static String of(long ident, Filter filter, String filterName, int flags, int fflags, long data, String udata) {
        return "{ident="
                + Long.toUnsignedString(ident)
                + ", filter="
                + filterName
                + ", flags="
                + names(flags, FLAGS)
                + ", fflags="
                + notes(filter, flags, fflags)
                + ", data="
                + data
                + ", udata="
                + udata
                + "}";
    }

    private static String notes(Filter filter, int flags, int fflags) {
        if (filter == null) {
            return names(fflags, NONE);
        }
        return switch (filter) {
            // An end of file brings the socket's errno in the notes' place.
            case READ, WRITE, EXCEPT -> names(fflags, (flags & KEvent.EV_EOF) != 0 ? NONE : READ);
            case VNODE -> names(fflags, VNODE);
            case PROC, PROCDESC -> names(fflags, PROC);
            case USER -> user(fflags);
            case TIMER -> timer(fflags);
            case VM -> names(fflags, VM);
            case JAIL, JAILDESC -> names(fflags, JAIL);
            default -> names(fflags, NONE);
        };
    }

    /** Two bits of an operation, one that triggers, and 24 of the program's own. */
    private static String user(int fflags) {
        StringJoiner joiner = new StringJoiner("|");
        switch (fflags & Note.NOTE_FFCTRLMASK) {
            case Note.NOTE_FFAND -> joiner.add("NOTE_FFAND");
            case Note.NOTE_FFOR -> joiner.add("NOTE_FFOR");
            case Note.NOTE_FFCOPY -> joiner.add("NOTE_FFCOPY");
            default -> {}
        }
        if ((fflags & Note.NOTE_TRIGGER) != 0) {
            joiner.add("NOTE_TRIGGER");
        }
        return rest(joiner, fflags & ~(Note.NOTE_FFCTRLMASK | Note.NOTE_TRIGGER));
    }

    /** Units are numbers on some systems (3 is NOTE_NSECONDS on NetBSD) and bits on others. */
    private static String timer(int fflags) {
        int absolute = Abi.HOST.find("NOTE_ABSTIME").orElse(0) | Abi.HOST.find("NOTE_ABSOLUTE").orElse(0);
        StringJoiner joiner = new StringJoiner("|");
        int unit = fflags & ~absolute;
        for (String name : new String[] {"NOTE_SECONDS", "NOTE_MSECONDS", "NOTE_USECONDS", "NOTE_NSECONDS"}) {
            OptionalInt value = Abi.HOST.find(name);
            if (unit != 0 && value.isPresent() && value.getAsInt() == unit) {
                joiner.add(name);
                unit = 0;
            }
        }
        if ((fflags & absolute) != 0) {
            joiner.add(Abi.HOST.isDefined("NOTE_ABSTIME") ? "NOTE_ABSTIME" : "NOTE_ABSOLUTE");
        }
        return rest(joiner, unit);
    }

    private static String names(int bits, String[] names) {
        StringJoiner joiner = new StringJoiner("|");
        int left = bits;
        for (String name : names) {
            OptionalInt value = Abi.HOST.find(name);
            if (value.isPresent() && (left & value.getAsInt()) == value.getAsInt()) {
                joiner.add(name);
                left &= ~value.getAsInt();
            }
        }
        return rest(joiner, left);
    }

    private static String rest(StringJoiner joiner, int left) {
        if (left != 0 || joiner.length() == 0) {
            joiner.add(left == 0 ? "0" : "0x" + Integer.toHexString(left));
        }
        return joiner.toString();
    }
}
