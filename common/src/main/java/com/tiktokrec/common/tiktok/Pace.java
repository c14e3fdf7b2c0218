package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.http.Sleeper;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps at least an interval between the sendings of any two requests, over all threads, first come first served. A
 * request is let through a moment before its time, counts itself and finds its connection meanwhile, and waits out the
 * rest just before it is written: so what that takes lowers no rate, and being late never brings two closer together.
 */
final class Pace {

    private static final Duration LONGEST_LEAD = Duration.ofMillis(20);

    private final long intervalNanos;
    private final long leadNanos;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final ReentrantLock queue = new ReentrantLock(true);
    private final ReentrantLock line = new ReentrantLock(true);
    private final AtomicLong nextTurn;
    private final AtomicLong nextSending;

    /** @param nanoTime a steady time, as {@link System#nanoTime} is */
    Pace(Duration interval, LongSupplier nanoTime, Sleeper sleeper) {
        this.intervalNanos = interval.toNanos();
        this.leadNanos = Math.min(intervalNanos / 2, LONGEST_LEAD.toNanos());
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
        this.nextTurn = new AtomicLong(nanoTime.getAsLong());
        this.nextSending = new AtomicLong(nextTurn.get());
    }

    /** Waits until it is nearly this thread's turn to send one request. */
    void await() {
        inTurn(queue, () -> {
            waitUntil(nextTurn, leadNanos);
            long now = nanoTime.getAsLong();
            nextTurn.updateAndGet(turn -> latest(turn, now) + intervalNanos);
        });
    }

    /** Waits until a request that was let through may be written: it is written on return. */
    void sending() {
        inTurn(line, () -> {
            waitUntil(nextSending, 0);
            nextSending.set(nanoTime.getAsLong() + intervalNanos);
            // Those that stand in line go first.
            postpone(nextSending.get() + intervalNanos * line.getQueueLength());
        });
    }

    /** Holds back all requests that are not let through yet, as a server that found them too many asks for. */
    void pause(Duration duration) {
        postpone(nanoTime.getAsLong() + duration.toNanos() + leadNanos);
    }

    private interface Turn {
        void take() throws InterruptedException;
    }

    private static void inTurn(ReentrantLock lock, Turn turn) {
        try {
            lock.lockInterruptibly();
            try {
                turn.take();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted before a request was sent");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    private void waitUntil(AtomicLong time, long leadNanos) throws InterruptedException {
        for (long wait = time.get() - leadNanos - nanoTime.getAsLong();
                wait > 0;
                wait = time.get() - leadNanos - nanoTime.getAsLong()) {
            sleeper.sleep(Duration.ofNanos(wait));
        }
    }

    private void postpone(long time) {
        nextTurn.accumulateAndGet(time, Pace::latest);
    }

    private static long latest(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
