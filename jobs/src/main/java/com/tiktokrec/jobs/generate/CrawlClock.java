package com.tiktokrec.jobs.generate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * The times of a night's requests: from 20:00 UTC, one a second. A crawl too large for one evening is shared by several
 * crawlers, which all start at 20:00.
 */
final class CrawlClock {

    private static final LocalTime START = LocalTime.of(20, 0);
    private static final LocalTime END = LocalTime.of(23, 59);
    /** No user or search is begun later than this, so that each ends before {@link #END}. */
    private static final int LAST_BEGIN_SECONDS = 3 * 3_600;

    private final LocalDate runDate;
    private int seconds;

    CrawlClock(LocalDate runDate) {
        this.runDate = runDate;
    }

    static Instant start(LocalDate runDate) {
        return runDate.atTime(START).toInstant(ZoneOffset.UTC);
    }

    Instant end() {
        return runDate.atTime(END).toInstant(ZoneOffset.UTC);
    }

    /** Called before the requests for a user or a search phrase, which one crawler makes. */
    void begin() {
        if (seconds > LAST_BEGIN_SECONDS) {
            seconds = 0;
        }
    }

    Instant next() {
        return start(runDate).plusSeconds(seconds++);
    }
}
