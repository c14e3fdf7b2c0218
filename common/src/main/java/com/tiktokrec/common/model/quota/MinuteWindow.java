package com.tiktokrec.common.model.quota;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Amounts of which at most a capacity may be used within any minute. What is taken is out until it is given back, with
 * the time from which it may be used again. Times are milliseconds of any one clock. Not thread-safe.
 */
final class MinuteWindow {

    /** A part of the capacity that may be used from a time on. */
    private record Free(long from, long amount) {}

    private final PriorityQueue<Free> free = new PriorityQueue<>(Comparator.comparingLong(Free::from));
    private long capacity;
    private long known;
    private long debt;

    /** All of the capacity may be used from a time on. */
    MinuteWindow(long capacity, long from) {
        this.capacity = capacity;
        giveBack(capacity, from);
    }

    long capacity() {
        return capacity;
    }

    /** Whether it is known when this amount may be used; the rest is out, and nobody knows for how long. */
    boolean has(long amount) {
        return known - debt >= amount;
    }

    /** Takes an amount and says from when on it may be used; empty, with nothing taken, where that is not known. */
    OptionalLong take(long amount) {
        if (!has(amount)) {
            return OptionalLong.empty();
        }
        long wanted = amount + debt;
        debt = 0;
        known -= wanted;
        long from = Long.MIN_VALUE;
        while (wanted > 0) {
            Free next = free.poll();
            from = Math.max(from, next.from());
            if (next.amount() > wanted) {
                free.add(new Free(next.from(), next.amount() - wanted));
            }
            wanted -= Math.min(wanted, next.amount());
        }
        return OptionalLong.of(from);
    }

    /** Gives an amount back, to be used again from a time on. */
    void giveBack(long amount, long from) {
        if (amount > 0) {
            free.add(new Free(from, amount));
            known += amount;
        }
    }

    /** Takes what was used beyond what had been taken: others wait until it is paid off. */
    void overdraw(long amount) {
        debt += amount;
    }

    /** Lowers the capacity for good; a higher one changes nothing. */
    void shrinkTo(long lower) {
        if (lower < capacity) {
            debt += capacity - lower;
            capacity = lower;
        }
    }
}
