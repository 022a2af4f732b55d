package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** Until its first selectNow a program loads the classes that benchmarks/budgets/classes.properties grants. */
class ClassBudgetTest {
    private static final Budgets BUDGETS = Budgets.read("classes");

    private static final String JDK = System.getProperty("java.vm.version") + " " + System.getProperty("os.arch");

    /** Prints a line when it is done; the JVM prints one for each class that it loads. */
    static final class Program {
        private static final String DONE = "-- done";

        private Program() {}

        static void main(String[] arguments) throws IOException {
            if (!arguments[0].equals("nothing")) {
                Selector selector = Selector.open();
                if (arguments[0].equals("listen")) {
                    ServerSocketChannel listener = ServerSocketChannel.open();
                    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    listener.configureBlocking(false);
                    listener.register(selector, SelectionKey.OP_ACCEPT);
                }
                selector.selectNow();
            }
            System.out.println(DONE);
        }
    }

    @BeforeEach
    void onlyOnLinux() {
        Ability.OWN_KQUEUE.assume();
    }

    @ParameterizedTest
    @ValueSource(strings = {"select", "listen"})
    void oursAreAsMany(String first) throws Exception {
        List<String> ours = loaded(first).stream().filter(ClassBudgetTest::isOurs).toList();
        assertThat(ours).as("classes of kqueue-nio").hasSize(figure(first + ".ours"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"select", "listen"})
    void theJdksAreNotMore(String first) throws Exception {
        assumeThat(JDK).as("the figures are of another JDK").isEqualTo(BUDGETS.of("jdk"));
        assertThat(countOfJdk(first) - countOfJdk("nothing"))
                .as("classes of the JDK, with %s", JDK)
                .isLessThanOrEqualTo(figure(first + ".jdk"));
    }

    private static int figure(String name) {
        return Integer.parseInt(BUDGETS.of(name));
    }

    private static long countOfJdk(String first) throws Exception {
        return loaded(first).stream().filter(name -> !name.startsWith("dev.kqueue.")).count();
    }

    private static boolean isOurs(String name) {
        return name.startsWith("dev.kqueue.") && !name.startsWith(ClassBudgetTest.class.getName());
    }

    /** The names of the classes that the JVM has loaded when the program is done. */
    private static List<String> loaded(String first) throws Exception {
        String printed =
                new ChildJvm()
                        .run(
                                "-Xlog:class+load:stdout:none",
                                "-Djava.nio.channels.spi.SelectorProvider=" + KQueueSelectorProvider.class.getName(),
                                Program.class.getName(),
                                first);
        return printed.lines()
                .takeWhile(line -> !line.equals(Program.DONE))
                .filter(line -> line.contains(" source: "))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }
}
