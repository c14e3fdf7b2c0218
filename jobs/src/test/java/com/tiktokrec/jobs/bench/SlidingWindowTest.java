package com.tiktokrec.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlidingWindowTest {

    private static final long SECOND = 1_000_000_000L;

    private final SlidingWindow window = new SlidingWindow();

    @Test
    void anAmountCountsForSixtySecondsAndNoLonger() {
        window.add(0, 3);

        assertThat(window.sum(60 * SECOND - 1)).isEqualTo(3);
        assertThat(window.sum(60 * SECOND)).isZero();
    }

    @Test
    void theMostIsThatOfAnySixtySecondsNotOfAClockMinute() {
        // Given: two bursts on either side of a full minute, and one much later.
        window.add(59 * SECOND, 5);
        window.add(61 * SECOND, 6);
        window.add(200 * SECOND, 7);

        assertThat(window.most()).isEqualTo(11);
    }

    @Test
    void tellsWhenMoreFits() {
        window.add(10 * SECOND, 2);
        window.add(20 * SECOND, 2);
        window.add(30 * SECOND, 2);

        assertThat(window.untilFits(40 * SECOND, 4, 10)).as("fits now").isZero();
        assertThat(window.untilFits(40 * SECOND, 1, 6)).as("after the first").isEqualTo(30 * SECOND);
        assertThat(window.untilFits(40 * SECOND, 3, 6)).as("after the second").isEqualTo(40 * SECOND);
        assertThat(window.untilEmpty(40 * SECOND)).isEqualTo(50 * SECOND);
    }
}
