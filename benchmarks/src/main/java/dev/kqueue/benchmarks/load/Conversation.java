package dev.kqueue.benchmarks.load;

import java.nio.ByteBuffer;

/** What a client sends, and how it knows that the answer is complete. One for each connection. */
interface Conversation {
    /** To be sent: from its position to its limit. */
    ByteBuffer request();

    /** Space for what comes. */
    ByteBuffer space();

    /** More has come into the space: whether the answer is complete. Then the space is ready for the next. */
    boolean isComplete();
}
