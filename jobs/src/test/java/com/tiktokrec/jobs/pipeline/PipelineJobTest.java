package com.tiktokrec.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a taxonomy is old enough to be made anew. */
class PipelineJobTest {

    private static final Instant MADE = Instant.parse("2026-11-23T03:07:00Z");

    private static boolean isOld(String now, Duration age) {
        return PipelineJob.isOld(MADE, Instant.parse(now), age);
    }

    @Test
    void ofWholeDaysItIsSoManyNightsOldWheneverInTheNightItsTaskStarts() {
        Duration week = Duration.ofDays(7);

        assertThat(isOld("2026-11-29T03:50:00Z", week)).as("the sixth night").isFalse();
        assertThat(isOld("2026-11-30T03:06:00Z", week)).as("a minute earlier").isTrue();
        assertThat(isOld("2026-11-30T03:08:00Z", week)).as("a minute later").isTrue();
    }

    @Test
    void ofHoursItIsAsOldAsTheySay() {
        assertThat(isOld("2026-11-23T09:06:00Z", Duration.ofHours(6))).isFalse();
        assertThat(isOld("2026-11-23T09:08:00Z", Duration.ofHours(6))).isTrue();
    }

    @Test
    void ofNoTimeItIsAlwaysOld() {
        assertThat(isOld(MADE.toString(), Duration.ZERO)).isTrue();
    }
}
