package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitsTest {

    private static RateLimits said(String limit, String remaining, String reset) {
        Map<String, String> headers = Map.of(
                "x-ratelimit-limit-requests", limit,
                "x-ratelimit-remaining-requests", remaining,
                "x-ratelimit-reset-requests", reset);
        return RateLimits.of(name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of());
    }

    @ParameterizedTest
    @CsvSource({"600, 599, 100ms, 600", "600, 0, 1m0s, 600", "60, 30, 30s, 60", "500, 499, 0.12s, 500"})
    void readsALimitOfAMinute(String limit, String remaining, String reset, long expected) {
        assertThat(said(limit, remaining, reset).requestsPerMinute()).hasValue(expected);
    }

    @Test
    void aLimitOfADayIsNoneOfAMinute() {
        assertThat(said("10000", "9999", "8.64s").requestsPerMinute()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"600, 0, 60s, PT0.1S", "600, 1, 60s, PT0S", "3, 0, 1m0s, PT20S"})
    void pausesWhereNothingIsLeft(String limit, String remaining, String reset, Duration expected) {
        assertThat(said(limit, remaining, reset).pause()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"many, 0, 60s", "600, some, 60s", "600, 0, soon", "600, 0, ''", "-1, 0, 1s", "600, 600, 0s"})
    void whatMakesNoSenseSaysNothing(String limit, String remaining, String reset) {
        RateLimits limits = said(limit, remaining, reset);

        assertThat(limits.requestsPerMinute()).isEmpty();
        assertThat(limits.pause()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void noHeadersSayNothing() {
        assertThat(RateLimits.of(name -> List.of()).sayNothing()).isTrue();
    }
}
