package com.tiktokrec.common.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a server asks to wait, as its Retry-After header spells it. */
public final class RetryAfter {

    private RetryAfter() {}

    /** A number of seconds or an HTTP date; empty where it is neither. */
    public static Optional<Duration> parse(String value, Clock clock) {
        return seconds(value).or(() -> date(value, clock));
    }

    /** A number of seconds, fractions allowed. */
    public static Optional<Duration> seconds(String value) {
        try {
            double seconds = Double.parseDouble(value.strip());
            return seconds >= 0 && seconds < Integer.MAX_VALUE
                    ? Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> date(String value, Clock clock) {
        try {
            Instant until = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(clock.instant(), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
