package dev.kqueue.internal.libc;

/** {@code <grp.h>}. */
public final class Grp {
    private Grp() {}

    private static final CFunction GETGRGID = CFunction.of("getgrgid_r");

    /** The {@code gr_name} of {@code getgrgid_r(3)}; null if no group has the number. */
    public static String name(int gid) {
        return IdNames.find(GETGRGID, gid);
    }
}
