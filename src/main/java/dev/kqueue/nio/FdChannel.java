package dev.kqueue.nio;

import dev.kqueue.internal.channel.ChannelStartup;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Any open descriptor as a channel: standard input, a terminal, a FIFO, a serial line, a socket that another process
 * made, a device.
 *
 * {@snippet :
 * FdChannel terminal = FdChannel.adopt(0);
 * terminal.configureBlocking(false);
 * terminal.register(selector, SelectionKey.OP_READ);
 * }
 *
 * <p>It reads, or writes, or both, as the descriptor was opened; a channel that does not read throws {@link
 * java.nio.channels.NonReadableChannelException}, one that does not write {@link
 * java.nio.channels.NonWritableChannelException}. Operations block or not as for any selectable channel, and are ended
 * by close and interrupt. The valid operations of its keys are {@code OP_READ} and {@code OP_WRITE} accordingly.
 *
 * <h2>Whose descriptor it is</h2>
 *
 * The channel owns the descriptor from {@link #adopt} on: closing the channel closes it, unless {@link #detach} gives
 * it back before. In the place of descriptors 0, 1 and 2 it leaves {@code /dev/null}, because {@code System.in}, {@code
 * System.out} and {@code System.err} go on naming these numbers.
 *
 * <h2>O_NONBLOCK</h2>
 *
 * The flag belongs to the open file description, which standard input or a terminal shares with other processes;
 * setting it would change theirs. The channel leaves it as it is. Where it is set, reads and writes rely on it, having
 * looked. Sockets are read and written with MSG_DONTWAIT. A pipe or FIFO is opened once more on Linux, by its name in
 * {@code /proc/self/fd}, as an open file description of the channel's own, with O_NONBLOCK: what other holders do with
 * the flag does not matter then. That takes a second descriptor, close-on-exec, until the channel is closed or
 * detached.
 *
 * <p>Otherwise each read or write is preceded by poll(2), and takes no more than can be taken then: as many bytes as
 * there are, or as a pipe has promised to take (512 bytes, the least {@code PIPE_BUF}). So it is for terminals and
 * devices, and for pipes where they cannot be opened once more: on other systems than Linux, without {@code /proc}, if
 * another user has made the pipe, if no descriptor is left, for a FIFO whose other end is closed. A write of 3 MB to a
 * pipe is 6,144 calls of write(2) and as many of poll(2), instead of 48. If another process takes those bytes, or that
 * room, in between, the call waits; on a platform thread close and interrupt end it all the same. A program that has
 * the descriptor for itself may set O_NONBLOCK before.
 *
 * <h2>What a selector can watch</h2>
 *
 * kqueue(2) refuses some descriptors: which, differs between systems (terminals on some releases of macOS,
 * directories). {@link #register} throws {@link UnsupportedOperationException} for such a channel, naming the
 * descriptor and the reason. Reads and writes of it work, blocking and not.
 *
 * <p>A regular file is always ready, as for poll(2) and select(2), for reading at its end, too, where a read gives -1.
 * A program that waits for a file to grow uses a {@link VnodeChannel}, or EVFILT_READ of a {@link dev.kqueue.KQueue}.
 *
 * @see <a href="https://man.freebsd.org/fcntl/2">fcntl(2)</a>
 */
public abstract sealed class FdChannel extends AbstractSelectableChannel
        implements ByteChannel, ScatteringByteChannel, GatheringByteChannel permits KQueueFdChannel {
    FdChannel(SelectorProvider provider) {
        super(provider);
    }

    /**
     * Makes a channel of an open descriptor, in blocking mode. From then on the descriptor is the channel's, until
     * {@link #detach} gives it back.
     *
     * @param fd the descriptor's number
     * @throws IllegalArgumentException if the number is negative
     * @throws IOException if no descriptor of that number is open, or another channel owns it; or if no channel can be
     *     made of it for another reason: then it is closed
     */
    public static FdChannel adopt(int fd) throws IOException {
        ChannelStartup.checkDatagrams();
        return AdoptedChannels.adoptFd(KQueueSelectorProvider.instance(), fd);
    }

    /**
     * Opens a FIFO, a terminal, a serial line or a character device as a channel, in blocking mode. The descriptor is
     * the channel's own, with O_NONBLOCK set: opening does not wait, and neither does a call of a non-blocking channel.
     *
     * {@snippet :
     * FdChannel line = FdChannel.open(Path.of("/dev/ttyUSB0"), StandardOpenOption.READ, StandardOpenOption.WRITE);
     * line.configureBlocking(false);
     * line.register(selector, SelectionKey.OP_READ);
     * }
     *
     * <p>A FIFO may be opened for reading before a process has it open for writing: until then a read finds the end. It
     * cannot be opened for writing alone before a process has it open for reading. A terminal does not become the
     * controlling terminal of this process. A regular file is opened, too, and not created; {@link
     * java.nio.channels.FileChannel} has more options for one, and positions.
     *
     * @param path of the default file system; symbolic links are followed
     * @param options {@link StandardOpenOption#READ}, {@link StandardOpenOption#WRITE} and {@link
     *     StandardOpenOption#APPEND}; without any it is opened for reading
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if the permissions do not allow it
     * @throws IOException if it cannot be opened for another reason: a socket, for one
     * @throws UnsupportedOperationException if there is another option, or the path is of another file system
     * @see <a href="https://man.freebsd.org/open/2">open(2)</a>
     */
    public static FdChannel open(Path path, OpenOption... options) throws IOException {
        ChannelStartup.checkDatagrams();
        return AdoptedChannels.adoptOpened(KQueueSelectorProvider.instance(), OpenedPath.open(path, options));
    }

    /** The descriptor's number. Owned by the channel until it is closed; do not use it afterwards. */
    public abstract int fd();

    /**
     * Closes the channel, and leaves the descriptor open: it is the caller's own again.
     *
     * {@snippet :
     * FdChannel channel = FdChannel.adopt(fd);
     * channel.read(header);
     * hand(channel.detach());
     * }
     *
     * <p>Operations in progress end as by {@link #close}, and have ended when this returns. The descriptor's flags are
     * as they were found, and its position is where the operations have left it.
     *
     * @return the descriptor's number, that of {@link #fd}
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     * @throws IllegalStateException if the channel is registered with a selector, or was and the selector has not
     *     finished with the cancelled key: it does so with its next selection operation
     * @throws IOException if a kqueue cannot let go of the descriptor
     */
    public abstract int detach() throws IOException;
}
