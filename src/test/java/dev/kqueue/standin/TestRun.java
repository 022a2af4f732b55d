package dev.kqueue.standin;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Runs test classes in a JVM of their own, and writes an {@link Outcome} of each test to a file. */
final class TestRun implements TestExecutionListener {
    private final DataOutputStream out;
    private TestPlan plan;

    private TestRun(DataOutputStream out) {
        this.out = out;
    }

    /** The file, and then names of classes. */
    public static void main(String[] arguments) throws IOException {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(Arrays.stream(arguments).skip(1).map(DiscoverySelectors::selectClass).toList())
                        .filters(TagFilter.excludeTags("slow"))
                        .build();
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(Path.of(arguments[0])))) {
            LauncherFactory.create().execute(request, new TestRun(out));
        }
        // Whatever threads a failed test has left behind.
        System.exit(0);
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
    }

    /** Of a class, too: then each of its tests counts. */
    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        leaves(plan, test).forEach(leaf -> write(Outcome.Kind.SKIPPED, leaf, reason));
    }

    /** The tests, and the test methods whose invocations are not known yet. */
    static List<TestIdentifier> leaves(TestPlan plan, TestIdentifier of) {
        Set<TestIdentifier> children = plan.getChildren(of);
        return children.isEmpty()
                ? List.of(of)
                : children.stream().flatMap(child -> leaves(plan, child).stream()).toList();
    }

    /** The names of the tests of a class. */
    static List<String> tests(String className) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(className)).build();
        TestPlan found = LauncherFactory.create().discover(request);
        return found.getRoots().stream()
                .filter(root -> !found.getChildren(root).isEmpty())
                .flatMap(root -> leaves(found, root).stream())
                .map(TestIdentifier::getDisplayName)
                .toList();
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    write(Outcome.Kind.PASSED, test, "");
                }
            }
            case ABORTED ->
                    write(Outcome.Kind.SKIPPED, test, result.getThrowable().map(Throwable::getMessage).orElse(""));
            case FAILED -> write(Outcome.Kind.FAILED, test, result.getThrowable().map(TestRun::trace).orElse(""));
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private synchronized void write(Outcome.Kind kind, TestIdentifier test, String text) {
        String method =
                test.getSource()
                        .filter(source -> source instanceof MethodSource)
                        .map(source -> ((MethodSource) source).getMethodName())
                        .orElse("");
        String name = test.getDisplayName();
        boolean plain = name.equals(method + "()");
        String testName = method.isEmpty() || plain ? name : method + " " + name;
        try {
            new Outcome(kind, className(test), testName, text == null ? "" : text).write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String className(TestIdentifier test) {
        TestIdentifier at = test;
        while (at != null) {
            if (at.getSource().orElse(null) instanceof ClassSource source) {
                return source.getClassName();
            }
            at = plan.getParent(at).orElse(null);
        }
        return "";
    }
}
