package dev.kqueue.snippet;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KEventQueue;
import dev.kqueue.KQueue;
import dev.kqueue.WatchedFile;
import dev.kqueue.nio.DirectoryEvent;
import dev.kqueue.nio.KQueueSelector;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;

/**
 * What an example of the documentation may use without declaring it. Each is compiled as the body of a method of a
 * subclass of this: what it declares itself hides a field here.
 */
public abstract class Surroundings {
    // ---- dev.kqueue
    protected KQueue kqueue;
    protected KEventQueue queue;
    protected KEventList changes;
    protected WatchedFile file;
    protected int descriptor;
    protected int fd;
    protected int socket;
    protected long pid;
    protected long token;
    protected Object ticker;

    // ---- dev.kqueue.nio
    protected KQueueSelector selector;
    protected SelectionKey key;
    protected DirectoryEvent event;
    protected ServerSocketChannel listener;
    protected SocketChannel channel;
    protected SocketChannel connection;
    protected SocketChannel worker;
    protected SocketChannel master;

    // ---- the program's own
    protected Process process;
    protected Process child;
    protected ProcessHandle handle;
    protected ByteBuffer buffer;
    protected ByteBuffer header;
    protected ByteBuffer request;
    protected ByteBuffer answer;
    protected Queue<String> queued;

    /** The object that a program has put into an event. */
    protected interface Handler {
        void handle(KEvent event);
    }

    protected void compute() {}

    protected void ended(long pid) {}

    protected void forget(Object of) {}

    protected void hand(int descriptor) {}

    protected void handle(Object event) {}

    protected void log(Object... words) {}

    protected void lookAtOwner() {}

    protected void read(Object from) {}

    protected void readConfiguration() {}

    protected void readOn() {}

    protected void reload(Object... what) {}

    protected void rename(Object from, Object to) {}

    protected void report(long count) {}

    protected void restart(Object... what) {}

    protected void serve(Object... what) {}

    protected void shutDown() {}

    protected void stop() {}

    protected void tick(long times) {}

    protected void useDefaults() {}
}
