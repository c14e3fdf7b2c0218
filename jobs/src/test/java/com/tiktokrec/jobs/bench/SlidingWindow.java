package com.tiktokrec.jobs.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The amount that came within the last 60 s, exactly, and the most that ever did: an amount that came at t is within
 * the window up to, and not at, t + 60 s. Times must not go backwards. For one thread.
 */
final class SlidingWindow {

    static final long SECONDS = 60;

    private static final long NANOS = SECONDS * 1_000_000_000L;

    private record Entry(long at, long amount) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long sum;
    private long most;

    void add(long now, long amount) {
        forget(now);
        entries.addLast(new Entry(now, amount));
        sum += amount;
        most = Math.max(most, sum);
    }

    /** What came in the 60 s that end now. */
    long sum(long now) {
        forget(now);
        return sum;
    }

    /** The most that any 60 s held so far. */
    long most() {
        return most;
    }

    /** Nanoseconds until so much more fits under a limit; 0 where it does now or never will. */
    long untilFits(long now, long amount, long limit) {
        forget(now);
        long surplus = sum + amount - limit;
        for (Entry entry : entries) {
            if (surplus <= 0) {
                break;
            }
            surplus -= entry.amount();
            if (surplus <= 0) {
                return entry.at() + NANOS - now;
            }
        }
        return 0;
    }

    /** Nanoseconds until nothing of what came is within the window. */
    long untilEmpty(long now) {
        forget(now);
        return entries.isEmpty() ? 0 : entries.getLast().at() + NANOS - now;
    }

    private void forget(long now) {
        while (!entries.isEmpty() && now - entries.getFirst().at() >= NANOS) {
            sum -= entries.removeFirst().amount();
        }
    }
}
