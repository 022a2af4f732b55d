package dev.kqueue;

import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_LOWAT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ReferenceKQueue.Knote;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.util.Random;

/** EVFILT_READ and EVFILT_WRITE of pairs of sockets: both filters of either end. */
final class ReferenceStreams {
    /** One end is written to, the other one read. */
    private static final class Stream {
        final Pair pair = Pair.sockets();
        int bytes;
        int writes;
        boolean full;
        boolean closed;
    }

    private final Stream[] streams = {new Stream(), new Stream(), new Stream()};

    final ReferenceFilter read = new Side(Filter.READ);
    final ReferenceFilter write = new Side(Filter.WRITE);

    private final class Side extends ReferenceFilter {
        private final Filter filter;

        Side(Filter filter) {
            this.filter = filter;
        }

        @Override
        Filter filter() {
            return filter;
        }

        @Override
        long ident(Random random) {
            Stream stream = streams[random.nextInt(streams.length)];
            return stream.closed || random.nextInt(3) > 0 == (filter == Filter.READ)
                    ? stream.pair.readEnd()
                    : stream.pair.writeEnd();
        }

        @Override
        int fflags(Random random) {
            return switch (random.nextInt(8)) {
                // A note that means nothing is not looked at.
                case 0 -> 1 << 20;
                case 1, 2 -> NOTE_LOWAT;
                default -> 0;
            };
        }

        @Override
        long data(Random random) {
            return filter == Filter.READ ? random.nextInt(300) : 1;
        }

        @Override
        String act(Random random, KQueueDriver real, ReferenceKQueue model) throws IOException {
            return ReferenceStreams.this.act(random, real, model);
        }

        @Override
        int attach(Knote kn) {
            return 0;
        }

        /** An edge, if the condition holds; for the other knote of the descriptor there may be one. */
        @Override
        void looked(Knote kn, int flags, ReferenceKQueue model) {
            if ((flags & EV_DISABLE) == 0) {
                kn.fired = true;
            } else {
                kn.mayFire = true;
            }
            lookedAnew(kn, true, model);
        }

        @Override
        void deleted(Knote kn, ReferenceKQueue model) {
            lookedAnew(kn, kn.has(EV_ONESHOT | EV_DISPATCH), model);
        }

        private void lookedAnew(Knote kn, boolean surely, ReferenceKQueue model) {
            Knote other = model.find(kn.ident, filter == Filter.READ ? Filter.WRITE : Filter.READ);
            if (other != null) {
                other.mayFire = true;
                other.mayRepeat |= surely;
            }
        }

        private boolean holds(Knote kn) {
            Stream stream = stream(kn.ident);
            if (kn.ident == stream.pair.writeEnd()) {
                return filter == Filter.WRITE && !stream.full;
            }
            if (filter == Filter.WRITE || stream.closed) {
                return true;
            }
            return stream.bytes >= Math.max(1, (kn.fflags & NOTE_LOWAT) == 0 ? 0 : kn.data);
        }

        @Override
        boolean must(Knote kn) {
            return holds(kn) && (!kn.has(EV_CLEAR) || kn.fired);
        }

        @Override
        boolean may(Knote kn) {
            return holds(kn) && (!kn.has(EV_CLEAR) || kn.fired || kn.mayFire);
        }

        /** A delivery that ends the other filter's interest makes the kernel look at the descriptor anew. */
        @Override
        boolean isShadowed(Knote kn, KQueueDriver.Event event) {
            return event.ident() == kn.ident
                    && event.filter() == (filter == Filter.READ ? Filter.WRITE : Filter.READ).value()
                    && (event.has(EV_ONESHOT) || event.has(EV_DISPATCH));
        }

        @Override
        void check(Knote kn, KQueueDriver.Event event) {
            Stream stream = stream(kn.ident);
            assertThat(event.has(EV_EOF)).isEqualTo(stream.closed);
            assertThat(event.fflags()).isZero();
            if (filter == Filter.READ) {
                assertThat(event.data()).isEqualTo(stream.bytes);
            }
        }

        @Override
        void close() {
            for (int i = 0; filter == Filter.READ && i < streams.length; i++) {
                streams[i].pair.closeReadEnd();
                if (!streams[i].closed) {
                    streams[i].pair.closeWriteEnd();
                }
            }
        }
    }

    private Stream stream(long ident) {
        for (Stream stream : streams) {
            if (ident == stream.pair.readEnd() || (ident == stream.pair.writeEnd() && !stream.closed)) {
                return stream;
            }
        }
        throw new AssertionError("nobody has descriptor " + ident);
    }

