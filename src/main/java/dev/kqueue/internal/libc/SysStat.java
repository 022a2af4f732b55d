package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;

/** {@code <sys/stat.h>}. */
public final class SysStat {
    private SysStat() {}

    public static final int S_IFMT = Abi.HOST.constant("S_IFMT");
    public static final int S_IFSOCK = Abi.HOST.constant("S_IFSOCK");
    public static final int S_IFIFO = Abi.HOST.constant("S_IFIFO");
    public static final int S_IFREG = Abi.HOST.constant("S_IFREG");
    public static final int S_IFDIR = Abi.HOST.constant("S_IFDIR");
    public static final int S_IFCHR = Abi.HOST.constant("S_IFCHR");

    /** The same number everywhere. */
    public static final int S_IFBLK = 0x6000;

    private static final Struct STAT = Abi.HOST.struct("stat");
    private static final Field ST_DEV = STAT.field("st_dev");
    private static final Field ST_INO = STAT.field("st_ino");
    private static final Field ST_MODE = STAT.field("st_mode");
    private static final Field ST_UID = STAT.field("st_uid");
    private static final Field ST_GID = STAT.field("st_gid");
    private static final Field ST_NLINK = STAT.field("st_nlink");
    private static final Field ST_SIZE = STAT.field("st_size");

    /** {@code sizeof(struct stat)} */
    public static final int SIZE = STAT.size();

    private static final CFunction FSTAT = CFunction.of("fstat");

    /** {@code int fstat(int fd, struct stat *statbuf)}; statbuf is native memory of {@link #SIZE} bytes. */
    public static int fstat(int fd, MemorySegment statbuf) {
        return CFunction.keeping(FSTAT.callInt(fd, statbuf.address()), statbuf);
    }

    /** {@code st_mode}: compare {@code mode & S_IFMT} with the kinds. */
    public static int mode(MemorySegment statbuf) {
        return (int) ST_MODE.getUnsigned(statbuf, 0);
    }

    /** {@code st_dev} */
    public static long dev(MemorySegment statbuf) {
        return ST_DEV.get(statbuf, 0);
    }

    /** {@code st_ino} */
    public static long ino(MemorySegment statbuf) {
        return ST_INO.get(statbuf, 0);
    }

    /** {@code st_uid} */
    public static int uid(MemorySegment statbuf) {
        return (int) ST_UID.get(statbuf, 0);
    }

    /** {@code st_gid} */
    public static int gid(MemorySegment statbuf) {
        return (int) ST_GID.get(statbuf, 0);
    }

    /** {@code st_nlink} */
    public static long nlink(MemorySegment statbuf) {
        return ST_NLINK.getUnsigned(statbuf, 0);
    }

    /** Whether both describe the same file, socket or pipe: the same {@code st_ino} on the same {@code st_dev}. */
    public static boolean isSame(MemorySegment statbuf, MemorySegment other) {
        return dev(statbuf) == dev(other) && ino(statbuf) == ino(other);
    }

    /** {@code st_size} */
    public static long size(MemorySegment statbuf) {
        return ST_SIZE.get(statbuf, 0);
    }
}
