package com.tiktokrec.jobs.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.check.Nights.Listing;
import com.tiktokrec.jobs.run.RunRecords;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which earlier night a night is measured against. */
class NightsTest {

    private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);
    private static final LocalDate TUESDAY = MONDAY.plusDays(1);
    private static final LocalDate WEDNESDAY = MONDAY.plusDays(2);
    private static final int USERS = 100;
    private static final Listing GOOD = listing(false, USERS);
    private static final Listing DEGRADED = listing(true, USERS);
    private static final Listing SMALL = listing(false, 1);

    private static Listing listing(boolean degraded, long users) {
        return new Listing("a-run", degraded, users, Optional.empty());
    }

    @Test
    void itIsTheNewestBeforeTheDate() {
        Nights nights = new Nights(Map.of(MONDAY, GOOD, TUESDAY, GOOD, WEDNESDAY, GOOD), Map.of());

        assertThat(nights.measure(WEDNESDAY, USERS)).contains(TUESDAY);
        assertThat(nights.measure(TUESDAY, USERS)).contains(MONDAY);
        assertThat(nights.measure(MONDAY, USERS))
                .as("there is no earlier night")
                .isEmpty();
    }

    @Test
    void aDegradedNightDoesNotHideABadOne() {
        assertThat(new Nights(Map.of(MONDAY, GOOD, TUESDAY, DEGRADED), Map.of()).measure(WEDNESDAY, USERS))
                .contains(MONDAY);
    }

    @Test
    void aNightThatFailedItsNewestCheckDoesNotHideABadOne() {
        Map<LocalDate, Listing> listings = Map.of(MONDAY, GOOD, TUESDAY, GOOD);

        assertThat(new Nights(listings, Map.of(TUESDAY, RunRecords.FAILED)).measure(WEDNESDAY, USERS))
                .contains(MONDAY);
        assertThat(new Nights(listings, Map.of(TUESDAY, RunRecords.DONE)).measure(WEDNESDAY, USERS))
                .as("accepted")
                .contains(TUESDAY);
    }

    @Test
    void aDateWithListsOfAFewUsersIsLeftOutWhileAnotherHasEnough() {
        Nights nights = new Nights(Map.of(MONDAY, GOOD, TUESDAY, SMALL), Map.of());

        assertThat(nights.measure(WEDNESDAY, USERS)).contains(MONDAY);
        assertThat(nights.measure(WEDNESDAY, 0)).as("for as few").contains(TUESDAY);
        assertThat(new Nights(Map.of(MONDAY, SMALL, TUESDAY, SMALL), Map.of()).measure(WEDNESDAY, USERS))
                .as("none has enough")
                .contains(TUESDAY);
    }
}
