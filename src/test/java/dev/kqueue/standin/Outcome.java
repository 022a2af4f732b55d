package dev.kqueue.standin;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How one test of a {@link TestRun} ended, told from one JVM to another.
 *
 * @param kind how it ended
 * @param testClass the class, by its full name
 * @param test the method, and which of its invocations
 * @param text why it was skipped, or the stack trace of its failure
 */
record Outcome(Kind kind, String testClass, String test, String text) {
    enum Kind {
        PASSED,
        SKIPPED,
        FAILED
    }

    /** Of a test whose class is not run there at all. */
    static Outcome leftOut(String testClass, String test, String reason) {
        return new Outcome(Kind.SKIPPED, testClass, test, reason);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(kind.name());
        out.writeUTF(testClass);
        write(out, test);
        write(out, text);
    }

    /** Not as UTF, of which DataOutput takes 65,535 bytes. */
    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    static List<Outcome> readAll(Path file) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            while (in.available() > 0) {
                outcomes.add(new Outcome(Kind.valueOf(in.readUTF()), in.readUTF(), read(in), read(in)));
            }
        }
        return outcomes;
    }
}
