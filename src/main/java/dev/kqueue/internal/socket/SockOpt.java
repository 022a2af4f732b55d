package dev.kqueue.internal.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketException;
import java.net.SocketOption;

/**
 * How one {@link SocketOption} is read and set: getsockopt(2) and setsockopt(2) at a level, under a number, with values
 * of one form. Values have passed the type check of {@link SocketOptions#check}.
 */
public abstract class SockOpt<T> {
    final SocketOption<T> option;

    SockOpt(SocketOption<T> option) {
        this.option = option;
    }

    abstract T get(int fd) throws IOException;

    abstract void set(int fd, T value) throws IOException;

    /** Gives one socket the value of another. */
    void copy(int from, int to) throws IOException {
        T value = get(from);
        if (value != null) {
            set(to, value);
        }
    }

    /** Where the kernel keeps a number: the level and the name of getsockopt(2) and setsockopt(2). */
    static class Place {
        private final int level;
        private final int name;

        Place(int level, int name) {
            this.level = level;
            this.name = name;
        }

        static Place ofSocket(int name) {
            return new Place(SysSocket.SOL_SOCKET, name);
        }

        static Place ofTcp(String name) {
            return new Place(Abi.HOST.constant("IPPROTO_TCP"), Abi.HOST.constant(name));
        }

        int get(int fd) throws IOException {
            return checked(getInt(fd, level, name));
        }

        void set(int fd, int value) throws IOException {
            checked(setInt(fd, level, name, value));
        }
    }

    /** An int that is 0 or not. */
    static final class Flag extends SockOpt<Boolean> {
        private final Place place;

        Flag(SocketOption<Boolean> option, Place place) {
            super(option);
            this.place = place;
        }

        @Override
        Boolean get(int fd) throws IOException {
            return place.get(fd) != 0;
        }

        @Override
        void set(int fd, Boolean value) throws IOException {
            place.set(fd, value ? 1 : 0);
        }
    }

    /** An int. */
    static class Count extends SockOpt<Integer> {
        private final Place place;

        Count(SocketOption<Integer> option, Place place) {
            super(option);
            this.place = place;
        }

        @Override
        Integer get(int fd) throws IOException {
            return place.get(fd);
        }

        @Override
        void set(int fd, Integer value) throws IOException {
            place.set(fd, value);
        }
    }

    /** An int of eight bits. */
    static final class Octet extends Count {
        Octet(SocketOption<Integer> option, Place place) {
            super(option, place);
        }

        @Override
        void set(int fd, Integer value) throws IOException {
            if (value < 0 || value > 255) {
                throw new IllegalArgumentException(option.name() + " is not within 0 to 255: " + value);
            }
            super.set(fd, value);
        }
    }

    /** An int that the system reports, and that cannot be set. */
    static final class ReadOnly extends Count {
        ReadOnly(SocketOption<Integer> option, Place place) {
            super(option, place);
        }

        @Override
        void set(int fd, Integer value) throws IOException {
            throw new SocketException(option.name() + " can be read only");
        }

        @Override
        void copy(int from, int to) {
            // The other has its own.
        }
    }

    /** The value of an int option, or -errno; no option read so has negative values. */
    public static int getInt(int fd, int level, int name) {
        return get(fd, level, name, Integer.BYTES);
    }

    /** 0 or -errno. */
    static int setInt(int fd, int level, int name, int value) {
        return set(fd, level, name, value, Integer.BYTES);
    }

    /** The value of an option that the BSDs keep in an unsigned char (Linux takes either), or -errno. */
    static int getByte(int fd, int level, int name) {
        return get(fd, level, name, 1);
    }

    /** 0 or -errno; as {@link #getByte}. */
    static int setByte(int fd, int level, int name, int value) {
        return set(fd, level, name, value, 1);
    }

    /** The lowest bytes of an int come first: all systems here are little-endian. */
    private static int get(int fd, int level, int name, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            // Unaligned, as most of the library reads and writes: a process pays for each layout that it uses.
            MemorySegment value = arena.allocate(2 * JAVA_INT.byteSize(), JAVA_INT.byteAlignment());
            MemorySegment length = value.asSlice(JAVA_INT.byteSize());
            length.set(JAVA_INT_UNALIGNED, 0, bytes);
            int result = SysSocket.getsockopt(fd, level, name, value, length);
            return result < 0 ? result : value.get(JAVA_INT_UNALIGNED, 0);
        }
    }

    private static int set(int fd, int level, int name, int value, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(JAVA_INT);
            memory.set(JAVA_INT_UNALIGNED, 0, value);
            return SysSocket.setsockopt(fd, level, name, memory, bytes);
        }
    }

    static int checked(int result) throws IOException {
        if (result < 0) {
            throw Errno.socketException(-result);
        }
        return result;
    }
}
