package sun.nio.ch;

import java.io.IOException;

/**
 * Stands in for the JDK's class of this name, which macOS has and Linux has not, and hands the calls of its selector to
 * another kqueue. An "address" is a number of the bridge's, with the index of an event in its upper half.
 */
class KQueue {
    static final int EVFILT_READ = -1;
    static final int EVFILT_WRITE = -2;
    static final int EV_ADD = 0x0001;
    static final int EV_DELETE = 0x0002;

    private static final KQueueBridge BRIDGE = load();

    private KQueue() {}

    private static KQueueBridge load() {
        try {
            return (KQueueBridge)
                    Class.forName("dev.kqueue.benchmarks.bridge.Bridge", true, ClassLoader.getSystemClassLoader())
                            .getConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static int create() throws IOException {
        return BRIDGE.create();
    }

    static int register(int kqfd, int fd, int filter, int flags) {
        return BRIDGE.register(kqfd, fd, filter, flags);
    }

    static int poll(int kqfd, long pollAddress, int nevents, long timeout) throws IOException {
        return BRIDGE.poll(kqfd, (int) pollAddress, timeout);
    }

    static long allocatePollArray(int count) {
        return BRIDGE.allocate(count);
    }

    static void freePollArray(long address) {
        BRIDGE.free((int) address);
    }

    static long getEvent(long address, int i) {
        return address | (long) i << 32;
    }

    static int getDescriptor(long address) {
        return BRIDGE.ident((int) address, (int) (address >>> 32));
    }

    static short getFilter(long address) {
        return BRIDGE.filter((int) address, (int) (address >>> 32));
    }
}
