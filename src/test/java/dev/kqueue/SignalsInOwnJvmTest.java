package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.Signal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Signals in a JVM of their own: one that hands out none, one that starts its first process, one with two copies. */
@RequiresAbility(Ability.OWN_KQUEUE)
class SignalsInOwnJvmTest {
    private static int number(String name) {
        return Abi.HOST.constant("SIG" + name);
    }

    // -- -Xrs

    /** Prints what becomes of each signal. */
    public static final class Refused {
        private Refused() {}

        public static void main(String[] names) throws IOException {
            try (KQueueDriver queue = new KQueueDriver()) {
                System.out.println("supported " + queue.kqueue.supports(Filter.SIGNAL));
                for (String name : names) {
                    int errno = queue.errno(number(name), Filter.SIGNAL, EV_ADD);
                    System.out.println(name + ": " + queue.kqueue.reason(Filter.SIGNAL, number(name), errno));
                }
            }
        }
    }

    @Test
    void jvmThatHandsOutNoSignalRefusesAllOfThem() throws Exception {
        String output = new ChildJvm().run("-Xrs", Refused.class.getName(), "HUP", "USR1", "WINCH", "CHLD");

        assertThat(output.lines()).contains("supported false");
        assertThat(
                        output.lines()
                                .filter(line -> line.contains("-Xrs"))
                                .map(line -> line.substring(0, line.indexOf(':'))))
                .containsExactly("HUP", "USR1", "WINCH", "CHLD");
    }

    @Test
    void jvmThatHandsOutSignalsTakesThem() throws IOException {
        try (KQueueDriver queue = new KQueueDriver()) {
            assertThat(queue.kqueue.supports(Filter.SIGNAL)).isTrue();
            assertThat(queue.errno(number("WINCH"), Filter.SIGNAL, EV_ADD)).isZero();
        }
    }

    @Test
    void reasonNamesTheOption() throws IOException {
        try (KQueueDriver queue = new KQueueDriver()) {
            assertThat(queue.kqueue.reason(Filter.SIGNAL, number("USR1"), Errno.ENOTSUP)).contains("-Xrs");
        }
    }

    // -- SIGCHLD

