package com.tiktokrec.common.config;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How fast one model is called. The per-minute quotas hold over all executors of the run together, maxInFlight for
 * each executor, timeout for each attempt.
 */
public record CallLimits(
        OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, int maxInFlight, Duration timeout) {

    private static final long MOST_A_MINUTE = 1_000_000_000_000L;

    static CallLimits read(SettingsReader reader, String group) {
        return new CallLimits(
                quota(reader, group + ".requests-per-minute"),
                quota(reader, group + ".tokens-per-minute"),
                reader.value(group + ".max-in-flight", Rule.count(1, 1024)),
                reader.value(group + ".timeout", Rule.duration(Duration.ofSeconds(1), Duration.ofHours(1))));
    }

    private static OptionalLong quota(SettingsReader reader, String key) {
        return reader.optional(key, Rule.wholeNumber(1, MOST_A_MINUTE))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }
}
