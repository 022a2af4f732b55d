package dev.kqueue.tool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a command, as getopt(3) takes them: options of one letter, operands, and after {@code --} a program
 * with its own arguments.
 *
 * @param options the options that are there, each with its value, or with an empty string if it takes none
 * @param operands what is neither an option nor behind {@code --}
 * @param program what is behind {@code --}; empty if that is not there
 */
record Arguments(Map<Character, String> options, List<String> operands, Optional<List<String>> program) {
    private static final String END = "--";

    /**
     * Reads the arguments.
     *
     * @param known the letters of the options, each followed by a colon if it takes a value
     * @throws UsageException if there is another option, or a value is missing
     */
    static Arguments parse(List<String> arguments, String known) throws UsageException {
        int end = arguments.indexOf(END);
        List<String> own = end < 0 ? arguments : arguments.subList(0, end);
        Map<Character, String> options = new HashMap<>();
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            String argument = own.get(i);
            if (!argument.startsWith("-") || argument.length() == 1) {
                operands.add(argument);
                continue;
            }
            for (int letter = 1; letter < argument.length(); letter++) {
                char option = argument.charAt(letter);
                int at = known.indexOf(option);
                if (at < 0 || option == ':') {
                    throw new UsageException("there is no option -" + option);
                }
                if (!known.startsWith(":", at + 1)) {
                    options.put(option, "");
                    continue;
                }
                String value = argument.substring(letter + 1);
                if (value.isEmpty()) {
                    if (++i == own.size()) {
                        throw new UsageException("-" + option + " wants a value");
                    }
                    value = own.get(i);
                }
                options.put(option, value);
                break;
            }
        }
        Optional<List<String>> program =
                end < 0 ? Optional.empty() : Optional.of(arguments.subList(end + 1, arguments.size()));
        return new Arguments(options, operands, program);
    }

    boolean has(char option) {
        return options.containsKey(option);
    }
}
