package dev.kqueue.internal.abi;

/**
 * The kqueue of libkqueue, a library for Linux that gives a program kqueue(2): its filters, flags and notes. All else
 * is Linux's. Every number here comes from its header alone, and so has the mark {@code ?}.
 */
final class LibKqueue {
    private LibKqueue() {}

    /** {@code <sys/event.h>} of libkqueue; only filters that it has on Linux. */
    static final String KQUEUE =
            """
            # EVFILT_
            EVFILT_READ -1 ?
            EVFILT_WRITE -2 ?
            EVFILT_VNODE -4 ?
            EVFILT_PROC -5 ?
            EVFILT_SIGNAL -6 ?
            EVFILT_TIMER -7 ?
            EVFILT_USER -11 ?
            EVFILT_SYSCOUNT 12 ? a count that grows with releases: do not use
            # EV_
            EV_ADD 1 ?
            EV_DELETE 2 ?
            EV_ENABLE 4 ?
            EV_DISABLE 8 ?
            EV_ONESHOT 0x10 ?
            EV_CLEAR 0x20 ?
            EV_RECEIPT 0x40 ?
            EV_DISPATCH 0x80 ?
            EV_FLAG1 0x2000 ?
            EV_SYSFLAGS 0xf000 ?
            EV_EOF 0x8000 ?
            EV_ERROR 0x4000 ?
            # NOTE_, and the flags of kqueuex(2) and kevent64(2)
            NOTE_LOWAT 1 ?
            NOTE_DELETE 1 ?
            NOTE_WRITE 2 ?
            NOTE_EXTEND 4 ?
            NOTE_ATTRIB 8 ?
            NOTE_LINK 0x10 ?
            NOTE_RENAME 0x20 ?
            NOTE_TRUNCATE 0x80 ?
            NOTE_EXIT 0x80000000 ?
            NOTE_FORK 0x40000000 ?
            NOTE_EXEC 0x20000000 ?
            NOTE_PCTRLMASK 0xf0000000 ?
            NOTE_PDATAMASK 0xfffff ?
            NOTE_TRACK 1 ?
            NOTE_TRACKERR 2 ?
            NOTE_CHILD 4 ?
            NOTE_FFNOP 0 ?
            NOTE_FFAND 0x40000000 ?
            NOTE_FFOR 0x80000000 ?
            NOTE_FFCOPY 0xc0000000 ?
            NOTE_FFCTRLMASK 0xc0000000 ?
            NOTE_FFLAGSMASK 0xffffff ?
            NOTE_TRIGGER 0x1000000 ?
            NOTE_SECONDS 1 ?
            NOTE_USECONDS 2 ?
            NOTE_NSECONDS 4 ?
            NOTE_ABSOLUTE 8 ?
            NOTE_LINKUP 1 ?
            NOTE_LINKDOWN 2 ?
            NOTE_LINKINV 4 ?
            """;

    /** Structures and types. */
    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            kevent_count sizeof=4
            """;
}
