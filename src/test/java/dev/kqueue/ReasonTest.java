package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

/** A change that fails says what failed and why, and the kqueue goes on with all else. */
@RequiresAbility(Ability.OWN_KQUEUE)
class ReasonTest {
    private KQueueDriver kq;

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
    }

    @ParameterizedTest
    @CsvSource({
        "VNODE, ENOSPC, fs.inotify.max_user_watches",
        "VNODE, EMFILE, fs.inotify.max_user_instances",
        "VNODE, EACCES, readable",
        "READ, ENOSPC, fs.epoll.max_user_watches",
        "PROC, EPERM, CAP_NET_ADMIN",
        "PROC, ESRCH, no process 11",
        "SIGNAL, EBUSY, keeps SIGSEGV for itself",
        "SIGNAL, ENOSYS, --add-modules jdk.unsupported",
        "USER, ENOENT, ENOENT"
    })
    void reasonNamesWhatTheErrnoDoesNot(Filter filter, String errno, String part) {
        assertThat(kq.kqueue.reason(filter, 11, Abi.HOST.constant(errno))).contains(errno).contains(part);
    }

    @Test
    void exceptionNamesTheChangeAndTheReason() throws Exception {
        try (Pair pair = Pair.pipe()) {
            kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 0);
            assertThatThrownBy(() -> kq.change(Abi.HOST.constant("SIGSEGV"), Filter.SIGNAL, EV_ADD, 0, 0, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("EVFILT_SIGNAL of 11")
                    .hasMessageContaining("keeps SIGSEGV for itself");
            assertThatThrownBy(() -> kq.change(pair.writeEnd(), Filter.VNODE, EV_ADD, Note.NOTE_WRITE, 0, 0))
                    .hasMessageContaining("EVFILT_VNODE")
                    .hasMessageContaining("pipe");
            assertThatThrownBy(() -> kq.change(1, Filter.PROC, EV_ADD, 1 << 15, 0, 0))
                    .hasMessageContaining("EVFILT_PROC lacks");
            KEventList unknown = KEventList.allocate(1).add(1, -99, EV_ADD, 0, 0, 0);
            assertThatThrownBy(() -> kq.kqueue.kevent(unknown, null, 0)).hasMessageContaining("no filter -99");
            pair.write(1);
            kq.awaitOne();
        }
    }

    @Test
    void errnoWithoutMoreToSayIsItsName() {
        assertThat(kq.kqueue.reason(Filter.USER, 1, Errno.ENOENT)).isEqualTo("No such file or directory (ENOENT)");
    }
}
