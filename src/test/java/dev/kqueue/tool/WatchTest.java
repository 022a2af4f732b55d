package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** ./kq watch, as users see it. */
@Timeout(180)
class WatchTest {
    @TempDir Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("file"), content);
    }

    @Test
    void printsWhatHappensToAFileAcrossReplacement() throws Exception {
        Path file = file("");
        try (RunningTool tool = new RunningTool("watch", file.toString())) {
            tool.expect("watching " + file);
            Files.writeString(file, "some");
            assertThat(tool.expect("MODIFIED")).isEqualTo("MODIFIED " + file);
            Files.move(Files.writeString(folder.resolve("new"), "new"), file, StandardCopyOption.REPLACE_EXISTING);
            tool.expect("REPLACED " + file);
            Files.delete(file);
            tool.expect("DELETED " + file);
            Files.createFile(file);
            tool.expect("CREATED " + file);
            Files.writeString(file, "more");
            tool.expect("MODIFIED " + file);
        }
    }

    @Test
    void printsTheEntriesOfADirectoryUntilItIsGone() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        try (RunningTool tool = new RunningTool("watch", watched.toString())) {
            tool.expect("watching");
            Path entry = Files.createFile(watched.resolve("entry"));
            tool.expect("CREATED " + entry);
            Files.delete(entry);
            tool.expect("DELETED " + entry);
            Files.delete(watched);
            assertThat(tool.expect("DELETED")).isEqualTo("DELETED " + watched);
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void printsWhatHappensInATree() throws Exception {
        Path deep = Files.createDirectories(folder.resolve("a/b"));
        try (RunningTool tool = new RunningTool("watch", "-r", folder.toString())) {
            tool.expect("watching");
            Path made = Files.createFile(deep.resolve("made"));
            tool.expect("CREATED " + made);
            Path moved = Files.move(made, folder.resolve("moved"));
            tool.expect("MOVED " + made + " to " + moved);
            Path later = Files.createDirectories(folder.resolve("c/d"));
            tool.expect("CREATED " + later);
            Files.createFile(later.resolve("file"));
            tool.expect("CREATED " + later.resolve("file"));
        }
    }

    @Test
    void readsPathsFromStandardInput() throws Exception {
        Path file = file("");
        Path other = Files.createFile(folder.resolve("an other"));
        try (RunningTool tool = new RunningTool("watch", "-")) {
            tool.input(file + "\n" + other + "\n");
            tool.expect("watching 2 paths");
            Files.writeString(other, "some");
            tool.expect("MODIFIED " + other);
        }
        try (RunningTool tool = new RunningTool("watch", "-")) {
            tool.input("");
            tool.expect("standard input names no path");
            assertThat(tool.exitStatus()).isOne();
        }
    }

    @Test
    void runsItsCommandAgainAfterEachChange() throws Exception {
        Path file = file("one");
        try (RunningTool tool =
                new RunningTool(
                        "watch", file.toString(), "--", "/bin/sh", "-c", "echo got `cat '" + file + "'`; exit 3")) {
            tool.expect("got one");
            tool.expect("exited with status 3");
            Files.writeString(file, "two");
            tool.expect("got two");
            tool.expect("exited with status 3");
            Files.writeString(file, "three");
            tool.expect("got three");
        }
    }

    /** The first run changes the tree, as a build does. */
    private RunningTool changing(String option, Path file) throws IOException {
        String script = "cd '" + folder + "'; [ -e made ] || touch made; echo got `cat " + file.getFileName() + "`";
        return new RunningTool("watch", option, folder.toString(), "--", "/bin/sh", "-c", script);
    }

    @Test
    void changesThatItsCommandMakesAreNotAnswered() throws Exception {
        Path file = file("one");
        try (RunningTool tool = changing("-r", file)) {
            tool.expect("exited");
            Files.writeString(file, "two");
            assertThat(tool.expect("got")).isEqualTo("got two");
        }
    }

    @Test
    void changesDuringARunAreAnsweredIfAsked() throws Exception {
        try (RunningTool tool = changing("-ra", file("one"))) {
            tool.expect("exited");
            assertThat(tool.expect("got")).isEqualTo("got one");
        }
    }

    @Test
    void endsWithItsCommandIfAsked() throws Exception {
        Path file = file("");
        try (RunningTool tool = new RunningTool("watch", "-z", file.toString(), "--", "/bin/sh", "-c", "exit 3")) {
            assertThat(tool.exitStatus()).isEqualTo(3);
        }
        try (RunningTool tool =
                new RunningTool("watch", "-z", file.toString(), "--", "/bin/sh", "-c", "kill -TERM $$")) {
            assertThat(tool.exitStatus()).isEqualTo(128 + 15);
        }
        try (RunningTool tool = new RunningTool("watch", "-pz", file.toString(), "--", "cat", file.toString())) {
            tool.expect("watching");
            Files.writeString(file, "some\n");
            tool.expect("some");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void endsWhenTheReaderOfItsOutputIsGone() throws Exception {
        Process process = new ProcessBuilder(RunningTool.command(List.of(), "watch", file("").toString())).start();
        try {
            assertThat(process.errorReader().readLine()).startsWith("watching");
            process.getInputStream().close();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void namesWhatIsNotThere() throws Exception {
        Path missing = folder.resolve("missing");
        try (RunningTool tool = new RunningTool("watch", missing.toString())) {
            tool.expect(missing + ": there is no such file");
            assertThat(tool.exitStatus()).isOne();
        }
        String command = folder.resolve("no-such-command").toString();
        try (RunningTool tool = new RunningTool("watch", file("").toString(), "--", command)) {
            tool.expect("no-such-command");
            assertThat(tool.exitStatus()).isOne();
        }
    }

    @Test
    void refusesWrongArguments() throws Exception {
        String file = file("").toString();
        for (List<String> wrong : List.of(List.<String>of(), List.of(file, "--"), List.of("-x", file))) {
            try (RunningTool tool = new RunningTool(prepend("watch", wrong))) {
                tool.expect("usage: ./kq watch");
                assertThat(tool.exitStatus()).isEqualTo(2);
            }
        }
    }

    private static String[] prepend(String command, List<String> arguments) {
        String[] all = new String[arguments.size() + 1];
        all[0] = command;
        for (int i = 0; i < arguments.size(); i++) {
            all[i + 1] = arguments.get(i);
        }
        return all;
    }
}
