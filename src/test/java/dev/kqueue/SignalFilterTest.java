package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** EVFILT_SIGNAL, by real signals. */
class SignalFilterTest extends FilterContract {
    private static final String NAME = "USR1";
    private static final int USR1 = number(NAME);

    /** Handlers of the test's own, with what was there before: restored in the end. */
    private final List<Object[]> replaced = new ArrayList<>();

    private static int number(String name) {
        return Abi.HOST.constant("SIG" + name);
    }

    /** Without a watcher, the signal must not end this JVM. */
    @BeforeEach
    void ignore() throws Exception {
        replace(NAME, field("SIG_IGN"));
    }

    @AfterEach
    void restore() throws Exception {
        kq.close();
        for (Object[] pair : replaced.reversed()) {
            String name = (String) pair[0];
            if (CSignal.isIgnored(number(name))) {
                // The JVM leaves HUP, INT and TERM alone that are ignored, even if it has done so itself.
                assertThat(CSignal.handleByNothing(number(name))).isZero();
            }
            handle(name, pair[1]);
        }
    }

    // sun.misc.Signal by reflection: javac warns of it, and warnings are errors.

    private static Object field(String name) throws Exception {
        return Class.forName("sun.misc.SignalHandler").getField(name).get(null);
    }

    private static Object handle(String name, Object handler) throws Exception {
        Class<?> type = Class.forName("sun.misc.Signal");
        Object signal = type.getConstructor(String.class).newInstance(name);
        return type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler")).invoke(null, signal, handler);
    }

    private static Object counting(AtomicInteger count) throws Exception {
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        return Proxy.newProxyInstance(
                null,
                new Class<?>[] {handler},
                (proxy, method, arguments) -> {
                    count.incrementAndGet();
                    return null;
                });
    }

    private void replace(String name, Object handler) throws Exception {
        replaced.add(new Object[] {name, handle(name, handler)});
    }

    private static void kill(String name) throws Exception {
        kill(name, ProcessHandle.current().pid());
    }

