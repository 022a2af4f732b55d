package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.Ability;
import dev.kqueue.KEvent;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keys of which nothing more can come, on this system's kqueue: the selector cancels them. */
@Timeout(120)
class EndedKeysTest {
    private static final Set<VnodeEvent> CHANGES = EnumSet.of(VnodeEvent.WRITE, VnodeEvent.DELETE);

    @TempDir private Path folder;

    private final KQueueSelector selector = KQueueSelector.open();

    EndedKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    /** Selects until no key is left, and returns the keys of the action's calls. */
    private List<SelectionKey> selectAll() throws IOException {
        List<SelectionKey> told = new ArrayList<>();
        while (!selector.keys().isEmpty()) {
            selector.select(told::add);
        }
        return told;
    }

    // ---- what ends

    @Test
    void thousandTimersLeaveNoKeyAndNoDescriptor() throws IOException {
        selector.schedule(Duration.ofDays(1)).cancel(); // opens what all timers share
        selector.selectNow();
        long before = OpenDescriptors.count();
        Set<SelectionKey> timers = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            timers.add(selector.schedule(Duration.ofNanos(i * 10_000L)));
        }
        List<SelectionKey> told = selectAll();
        assertThat(told).hasSize(1_000).containsExactlyInAnyOrderElementsOf(timers);
        assertThat(timers)
                .noneMatch(SelectionKey::isValid)
                .noneMatch(key -> key.channel().isOpen())
                .allMatch(key -> ((TimerKey) key).expirations() == 1);
        assertThat(OpenDescriptors.count()).isEqualTo(before);
    }

    @Test
    void processesThatHaveExitedLeaveNoKeyAndNoDescriptor() throws IOException {
        int children = 20;
        long before = OpenDescriptors.count();
        Set<ProcessKey> keys = new HashSet<>();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            Process child =
                    new ProcessBuilder("/bin/sh", "-c", "exit " + i)
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            processes.add(child);
            keys.add(selector.watchProcess(child));
        }
        assertThat(selectAll()).hasSize(children);
        assertThat(keys).noneMatch(SelectionKey::isValid).allMatch(ProcessKey::hasExited);
        assertThat(keys.stream().mapToInt(key -> key.exitValue().orElseThrow())).hasSize(children);
        assertThat(processes).noneMatch(Process::isAlive);
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before + 1); // what all processes share
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void processThatIsNotWatchedForItsExitEndsUnreported() throws Exception {
        Process child = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        ProcessKey key;
        try {
            key = selector.watchProcess(child, EnumSet.of(ProcessEvent.EXEC));
        } catch (IOException refused) {
            assertThat(refused).hasMessageContaining("EPERM");
            child.destroyForcibly();
            return;
        }
        child.destroyForcibly();
        assertThat(selectAll()).isEmpty();
        assertThat(key.isValid()).isFalse();
        assertThat(key.events()).isEmpty();
    }

    @Test
    void fileWithoutANameIsClosed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        VnodeKey key = selector.watchFile(file, CHANGES);
        Files.delete(file);

        assertThat(selectAll()).containsExactly(key);
        assertThat(key.events()).containsExactly(VnodeEvent.DELETE);
        assertThat(key.channel().isOpen()).isFalse();
    }

    @Test
    void fileWithAnotherNameIsWatchedOn() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Path other = Files.createLink(folder.resolve("other"), file);
        VnodeKey key = selector.watchFile(file, CHANGES);
        Files.delete(file);
        List<SelectionKey> told = new ArrayList<>();
        selector.select(told::add);
        assertThat(key.isValid()).isTrue();
        Files.writeString(other, "more", StandardOpenOption.APPEND);
        while (!key.events().contains(VnodeEvent.WRITE)) {
            selector.select(told::add);
        }
        Files.delete(other);
        selectAll();
        assertThat(key.isValid()).isFalse();
    }

    @Test
    void fileThatIsNotWatchedForItsDeletionIsWatchedOn() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        try (var writer = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            VnodeKey key = selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
            Files.delete(file);
            writer.write(ByteBuffer.wrap(new byte[1]));
            while (!key.events().contains(VnodeEvent.WRITE)) {
                selector.select(ready -> {});
            }
            assertThat(key.isValid()).isTrue();
        }
    }

    @Test
    void deletedDirectoriesAreClosed() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        VnodeKey vnode = selector.watchFile(directory, CHANGES);
        DirectoryKey entries = selector.watchDirectory(directory);
        Files.delete(directory);

        assertThat(selectAll()).contains(vnode, entries);
        assertThat(entries.events()).last().extracting(DirectoryEvent::path).isEqualTo(directory);
        assertThat(entries.channel().isOpen()).isFalse();
    }

    @Test
    void eventThatIsReportedOnceEnds() throws IOException {
        KEventKey key = selector.watch(KEvent.timer(1, KEvent.EV_ADD | KEvent.EV_ONESHOT, Duration.ofMillis(1), null));
        assertThat(selectAll()).containsExactly(key);
        assertThat(key.data()).isOne();
    }

    @Test
    void programsOwnChannelStaysOpenAndMayBeRegisteredAgain() throws IOException {
        try (TimerChannel channel = TimerChannel.after(Duration.ZERO)) {
            for (int i = 0; i < 3; i++) {
                SelectionKey key = channel.register(selector, OP_READ);
                assertThat(selectAll()).containsExactly(key);
                assertThat(key.isValid()).isFalse();
                assertThat(channel.isOpen()).isTrue();
            }
        }
    }

    @Test
    void keysThatMayReportMoreStay() throws IOException {
        TimerKey tick = selector.scheduleAtFixedRate(Duration.ofMillis(1));
        UserKey user = selector.addUserEvent();
        user.trigger();
        List<SelectionKey> told = new ArrayList<>();
        while (!told.contains(tick) || !told.contains(user)) {
            selector.select(told::add);
        }
        assertThat(selector.keys()).containsExactlyInAnyOrder(tick, user);
    }

    // ---- when it ends

    @Test
    void keyIsValidWithinTheActionAndGoneAfterTheOperation() throws IOException {
        TimerKey key = selector.schedule(Duration.ZERO);
        int count =
                selector.select(
                        ready -> {
                            assertThat(ready.isValid()).isTrue();
                            assertThat(ready.isReadable()).isTrue();
                            assertThat(selector.keys()).containsExactly(key);
                        });
        assertThat(count).isOne();
        assertThat(selector.keys()).isEmpty();
        assertThat(key.isValid()).isFalse();
        assertThat(key.expirations()).as("the record stays readable").isOne();
    }

    @Test
    void selectedKeyEndsWithTheOperationAfterItsRemoval() throws IOException {
        TimerKey key = selector.schedule(Duration.ZERO);
        assertThat(selector.select()).isOne();
        assertThat(selector.selectNow()).isZero();
        assertThat(key.isValid()).as("not taken from the set").isTrue();
        assertThat(selector.selectedKeys()).containsExactly(key);

        selector.selectedKeys().clear();
        assertThat(key.isValid()).as("the program may read it after its removal").isTrue();
        assertThat(key.isReadable()).isTrue();
        assertThat(selector.select()).as("with its last key there is nothing to wait for").isZero();
        assertThat(key.isValid()).isFalse();
        assertThat(selector.keys()).isEmpty();
        assertThat(key.expirations()).isOne();
    }

    @Test
    void loopOverSelectedKeysEnds() throws IOException {
        for (int i = 0; i < 10; i++) {
            selector.schedule(Duration.ofMillis(i));
        }
        int told = 0;
        while (!selector.keys().isEmpty()) {
            selector.select();
            for (var keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                told += (int) ((TimerKey) keys.next()).expirations();
                keys.remove();
            }
        }
        assertThat(told).isEqualTo(10);
    }

    @Test
    void operationWaitsForTheKeysThatAreLeft() throws IOException {
        selector.schedule(Duration.ZERO);
        TimerKey later = selector.schedule(Duration.ofMillis(100));
        assertThat(selector.select()).isOne();
        selector.selectedKeys().clear();
        assertThat(selector.select()).isOne();
        assertThat(selector.selectedKeys()).containsExactly(later);
    }

    @Test
    void keyWithoutInterestDoesNotEnd() throws IOException {
        TimerKey key = selector.schedule(Duration.ZERO);
        key.interestOps(0);
        assertThat(selector.select(50)).isZero();
        assertThat(key.isValid()).isTrue();
        key.interestOps(OP_READ);
        assertThat(selectAll()).containsExactly(key);
    }

    @Test
    void resetInItsActionRevivesATimer() throws IOException {
        TimerKey key = selector.schedule(Duration.ofMillis(1));
        int[] times = {0};
        while (!selector.keys().isEmpty()) {
            selector.select(
                    ready -> {
                        assertThat(key.expirations()).isOne();
                        if (++times[0] < 5) {
                            key.reset(Duration.ofMillis(1));
                        }
                    });
        }
        assertThat(times[0]).isEqualTo(5);
        assertThatThrownBy(() -> key.reset(Duration.ZERO)).isInstanceOf(CancelledKeyException.class);
    }

    @Test
    void resetBeforeTheNextOperationRevivesASelectedTimer() throws IOException {
        TimerKey key = selector.schedule(Duration.ZERO);
        assertThat(selector.select()).isOne();
        selector.selectedKeys().clear();
        key.reset(Duration.ofMillis(1));
        assertThat(selector.select()).isOne();
        assertThat(key.expirations()).isOne();
    }

    @Test
    void keysAfterAnActionThatThrowsAreHandedOutLater() throws Exception {
        for (int i = 0; i < 3; i++) {
            selector.schedule(Duration.ZERO);
        }
        Thread.sleep(10);
        List<SelectionKey> told = new ArrayList<>();
        int failures = 0;
        while (!selector.keys().isEmpty()) {
            try {
                selector.select(
                        key -> {
                            told.add(key);
                            throw new IOException("of the program");
                        });
            } catch (IOException e) {
                failures++;
            }
        }
        assertThat(told).hasSize(3).doesNotHaveDuplicates();
        assertThat(failures).isEqualTo(3);
    }

    @Test
    void resetOfAnotherThreadEitherRevivesOrThrows() throws Exception {
        for (int i = 0; i < 500; i++) {
            TimerKey key = selector.schedule(Duration.ZERO);
            boolean[] revived = {false};
            Thread other =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            key.reset(Duration.ofDays(1));
                                            revived[0] = true;
                                        } catch (CancelledKeyException ended) {
                                            // It has expired for good.
                                        }
                                    });
            selector.selectNow(ready -> {});
            other.join();
            selector.selectNow(ready -> {});
            assertThat(key.isValid()).isEqualTo(revived[0] || key.expirations() == 0);
            key.cancel();
            selector.selectNow();
        }
    }
}
