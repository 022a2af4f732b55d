package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.fd.OwnedDescriptors;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Adds and removes the knotes of {@link EventKey}s immediately, on the calling thread, not with the next selection
 * operation: no event after the registration may be lost, and the kernel's refusal must reach the caller as an
 * exception.
 *
 * <p>A process, a signal or any other ident may be wanted by two channels, and the kernel has one knote for them. So
 * each ident and filter is claimed by one valid key. A key that was cancelled and is not deregistered yet loses its
 * claim to the next key that asks for it; the knote then belongs to that key, and must not be removed. All of this is
 * decided under this object's monitor, the system call included.
 */
final class EventRegistrations {
    private record Claim(Filter filter, long ident) {}

    /** The filters whose ident is a descriptor. */
    private static final Set<Filter> OF_DESCRIPTORS = Set.of(Filter.READ, Filter.WRITE, Filter.VNODE);

    private final KQueue kqueue;

    // -- guarded by this
    private final Map<Claim, EventKey> claims = new HashMap<>();
    private final KEventList change = KEventList.allocate(1);
    private final KEventList receipt = KEventList.allocate(1);

    EventRegistrations(KQueue kqueue) {
        this.kqueue = kqueue;
    }

    private static Claim claim(EventKey key) {
        return new Claim(key.knote().filter(), key.knote().ident());
    }

    /**
     * Claims what the key watches and adds its knote, as {@link KQueueSelectionKey#knotes} of the key says.
     *
     * @throws IllegalStateException if another valid key of the selector watches it
     * @throws IOException if the kernel refuses it
     */
    synchronized void add(EventKey key) throws IOException {
        EventChannel channel = key.channel();
        EventKey owner = channel.isUnique() ? null : claims.get(claim(key));
        if (owner != null && owner.isValid()) {
            throw new IllegalStateException(channel + " is watched by this selector already, for " + owner);
        }
        if (owner != null && channel.isRecycled()) {
            // Its knote may be of what had the ident before, and must not become this key's.
            remove(owner);
        }
        int refused = key.beginning();
        if (refused != 0) {
            throw channel.failure(refused, null);
        }
        for (int attempt = 0; ; ) {
            int errno = submit(key, EventKnote.NONE, key.knotes);
            if (errno == 0) {
                errno = channel.check();
                if (errno == 0) {
                    break;
                }
                submit(key, key.knotes, EventKnote.NONE);
            }
            if (channel.needsNoKnote(errno)) {
                key.knotes = EventKnote.NONE;
                return;
            }
            if (!channel.retries(attempt, errno)) {
                Claim claim = claim(key);
                throw channel.failure(errno, kqueue.reason(claim.filter(), claim.ident(), errno));
            }
            key.setKnote(channel.knote(++attempt));
        }
        if (!channel.isUnique()) {
            claims.put(claim(key), key);
        }
    }

    /**
     * Gives up the key's claim, if it has one, and removes the knote.
     *
     * @return whether the key had a claim; the knotes of others are left to the caller
     */
    synchronized boolean remove(EventKey key) {
        if (key.channel().isUnique()) {
            return false;
        }
        boolean claimed = claims.remove(claim(key), key);
        if (kqueue.isOpen()) {
            try {
                if (claimed) {
                    // The answer is not looked at: ENOENT is as wanted, the kernel has removed it with its last event.
                    submit(key, key.knotes, EventKnote.NONE);
                }
                leave(claim(key));
            } catch (IOException e) {
                // The selection operation that lets go of the key goes on. An event of the knote finds no key.
                System.getLogger("dev.kqueue.nio").log(System.Logger.Level.WARNING, key + " could not be removed", e);
            }
        }
        key.knotes = EventKnote.NONE;
        return true;
    }

    /**
     * The caller of {@link KEventChannel} may close the descriptor from now on, and others may hold its open file
     * description: nothing of it may stay in the kqueue. A channel that owns the number takes it out itself.
     */
    private void leave(Claim left) {
        long fd = left.ident;
        if (OF_DESCRIPTORS.contains(left.filter)
                && !OwnedDescriptors.isOwned(fd)
                && OF_DESCRIPTORS.stream().noneMatch(filter -> claims.containsKey(new Claim(filter, fd)))) {
            kqueue.beforeClose((int) fd);
        }
    }

    /**
     * Removes the knote of a key that a selection operation has let go of while the knote was being added. The caller
     * holds the channel, so that its descriptor is still the same.
     */
    synchronized void withdraw(EventKey key) throws IOException {
        key.released();
        if (key.knote() == null) {
            return;
        }
        boolean claimed = claims.remove(claim(key), key);
        if (claimed || key.channel().isUnique()) {
            // The answer is not looked at: ENOENT if that operation has removed the knote as well.
            submit(key, EventKnote.ENABLED, EventKnote.NONE);
        }
        if (claimed) {
            leave(claim(key));
        }
    }

    /** The kernel has removed the knote by itself. */
    synchronized void ended(EventKey key) {
        if (!key.channel().isUnique()) {
            claims.remove(claim(key), key);
        }
    }

    private int submit(EventKey key, int from, int to) throws IOException {
        change.clear();
        key.source().changes(from, to, key.udata, change);
        if (change.size() == 0) {
            return 0;
        }
        // With a receipt no events are fetched, which would be lost here.
        change.set(
                0,
                change.ident(0),
                change.filter(0),
                change.flags(0) | KEvent.EV_RECEIPT,
                change.fflags(0),
                change.data(0),
                change.udata(0));
        kqueue.kevent(change, receipt, 0);
        return (int) receipt.data(0);
    }
}
