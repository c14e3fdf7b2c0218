package com.tiktokrec.jobs.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.check.Nights.Listing;
import com.tiktokrec.jobs.run.RunRecords;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which earlier night a night is measured against. */
class NightsTest {

    private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);
    private static final LocalDate TUESDAY = MONDAY.plusDays(1);
    private static final LocalDate WEDNESDAY = MONDAY.plusDays(2);
    private static final Listing GOOD = listing(false);
    private static final Listing DEGRADED = listing(true);

    private static Listing listing(boolean degraded) {
        return new Listing("a-run", Timestamp.from(Instant.EPOCH), degraded);
    }

    @Test
    void itIsTheNewestBeforeTheDate() {
        Nights nights = new Nights(Map.of(MONDAY, GOOD, TUESDAY, GOOD, WEDNESDAY, GOOD), Map.of());

        assertThat(nights.measure(WEDNESDAY)).contains(TUESDAY);
        assertThat(nights.measure(TUESDAY)).contains(MONDAY);
        assertThat(nights.measure(MONDAY)).as("there is no earlier night").isEmpty();
    }

    @Test
    void aDegradedNightDoesNotHideABadOne() {
        assertThat(new Nights(Map.of(MONDAY, GOOD, TUESDAY, DEGRADED), Map.of()).measure(WEDNESDAY))
                .contains(MONDAY);
    }

    @Test
    void aNightThatFailedItsNewestCheckDoesNotHideABadOne() {
        Map<LocalDate, Listing> listings = Map.of(MONDAY, GOOD, TUESDAY, GOOD);

        assertThat(new Nights(listings, Map.of(TUESDAY, RunRecords.FAILED)).measure(WEDNESDAY))
                .contains(MONDAY);
        assertThat(new Nights(listings, Map.of(TUESDAY, RunRecords.DONE)).measure(WEDNESDAY))
                .as("accepted")
                .contains(TUESDAY);
    }
}
