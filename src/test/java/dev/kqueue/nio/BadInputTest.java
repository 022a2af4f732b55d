package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.file.StandardOpenOption.APPEND;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.WatchedFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What cannot be watched is refused by an exception that names it and the reason, and the selector goes on. */
@Timeout(180)
class BadInputTest {
    private static final EnumSet<VnodeEvent> WRITE = EnumSet.of(VnodeEvent.WRITE);
    private static final EnumSet<ProcessEvent> EXIT = EnumSet.of(ProcessEvent.EXIT);

    @TempDir Path folder;
    private Others others;

    /** A selector with a file, a pipe and a user event, all of which must go on. */
    private static final class Others implements AutoCloseable {
        final KQueueSelector selector = KQueueSelector.open();
        private final Path file;
        private final Pipe pipe = KQueueSelectorProvider.instance().openPipe();
        private final Set<SelectionKey> keys = new HashSet<>();
        private final UserKey user;

        Others(Path folder) throws IOException {
            file = Files.createTempFile(folder, "other", null);
            pipe.source().configureBlocking(false);
            user = selector.addUserEvent();
            keys.add(user);
            keys.add(selector.watchFile(file, WRITE));
            keys.add(pipe.source().register(selector, OP_READ));
        }

        void assertGoOn() throws IOException {
            assertThat(selector.selectNow()).isZero();
            assertThat(selector.keys()).isEqualTo(keys);
            Files.writeString(file, "more", APPEND);
            pipe.sink().write(ByteBuffer.allocate(1));
            user.trigger();
            while (selector.selectedKeys().size() < keys.size()) {
                assertThat(selector.select(20_000)).isPositive();
            }
            assertThat(selector.selectedKeys()).isEqualTo(keys);
            selector.selectedKeys().clear();
            pipe.source().read(ByteBuffer.allocate(1));
        }

        @Override
        public void close() throws IOException {
            selector.close();
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        others = new Others(folder);
    }

    @AfterEach
    void close() throws IOException {
        others.close();
    }

