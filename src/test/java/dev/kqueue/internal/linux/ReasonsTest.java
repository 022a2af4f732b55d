package dev.kqueue.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;

/** One errno of several calls: the reason is that of the call which gave it. */
@RequiresAbility(Ability.OWN_KQUEUE)
class ReasonsTest {
    private static final int IDENT = 11;

    private final Queue queue = new Queue();

    ReasonsTest() throws IOException {}

    @AfterEach
    void close() {
        queue.close();
    }

    private String reason(Reasons.Call call, Filter filter, int errno) {
        ListedKnote kn = new ListedKnote(queue.kqueue.core(), IDENT, filter.value(), null, 0, 0, 0, 0);
        queue.kqueue.core().reasons().refused(call, kn, errno);
        return queue.kqueue.reason(filter, IDENT, errno);
    }

    @Test
    void refusedPidfdIsNotTheConnectors() {
        assertThat(reason(Reasons.Call.PIDFD_OPEN, Filter.PROC, Errno.EPERM))
                .contains("pidfd_open", "seccomp")
                .doesNotContain("connector");
        assertThat(reason(Reasons.Call.PIDFD_OPEN, Filter.PROC, Errno.ENOSYS))
                .contains("pidfd_open", "seccomp")
                .doesNotContain("connector");
        assertThat(reason(Reasons.Call.CONNECTOR, Filter.PROC, Errno.EPERM))
                .contains("connector")
                .doesNotContain("pidfd");
    }

    @Test
    void limitOfEpollIsNotInotifys() {
        assertThat(reason(Reasons.Call.EPOLL_CTL, Filter.VNODE, Errno.ENOSPC))
                .contains("fs.epoll.max_user_watches")
                .doesNotContain("inotify");
        assertThat(reason(Reasons.Call.INOTIFY_ADD_WATCH, Filter.VNODE, Errno.ENOSPC))
                .contains("fs.inotify.max_user_watches")
                .doesNotContain("epoll");
        assertThat(reason(Reasons.Call.INOTIFY_ADD_WATCH, Filter.READ, Errno.ENOSPC))
                .contains("fs.inotify.max_user_watches")
                .doesNotContain("epoll");
        assertThat(reason(Reasons.Call.EPOLL_CTL, Filter.PROC, Errno.ENOSPC)).contains("fs.epoll.max_user_watches");
        assertThat(reason(Reasons.Call.EPOLL_CTL, Filter.TIMER, Errno.ENOSPC)).contains("fs.epoll.max_user_watches");
    }

    @Test
    void reasonOfAnotherChangeIsNotTaken() {
        assertThat(reason(Reasons.Call.EPOLL_CTL, Filter.VNODE, Errno.ENOSPC)).doesNotContain("inotify");

        assertThat(queue.kqueue.reason(Filter.VNODE, IDENT + 1, Errno.ENOSPC))
                .contains("fs.inotify.max_user_watches", "fs.epoll.max_user_watches");
    }

    @Test
    void limitIsToldWhole() throws IOException {
        String limit = limit();

        assertThat(limit).as("one digit would prove nothing").hasSizeGreaterThan(1);
        assertThat(queue.kqueue.reason(Filter.VNODE, IDENT, Errno.EMFILE))
                .contains("fs.inotify.max_user_instances (now " + limit + ")");
    }

    private static String limit() throws IOException {
        Process cat = new ProcessBuilder("cat", "/proc/sys/fs/inotify/max_user_instances").start();
        try (var output = cat.inputReader()) {
            return output.readLine();
        }
    }

    @Test
    void fileThatIsNotThereHasNoValue() {
        assertThat(Reasons.read(Path.of("/proc/sys/fs/none"))).isNull();
    }
}
