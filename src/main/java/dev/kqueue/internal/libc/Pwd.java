package dev.kqueue.internal.libc;

/** {@code <pwd.h>}. */
public final class Pwd {
    private Pwd() {}

    private static final CFunction GETPWUID = CFunction.of("getpwuid_r");

    /** The {@code pw_name} of {@code getpwuid_r(3)}; null if no user has the number. */
    public static String name(int uid) {
        return IdNames.find(GETPWUID, uid);
    }
}
