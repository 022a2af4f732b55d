package dev.kqueue.internal.linux;

/**
 * The active knotes that epoll does not serve, in the order in which they became active. Linked through the knotes:
 * queueing allocates nothing. Belongs to the kqueue's lock.
 *
 * <p>Each method here changes fields and calls nothing, so that no StackOverflowError can leave the links half changed.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
final class ReadyQueue {
    private Knote head;
    private Knote tail;
    private int size;

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }

    /** The first one; the others follow by {@code next}. */
    Knote first() {
        return head;
    }

    void add(Knote kn) {
        kn.queued = true;
        kn.previous = tail;
        kn.next = null;
        if (tail == null) {
            head = kn;
        } else {
            tail.next = kn;
        }
        tail = kn;
        size++;
    }

    void remove(Knote kn) {
        if (!kn.queued) {
            return;
        }
        if (kn.previous == null) {
            head = kn.next;
        } else {
            kn.previous.next = kn.next;
        }
        if (kn.next == null) {
            tail = kn.previous;
        } else {
            kn.next.previous = kn.previous;
        }
        kn.next = null;
        kn.previous = null;
        kn.queued = false;
        size--;
    }

    /** Puts the first one behind the others. */
    void rotate() {
        Knote kn = head;
        if (kn == tail) {
            return;
        }
        head = kn.next;
        head.previous = null;
        kn.next = null;
        kn.previous = tail;
        tail.next = kn;
        tail = kn;
    }
}
