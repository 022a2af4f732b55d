package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.internal.linux.Driven.READ;
import static dev.kqueue.internal.linux.Driven.WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.KQueue;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEpoll;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** How long a wait lasts while a system call on the kqueue's own descriptors fails: longer each time, for one errno. */
@RequiresAbility(Ability.OWN_KQUEUE)
class BackoffTest {
    private static final long UNLIMITED = -1;

    /** The timeouts of epoll_wait in milliseconds, in order. */
    private final BlockingQueue<Long> timeouts = new LinkedBlockingQueue<>();

    private Driven driven;
    private FutureTask<Integer> waiting;

    /** A thread that waits while epoll_ctl fails with ENOMEM for a descriptor that has delivered its event. */
    @BeforeEach
    void openAndWait() throws IOException {
        driven = new Driven();
        driven.addUser(EV_CLEAR);
        driven.fill();
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_DISPATCH)).isZero();
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD | EV_CLEAR)).isZero();
        driven.send();
        driven.epoll.wait =
                (events, max, nanos) -> {
                    if (nanos != 0) {
                        timeouts.add(nanos < 0 ? UNLIMITED : TimeUnit.NANOSECONDS.toMillis(nanos));
                    }
                    return driven.epoll.kernelAwait(events, max, nanos);
                };
        fail(Errno.ENOMEM);
        assertThat(driven.fetch(1, 0)).isOne();
        waiting = Driven.start(() -> driven.fetch(1, KQueue.FOREVER));
    }

    @AfterEach
    void close() {
        driven.close();
        assertThatThrownBy(() -> Driven.result(waiting)).isInstanceOf(ClosedChannelException.class);
    }

    private void fail(int errno) {
        driven.epoll.control =
                (op, fd, events, tag) ->
                        op == SysEpoll.EPOLL_CTL_MOD ? errno : driven.epoll.kernelControl(op, fd, events, tag);
    }

    /** The timeouts up to that one, without repetitions. */
    private List<Long> timeoutsUpTo(long last) throws InterruptedException {
        List<Long> found = new ArrayList<>();
        for (long millis = UNLIMITED - 1; millis != last; ) {
            Long next = timeouts.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("after " + found).isNotNull();
            if (next != millis) {
                found.add(next);
            }
            millis = next;
        }
        return found;
    }

    @Test
    void limitIsDoubledUpToOneSecond() throws Exception {
        assertThat(timeoutsUpTo(1_000)).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1_000L);
    }

    @Test
    void anotherErrnoBeginsWithTheShortestLimit() throws Exception {
        timeoutsUpTo(1_000);
        fail(Errno.ENOSPC);
        driven.kq.beforeClose(driven.peer, false);
        assertThat(timeoutsUpTo(20)).as("the wait of a second is woken").containsExactly(10L, 20L);
    }

    @Test
    void errorAfterASuccessBeginsWithTheShortestLimit() throws Exception {
        try (Queue queue = new Queue()) {
            Recovery recovery = queue.kqueue.core().recovery();
            recovery.retryAfter(Errno.ENOMEM);
            recovery.end();
            assertThat(recovery.limit()).isEqualTo(10_000_000);
            Thread.sleep(20);
            recovery.begin(false);
            recovery.retryAfter(Errno.ENOMEM);
            recovery.end();
            assertThat(recovery.limit()).isEqualTo(20_000_000);
            recovery.begin(false);
            recovery.end();
            assertThat(recovery.limit()).isNegative();
            recovery.retryAfter(Errno.ENOMEM);
            assertThat(recovery.limit()).isEqualTo(10_000_000);
        }
    }
}
