package dev.kqueue.internal.abi;

/**
 * The numbers that our kqueue for Linux speaks. Linux has none of its own to agree with; FreeBSD's are taken, the
 * reference for its behaviour too. {@code NOTE_TRUNCATE}, which FreeBSD lacks, has a bit that FreeBSD leaves free.
 */
final class LinuxKqueue {
    private LinuxKqueue() {}

    static final String KQUEUE =
            """
            # kqueue filters
            EVFILT_READ -1
            EVFILT_WRITE -2
            EVFILT_VNODE -4
            EVFILT_PROC -5
            EVFILT_SIGNAL -6
            EVFILT_TIMER -7
            EVFILT_USER -11
            EVFILT_SYSCOUNT 15
            # kqueue flags
            EV_ADD 1
            EV_DELETE 2
            EV_ENABLE 4
            EV_DISABLE 8
            EV_ONESHOT 0x10
            EV_CLEAR 0x20
            EV_RECEIPT 0x40
            EV_DISPATCH 0x80
            EV_SYSFLAGS 0xf000
            EV_EOF 0x8000
            EV_OOBAND 0x2000 as on macOS: urgent data, in an event of EVFILT_READ with EV_CLEAR
            EV_ERROR 0x4000
            # notes
            NOTE_LOWAT 1
            NOTE_FILE_POLL 2
            NOTE_DELETE 1
            NOTE_WRITE 2
            NOTE_EXTEND 4
            NOTE_ATTRIB 8
            NOTE_LINK 0x10
            NOTE_RENAME 0x20
            NOTE_REVOKE 0x40
            NOTE_OPEN 0x80
            NOTE_CLOSE 0x100
            NOTE_CLOSE_WRITE 0x200
            NOTE_READ 0x400
            NOTE_TRUNCATE 0x800
            NOTE_EXIT 0x80000000
            NOTE_FORK 0x40000000
            NOTE_EXEC 0x20000000
            NOTE_PCTRLMASK 0xf0000000
            NOTE_PDATAMASK 0xfffff
            NOTE_TRACK 1
            NOTE_TRACKERR 2
            NOTE_CHILD 4
            NOTE_FFNOP 0
            NOTE_FFAND 0x40000000
            NOTE_FFOR 0x80000000
            NOTE_FFCOPY 0xc0000000
            NOTE_FFCTRLMASK 0xc0000000
            NOTE_FFLAGSMASK 0xffffff
            NOTE_TRIGGER 0x1000000
            NOTE_SECONDS 1
            NOTE_MSECONDS 2
            NOTE_USECONDS 4
            NOTE_NSECONDS 8
            NOTE_ABSTIME 0x10
            """;

    static final String STRUCTS =
            """
            kevent sizeof=32 alignof=8 ident=0:8 filter=8:2 flags=10:2 fflags=12:4 data=16:8 udata=24:8
            """;
}