    /** Watches for SIGCHLD before it starts the first process of this JVM. */
    public static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            try (KQueueDriver queue = new KQueueDriver()) {
                queue.change(number("CHLD"), Filter.SIGNAL, EV_ADD, 0, 0, 0);
                for (int i = 0; i < 3; i++) {
                    new ProcessBuilder("true").start().waitFor();
                    queue.awaitOne();
                    System.out.println("child " + i);
                }
            }
        }
    }

    @Test
    void childSignalComesThoughItIsWatchedBeforeTheFirstProcess() throws Exception {
        assertThat(new ChildJvm().run(Parent.class.getName()).lines()).contains("child 0", "child 1", "child 2");
    }

    // -- Two copies of this library

    /** A copy that watches a signal; of a class loader of its own, and so known by types of the JDK alone. */
    public static final class Copy implements Callable<Boolean>, AutoCloseable {
        private final KQueueDriver queue = new KQueueDriver();

        public Copy(String signal) throws IOException {
            queue.change(number(signal), Filter.SIGNAL, EV_ADD, 0, 0, 0);
        }

        /** Whether the signal has come, or comes soon. */
        @Override
        public Boolean call() throws IOException {
            return !queue.await().isEmpty();
        }

        @Override
        public void close() throws IOException {
            queue.close();
        }
    }

    /** A copy that handles a signal by a selector. */
    public static final class Handler implements Callable<Boolean>, AutoCloseable {
        private final KQueueSelector selector = KQueueSelector.open();

        public Handler(String signal) throws IOException {
            selector.handleSignal(Signal.of(signal));
        }

        @Override
        public Boolean call() throws IOException {
            selector.selectedKeys().clear();
            return selector.select(KQueueDriver.SOON) == 1;
        }

        @Override
        public void close() throws IOException {
            selector.close();
        }
    }

    /** Opens and closes copies as its arguments say, and then waits for what becomes of it. */
    public static final class Copies {
        /** The program's own handler has been called. */
        private static final CountDownLatch PROGRAM = new CountDownLatch(1);

        private Copies() {}

        public static void main(String[] arguments) throws Exception {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
            String signal = arguments[0];
            AutoCloseable[] copies = new AutoCloseable[3];
            for (String step : arguments[1].split(" ")) {
                int index = step.charAt(step.length() - 1) - '0';
                switch (step.charAt(0)) {
                    case '+' -> copies[index] = open(Copy.class, signal);
                    case '*' -> copies[index] = open(Handler.class, signal);
                    case '-' -> copies[index].close();
                    case '!' -> JvmSignal.handle(signal, JvmSignal.handler(PROGRAM::countDown));
                    case '.' -> Runtime.getRuntime().halt(0);
                    case '?' -> {
                        kill(signal);
                        System.out.println(step + " " + ((Callable<?>) copies[index]).call());
                    }
                    default -> throw new IllegalArgumentException(step);
                }
            }
            System.out.println("ready");
            kill(signal);
            if (!PROGRAM.await(KQueueDriver.SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                System.out.println("deaf");
            }
            Runtime.getRuntime().halt(0);
        }

        /** Not by the JVM, which sends itself no signal that it does not handle. */
        private static void kill(String signal) throws Exception {
            String self = Long.toString(ProcessHandle.current().pid());
            assertThat(new ProcessBuilder("kill", "-" + signal, self).start().waitFor()).isZero();
        }

        @SuppressWarnings("resource") // it lives as long as its copy
        private static AutoCloseable open(Class<?> copied, String signal) throws Exception {
            ClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
            Class<?> type = loader.loadClass(copied.getName());
            assertThat(type).isNotEqualTo(copied);
            return (AutoCloseable) type.getConstructor(String.class).newInstance(signal);
        }

        private static URL[] classPath() throws MalformedURLException {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        }
    }

    private static List<String> run(String signal, String steps, int status) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Copies.class.getName(),
                                signal,
                                steps)
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = output.lines().toList();
            assertThat(process.waitFor()).as("exit status, after %s", lines).isEqualTo(status);
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+0 +1 -0 -1",
                "+0 +1 -1 -0",
                "+0 +1 +2 -1 -0 -2",
                "+0 +1 -0 +0 -1 -0",
                "+0 +1 -0",
                "+0 +1 -1",
            })
    void jvmShutsDownOnTermWhateverCopiesHaveWatchedIt(String steps) throws Exception {
        assertThat(run("TERM", steps, 128 + number("TERM"))).contains("ready", "shutdown").doesNotContain("deaf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+0 +1 -0 -1", "+0 +1 -0 +0 -1 -0"})
    void defaultActionIsBackWhenTheLastCopyIsGone(String steps) throws Exception {
        assertThat(run("USR1", steps, 128 + number("USR1"))).contains("ready").doesNotContain("deaf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+0 +1 ?0 .", "+0 +1 -0 ?1 .", "+0 +1 -1 ?0 .", "+0 +1 -0 +0 ?0 .", "+0 +1 +2 -1 ?0 ."})
    void copiesThatAreLeftCountTheSignal(String steps) throws Exception {
        List<String> lines = run("USR1", steps, 0);

        assertThat(lines.stream().filter(line -> line.endsWith(" true")).count())
                .isEqualTo(steps.chars().filter(c -> c == '?').count());
    }

    @Test
    void handlerThatTheProgramSetsMeanwhileStays() throws Exception {
        assertThat(run("USR1", "+0 !0 -0", 0)).contains("ready").doesNotContain("deaf");
        assertThat(run("USR1", "+0 !0 +1 -0 -1", 0)).contains("ready").doesNotContain("deaf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0 ?0 .",
                "*0 +1 ?0 ?1 .",
                "+0 *1 ?0 ?1 .",
                "*0 *1 -0 ?1 .",
                "*0 *1 -1 ?0 .",
                "+0 *1 +2 -1 *1 -2 ?0 ?1 .",
            })
    void jvmStaysAsLongAsACopyHandlesTerm(String steps) throws Exception {
        List<String> lines = run("TERM", steps, 0);

        assertThat(lines.stream().filter(line -> line.endsWith(" true")).count())
                .isEqualTo(steps.chars().filter(c -> c == '?').count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*0 -0", "*0 *1 -0 -1", "+0 *1 -1", "*0 +1 -0", "+0 *1 +2 -1 -0"})
    void jvmShutsDownOnTermWhenNoCopyHandlesItAnyMore(String steps) throws Exception {
        assertThat(run("TERM", steps, 128 + number("TERM"))).contains("ready", "shutdown").doesNotContain("deaf");
    }
}
