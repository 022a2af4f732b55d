package dev.kqueue;

/** EVFILT_READ of a socket. */
class ReadSocketTest extends ReadFilterContract {
    @Override
    protected Pair openPair() {
        return Pair.sockets();
    }
}
