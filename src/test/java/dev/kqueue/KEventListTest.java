package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Growth, bounds, fields and allocation of the list that kevent reads and fills. */
class KEventListTest {
    @Test
    void everyFieldSurvivesRandomUse() {
        KEventListProperties.check(System.nanoTime());
    }

    @ParameterizedTest
    @CsvSource({"macos, 32", "freebsd, 64", "netbsd, 40", "openbsd, 32", "dragonfly, 32", "linux, 32"})
    void everyFieldSurvivesInEverySystemsLayout(String abi, int size) throws IOException, InterruptedException {
        String output =
                new ChildJvm()
                        .run(
                                "-Dkqueue.abi=" + abi,
                                // Never opened: a list asks for the layout alone.
                                "-Dkqueue.library=/dev/null",
                                KEventListProperties.class.getName(),
                                Long.toString(System.nanoTime()));

        assertThat(output).contains(" has " + size + " bytes");
    }

    @Test
    void growthKeepsEveryEntry() {
        KEventList list = KEventList.allocate(1);
        for (int i = 0; i < 10_000; i++) {
            list.add(i, -1, i & 0xffff, i << 16, -i, ~i);
        }

        assertThat(list.size()).isEqualTo(10_000);
        assertThat(list.capacity()).isGreaterThanOrEqualTo(10_000);
        for (int i = 0; i < 10_000; i++) {
            assertThat(list.ident(i)).isEqualTo(i);
            assertThat(list.flags(i)).isEqualTo(i & 0xffff);
            assertThat(list.fflags(i)).isEqualTo(i << 16);
            assertThat(list.data(i)).isEqualTo(-i);
            assertThat(list.udata(i)).isEqualTo(~i);
        }
    }

    @Test
    void notesKeepTheirUpperBits() {
        KEventList list = KEventList.allocate(1).add(1, Filter.PROC.value(), 0, Note.NOTE_EXIT, 0, 0);

        assertThat(list.fflags(0)).isEqualTo(0x8000_0000);
    }

    @Test
    void listWithoutRoomGrowsToo() {
        assertThat(KEventList.allocate(0).add(1, -1, 0, 0, 0, 0).ident(0)).isEqualTo(1);
    }

    @Test
    void entriesOutsideTheSizeAreRefused() {
        KEventList list = KEventList.allocate(8).add(1, -1, 0, 0, 0, 0);

        assertThatThrownBy(() -> list.ident(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.udata(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.set(1, 1, -1, 0, 0, 0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.setSize(9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.setSize(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KEventList.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textNamesKnownFiltersAndNumbersOthers() {
        KEventList list =
                KEventList.allocate(2)
                        .add(5, Filter.USER.value(), KEvent.EV_CLEAR, 0, 0, 0xab)
                        .add(6, 1234, 0, 0, 0, 0);

        assertThat(list)
                .hasToString(
                        "[{ident=5, filter=EVFILT_USER, flags=EV_CLEAR, fflags=0, data=0, udata=0xab},"
                                + " {ident=6, filter=1234, flags=0, fflags=0, data=0, udata=0x0}]");
    }

    @Test
    void fillingAndReadingAllocatesNothing() {
        KEventList list = KEventList.allocate(64);
        long sum = 0;
        for (int warmUp = 0; warmUp < 2_000; warmUp++) {
            sum += fillAndRead(list);
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The bean allocates its own answer in some JVMs: what the loop adds to that is what counts.
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                sum += fillAndRead(list);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(sum).isNotZero();
        assertThat(least).isZero();
    }

    private static long fillAndRead(KEventList list) {
        list.clear();
        for (int i = 0; i < 64; i++) {
            list.add(i, -1, KEvent.EV_ADD, 0, i, i);
        }
        long sum = 0;
        for (int i = 0; i < list.size(); i++) {
            sum += list.ident(i) + list.filter(i) + list.flags(i) + list.fflags(i) + list.data(i) + list.udata(i);
        }
        return sum;
    }
}
