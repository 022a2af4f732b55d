package dev.kqueue;

import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_EXIT;
import static dev.kqueue.Note.NOTE_FORK;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ReferenceKQueue.Knote;
import dev.kqueue.internal.libc.Errno;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** EVFILT_PROC of shells, which fork when they are told to, and exit with a status of their own. */
final class ReferenceProcesses extends ReferenceFilter {
    private static final String SCRIPT =
            "while read line; do case $line in fork) (:) ; echo forked ;; *) exit $line ;; esac; done";

    private final Shell[] shells = new Shell[3];

    /** Exit statuses of those that have ended; and those of them that the kqueue has not been asked about since. */
    private final Map<Long, Integer> ended = new HashMap<>();

    private final Set<Long> unsettled = new HashSet<>();
    private final boolean forks;

    private static final class Shell {
        final Process process = new ProcessBuilder("/bin/sh", "-c", SCRIPT).start();
        final BufferedReader output = process.inputReader();

        Shell() throws IOException {}

        void say(String line) throws IOException {
            process.outputWriter().append(line).append('\n').flush();
        }
    }

    /**
     * Starts the shells.
     *
     * @param forks whether this user is told of forks
     */
    ReferenceProcesses(boolean forks) throws IOException {
        this.forks = forks;
        for (int i = 0; i < shells.length; i++) {
            shells[i] = new Shell();
        }
    }

    @Override
    Filter filter() {
        return Filter.PROC;
    }

    @Override
    long ident(Random random) {
        // Sometimes one that has ended, with a knote of it or without.
        for (long pid : ended.keySet()) {
            if (!unsettled.contains(pid) && random.nextInt(4) == 0) {
                return pid;
            }
        }
        return shells[random.nextInt(shells.length)].process.pid();
    }

    @Override
    int fflags(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1 << 10;
            case 1 -> 0;
            case 2, 3 -> forks ? NOTE_FORK : NOTE_EXIT;
            case 4 -> forks ? NOTE_FORK | NOTE_EXIT : NOTE_EXIT;
            default -> NOTE_EXIT;
        };
    }

    @Override
    int attach(Knote kn) {
        if ((kn.fflags & 1 << 10) != 0) {
            return Errno.EINVAL;
        }
        kn.flags |= EV_CLEAR;
        return ended.containsKey(kn.ident) ? Errno.ESRCH : 0;
    }

    @Override
    int touch(Knote kn, int flags, int fflags, long data) {
        if ((fflags & 1 << 10) != 0) {
            return Errno.EINVAL;
        }
        kn.fflags = fflags;
        return 0;
    }

    @Override
    String act(Random random, KQueueDriver real, ReferenceKQueue model) throws Exception {
        int index = random.nextInt(shells.length);
        Shell shell = shells[index];
        long pid = shell.process.pid();
        Knote kn = model.find(pid, Filter.PROC);
        // A fork that is still to be reported may come in an event of its own, before that of the exit.
        if (random.nextInt(3) > 0 || (kn != null && kn.notes != 0)) {
            shell.say("fork");
            assertThat(shell.output.readLine()).isEqualTo("forked");
            if (kn != null) {
                kn.notes |= kn.fflags & NOTE_FORK;
            }
            return "fork of " + pid;
        }
        int status = random.nextInt(100);
        shell.say(Integer.toString(status));
        assertThat(shell.process.waitFor()).isEqualTo(status);
        ended.put(pid, status << 8);
        unsettled.add(pid);
        shells[index] = new Shell();
        if (kn != null) {
            kn.notes |= kn.fflags & NOTE_EXIT;
            kn.flags |= EV_ONESHOT;
            kn.ended = true;
            if (kn.notes == 0) {
                model.remove(kn);
            }
        }
        return "exit of " + pid + " with " + status;
    }

    /** The kqueue has been asked for all of its events. */
    void settled() {
        unsettled.clear();
    }

    @Override
    boolean must(Knote kn) {
        return kn.notes != 0;
    }

    @Override
    boolean may(Knote kn) {
        return kn.notes != 0;
    }

    @Override
    void check(Knote kn, KQueueDriver.Event event) {
        assertThat(event.fflags()).as("notes of %s", kn).isEqualTo(kn.notes);
        assertThat(event.has(EV_EOF)).isEqualTo(kn.ended);
        assertThat(event.data()).isEqualTo((kn.notes & NOTE_EXIT) != 0 ? ended.get(kn.ident) : 0);
    }

    @Override
    void close() throws InterruptedException {
        for (Shell shell : shells) {
            shell.process.destroyForcibly().waitFor();
        }
    }
}
