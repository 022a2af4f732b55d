package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.OwnedDescriptors;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;

/**
 * The descriptors of several channels, held for a call that passes them on: their numbers stay theirs meanwhile. They
 * are {@linkplain Descriptor#markShared marked as shared} before the call, since the receiver may have them before it
 * returns, and stay so even if nothing is passed.
 */
public final class HeldDescriptors implements AutoCloseable {
    /** As many as Linux passes at once; the other systems pass more. */
    private static final int MOST = 253;

    private final Descriptor[] held;
    private final int[] numbers;
    private int count;

    private HeldDescriptors(int length) {
        held = new Descriptor[checkedCount(length)];
        numbers = new int[length];
    }

    /**
     * @throws IllegalArgumentException if a channel is another provider's, or there are too many
     * @throws ClosedChannelException if one is closed
     */
    public static HeldDescriptors of(Channel... channels) throws ClosedChannelException {
        HeldDescriptors all = new HeldDescriptors(channels.length);
        try {
            for (Channel channel : channels) {
                all.hold(channel);
            }
            return all;
        } catch (Throwable failure) {
            // Whatever was thrown: a descriptor that stays held is never closed.
            all.close();
            throw failure;
        }
    }

    private void hold(Channel channel) throws ClosedChannelException {
        if (channel == null) {
            throw new NullPointerException("a channel to pass is null");
        }
        if (!(channel instanceof PollableDescriptor source)) {
            throw new IllegalArgumentException(channel + " has no descriptor of this provider");
        }
        if (!channel.isOpen() || !source.owned().hold()) {
            throw new ClosedChannelException();
        }
        held[count] = source.owned();
        numbers[count] = source.publicNumber();
        count++;
        if (source.publicNumber() == source.owned().fd()) {
            source.owned().markShared();
        }
    }

    public int[] numbers() {
        return numbers.clone();
    }

    @Override
    public void close() {
        while (count > 0) {
            held[--count].release();
        }
    }

    /**
     * Numbers that a program gives by itself, to be passed on: open, and not too many. If channels own some, these are
     * marked as shared.
     */
    public static int[] checked(int[] numbers) throws IOException {
        checkedCount(numbers.length);
        for (int fd : numbers) {
            if (fd < 0) {
                throw new IllegalArgumentException("negative descriptor " + fd);
            }
            int result = Fcntl.fcntl(fd, Fcntl.F_GETFD, 0);
            if (result < 0) {
                throw new IOException("descriptor " + fd + " cannot be passed: " + Errno.strerror(-result));
            }
            OwnedDescriptors.markShared(fd);
        }
        return numbers;
    }

    private static int checkedCount(int count) {
        if (count > MOST) {
            throw new IllegalArgumentException(count + " descriptors at once: at most " + MOST + " can be passed");
        }
        return count;
    }
}
