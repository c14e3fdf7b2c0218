package com.tiktokrec.common.model.client;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Makes calls under a {@link RetryPolicy}, and none at all after a final failure. A loop of our own: Failsafe's
 * synchronous executions sleep on {@code Thread.sleep}, which tests cannot replace. Thread-safe.
 */
final class Attempts {

    /** @param count attempts made, the one that succeeded included */
    record Result<T>(T value, int count) {}

    private final RetryPolicy policy;
    private final Sleeper sleeper;
    private final DoubleSupplier random;
    private final AtomicReference<ModelCallException> tripped = new AtomicReference<>();

    /** @param random uniform in [0, 1) */
    Attempts(RetryPolicy policy, Sleeper sleeper, DoubleSupplier random) {
        this.policy = policy;
        this.sleeper = sleeper;
        this.random = random;
    }

    <T> Result<T> make(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            failIfTripped();
            try {
                return new Result<>(call.get(), attempt);
            } catch (ModelCallException e) {
                if (e.kind() == Kind.FINAL) {
                    tripped.compareAndSet(null, e);
                }
                if (e.kind() != Kind.RETRIABLE) {
                    throw e;
                }
                if (attempt == policy.maxAttempts()) {
                    throw new ModelCallException(
                            Kind.RETRIABLE,
                            e.outcome(),
                            e.getMessage() + " (given up after " + attempt + " attempts)",
                            e.retryAfter().orElse(null),
                            attempt,
                            e);
                }
                waitAfter(attempt, e);
            }
        }
    }

    private void failIfTripped() {
        ModelCallException first = tripped.get();
        if (first != null) {
            throw new ModelCallException(Kind.FINAL, first.getMessage(), null, 0, first);
        }
    }

    private void waitAfter(int attempt, ModelCallException failure) {
        Duration backOff = Duration.ofNanos(
                (long) (random.getAsDouble() * policy.bound(attempt).toNanos()));
        try {
            // An interrupt that broke the call itself has left its flag: the task was killed, so no further attempt.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            sleeper.sleep(failure.retryAfter().orElse(backOff));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted between attempts");
            cancelled.initCause(e);
            throw cancelled;
        }
    }
}
