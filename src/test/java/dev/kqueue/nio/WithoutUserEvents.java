package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueueStatistics;
import dev.kqueue.KQueues;
import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;

/**
 * This system's kqueue, less EVFILT_USER: as NetBSD before 10 and OpenBSD before 7.8 have it, or have none to spare.
 */
final class WithoutUserEvents extends KQueueBackend {
    private final KQueue kqueue;
    private final int errno;

    private WithoutUserEvents(KQueue kqueue, int errno) {
        this.kqueue = kqueue;
        this.errno = errno;
    }

    /** Of a kernel that does not know the filter. */
    static KQueue unknown() throws IOException {
        return KQueues.over(new WithoutUserEvents(KQueue.open(), Errno.EINVAL));
    }

    /** Of a kernel that has given out all that there are. */
    static KQueue usedUp() throws IOException {
        return KQueues.over(new WithoutUserEvents(KQueue.open(), Errno.ENOMEM));
    }

    @Override
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        for (int i = 0; changes != null && i < changes.size(); i++) {
            if (changes.filter(i) == Filter.USER.value()) {
                assertThat(errno).as("a filter that the kernel lacks").isEqualTo(Errno.ENOMEM);
                events.clear();
                events.add(changes.ident(i), changes.filter(i), KEvent.EV_ERROR, 0, errno, changes.udata(i));
                return 1;
            }
        }
        return kqueue.kevent(changes, events, timeoutNanos);
    }

    @Override
    public void beforeClose(int descriptor, boolean shared) {
        kqueue.beforeClose(descriptor, shared);
    }

    @Override
    public boolean supports(Filter filter) {
        return (filter != Filter.USER || errno == Errno.ENOMEM) && kqueue.supports(filter);
    }

    @Override
    public int descriptor() {
        return kqueue.descriptor();
    }

    @Override
    public Counts counts() {
        KQueueStatistics counts = kqueue.statistics();
        return new Counts(
                counts.calls(), counts.changes(), counts.events(), counts.waits(), counts.controls(), counts.others());
    }

    @Override
    public boolean isOpen() {
        return kqueue.isOpen();
    }

    @Override
    public String toString() {
        return kqueue + " without EVFILT_USER";
    }

    @Override
    public void close() throws IOException {
        kqueue.close();
    }
}
