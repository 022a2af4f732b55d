package dev.kqueue.benchmarks.load;

import java.nio.ByteBuffer;

/** So many bytes, which are to come back. */
final class EchoConversation implements Conversation {
    private final ByteBuffer request;
    private final ByteBuffer space;

    EchoConversation(int size) {
        request = ByteBuffer.allocateDirect(size);
        space = ByteBuffer.allocateDirect(size);
    }

    @Override
    public ByteBuffer request() {
        return request;
    }

    @Override
    public ByteBuffer space() {
        return space;
    }

    @Override
    public boolean isComplete() {
        if (space.hasRemaining()) {
            return false;
        }
        space.clear();
        request.clear();
        return true;
    }
}
