package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Operations allocate no more than benchmarks/budgets/allocation.properties grants. */
class AllocationBudgetTest {
    private static final Budgets BUDGETS = Budgets.read("allocation");

    /** Runs one of the operations, in a JVM of its own. */
    static final class Program {
        private static final int KEYS = 100;

        private final List<TcpPair> pairs = new ArrayList<>();
        private final List<SelectionKey> keys = new ArrayList<>();
        private final KQueueSelector selector = KQueueSelector.open();
        private final Consumer<SelectionKey> read = this::read;
        private final Consumer<SelectionKey> visit = this::visit;
        private ByteBuffer out;
        private ByteBuffer in;
        private int visited;

        private final Map<String, Allocation.Operation> operations =
                Map.ofEntries(
                        Map.entry("select.nothing", selector::selectNow),
                        Map.entry("select.action", this::selectAction),
                        Map.entry("select.keys", this::selectKeys),
                        Map.entry("interest.pause", this::pause),
                        Map.entry("wakeup", this::wakeup),
                        Map.entry("message.heap", this::message),
                        Map.entry("message.direct", this::message),
                        Map.entry("blocking.heap", this::blocking),
                        Map.entry("blocking.direct", this::blocking),
                        Map.entry("register.again", this::registerAgain));

        private Program() throws IOException {}

        static void main(String[] arguments) throws IOException {
            new Program().run(arguments[0]);
        }

        private void run(String name) throws IOException {
            boolean direct = name.endsWith("direct");
            out = direct ? ByteBuffer.allocateDirect(64) : ByteBuffer.allocate(64);
            in = direct ? ByteBuffer.allocateDirect(64) : ByteBuffer.allocate(64);
            for (int i = 0; i < KEYS; i++) {
                TcpPair pair = TcpPair.open();
                pairs.add(pair);
                if (!name.startsWith("blocking")) {
                    pair.server().configureBlocking(false);
                    keys.add(pair.server().register(selector, SelectionKey.OP_READ));
                }
                if (name.equals("select.action") || name.equals("select.keys")) {
                    pair.client().write(out.clear());
                }
            }
            Allocation.print(operations.get(name), BUDGETS.bytes(name));
        }

        private void selectAction() throws IOException {
            visited = 0;
            while (visited < KEYS) {
                selector.selectNow(visit);
            }
        }

        private void visit(SelectionKey key) {
            visited++;
        }

        private void selectKeys() throws IOException {
            visited = 0;
            while (visited < KEYS) {
                selector.selectNow();
                Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
                while (ready.hasNext()) {
                    visit(ready.next());
                    ready.remove();
                }
            }
        }

        private void pause() throws IOException {
            SelectionKey key = keys.getFirst();
            key.interestOps(0);
            selector.selectNow();
            key.interestOps(SelectionKey.OP_READ);
            selector.selectNow();
        }

        private void wakeup() throws IOException {
            selector.wakeup();
            selector.select();
        }

        private void message() throws IOException {
            pairs.getFirst().client().write(out.clear());
            in.clear();
            while (in.hasRemaining()) {
                selector.select(read);
            }
        }

        private void read(SelectionKey key) {
            try {
                ((SocketChannel) key.channel()).read(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void blocking() throws IOException {
            pairs.getFirst().client().write(out.clear());
            in.clear();
            while (in.hasRemaining()) {
                pairs.getFirst().server().read(in);
            }
        }

        private void registerAgain() throws IOException {
            SocketChannel channel = pairs.getFirst().server();
            channel.keyFor(selector).cancel();
            selector.selectNow();
            channel.register(selector, SelectionKey.OP_READ);
            selector.selectNow();
        }
    }

    static Set<String> names() {
        return BUDGETS.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void noMoreIsAllocatedThanGranted(String name) throws IOException, InterruptedException {
        Allocation.assertAtMost(BUDGETS.bytes(name), Program.class, name);
    }

    @Test
    void everyOperationHasABudget() throws IOException {
        assertThat(BUDGETS.names()).isEqualTo(new Program().operations.keySet());
    }
}
