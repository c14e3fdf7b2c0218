package com.tiktokrec.common.http;

import java.time.Duration;

/**
 * When a retriable failure is tried again: after a random time between zero and an exponentially growing bound, or
 * after exactly the time that the server asked for.
 *
 * @param maxAttempts attempts in all, the first included
 * @param firstBound greatest wait before the second attempt; doubles with each further one
 * @param greatestBound where the doubling ends; a server's Retry-After may be longer
 */
public record RetryPolicy(int maxAttempts, Duration firstBound, Duration greatestBound) {

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "No call can be made: max-attempts must be 1 or more (value: " + maxAttempts + ")");
        }
    }

    /** Back-off from one second to one minute. */
    public static RetryPolicy of(int maxAttempts) {
        return new RetryPolicy(maxAttempts, Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    /** Greatest wait after the given number of failed attempts. */
    public Duration bound(int failedAttempts) {
        Duration bound = firstBound;
        for (int i = 1; i < failedAttempts && bound.compareTo(greatestBound) < 0; i++) {
            bound = bound.multipliedBy(2);
        }
        return bound.compareTo(greatestBound) < 0 ? bound : greatestBound;
    }
}
