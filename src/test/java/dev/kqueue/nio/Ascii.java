package dev.kqueue.nio;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Words in ASCII, as the bytes that tests write and read. */
final class Ascii {
    private Ascii() {}

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    /** The text of what was read into the buffer. */
    static String text(ByteBuffer read) {
        return US_ASCII.decode(read.flip()).toString();
    }

    /** Reads once, at most 100 bytes. */
    static String read(ReadableByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        channel.read(buffer);
        return text(buffer);
    }
}
