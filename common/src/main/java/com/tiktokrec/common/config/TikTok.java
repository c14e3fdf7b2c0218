package com.tiktokrec.common.config;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The TikTok API: its address, the pause between two requests or how many go out a second, and the requests a month
 * may cost.
 */
public record TikTok(
        String baseUrl,
        Duration delay,
        OptionalDouble requestsPerSecond,
        int maxAttempts,
        Duration timeout,
        OptionalLong monthlyRequestBudget) {

    /** Time from one request to the next. */
    public Duration interval() {
        return requestsPerSecond.isPresent()
                ? Duration.ofNanos((long) Math.ceil(1e9 / requestsPerSecond.getAsDouble()))
                : delay;
    }

    static TikTok read(SettingsReader reader) {
        return new TikTok(
                reader.value("tiktok.base-url", Rule.httpAddress()),
                reader.value("tiktok.delay", Rule.duration(Duration.ZERO, Duration.ofMinutes(10))),
                reader.optional("tiktok.requests-per-second", Rule.number(0.001, 1000))
                        .map(OptionalDouble::of)
                        .orElseGet(OptionalDouble::empty),
                reader.value("tiktok.max-attempts", Rule.count(1, 20)),
                reader.value("tiktok.timeout", Rule.duration(Duration.ofSeconds(1), Duration.ofHours(1))),
                reader.optional("tiktok.monthly-request-budget", Rule.wholeNumber(0, 1_000_000_000_000L))
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty));
    }
}
