package com.tiktokrec.jobs.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/** The ways in which crawls write a moment. */
final class Times {

    /** Seconds reach this number in the year 5138, milliseconds reached it in 1973. */
    private static final long FIRST_MILLISECONDS = 100_000_000_000L;

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private Times() {}

    /** A moment in ISO-8601, UTC where it names no offset; null where the text is none. */
    static Instant iso(String text) {
        try {
            TemporalAccessor time =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text.strip(), ZonedDateTime::from, LocalDateTime::from);
            Instant instant = time instanceof ZonedDateTime zoned
                    ? zoned.toInstant()
                    : LocalDateTime.from(time).toInstant(ZoneOffset.UTC);
            return instant.isAfter(LAST) || instant.isBefore(Instant.EPOCH) ? null : instant;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Seconds since 1970, or milliseconds where seconds would be absurd; null beyond the year 9999. */
    static Instant epoch(long number) {
        Instant instant = number < FIRST_MILLISECONDS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
        return instant.isAfter(LAST) ? null : instant;
    }
}