    @Test
    void pathThatDoesNotExist() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> others.selector.watchFile(missing, WRITE))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString());
        others.assertGoOn();
    }

    @Test
    void processThatIsGone() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        assertThatThrownBy(() -> others.selector.watchProcess(process.toHandle(), EXIT))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no process " + process.pid() + ", or it has exited (ESRCH)");
        others.assertGoOn();
    }

    @Test
    void unknownSignalName() throws IOException {
        assertThatThrownBy(() -> Signal.of("NONSENSE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no signal NONSENSE");
        assertThatThrownBy(() -> Signal.of(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no signal 1000");
        others.assertGoOn();
    }

    @ParameterizedTest
    @EnumSource
    void signalThatIsNotDefinedOrNotToBeCaught(Signal signal) throws IOException {
        if (!signal.isDefined()) {
            assertThatThrownBy(() -> others.selector.watchSignal(signal))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(signal.cName() + " is not defined on ");
        } else {
            try {
                others.selector.watchSignal(signal).cancel();
            } catch (IOException refused) {
                assertThat(refused).hasMessageContaining(signal.cName() + " cannot be watched");
            }
        }
        others.assertGoOn();
    }

    @Test
    void closedDescriptor() throws IOException {
        WatchedFile file = WatchedFile.open(folder);
        file.close();
        for (Filter filter : List.of(Filter.READ, Filter.WRITE, Filter.VNODE)) {
            KEvent event = new KEvent(file.descriptor(), filter, EV_ADD, 0, 0);
            assertThatThrownBy(() -> others.selector.watch(event))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(filter.cName() + " " + file.descriptor())
                    .hasMessageContaining("EBADF");
        }
        VnodeChannel channel = VnodeChannel.open(folder, WRITE);
        channel.close();
        assertThatThrownBy(() -> channel.register(others.selector, OP_READ)).isInstanceOf(ClosedChannelException.class);
        others.assertGoOn();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "VNODE", "PROC", "SIGNAL", "TIMER"})
    void noteThatTheFilterLacks(Filter filter) throws IOException {
        // Kernels ignore notes that they do not know.
        Ability.OWN_KQUEUE.assume();
        try (WatchedFile file = WatchedFile.open(folder)) {
            long ident =
                    switch (filter) {
                        case PROC -> ProcessHandle.current().pid();
                        case SIGNAL -> Signal.WINCH.number();
                        case TIMER -> 5;
                        default -> file.descriptor();
                    };
            KEvent event = new KEvent(ident, filter, EV_ADD | EV_CLEAR, 1 << 19, 0);
            assertThatThrownBy(() -> others.selector.watch(event))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(filter.cName() + " " + ident)
                    .hasMessageContaining("EINVAL");
        }
        others.assertGoOn();
    }

    @ParameterizedTest
    @EnumSource
    void filterThatTheSystemLacks(Filter filter) throws IOException {
        if (!filter.isDefined()) {
            assertThatThrownBy(() -> others.selector.watch(new KEvent(1, filter, EV_ADD, 0, 0)))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageStartingWith(filter.cName() + " is not defined on ");
        }
        others.assertGoOn();
    }

    // ---- what wants another user, or other limits

    private String run(List<String> under, String what) throws Exception {
        ChildJvm child = new ChildJvm();
        if (!under.isEmpty()) {
            child.under(under);
        }
        return child.run(Program.class.getName(), what, folder.toString());
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** To be root makes no difference then; and everybody else has no such rights anyway. */
    private static List<String> withoutPrivilege() throws IOException {
        return isRoot() ? List.of("setpriv", "--bounding-set=-all", "--") : List.of();
    }

    private static void assumeRuns(List<String> command) throws Exception {
        List<String> all = new ArrayList<>(command);
        all.add("true");
        try {
            int status = new ProcessBuilder(all).redirectErrorStream(true).start().waitFor();
            assumeTrue(status == 0, () -> command + " is not for this user");
        } catch (IOException absent) {
            assumeTrue(false, absent.getMessage());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void directoryWithoutPermission() throws Exception {
        assertThat(run(withoutPrivilege(), "permission")).endsWith("good\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void processOfAnotherUserIsWatchedForItsExit() throws Exception {
        List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
        assumeRuns(nobody);
        List<String> command = new ArrayList<>(nobody);
        command.addAll(List.of("sleep", "1000"));
        Process process = new ProcessBuilder(command).start();
        try {
            while (process.info().command().stream().noneMatch(name -> name.endsWith("sleep"))) {
                assertThat(process.isAlive()).isTrue();
                Thread.sleep(5);
            }
            // The child tells when it watches, by a file that this process waits for.
            Thread killer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (KQueueSelector selector = KQueueSelector.open()) {
                                            selector.watchFile(folder, WRITE);
                                            while (!Files.exists(folder.resolve("watching"))) {
                                                selector.select(1000);
                                            }
                                            process.destroy();
                                        } catch (IOException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            assertThat(run(withoutPrivilege(), "process " + process.pid())).endsWith("good\n");
            killer.join();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void limitOfWatchedFiles() throws Exception {
        assertThat(run(limited("max_inotify_watches", 5), "watches")).endsWith("good\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void limitOfSelectorsThatWatchFiles() throws Exception {
        assertThat(run(limited("max_inotify_instances", 1), "instances")).endsWith("good\n");
    }

    /** In a name space of users, whose limits are its own. */
    private static List<String> limited(String limit, int number) throws Exception {
        List<String> command =
                List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "/bin/sh",
                        "-c",
                        "echo " + number + " > /proc/sys/user/" + limit + " && exec \"$@\"",
                        "sh");
        assumeRuns(command);
        return command;
    }

    /** Runs where less is allowed than the test is. */
    public static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[1]);
            try (Others others = new Others(folder)) {
                String[] what = arguments[0].split(" ");
                switch (what[0]) {
                    case "permission" -> permission(others, folder);
                    case "process" -> process(others, folder, Long.parseLong(what[1]));
                    case "watches" -> watches(others, folder);
                    case "instances" -> instances(folder);
                    default -> throw new IllegalArgumentException(what[0]);
                }
                others.assertGoOn();
            }
            System.out.println("good");
        }

        private static void permission(Others others, Path folder) throws IOException {
            Path closed = Files.createDirectory(folder.resolve("closed"));
            Path below = Files.createFile(closed.resolve("below"));
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
            for (Path path : List.of(closed, below)) {
                assertThatThrownBy(() -> others.selector.watchFile(path, WRITE))
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining(path.toString());
            }
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }

        private static void process(Others others, Path folder, long pid) throws IOException {
            ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
            ProcessKey key = others.selector.watchProcess(process, EXIT);
            Files.createFile(folder.resolve("watching"));
            while (!key.hasExited()) {
                assertThat(others.selector.select(60_000)).isPositive();
            }
            // Who may not look at the process may not be told how it ended.
            assertThat(key.terminationSignal().orElse(15)).isEqualTo(15);
            others.selector.selectedKeys().clear();
            assertThat(others.selector.select(50)).isZero();
            key.cancel();
        }

        private static void watches(Others others, Path folder) throws IOException {
            List<VnodeKey> keys = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                keys.add(others.selector.watchFile(Files.createFile(folder.resolve("file" + i)), WRITE));
            }
            Path more = Files.createFile(folder.resolve("more"));
            assertThatThrownBy(() -> others.selector.watchFile(more, WRITE))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(more.toString())
                    .hasMessageContaining("fs.inotify.max_user_watches")
                    .hasMessageContaining("ENOSPC");
            keys.removeFirst().cancel();
            others.selector.selectNow();
            keys.add(others.selector.watchFile(more, WRITE));
            keys.forEach(SelectionKey::cancel);
        }

        private static void instances(Path folder) throws IOException {
            try (KQueueSelector second = KQueueSelector.open()) {
                assertThatThrownBy(() -> second.watchFile(folder, WRITE))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining(folder.toString())
                        .hasMessageContaining("fs.inotify.max_user_instances")
                        .hasMessageContaining("EMFILE");
                // All else can still be watched.
                TimerKey timer = second.schedule(Duration.ofMillis(1));
                second.select();
                assertThat(second.selectedKeys()).containsExactly(timer);
            }
        }
    }
}
