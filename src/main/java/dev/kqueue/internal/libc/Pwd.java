package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** {@code <pwd.h>}. */
public final class Pwd {
    private Pwd() {}

    private static final MethodHandle GETPWUID =
            CLibrary.function(
                    "getpwuid_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    /** The {@code pw_name} of {@code getpwuid_r(3)}; null if no user has the number. */
    public static String name(int uid) {
        return IdNames.find(GETPWUID, uid);
    }
}
