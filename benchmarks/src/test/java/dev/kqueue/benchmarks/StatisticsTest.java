package dev.kqueue.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class StatisticsTest {
    @Test
    void medianOfAnOddNumberIsTheOneInTheMiddle() {
        assertEquals(2, Statistics.median(List.of(9.0, 1.0, 2.0)));
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertEquals(2.5, Statistics.median(List.of(100.0, 3.0, 2.0, 1.0)));
    }

    @Test
    void ratioIsTheMedianOfTheProcessesMediansAndShowsTheirSpread() {
        Statistics.Ratio ratio =
                Statistics.ratio(List.of(List.of(1.0, 1.1, 50.0), List.of(1.3, 1.3, 1.3), List.of(0.9, 0.9, 0.1)));
        assertEquals(1.1, ratio.value());
        assertEquals(0.9, ratio.least());
        assertEquals(1.3, ratio.most());
    }

    @Test
    void whatIsTheSameEachTimeHasNoInterval() {
        Statistics.Ratio ratio = Statistics.ratio(Collections.nCopies(5, Collections.nCopies(16, 1.25)));
        assertEquals(new Statistics.Ratio(1.25, 1.25, 1.25, 1.25, 1.25), ratio);
        assertTrue(ratio.isMeasured());
        assertEquals("1.25", ratio.toString());
    }

    @Test
    void processesThatDifferWidenTheIntervalHoweverManySamplesAgree() {
        List<List<Double>> pairs = new ArrayList<>();
        for (double value : new double[] {0.9, 0.95, 1.0, 1.05, 1.1}) {
            pairs.add(Collections.nCopies(1000, value));
        }
        Statistics.Ratio ratio = Statistics.ratio(pairs);
        assertFalse(ratio.isMeasured(), ratio::toString);
        assertTrue(ratio.low() >= 0.9 && ratio.low() <= 0.95, ratio::toString);
        assertTrue(ratio.high() <= 1.1 && ratio.high() >= 1.05, ratio::toString);
        assertTrue(ratio.toString().startsWith("not measured ["), ratio::toString);
    }

    /** The 95 % interval has the true median in it about 95 times of 100. */
    @Test
    void intervalHasTheTrueMedianInIt() {
        Random random = new Random(7);
        int hits = 0;
        for (int i = 0; i < 100; i++) {
            List<List<Double>> pairs = new ArrayList<>();
            for (int pair = 0; pair < 9; pair++) {
                double luck = 0.01 * random.nextGaussian();
                pairs.add(random.doubles(16, 0.95, 1.05).map(noise -> 1.08 * noise + luck).boxed().toList());
            }
            Statistics.Ratio ratio = Statistics.ratio(pairs);
            hits += ratio.low() <= 1.08 && 1.08 <= ratio.high() ? 1 : 0;
        }
        assertTrue(hits >= 85, "in the interval " + hits + " times of 100");
    }

    @Test
    void sameSamplesGiveTheSameInterval() {
        List<List<Double>> pairs = List.of(List.of(1.0, 1.2, 1.1), List.of(0.9, 1.4, 1.0));
        assertEquals(Statistics.ratio(pairs), Statistics.ratio(pairs));
    }
}