    private String act(Random random, KQueueDriver real, ReferenceKQueue model) throws IOException {
        int index = random.nextInt(streams.length);
        Stream stream = streams[index];
        int choice = random.nextInt(16);
        if (stream.closed && choice < 6) {
            choice = 6 + choice;
        }
        if (choice < 5) {
            return stream.full ? drain(index, model) : write(index, 1 + random.nextInt(200), model);
        }
        if (choice < 6) {
            return fill(index, model);
        }
        if (choice < 10 && stream.bytes > 1) {
            int some = 1 + random.nextInt(Math.min(stream.bytes, 4096) - 1);
            stream.pair.read(some);
            stream.bytes -= some;
            // It may have been enough for there to be room, or not.
            if (stream.full) {
                return drain(index, model);
            }
            mark(stream.pair.writeEnd(), Filter.WRITE, false, model);
            return "read " + some + " of " + index;
        }
        if (choice < 13) {
            return drain(index, model);
        }
        if (choice < 14 && !stream.closed) {
            model.closed(stream.pair.writeEnd(), Filter.READ, Filter.WRITE);
            real.kqueue.beforeClose(stream.pair.writeEnd());
            stream.pair.closeWriteEnd();
            stream.closed = true;
            mark(stream.pair.readEnd(), Filter.READ, true, model);
            mark(stream.pair.readEnd(), Filter.WRITE, true, model);
            return "close the write end of " + index;
        }
        return renew(index, random.nextBoolean(), real, model);
    }

    /** The numbers are the next ones' at once. */
    private String renew(int index, boolean saying, KQueueDriver real, ReferenceKQueue model) throws IOException {
        Stream stream = streams[index];
        model.closed(stream.pair.readEnd(), Filter.READ, Filter.WRITE);
        if (saying) {
            real.kqueue.beforeClose(stream.pair.readEnd());
        }
        stream.pair.closeReadEnd();
        if (!stream.closed) {
            model.closed(stream.pair.writeEnd(), Filter.READ, Filter.WRITE);
            if (saying) {
                real.kqueue.beforeClose(stream.pair.writeEnd());
            }
            stream.pair.closeWriteEnd();
        }
        streams[index] = new Stream();
        if (!saying) {
            // A deletion need not notice that the number is another's by now.
            forgotten(stream.pair.readEnd(), real);
            if (!stream.closed) {
                forgotten(stream.pair.writeEnd(), real);
            }
            forgotten(streams[index].pair.readEnd(), real);
            forgotten(streams[index].pair.writeEnd(), real);
        }
        return "close " + stream.pair + (saying ? " and say so" : "") + ", open " + streams[index].pair;
    }

    private static void forgotten(int fd, KQueueDriver real) throws IOException {
        for (Filter filter : new Filter[] {Filter.READ, Filter.WRITE}) {
            assertThat(real.errno(fd, filter, EV_ENABLE)).isIn(Errno.ENOENT, Errno.EBADF);
        }
    }

    private String write(int index, int bytes, ReferenceKQueue model) {
        Stream stream = streams[index];
        if (stream.writes++ > 40) {
            // Linux takes a socket for writable while no more than a quarter of its buffer is in use.
            return drain(index, model);
        }
        stream.pair.write(bytes);
        stream.bytes += bytes;
        arrived(stream, model);
        return "write " + bytes + " to " + index;
    }

    private String fill(int index, ReferenceKQueue model) {
        Stream stream = streams[index];
        int bytes = stream.pair.fill();
        stream.bytes += bytes;
        stream.full = true;
        if (bytes > 0) {
            arrived(stream, model);
        }
        return "fill " + index;
    }

    private static void arrived(Stream stream, ReferenceKQueue model) {
        mark(stream.pair.readEnd(), Filter.READ, true, model);
        mark(stream.pair.readEnd(), Filter.WRITE, false, model);
        mark(stream.pair.writeEnd(), Filter.WRITE, false, model);
    }

    private String drain(int index, ReferenceKQueue model) {
        Stream stream = streams[index];
        if (stream.bytes > 0) {
            stream.pair.discard(stream.bytes);
            if (!stream.closed) {
                mark(stream.pair.writeEnd(), Filter.WRITE, stream.full, model);
            }
        }
        stream.bytes = 0;
        stream.writes = 0;
        stream.full = false;
        return "drain " + index;
    }

    private static void mark(long ident, Filter filter, boolean surely, ReferenceKQueue model) {
        Knote kn = model.find(ident, filter);
        if (kn != null) {
            kn.fired |= surely;
            kn.mayFire = true;
        }
    }
}
