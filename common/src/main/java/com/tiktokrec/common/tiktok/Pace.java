package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.http.Sleeper;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps at least an interval between the sendings of any two requests, over all threads, first come first served. An
 * interval counts from when the request before was really sent: being late never brings two closer together.
 */
final class Pace {

    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final ReentrantLock queue = new ReentrantLock(true);
    private final AtomicLong notBefore;

    /** @param nanoTime a steady time, as {@link System#nanoTime} is */
    Pace(Duration interval, LongSupplier nanoTime, Sleeper sleeper) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
        this.notBefore = new AtomicLong(nanoTime.getAsLong());
    }

    /** Waits until it is this thread's turn to send one request. */
    void await() {
        try {
            queue.lockInterruptibly();
            try {
                for (long wait = untilTurn(); wait > 0; wait = untilTurn()) {
                    sleeper.sleep(Duration.ofNanos(wait));
                }
                postpone(intervalNanos);
            } finally {
                queue.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted before a request was sent");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    /** Notes that a request is written now: making a connection may have taken a while since its turn came. */
    void sending() {
        postpone(intervalNanos);
    }

    /** Holds all requests back, as a server that found them too many asks for. */
    void pause(Duration duration) {
        postpone(duration.toNanos());
    }

    private long untilTurn() {
        return notBefore.get() - nanoTime.getAsLong();
    }

    private void postpone(long nanos) {
        long earliest = nanoTime.getAsLong() + nanos;
        notBefore.accumulateAndGet(earliest, (one, other) -> one - other > 0 ? one : other);
    }
}
