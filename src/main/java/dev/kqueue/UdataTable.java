package dev.kqueue;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the Java objects that {@link KEvent#udata} names, since the kernel takes 64 bits and no reference. One object
 * per event of the kqueue, found by what identifies an event: ident and filter. Giving an object again replaces it, as
 * EV_ADD replaces udata; EV_DELETE and the return of a EV_ONESHOT event release it.
 */
final class UdataTable {
    private record Key(long ident, Filter filter) {}

    private final Map<Key, Object> objects = new HashMap<>();

    /** Notes the object of a change; returns what the kernel is given. */
    synchronized long submit(KEvent change) {
        Key key = new Key(change.ident(), change.filter());
        if (change.udata() != null) {
            objects.put(key, change.udata());
        } else if ((change.flags() & KEvent.EV_ADD) != 0) {
            objects.remove(key);
        }
        return 0;
    }

    /** The object of an entry that kevent returned. */
    synchronized Object resolve(KEventList events, int index, Filter filter) {
        return objects.get(new Key(events.ident(index), filter));
    }
}
