package com.tiktokrec.common.tiktok;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes only where somebody sleeps, as a steady time, a clock and a sleeper in one. */
final class SimulatedTime extends Clock {

    private long nanos;

    long nanoTime() {
        return nanos;
    }

    void sleep(Duration duration) {
        nanos += duration.toNanos();
    }

    Duration passed() {
        return Duration.ofNanos(nanos);
    }

    @Override
    public Instant instant() {
        return TikTokServer.NOW.plusNanos(nanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
