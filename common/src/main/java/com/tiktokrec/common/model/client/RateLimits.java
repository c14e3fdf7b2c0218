package com.tiktokrec.common.model.client;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server said in {@code x-ratelimit-*} headers.
 *
 * @param requestsPerMinute its limit, where it is one a minute
 * @param tokensPerMinute its limit, where it is one a minute
 * @param pause how long nothing more can be sent, zero where something is left
 */
public record RateLimits(OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, Duration pause) {

    /** Nothing said. */
    public static final RateLimits NONE = new RateLimits(OptionalLong.empty(), OptionalLong.empty(), Duration.ZERO);

    private static final Pattern RESET =
            Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:([\\d.]+)s)?(?:([\\d.]+)ms)?");
    private static final Duration SHORTEST_MINUTE = Duration.ofSeconds(30);
    private static final Duration LONGEST_MINUTE = Duration.ofSeconds(90);

    /** One limit: so much in all, so much left, and when it will be whole again. */
    private record Limit(long limit, long remaining, Duration reset) {

        /** The limit if it is for a minute: some are for a day. */
        OptionalLong perMinute() {
            long used = limit - remaining;
            if (limit <= 0 || used <= 0) {
                return OptionalLong.empty();
            }
            Duration window = reset.multipliedBy(limit).dividedBy(used);
            return window.compareTo(SHORTEST_MINUTE) >= 0 && window.compareTo(LONGEST_MINUTE) <= 0
                    ? OptionalLong.of(limit)
                    : OptionalLong.empty();
        }

        /** With nothing left, the time in which one more comes back. */
        Duration pause() {
            return remaining > 0 ? Duration.ZERO : reset.dividedBy(Math.max(1, limit));
        }
    }

    /** Reads the headers; what is missing or makes no sense says nothing. */
    static RateLimits of(Function<String, List<String>> headers) {
        Optional<Limit> requests = limit(headers, "requests");
        Optional<Limit> tokens = limit(headers, "tokens");
        if (requests.isEmpty() && tokens.isEmpty()) {
            return NONE;
        }
        Duration first = requests.map(Limit::pause).orElse(Duration.ZERO);
        Duration second = tokens.map(Limit::pause).orElse(Duration.ZERO);
        return new RateLimits(
                requests.map(Limit::perMinute).orElse(OptionalLong.empty()),
                tokens.map(Limit::perMinute).orElse(OptionalLong.empty()),
                first.compareTo(second) > 0 ? first : second);
    }

    boolean sayNothing() {
        return requestsPerMinute.isEmpty() && tokensPerMinute.isEmpty() && pause.isZero();
    }

    private static Optional<Limit> limit(Function<String, List<String>> headers, String of) {
        try {
            Optional<String> limit = first(headers, "x-ratelimit-limit-" + of);
            Optional<String> remaining = first(headers, "x-ratelimit-remaining-" + of);
            Optional<Duration> reset = first(headers, "x-ratelimit-reset-" + of).flatMap(text -> duration(text));
            return limit.isEmpty() || remaining.isEmpty() || reset.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Limit(Long.parseLong(limit.get()), Long.parseLong(remaining.get()), reset.get()));
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> first(Function<String, List<String>> headers, String name) {
        return headers.apply(name).stream().findFirst().map(String::strip);
    }

    /** As OpenAI writes them: {@code 1s}, {@code 120ms}, {@code 6m0s}. */
    private static Optional<Duration> duration(String text) {
        Matcher parts = RESET.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            return Optional.empty();
        }
        double seconds = part(parts, 1) * 3600 + part(parts, 2) * 60 + part(parts, 3) + part(parts, 4) / 1000;
        return Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    private static double part(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Double.parseDouble(parts.group(group));
    }
}
