package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The kinds of downcalls, each a handle that serves every function of its kind: the function's address is the first
 * argument. What linking costs is paid for each shape, not for each function, so there are few: all but a few calls
 * take six numbers of 64 bits and return one. In the calling conventions of x86-64 and aarch64 these lie in registers,
 * of which the callee reads those that it knows.
 *
 * <p>Each shape is linked at its first use, in a class of its own, so that the handle is a constant for the JIT. If
 * that fails (StackOverflowError, OutOfMemoryError, denied access) the constant stays null, and each call links again
 * until it succeeds: the call is then slower, but works.
 */
final class Shapes {
    private Shapes() {}

    private static final int ORDINARY = 0;
    private static final int CRITICAL = 1;
    private static final int WITHOUT_ERRNO = 2;
    private static final int HEAP = 3;
    private static final int SEGMENT = 4;
    private static final int KEPT = 5;
    private static final int VARIADIC = 6;
    private static final int SEVEN = 7;

    /** How many there are. */
    static final int COUNT = 8;

    /** The handles whose first linking failed. Threads that race for one link twice, which is harmless. */
    private static final MethodHandle[] LATE = new MethodHandle[COUNT];

    private static final class Ordinary {
        static final MethodHandle HANDLE = linkOrNull(ORDINARY);
    }

    private static final class Critical {
        static final MethodHandle HANDLE = linkOrNull(CRITICAL);
    }

    private static final class WithoutErrno {
        static final MethodHandle HANDLE = linkOrNull(WITHOUT_ERRNO);
    }

    private static final class Heap {
        static final MethodHandle HANDLE = linkOrNull(HEAP);
    }

    private static final class Segment {
        static final MethodHandle HANDLE = linkOrNull(SEGMENT);
    }

    private static final class Kept {
        static final MethodHandle HANDLE = linkOrNull(KEPT);
    }

    private static final class Variadic {
        static final MethodHandle HANDLE = linkOrNull(VARIADIC);
    }

    private static final class Seven {
        static final MethodHandle HANDLE = linkOrNull(SEVEN);
    }

    /** {@code long f(long, long, long, long, long, long)}, which may wait; errno comes second. */
    static MethodHandle ordinary() {
        MethodHandle handle = Ordinary.HANDLE;
        return handle != null ? handle : again(ORDINARY);
    }

    /** The same, for calls that never wait. */
    static MethodHandle critical() {
        MethodHandle handle = Critical.HANDLE;
        return handle != null ? handle : again(CRITICAL);
    }

    /** {@code long f(long, long, long, long)}, which never waits, without errno. */
    static MethodHandle withoutErrno() {
        MethodHandle handle = WithoutErrno.HANDLE;
        return handle != null ? handle : again(WITHOUT_ERRNO);
    }

    /** {@code long f(long, void *, long, long, long, long)}, which never waits; the memory lies in the heap. */
    static MethodHandle heap() {
        MethodHandle handle = Heap.HANDLE;
        return handle != null ? handle : again(HEAP);
    }

    /** {@code long f(long, void *, long, long, long, long)}, which may wait, and keeps the arena open. */
    static MethodHandle segment() {
        MethodHandle handle = Segment.HANDLE;
        return handle != null ? handle : again(SEGMENT);
    }

    /** {@code long f(long, long, long)}, which may wait; the segments of {@link KeptArenas} come last. */
    static MethodHandle kept() {
        MethodHandle handle = Kept.HANDLE;
        return handle != null ? handle : again(KEPT);
    }

    /** {@code long f(long, long, ...)}: arm64 macOS passes what stands for the dots on the stack. */
    static MethodHandle variadic() {
        if (!Abi.HOST.system().equals("macOS")) {
            return ordinary();
        }
        MethodHandle handle = Variadic.HANDLE;
        return handle != null ? handle : again(VARIADIC);
    }

    /** As {@link #ordinary}, with a seventh argument. */
    static MethodHandle seven() {
        MethodHandle handle = Seven.HANDLE;
        return handle != null ? handle : again(SEVEN);
    }

    private static MethodHandle linkOrNull(int shape) {
        try {
            return link(shape);
        } catch (RuntimeException | Error e) {
            // Thrown from here, it would cost the class. The caller links again, and throws it if it lasts.
            return null;
        }
    }

    private static MethodHandle again(int shape) {
        MethodHandle handle = LATE[shape];
        if (handle == null) {
            Headroom.ensure();
            handle = link(shape);
            LATE[shape] = handle;
        }
        return handle;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(int shape) {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(descriptor(shape), options(shape));
        return shape == KEPT ? handle.asSpreader(MemorySegment[].class, KeptArenas.MOST) : handle;
    }

    /** Arguments and result of a shape: META-INF/native-image lists them. */
    static FunctionDescriptor descriptor(int shape) {
        return switch (shape) {
            case ORDINARY, CRITICAL, VARIADIC -> numbers(6);
            case WITHOUT_ERRNO -> numbers(4);
            case HEAP, SEGMENT -> withSegment();
            case KEPT -> withKept();
            case SEVEN -> numbers(7);
            default -> throw new AssertionError(shape);
        };
    }

    /** The linker options of a shape. */
    static Linker.Option[] options(int shape) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return switch (shape) {
            case ORDINARY, SEGMENT, KEPT, SEVEN -> new Linker.Option[] {errno};
            case CRITICAL, HEAP -> new Linker.Option[] {errno, Linker.Option.critical(true)};
            case WITHOUT_ERRNO -> new Linker.Option[] {Linker.Option.critical(false)};
            case VARIADIC -> new Linker.Option[] {errno, Linker.Option.firstVariadicArg(2)};
            default -> throw new AssertionError(shape);
        };
    }

    private static FunctionDescriptor numbers(int count) {
        MemoryLayout[] arguments = new MemoryLayout[count];
        Arrays.fill(arguments, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    private static FunctionDescriptor withSegment() {
        return FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    }

    private static FunctionDescriptor withKept() {
        MemoryLayout[] arguments = new MemoryLayout[3 + KeptArenas.MOST];
        Arrays.fill(arguments, 0, 3, JAVA_LONG);
        Arrays.fill(arguments, 3, arguments.length, ADDRESS);
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }
}
