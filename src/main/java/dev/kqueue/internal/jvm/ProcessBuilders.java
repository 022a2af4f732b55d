package dev.kqueue.internal.jvm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Copies a {@link ProcessBuilder}, which has no method for that. */
public final class ProcessBuilders {
    private ProcessBuilders() {}

    /** A builder of its own that starts what the given one would start now. The given one is only read. */
    public static ProcessBuilder copy(ProcessBuilder original) {
        ProcessBuilder copy =
                new ProcessBuilder(new ArrayList<>(original.command()))
                        .directory(original.directory())
                        .redirectInput(original.redirectInput())
                        .redirectOutput(original.redirectOutput())
                        .redirectError(original.redirectError())
                        .redirectErrorStream(original.redirectErrorStream());
        adjust(copy.environment(), original.environment());
        return copy;
    }

    /**
     * Makes one environment equal to another. Variables that are equal already stay as they are: the JVM's own
     * environment is kept as bytes, which not every locale can decode, and a variable that is put here is encoded anew.
     */
    private static void adjust(Map<String, String> environment, Map<String, String> wanted) {
        Map<String, String> missing = new HashMap<>(wanted);
        for (Iterator<Map.Entry<String, String>> all = environment.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, String> variable = all.next();
            if (!missing.remove(variable.getKey(), variable.getValue())) {
                all.remove();
            }
        }
        environment.putAll(missing);
    }
}
