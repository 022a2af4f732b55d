package dev.kqueue.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A GET on a connection that is kept alive. */
final class HttpConversation implements Conversation {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer request = ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST).flip();
    private final ByteBuffer space = ByteBuffer.allocateDirect(4096);

    /** Of the first answer, header and body; the others are as long. */
    private int length;

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
        if (length == 0) {
            length = lengthOf(StandardCharsets.ISO_8859_1.decode(space.duplicate().flip()).toString());
        }
        if (length == 0 || space.position() < length) {
            return false;
        }
        if (space.position() > length || space.get(9) != '2') {
            throw new IllegalStateException("an answer unlike the first");
        }
        space.clear();
        request.rewind();
        return true;
    }

    private static int lengthOf(String answer) {
        int body = answer.indexOf("\r\n\r\n") + 4;
        if (body < 4) {
            return 0;
        }
        Matcher matcher = LENGTH.matcher(answer.substring(0, body));
        if (!matcher.find()) {
            throw new IllegalStateException("no content-length: " + answer);
        }
        return body + Integer.parseInt(matcher.group(1));
    }
}
