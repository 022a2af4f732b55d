package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.KQueueStatistics;
import dev.kqueue.internal.libc.SysEpoll;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;

/** A selector makes exactly the system calls that benchmarks/budgets/system-calls.properties grants. */
class SystemCallBudgetTest {
    private static final int KEYS = 100;
    private static final Budgets BUDGETS = Budgets.read("system-calls");

    private final List<TcpPair> pairs = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64);
    private KQueueSelector selector;

    /** What is measured, and what is to be done before without being measured. */
    private record Situation(Step before, Step measured) {}

    private interface Step {
        void run() throws Exception;
    }

    private final Map<String, Situation> situations =
            Map.ofEntries(
                    Map.entry("select.nothing", new Situation(() -> {}, this::selectNow)),
                    Map.entry("select.ready", new Situation(this::send, this::selectNow)),
                    Map.entry("interest.pause", new Situation(() -> {}, () -> flip(0))),
                    Map.entry("interest.answer", new Situation(() -> {}, () -> flip(SelectionKey.OP_WRITE))),
                    Map.entry("wakeup.idle", new Situation(() -> {}, () -> selector.wakeup())),
                    Map.entry("wakeup.before", new Situation(() -> {}, this::wakeupBefore)),
                    Map.entry("wakeup.waiting", new Situation(() -> {}, this::wakeupWaiting)),
                    Map.entry("register", new Situation(() -> {}, this::registerOne)),
                    Map.entry("register.again", new Situation(() -> {}, this::registerAgain)),
                    Map.entry("close", new Situation(this::registerOne, this::closeOne)),
                    Map.entry("message", new Situation(this::send, this::receive)));

    static Set<String> names() {
        return BUDGETS.names();
    }

    @BeforeEach
    void open() throws IOException {
        selector = KQueueSelector.open();
        // A kernel's kqueue makes one system call for all.
        Ability.OWN_KQUEUE.assume();
        for (int i = 0; i < KEYS; i++) {
            register(TcpPair.open());
        }
        selector.selectNow();
    }

    private void register(TcpPair pair) throws IOException {
        pairs.add(pair);
        pair.server().configureBlocking(false);
        pair.server().register(selector, SelectionKey.OP_READ);
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
        for (TcpPair pair : pairs) {
            pair.close();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void budgetIsSpentExactly(String name) throws Exception {
        Situation situation = situations.get(name);
        // Once in advance: what is told to the kernel only once has been told then.
        situation.before().run();
        situation.measured().run();
        selector.selectNow();
        selector.selectedKeys().clear();

        situation.before().run();
        KQueueStatistics before = selector.statistics().kqueue();
        situation.measured().run();
        KQueueStatistics after = selector.statistics().kqueue();

        assertThat(
                        "%d %d %d"
                                .formatted(
                                        after.waits() - before.waits(),
                                        after.controls() - before.controls(),
                                        after.others() - before.others()))
                .as("waits, changes and others of %s", name)
                .isEqualTo(BUDGETS.of(name));
    }

    @Test
    void everySituationHasABudget() {
        assertThat(BUDGETS.names()).isEqualTo(situations.keySet());
    }

    private void selectNow() throws IOException {
        selector.selectNow();
    }

    private void send() throws IOException {
        for (TcpPair pair : pairs) {
            pair.client().write(buffer.clear());
        }
    }

    private void receive() throws IOException {
        int[] read = {0};
        // On the loopback interface what has been written is there to be read.
        selector.selectNow(
                key -> {
                    try {
                        read[0] += ((SocketChannel) key.channel()).read(buffer.clear()) == buffer.limit() ? 1 : 0;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        assertThat(read[0]).isEqualTo(pairs.size());
    }

    private void flip(int ops) throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.interestOps(ops);
        }
        int ready = 0;
        do {
            ready += selector.selectNow(key -> {});
        } while (ready < (ops == 0 ? 0 : KEYS));
        for (SelectionKey key : selector.keys()) {
            key.interestOps(SelectionKey.OP_READ);
        }
        selector.selectNow();
    }

    private void wakeupBefore() throws IOException {
        selector.wakeup();
        selector.select();
    }

    private void wakeupWaiting() throws Exception {
        FutureTask<Integer> select = new FutureTask<>(() -> selector.select());
        Thread thread = Thread.ofPlatform().start(select);
        while (!isInSystemCall(thread)) {
            Thread.sleep(1);
        }
        selector.wakeup();
        select.get();
    }

    private static boolean isInSystemCall(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(SysEpoll.class.getName()));
    }

    private void registerOne() throws IOException {
        register(TcpPair.open());
        selector.selectNow();
    }

    private void registerAgain() throws IOException {
        SocketChannel channel = pairs.getFirst().server();
        channel.keyFor(selector).cancel();
        selector.selectNow();
        channel.register(selector, SelectionKey.OP_READ);
        selector.selectNow();
    }

    private void closeOne() throws IOException {
        pairs.removeLast().close();
        selector.selectNow();
    }
}
