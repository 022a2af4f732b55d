package dev.kqueue.snippet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An example of Java in the documentation.
 *
 * @param file where it is
 * @param line of its first line, from 1
 * @param text of its lines
 */
record Snippet(Path file, int line, String text) {
    private static final Pattern JAVADOC =
            Pattern.compile(
                    "\\{@snippet[^\n]*\n(?<text>(?: *\\* ?[^\n]*\n)*?)(?<indent> *)\\* \\}\n(?= *\\*(?:/| *\n))");

    private static final Pattern MARKDOWN = Pattern.compile("```java\n(?<text>.*?)```\n", Pattern.DOTALL);

    /** What stands in front of a line of a comment. */
    private static final Pattern ASTERISK = Pattern.compile("(?m)^ *\\* ?");

    /** A line of dots alone stands for more of the program. */
    private static final Pattern DOTS = Pattern.compile("(?m)^ *\\.\\.\\.$");

    /** Those of a file: of its comments if it is Java, otherwise of its blocks. */
    static List<Snippet> of(Path file) throws IOException {
        String content = Files.readString(file);
        boolean java = file.toString().endsWith(".java");
        List<Snippet> snippets = new ArrayList<>();
        Matcher matcher = (java ? JAVADOC : MARKDOWN).matcher(content);
        while (matcher.find()) {
            int line = 1 + (int) content.substring(0, matcher.start("text")).chars().filter(c -> c == '\n').count();
            String text = matcher.group("text");
            snippets.add(new Snippet(file, line, java ? ASTERISK.matcher(text).replaceAll("") : text));
        }
        return snippets;
    }

    /** The compilation unit, in which each line of the example has the number it has in its file. */
    String unit(String name, String imports) {
        if (text.contains("\nclass ")) {
            return "\n".repeat(line - 1) + text;
        }
        StringBuilder head = new StringBuilder("package dev.kqueue.snippet; ").append(imports);
        StringBuilder body = new StringBuilder();
        for (String each : DOTS.matcher(text).replaceAll("").lines().toList()) {
            boolean isImport = each.startsWith("import ");
            head.append(isImport ? each : "");
            body.append(isImport ? "" : each).append('\n');
        }
        boolean member = text.startsWith("public static void main(");
        return head
                + "@SuppressWarnings(\"all\") final class "
                + name
                + " extends Surroundings {"
                + (member ? " static void serve(String... arguments) {} " : " void example() throws Exception {")
                + "\n".repeat(line - 1)
                + body
                + (member ? "}" : "}}");
    }

    /** The name of the class that the compilation unit has: the example's own, if it is a class with its imports. */
    String unitName(String name) {
        Matcher own = Pattern.compile("\nclass (\\w+)").matcher(text);
        return own.find() ? own.group(1) : name;
    }
}
