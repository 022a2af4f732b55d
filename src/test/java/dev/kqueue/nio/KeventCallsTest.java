package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of kevent(2) for a select, however many interests have changed before it. The stand-in counts the calls of
 * the calling thread, so the pollers that an earlier test has left running do not count.
 */
@RequiresAbility(Ability.STAND_IN)
class KeventCallsTest {
    private final KQueueSelectorProvider provider = new KQueueSelectorProvider();
    private final MethodHandle calls = counter("standin_kevent_calls");
    private final MethodHandle changes = counter("standin_kevent_changes");
    private final List<Pipe> pipes = new ArrayList<>();
    private final List<SelectionKey> keys = new ArrayList<>();
    private Selector selector;

    @SuppressWarnings("restricted")
    private static MethodHandle counter(String name) {
        SymbolLookup library =
                SymbolLookup.libraryLookup(Path.of(System.getProperty("kqueue.library")), Arena.global());
        return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), FunctionDescriptor.of(JAVA_LONG));
    }

    private static long count(MethodHandle counter) {
        try {
            return (long) counter.invokeExact();
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    @BeforeEach
    void open() throws IOException {
        selector = (KQueueSelector) provider.openSelector();
        // Whatever is found out once.
        selector.selectNow();
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
        for (Pipe pipe : pipes) {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    private void register(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            Pipe pipe = provider.openPipe();
            pipes.add(pipe);
            pipe.source().configureBlocking(false);
            keys.add(pipe.source().register(selector, SelectionKey.OP_READ));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100, 1000})
    void selectIsOneKeventHoweverManyKeysAreNew(int n) throws IOException {
        register(n);
        long callsBefore = count(calls);
        long changesBefore = count(changes);
        assertThat(selector.selectNow()).isZero();
        assertThat(count(calls) - callsBefore).as("calls of kevent").isEqualTo(1);
        assertThat(count(changes) - changesBefore).as("changes in it").isGreaterThanOrEqualTo(n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100, 1000})
    void selectIsOneKeventHoweverManyInterestsChange(int n) throws IOException {
        register(n);
        selector.selectNow();
        pipes.getLast().sink().write(ByteBuffer.allocate(1));
        for (int round = 0; round < 3; round++) {
            for (SelectionKey key : keys) {
                key.interestOps(0);
            }
            assertThat(callsOfSelect(0)).isEqualTo(1);
            for (SelectionKey key : keys) {
                key.interestOps(SelectionKey.OP_READ);
            }
            assertThat(callsOfSelect(1)).isEqualTo(1);
            selector.selectedKeys().clear();
        }
    }

    private long callsOfSelect(int selected) throws IOException {
        long before = count(calls);
        assertThat(selector.selectNow()).isEqualTo(selected);
        return count(calls) - before;
    }
}