    private static void kill(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor()).isZero();
    }

    @Override
    protected Filter filter() {
        return Filter.SIGNAL;
    }

    @Override
    protected long ident() {
        return USR1;
    }

    @Override
    protected void cause() throws Exception {
        // Knotes count a signal in the order in which they were added: this one is the last to do so. The signal itself
        // comes at any time after kill(2), on a thread of the JVM.
        try (KQueueDriver other = new KQueueDriver()) {
            other.change(USR1, Filter.SIGNAL, EV_ADD, 0, 0, 0);
            kill(NAME);
            other.await();
        }
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        // The filter has no notes; a kernel ignores them, and we refuse them.
        add(0);
        int errno = kq.errno(ident(), filter(), EV_ADD, 1, 0);
        assertThat(errno).isIn(0, Errno.EINVAL);
        cause();
        awaitFired();
    }

    @Test
    void dataCountsTheSignalsSinceTheLastReport() throws Exception {
        add(0);
        long count = 0;
        for (int i = 0; i < 5; i++) {
            kill(NAME);
            count += awaitFired().data();
        }
        assertThat(count).isEqualTo(5);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void handlerOfTheProgramIsCalledAsWell() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        replace(NAME, counting(handled));
        add(0);
        kill(NAME);
        awaitFired();
        awaitCount(handled, 1);
        change(EV_DELETE);
        kill(NAME);
        awaitCount(handled, 2);
        assertThat(kq.pending()).isEmpty();
    }

    private static void awaitCount(AtomicInteger count, int expected) throws InterruptedException {
        long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
        while (count.get() < expected && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertThat(count).hasValue(expected);
    }

    @Test
    void formerHandlerIsBackWhenTheLastKnoteGoes() throws Exception {
        Object mine = counting(new AtomicInteger());
        replace(NAME, mine);
        try (KQueueDriver other = new KQueueDriver()) {
            add(0);
            other.change(USR1, Filter.SIGNAL, EV_ADD, 0, 0, 0);
            change(EV_DELETE);
            assertThat(handle(NAME, field("SIG_IGN"))).as("the other kqueue still watches").isNotSameAs(mine);
        }
        assertThat(handle(NAME, mine)).as("a handler that was set meanwhile stays").isEqualTo(field("SIG_IGN"));
        add(0);
        kq.close();
        assertThat(handle(NAME, field("SIG_IGN"))).as("closing the queue").isSameAs(mine);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HUP", "INT", "TERM", "USR1", "CHLD", "CONT", "WINCH", "URG", "ALRM", "VTALRM", "IO", "TSTP"})
    void everySignalThatMayBeCaughtIsCounted(String name) throws Exception {
        replace(name, field("SIG_IGN"));
        kq.change(number(name), Filter.SIGNAL, EV_ADD, 0, 0, 5);
        // A child of the test, kill itself, may add to the count of CHLD.
        kill(name);
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.ident()).isEqualTo(number(name));
        assertThat(event.data()).isPositive();
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "STOP", "SEGV", "BUS", "ILL", "FPE", "QUIT", "USR2"})
    void signalThatTheJvmKeepsIsRefused(String name) throws Exception {
        assertThat(kq.errno(number(name), Filter.SIGNAL, EV_ADD)).isEqualTo(Errno.EBUSY);
        assertThat(kq.errno(number(name), Filter.SIGNAL, EV_DELETE)).isEqualTo(Errno.ENOENT);
        add(0);
        cause();
        awaitFired();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65, 1000})
    void numberThatIsNoSignalIsEINVAL(int number) throws Exception {
        assertThat(kq.errno(number, Filter.SIGNAL, EV_ADD)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void severalSignalsAreToldApart() throws Exception {
        replace("WINCH", field("SIG_IGN"));
        add(0);
        kq.change(number("WINCH"), Filter.SIGNAL, EV_ADD, 0, 0, 2);
        kill("WINCH");
        assertThat(kq.awaitOne().udata()).isEqualTo(2);
        kill(NAME);
        assertThat(kq.awaitOne().ident()).isEqualTo(USR1);
    }

    /** A JVM that counts one signal, prints "ready", and then each count as it comes. */
    public static final class Counter {
        private Counter() {}

        public static void main(String[] arguments) throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
            try (KQueueDriver queue = new KQueueDriver()) {
                queue.change(Long.parseLong(arguments[0]), Filter.SIGNAL, EV_ADD, 0, 0, 0);
                System.out.println("ready");
                List<KQueueDriver.Event> events;
                do {
                    events = queue.fetch(1, KQueueDriver.SOON);
                    events.forEach(event -> System.out.println("count " + event.data()));
                } while (!events.isEmpty());
            }
        }
    }

    private static Process startCounter(String shell, String name) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        shell + " exec \"$@\"",
                        "sh",
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Counter.class.getName(),
                        Integer.toString(number(name)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void signalIgnoredFromTheBeginningIsCounted() throws Exception {
        // As nohup(1) starts a program; the JVM would leave the signal alone.
        Process counter = startCounter("trap '' HUP;", "HUP");
        try (BufferedReader output = counter.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            for (int i = 0; i < 3; i++) {
                kill("HUP", counter.pid());
                assertThat(output.readLine()).isEqualTo("count 1");
            }
            assertThat(counter.isAlive()).isTrue();
        } finally {
            counter.destroyForcibly().waitFor();
        }
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void defaultActionIsWithheldWhileTheSignalIsWatched() throws Exception {
        Process counter = startCounter("", "USR1");
        try (BufferedReader output = counter.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            kill("USR1", counter.pid());
            assertThat(output.readLine()).isEqualTo("count 1");
            assertThat(counter.waitFor(100, TimeUnit.MILLISECONDS)).as("it has ended").isFalse();
        } finally {
            counter.destroyForcibly().waitFor();
        }
    }

    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void jvmShutsDownOnTermAsBefore() throws Exception {
        Process counter = startCounter("", "TERM");
        try (BufferedReader output = counter.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            kill("TERM", counter.pid());
            List<String> lines = output.lines().toList();
            assertThat(lines).contains("shutdown");
            assertThat(counter.waitFor()).isEqualTo(128 + 15);
        } finally {
            counter.destroyForcibly().waitFor();
        }
    }
}
