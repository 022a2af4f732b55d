package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the first call of a function of each class of this package with too little stack, or too little memory, again
 * and again until there is enough; then with plenty. A program, as these classes are initialized once in a process.
 */
final class FirstCalls {
    private FirstCalls() {}

    private static final MemorySegment MEMORY = Arena.global().allocate(4096, 8);
    private static final byte[] HEAP = new byte[16];

    /** A call of a function, on no descriptor or on our own memory. */
    private interface Call {
        long make();
    }

    private record First(String type, Call call) {}

    private static List<First> all() {
        KeptArenas kept = new KeptArenas();
        kept.add(MEMORY);
        // One for each class, and one for each shape.
        return List.of(
                new First("Poll", () -> Poll.poll(MEMORY, 0, 0)),
                new First("Fcntl", () -> Fcntl.fcntl(-1, Fcntl.F_GETFD, 0)),
                new First("Errno", () -> Errno.strerror(Errno.EPERM).length()),
                new First("Unistd", () -> Unistd.close(-1)),
                new First("Unistd, critical", () -> Unistd.read(-1, MEMORY.address(), 1)),
                new First("Unistd, heap", () -> Unistd.write(-1, MemorySegment.ofArray(HEAP), 1)),
                new First("Unistd, segment", () -> Unistd.write(-1, MEMORY, 1)),
                new First("SysUio", () -> SysUio.readv(-1, MEMORY, 0)),
                new First("SysUio, kept", () -> SysUio.readv(-1, MEMORY, 0, kept)),
                new First("SysSocket", () -> SysSocket.listen(-1, 1)),
                new First("SysIoctl", () -> SysIoctl.ioctl(-1, SysIoctl.FIONREAD, MEMORY)),
                new First("SysStat", () -> SysStat.fstat(-1, MEMORY)),
                new First("SysResource", () -> SysResource.getrlimit(SysResource.RLIMIT_NOFILE).hard()),
                new First("SysSendfile", () -> SysSendfile.sendfile(-1, -1, 0, 1)),
                new First("CSignal", () -> CSignal.isIgnored(-1) ? 1 : -1),
                new First("Pthread", () -> Pthread.pthread_self() == 0 ? 0 : 1),
                new First("Pwd", () -> Pwd.name(0).length()),
                new First("Grp", () -> Grp.name(0).length()),
                new First("Dlfcn", () -> Dlfcn.fileOf(0).length()),
                new First("SysEpoll", () -> SysEpoll.epollWait(-1, MEMORY, 1, 0)),
                new First("SysEpoll, without errno", () -> SysEpoll.epollPoll(-1, MEMORY, 1)),
                new First("SysEventfd", () -> SysEventfd.eventfd(0)),
                new First("SysInotify", () -> SysInotify.inotifyRmWatch(-1, 1)),
                new First("SysPidfd", () -> SysPidfd.pidfdOpen(-1)),
                new First("SysTimerfd", () -> SysTimerfd.timerfdSettime(-1, 0, MEMORY)),
                new First("SysWait", () -> SysWait.status(-1, MEMORY)));
    }

    public static void main(String[] args) {
        List<First> all = all();
        // The JDK's own class for this would be lost.
        MEMORY.fill((byte) 0);
        boolean deep = args[0].equals("stack");
        int failed = 0;
        Call startup =
                () -> {
                    Startup.check();
                    return 0;
                };
        failed += deep ? overflows(startup) : exhaustions(startup);
        startup.make();
        for (First first : all) {
            int failures = deep ? overflows(first.call()) : exhaustions(first.call());
            long expected = first.call().make();
            if (first.call().make() != expected && !first.type().equals("SysEventfd")) {
                throw new AssertionError(first.type());
            }
            failed += failures > 0 ? 1 : 0;
        }
        System.out.println(failed > 0 ? "all work, after failures" : "no call has failed");
    }

    /** Goes down until the stack overflows, and makes the call in each frame on the way back until it succeeds. */
    private static int overflows(Call call) {
        int[] failures = new int[1];
        descend(call, failures);
        return failures[0];
    }

    /** Whether the call is still to be made. */
    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private static boolean descend(Call call, int[] failures) {
        boolean pending;
        try {
            pending = descend(call, failures);
        } catch (StackOverflowError bottom) {
            pending = true;
        }
        if (pending) {
            try {
                call.make();
                return false;
            } catch (StackOverflowError e) {
                failures[0]++;
            }
        }
        return pending;
    }

    /** Fills the heap with arrays of this size. */
    private static void fill(List<byte[]> ballast, int size) {
        try {
            while (ballast.size() < 1 << 16) {
                ballast.add(new byte[size]);
            }
        } catch (OutOfMemoryError full) {
            // As was meant.
        }
    }

    /** Fills the heap, and makes the call with ever more of it free until it succeeds. */
    private static int exhaustions(Call call) {
        List<byte[]> ballast = new ArrayList<>(1 << 16);
        for (int size = 1 << 20; size >= 64; size /= 4) {
            fill(ballast, size);
        }
        int failures = 0;
        while (true) {
            try {
                call.make();
                return failures;
            } catch (OutOfMemoryError e) {
                failures++;
                for (int i = 0; i < 200 && !ballast.isEmpty(); i++) {
                    ballast.removeLast();
                }
            }
        }
    }
}
