package dev.kqueue.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The CPU time of another process. Linux has a clock for each process, which counts nanoseconds and includes threads
 * that have ended; /proc/PID/stat counts in hundredths of a second, which is a tenth of a slice.
 */
@SuppressWarnings("restricted")
final class CpuClock {
    private static final int CPUCLOCK_SCHED = 2;
    private static final MethodHandle CLOCK_GETTIME =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private CpuClock() {}

    /** Of all its threads, in user mode and in the kernel. */
    static long nanos(ProcessHandle process) throws IOException {
        if (!Side.isLinux()) {
            return process.info().totalCpuDuration().orElseThrow().toNanos();
        }
        // As clock_getcpuclockid(3) computes it.
        int clock = (int) (~process.pid() << 3) | CPUCLOCK_SCHED;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timespec = arena.allocate(16, 8);
            if ((int) CLOCK_GETTIME.invokeExact(clock, timespec) != 0) {
                throw new IOException("process " + process.pid() + " has no CPU clock");
            }
            return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000 + timespec.get(ValueLayout.JAVA_LONG, 8);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
