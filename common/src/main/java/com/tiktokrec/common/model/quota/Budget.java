package com.tiktokrec.common.model.quota;

import java.util.OptionalDouble;

/** Money that a run may spend: the most that a call can cost is reserved before it is sent. Thread-safe. */
public final class Budget {

    /** What comes of a wish to spend. */
    public enum Verdict {
        GRANTED,
        /** It does not fit, but calls under way may cost less than was reserved for them: ask again. */
        LATER,
        /** It does not fit, and nothing is under way. */
        SPENT
    }

    private static final double UNITS_PER_USD = 1e12;

    private final long limit;
    private long spent;
    private long reserved;

    /** @param limitUsd empty for no limit */
    public Budget(OptionalDouble limitUsd) {
        this.limit = limitUsd.isPresent() ? units(limitUsd.getAsDouble()) : Long.MAX_VALUE;
    }

    private static long units(double usd) {
        return Math.round(usd * UNITS_PER_USD);
    }

    public boolean limited() {
        return limit != Long.MAX_VALUE;
    }

    /** Reserves the most that a call can cost. */
    public synchronized Verdict reserve(double usd) {
        long units = units(usd);
        // What costs nothing is never refused, also where an earlier run's batch took more than there is.
        if (units == 0 || !limited()) {
            return Verdict.GRANTED;
        }
        if (limit - spent - reserved >= units) {
            reserved += units;
            return Verdict.GRANTED;
        }
        return reserved > 0 ? Verdict.LATER : Verdict.SPENT;
    }

    /** Turns a reservation into what the call did cost. */
    public synchronized void settle(double reservedUsd, double paidUsd) {
        reserved -= limited() ? units(reservedUsd) : 0;
        spent += units(paidUsd);
    }
}
