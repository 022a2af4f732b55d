package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysStat;

import java.lang.foreign.MemorySegment;

/** The fields of fstat(2) that identify a file, and those that change with it. */
final class FileState {
    long size;
    long links;
    private long device;
    private long inode;
    private int mode;
    private int owner;
    private int group;

    void read(MemorySegment stat) {
        device = SysStat.dev(stat);
        inode = SysStat.ino(stat);
        size = SysStat.size(stat);
        links = SysStat.nlink(stat);
        mode = SysStat.mode(stat);
        owner = SysStat.uid(stat);
        group = SysStat.gid(stat);
    }

    void copy(FileState other) {
        size = other.size;
        copyAttributes(other);
    }

    /** All but the size. */
    void copyAttributes(FileState other) {
        device = other.device;
        inode = other.inode;
        links = other.links;
        mode = other.mode;
        owner = other.owner;
        group = other.group;
    }

    boolean isSameFile(FileState other) {
        return device == other.device && inode == other.inode;
    }

    boolean hasSameOwnership(FileState other) {
        return mode == other.mode && owner == other.owner && group == other.group;
    }

    boolean isDirectory() {
        return format() == SysStat.S_IFDIR;
    }

    /** {@code st_mode & S_IFMT} */
    int format() {
        return mode & SysStat.S_IFMT;
    }
}
