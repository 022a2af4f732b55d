package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.Note.NOTE_REVOKE;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.StandardOpenOption.APPEND;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** NOTE_REVOKE from what causes it: file systems that are unmounted, in a mount name space of the test's own. */
@EnabledOnOs(OS.LINUX)
class RevokeTest {
    private static final List<String> NAMESPACE = List.of("unshare", "--mount", "--propagation", "private", "--");

    @Test
    void unmountRevokesTheFilesOfTheFileSystemAndNoOther(@TempDir Path folder) throws Exception {
        assumeMayMount();
        String printed =
                new ChildJvm().under(NAMESPACE).run("-ea", Program.class.getName(), "unmount", folder.toString());
        assertThat(printed).endsWith("good\n");
    }

    @Test
    void unmountReachesWhoeverPollsTheQueue(@TempDir Path folder) throws Exception {
        assumeMayMount();
        String printed = new ChildJvm().under(NAMESPACE).run("-ea", Program.class.getName(), "poll", folder.toString());
        assertThat(printed).endsWith("good\n");
    }

    private static void assumeMayMount() throws Exception {
        Process unshare =
                new ProcessBuilder("unshare", "--mount", "--propagation", "private", "--", "true")
                        .redirectErrorStream(true)
                        .start();
        assumeTrue(unshare.waitFor() == 0, "mounting wants CAP_SYS_ADMIN, which this user has not");
    }

    /** Runs where its mounts are nobody else's. */
    public static final class Program {
        private final Path mount;
        private final Path there;
        private final Path here;

        private Program(Path folder) throws Exception {
            mount = Files.createDirectory(folder.resolve("mount"));
            execute("mount", "-t", "tmpfs", "none", mount.toString());
            there = Files.writeString(mount.resolve("there"), "some");
            here = Files.writeString(folder.resolve("here"), "some");
        }

        public static void main(String[] arguments) throws Exception {
            Program program = new Program(Path.of(arguments[1]));
            if (arguments[0].equals("poll")) {
                program.poll();
            } else {
                program.unmount();
            }
            System.out.println("good");
        }

        private static void execute(String... command) throws Exception {
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        }

        private static void watch(KQueueDriver kq, OpenFile file, int notes, long udata) throws IOException {
            kq.change(file.descriptor(), Filter.VNODE, EV_ADD | EV_CLEAR, notes, 0, udata);
        }

        private void unmount() throws Exception {
            try (KQueueDriver kq = new KQueueDriver();
                    OpenFile gone = OpenFile.open(there);
                    OpenFile folder = OpenFile.open(mount);
                    OpenFile without = OpenFile.open(there);
                    OpenFile stays = OpenFile.open(here)) {
                watch(kq, gone, NOTE_WRITE, 0);
                watch(kq, gone, NOTE_REVOKE | NOTE_WRITE, 1);
                watch(kq, folder, NOTE_REVOKE, 2);
                watch(kq, without, NOTE_WRITE, 3);
                watch(kq, stays, NOTE_REVOKE | NOTE_WRITE, 4);
                assertThat(kq.pending()).isEmpty();

                // Another file system that comes and goes.
                Path other = Files.createDirectory(mount.resolveSibling("other"));
                execute("mount", "-t", "tmpfs", "none", other.toString());
                execute("umount", other.toString());
                assertThat(kq.fetch(4, Duration.ofMillis(50))).isEmpty();

                execute("umount", "--lazy", mount.toString());
                List<KQueueDriver.Event> events = kq.await();
                assertThat(events).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 2L);
                assertThat(events).allMatch(event -> event.fflags() == NOTE_REVOKE && event.has(EV_EOF));
                assertThat(kq.pending()).isEmpty();
                assertThat(kq.errno(gone.descriptor(), Filter.VNODE, EV_DELETE))
                        .as("the knote is gone")
                        .isEqualTo(Errno.ENOENT);

                Files.writeString(here, "more", APPEND);
                assertThat(kq.awaitOne().udata()).as("all else goes on").isEqualTo(4);
            }
        }

        private void poll() throws Exception {
            try (KQueueDriver kq = new KQueueDriver();
                    OpenFile file = OpenFile.open(there);
                    Arena arena = Arena.ofConfined()) {
                watch(kq, file, NOTE_REVOKE, 1);
                MemorySegment fds = arena.allocate(Poll.SIZE, 8);
                Poll.set(fds, 0, kq.kqueue.descriptor(), Poll.POLLIN);
                assertThat(Poll.poll(fds, 1, 0)).isZero();
                execute("umount", "--lazy", mount.toString());
                assertThat(Poll.poll(fds, 1, (int) KQueueDriver.SOON.toMillis())).isEqualTo(1);
                // Whoever polls more than once uses up what the kernel tells of the change.
                Poll.poll(fds, 1, 0);
                Poll.poll(fds, 1, 0);
                assertThat(kq.pending()).hasSize(1);
                assertThat(Poll.poll(fds, 1, 0)).isZero();
            }
        }
    }
}
