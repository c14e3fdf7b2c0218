package com.tiktokrec.jobs.check;

import java.util.Locale;

/**
 * One check of a night.
 *
 * @param name in a few plain words, the same every night
 * @param found what the tables hold
 * @param allowed what would pass
 */
public record Check(String name, String found, String allowed, boolean passed) {

    /** A check that something is nowhere. */
    static Check none(String name, long found, String unit) {
        return new Check(name, count(found, unit), "0 " + unit, found == 0);
    }

    static String count(long number, String unit) {
        return String.format(Locale.ROOT, "%,d %s", number, unit);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }
}
