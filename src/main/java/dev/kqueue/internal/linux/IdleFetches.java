package dev.kqueue.internal.linux;

/** A pool of {@link Fetch}es, so that waiting allocates nothing. Belongs to the kqueue's lock. */
final class IdleFetches {
    private final Core kq;
    private Fetch first;

    IdleFetches(Core kq) {
        this.kq = kq;
    }

    /** Takes out a fetch, with room for so many events: see {@link Fetch#reserve}. */
    Fetch take(int entries) {
        Fetch fetch = first == null ? new Fetch(kq) : first;
        fetch.reserve(entries);
        first = fetch.next;
        return fetch;
    }

    /** Puts one back. One that is not put back, since an exception was thrown, is collected as garbage. */
    void giveBack(Fetch fetch) {
        fetch.next = first;
        first = fetch;
    }
}
