package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds functions of the C library and links them; the only user of {@link Linker}. The classes beside this one, one
 * per C header, hold the handles in {@code static final} fields and give them their C names.
 *
 * <h2>errno</h2>
 *
 * Every handle made here (but for {@link #withoutErrno}) takes the capture segment of the calling thread as its first
 * argument, and each method turns the pair of result and errno into one number: {@code >= 0} as C returned it, or
 * {@code -errno}. errno is captured within the downcall, because anything the JVM does between two downcalls may change
 * it.
 *
 * <h2>Which kind of handle</h2>
 *
 * <ul>
 *   <li>{@link #function}: a call that may take its time. The thread counts as "in native", and holds back no
 *       safepoint.
 *   <li>{@link #critical}: a call that never waits. The thread stays "in Java": a safepoint waits for it, so it must be
 *       short, and may therefore read and write heap arrays in place.
 *   <li>{@link #withoutErrno}: a critical call over native memory whose errno is not needed.
 * </ul>
 */
final class CLibrary {
    private static final Linker LINKER = Linker.nativeLinker();

    // The values of both are objects of the JDK: a thread keeps them as long as it lives, and with one of a class of
    // ours it would keep our class loader, although the program has dropped that.

    /**
     * errno of a thread's last critical call: a heap segment, so that a million virtual threads leave nothing behind.
     */
    private static final ThreadLocal<MemorySegment> HEAP =
            ThreadLocal.withInitial(() -> MemorySegment.ofArray(new int[1]));

    /** errno of a thread's last ordinary call, made when first needed: such a call takes no heap segments. */
    private static final ThreadLocal<MemorySegment> MEMORY =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_INT));

    private CLibrary() {}

    /** Whether the C library exports the function: the way to tell releases of a system apart. */
    static boolean has(String function) {
        return Library.HOST.find(function).isPresent();
    }

    /** Where a function is, for handing it to C as a callback. */
    static long address(String function) {
        return Library.HOST.find(function).orElseThrow().address();
    }

    /** Links a function that may wait. Absent symbols give a handle that throws, naming the symbol. */
    static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return link(name, type, List.of(options));
    }

    /** Links a function that never waits, and that may be given heap segments. */
    static MethodHandle critical(String name, FunctionDescriptor type) {
        return link(name, type, List.of(Linker.Option.critical(true)));
    }

    /**
     * Links a function that never waits, without the argument for errno and what capturing it costs: for calls that
     * another handle can make again if one has failed.
     */
    @SuppressWarnings("restricted")
    static MethodHandle withoutErrno(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(Library.HOST.find(name).orElseThrow(), type, Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor type, List<Linker.Option> options) {
        List<Linker.Option> all = new ArrayList<>(options);
        all.add(Linker.Option.captureCallState("errno"));
        Optional<MemorySegment> address = Library.HOST.find(name);
        return address.isPresent()
                ? LINKER.downcallHandle(address.get(), type, all.toArray(Linker.Option[]::new))
                : absent(name, type);
    }

    private static MethodHandle absent(String name, FunctionDescriptor type) {
        MethodType target = type.toMethodType().insertParameterTypes(0, MemorySegment.class);
        MethodHandle thrower =
                MethodHandles.throwException(target.returnType(), UnsupportedOperationException.class)
                        .bindTo(new UnsupportedOperationException(Library.HOST.lacks(name)));
        return MethodHandles.dropArguments(thrower, 0, target.parameterList());
    }

    /** The first argument of a handle of {@link #function}. */
    static MemorySegment errno() {
        return MEMORY.get();
    }

    /** The first argument of a handle of {@link #critical}. */
    static MemorySegment criticalErrno() {
        return HEAP.get();
    }

    /** The one convention: {@code >= 0} as it is, -1 as {@code -errno}. */
    static int result(int returned, MemorySegment errno) {
        return returned != -1 ? returned : -errno.get(ValueLayout.JAVA_INT, 0);
    }

    /** The one convention: {@code >= 0} as it is, -1 as {@code -errno}. */
    static long result(long returned, MemorySegment errno) {
        return returned != -1 ? returned : -errno.get(ValueLayout.JAVA_INT, 0);
    }

    /**
     * What a handle throws is never the C function's doing: it is an error of ours or of the VM's, and passes
     * unchanged.
     */
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            return exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a downcall threw a checked exception", thrown);
    }
}
