package dev.kqueue.benchmarks.pair;

import com.sun.management.ThreadMXBean;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** One of the processes that work by turns: it runs a JMH benchmark method, for as long as its input says. */
public final class Worker {
    private static String[] arguments;

    private Worker() {}

    /**
     * Arguments: class, method, and NAME=VALUE for each parameter. Prints a line when it is ready; then each line of
     * input is a number of nanoseconds to work for, answered with operations, nanoseconds, and bytes allocated.
     */
    public static void main(String[] arguments) throws Throwable {
        Worker.arguments = arguments;
        int perCall =
                Benchmark.METHOD.isAnnotationPresent(OperationsPerInvocation.class)
                        ? Benchmark.METHOD.getAnnotation(OperationsPerInvocation.class).value()
                        : 1;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Benchmark.setUp(Level.Trial);
        System.out.println("ready");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            Benchmark.setUp(Level.Iteration);
            long bytes = threads.getTotalThreadAllocatedBytes();
            long start = System.nanoTime();
            long calls = work(start + Long.parseLong(line));
            long nanos = System.nanoTime() - start;
            bytes = threads.getTotalThreadAllocatedBytes() - bytes;
            Benchmark.tearDown(Level.Iteration);
            System.out.println(calls * perCall + " " + nanos + " " + bytes);
        }
        Benchmark.tearDown(Level.Trial);
        System.exit(0);
    }

    /** The clock is asked less often the shorter an operation is, or it would be part of what is measured. */
    private static long work(long end) throws Throwable {
        long calls = 0;
        int batch = 1;
        for (long now = System.nanoTime(); now < end; ) {
            for (int i = 0; i < batch; i++) {
                Benchmark.result = (Object) Benchmark.CALL.invokeExact();
            }
            calls += batch;
            long then = System.nanoTime();
            if (then - now < 20_000) {
                batch *= 2;
            }
            now = then;
        }
        return calls;
    }

    /** Resolved once, into constants, so that the compiler can inline the method. */
    private static final class Benchmark {
        static final Method METHOD;
        static final MethodHandle CALL;
        static final List<Object> STATES = new ArrayList<>();

        /** Keeps the compiler from leaving out a result that is not used. */
        static volatile Object result;

        static {
            try {
                Class<?> type = Class.forName(arguments[0]);
                METHOD = one(type, method -> method.getName().equals(arguments[1]));
                STATES.add(make(type));
                for (Class<?> state : METHOD.getParameterTypes()) {
                    STATES.add(make(state));
                }
                MethodHandle handle = MethodHandles.publicLookup().unreflect(METHOD);
                CALL =
                        MethodHandles.insertArguments(handle, 0, STATES.toArray())
                                .asType(MethodType.methodType(Object.class));
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private static Method one(Class<?> type, Predicate<Method> wanted) {
            return Arrays.stream(type.getMethods()).filter(wanted).findFirst().orElseThrow();
        }

        private static Object make(Class<?> type) throws ReflectiveOperationException {
            Object state = type.getConstructor().newInstance();
            for (String argument : List.of(arguments).subList(2, arguments.length)) {
                String[] words = argument.split("=", 2);
                for (Field field : type.getFields()) {
                    if (field.getName().equals(words[0])) {
                        field.set(state, field.getType() == int.class ? Integer.valueOf(words[1]) : words[1]);
                    }
                }
            }
            return state;
        }

        static void setUp(Level level) throws ReflectiveOperationException {
            call(Setup.class, method -> method.getAnnotation(Setup.class).value() == level);
        }

        static void tearDown(Level level) throws ReflectiveOperationException {
            call(TearDown.class, method -> method.getAnnotation(TearDown.class).value() == level);
        }

        private static void call(Class<? extends Annotation> annotation, Predicate<Method> wanted)
                throws ReflectiveOperationException {
            for (Object state : STATES) {
                for (Method method : state.getClass().getMethods()) {
                    if (method.isAnnotationPresent(annotation) && wanted.test(method)) {
                        method.invoke(state);
                    }
                }
            }
        }
    }
}
