package dev.kqueue.tool.doctor;

import dev.kqueue.Filter;
import dev.kqueue.KQueue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which self-tests there are: those of the filters that the kernel knows, and those of the selector. */
final class SelfTests {
    private SelfTests() {}

    private static final Map<Filter, List<SelfTest>> OF_FILTERS = new EnumMap<>(Filter.class);

    static {
        OF_FILTERS.put(
                Filter.READ,
                List.of(
                        new SelfTest("EVFILT_READ, pipe", FilterTests::readOfPipe),
                        new SelfTest("EVFILT_READ, TCP", FilterTests::readOfSocket),
                        new SelfTest("EVFILT_READ, kqueue", FilterTests::kqueueInKqueue)));
        put(Filter.WRITE, FilterTests::write);
        put(Filter.VNODE, FilterTests::vnode);
        put(Filter.PROC, FilterTests::proc);
        put(Filter.SIGNAL, FilterTests::signal);
        put(Filter.TIMER, FilterTests::timer);
        put(Filter.USER, FilterTests::user);
        put(Filter.EXCEPT, FilterTests::except);
        put(Filter.EMPTY, FilterTests::empty);
    }

    private static void put(Filter filter, SelfTest.Body body) {
        OF_FILTERS.put(filter, List.of(new SelfTest(filter.cName(), body)));
    }

    static boolean covers(Filter filter) {
        return OF_FILTERS.containsKey(filter);
    }

    static List<SelfTest> of(KQueue kqueue) {
        List<SelfTest> tests = new ArrayList<>();
        OF_FILTERS.forEach(
                (filter, ofFilter) -> {
                    if (kqueue.supports(filter)) {
                        tests.addAll(ofFilter);
                    }
                });
        tests.add(new SelfTest("errors of changes", FilterTests::errors));
        tests.add(new SelfTest("selector, TCP echo", SelectorTests::echo));
        tests.add(new SelfTest("selector, wakeup", SelectorTests::wakeup));
        return tests;
    }
}
