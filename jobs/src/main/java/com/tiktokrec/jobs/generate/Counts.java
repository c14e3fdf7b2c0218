package com.tiktokrec.jobs.generate;

/** A video's statistics at one time. */
record Counts(long plays, long likes, long comments, long shares, long saves, long reposts) {

    private static final long MOST_PLAYS = 250_000_000;
    private static final double VIRAL = 0.02;

    /**
     * Heavy-tailed counts: plays grow with the author's followers and the video's appeal (standard normal), and a fresh
     * video has not had all of them yet.
     */
    static Counts of(long followers, double appeal, double ageDays, Draws draws) {
        double plays = 250 + 40 * StrictMath.pow((double) followers, 0.62) * StrictMath.exp(1.3 * appeal);
        if (draws.chance(VIRAL)) {
            plays *= draws.logNormal(40, 0.8);
        }
        plays *= Math.max(0.1, 1 - StrictMath.exp(-ageDays / 4));
        long played = Math.min(MOST_PLAYS, (long) plays);
        return new Counts(
                played,
                share(played, Math.min(0.4, draws.logNormal(0.06, 0.6))),
                share(played, Math.min(0.05, draws.logNormal(0.0015, 0.9))),
                share(played, Math.min(0.1, draws.logNormal(0.004, 1))),
                share(played, Math.min(0.1, draws.logNormal(0.007, 0.9))),
                share(played, Math.min(0.02, draws.logNormal(0.0005, 0.8))));
    }

    private static long share(long plays, double ratio) {
        return (long) (plays * ratio);
    }

    /** The counts at a later time. */
    Counts grownBy(double factor) {
        return new Counts(
                share(plays, factor),
                share(likes, factor),
                share(comments, factor),
                share(shares, factor),
                share(saves, factor),
                share(reposts, factor));
    }

    /** As TikTok rounds what it shows: from 10,000 to hundreds, from a million to hundred thousands. */
    static long rounded(long count) {
        long unit = count >= 1_000_000 ? 100_000 : count >= 10_000 ? 100 : 1;
        return (count + unit / 2) / unit * unit;
    }
}
