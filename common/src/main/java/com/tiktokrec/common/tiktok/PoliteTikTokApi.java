package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;

/**
 * Sends requests at a pace and within a month's budget, tries retriable failures again, and sends none any more after
 * a failure that no further request can escape. Where the server asks for time, all requests wait.
 */
final class PoliteTikTokApi implements TikTokApi {

    /** The limits of plans are by the second. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    /** Rather than sleep for longer, a run ends: it can go on later where it was. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

    private final TikTokApi api;
    private final Pace pace;
    private final RequestCount count;
    private final OptionalLong budget;
    private final RetryPolicy policy;
    private final Sleeper sleeper;
    private final DoubleSupplier random;
    private final Clock clock;
    private final RequestTally tally;
    private final AtomicReference<TikTokFailure> stopped = new AtomicReference<>();

    /** @param random uniform in [0, 1), the share of the back-off's bound that is waited */
    PoliteTikTokApi(
            TikTokApi api,
            Pace pace,
            RequestCount count,
            OptionalLong budget,
            RetryPolicy policy,
            Sleeper sleeper,
            DoubleSupplier random,
            Clock clock,
            RequestTally tally) {
        this.api = api;
        this.pace = pace;
        this.count = count;
        this.budget = budget;
        this.policy = policy;
        this.sleeper = sleeper;
        this.random = random;
        this.clock = clock;
        this.tally = tally;
    }

    @Override
    public TikTokAnswer fetch(TikTokRequest request) {
        for (int attempt = 1; ; attempt++) {
            failIfStopped();
            pace.await();
            // While this one waited, another may have met the end.
            failIfStopped();
            spend();
            tally.sent(request.endpoint(), attempt > 1);
            try {
                TikTokAnswer answer = api.fetch(request);
                tally.answered(request.endpoint());
                return answer;
            } catch (TikTokFailure e) {
                tally.failed(request.endpoint(), e.kind());
                if (!e.kind().isRetriable()) {
                    throw e.kind().stopsTheRun() ? stop(e) : e;
                }
                if (attempt == policy.maxAttempts()) {
                    throw new TikTokFailure(
                            e.kind(), e.getMessage() + " (given up after " + attempt + " attempts)", null, e);
                }
                waitAfter(attempt, e);
            }
        }
    }

    /** Why no request is sent any more, if so. */
    Optional<TikTokFailure> stopped() {
        return Optional.ofNullable(stopped.get());
    }

    /** Requests that the month's budget has left, if there is one. */
    OptionalLong budgetLeft() {
        return budget.isEmpty() ? budget : OptionalLong.of(Math.max(0, budget.getAsLong() - count.of(month())));
    }

    private void failIfStopped() {
        TikTokFailure first = stopped.get();
        if (first != null) {
            throw new TikTokFailure(first.kind(), first.getMessage(), null, first);
        }
    }

    private TikTokFailure stop(TikTokFailure failure) {
        stopped.compareAndSet(null, failure);
        return failure;
    }

    private void spend() {
        boolean allowed;
        try {
            allowed = count.tryIncrement(month(), budget.orElse(Long.MAX_VALUE));
        } catch (RuntimeException e) {
            throw stop(new TikTokFailure(
                    Kind.BUDGET_SPENT,
                    "the requests of this month can't be counted (" + e.getMessage()
                            + "), and none is sent uncounted: mend the cache's store",
                    null,
                    e));
        }
        if (!allowed) {
            throw stop(new TikTokFailure(
                    Kind.BUDGET_SPENT,
                    "tiktok.monthly-request-budget (" + budget.getAsLong() + ") is spent for " + month()
                            + ": raise it, or wait for the next month"));
        }
    }

    private YearMonth month() {
        return YearMonth.now(clock.withZone(ZoneOffset.UTC));
    }

    private void waitAfter(int attempt, TikTokFailure failure) {
        Duration backOff = Duration.ofNanos(
                (long) (random.getAsDouble() * policy.bound(attempt).toNanos()));
        Duration asked = failure.retryAfter().orElse(Duration.ZERO);
        if (asked.compareTo(LONGEST_PAUSE) > 0) {
            throw stop(new TikTokFailure(
                    Kind.QUOTA_SPENT, "the API asks to wait " + asked.toMinutes() + " minutes: run this again then"));
        }
        if (failure.kind() == Kind.RATE) {
            pace.pause(longest(LEAST_PAUSE, longest(asked, backOff)));
        } else if (failure.retryAfter().isPresent()) {
            pace.pause(asked);
        } else {
            sleep(backOff);
        }
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void sleep(Duration duration) {
        try {
            // An interrupt that broke the call itself has left its flag: the run ends, so no further attempt.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted between attempts");
            cancelled.initCause(e);
            throw cancelled;
        }
    }
}
