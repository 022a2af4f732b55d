package sun.nio.ch;

import java.io.IOException;

/** A kqueue that java.base cannot see: {@link KQueue} asks the class path for it. */
public interface KQueueBridge {
    /** Opens a kqueue; returns its descriptor. */
    int create() throws IOException;

    /** Submits one change; returns 0 or an errno. */
    int register(int kqueue, int ident, int filter, int flags);

    /** Makes room for events; returns its number. */
    int allocate(int events);

    /** Gives back the room. */
    void free(int room);

    /** Waits for so many milliseconds, negative without limit; returns the number of events. */
    int poll(int kqueue, int room, long millis) throws IOException;

    /** Of an event in a room. */
    int ident(int room, int event);

    /** Of an event in a room. */
    short filter(int room, int event);
}
