package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** {@code <grp.h>}. */
public final class Grp {
    private Grp() {}

    private static final MethodHandle GETGRGID =
            CLibrary.function(
                    "getgrgid_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    /** The {@code gr_name} of {@code getgrgid_r(3)}; null if no group has the number. */
    public static String name(int gid) {
        return IdNames.find(GETGRGID, gid);
    }
}
