package com.tiktokrec.jobs.generate;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A seeded sequence of random draws for one object: the same seed, subject and index always give the same draws, so
 * that an object can be derived again instead of being kept.
 */
final class Draws {

    /** What is drawn. Each subject has draws of its own, so that a change in one leaves the others' as they were. */
    enum Subject {
        ROLE,
        INTERESTS,
        ACCOUNT,
        POST_COUNT,
        VIDEO_INTEREST,
        CREATE_TIME,
        APPEAL,
        COUNTS,
        CAPTION,
        ITEM,
        REPOSTS,
        LIKES,
        PAGES,
        SEARCH,
        TRENDING,
        ANSWER
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final SplittableRandom random;

    private Draws(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static Draws of(long seed, Subject subject, long index) {
        return new Draws(mix(mix(seed + GOLDEN_GAMMA * subject.name().hashCode()) ^ (index * GOLDEN_GAMMA)));
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Uniform in [0, 1). */
    double unit() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long bits() {
        return random.nextLong();
    }

    /** Uniform, both ends included. */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** An index below {@code size} that favours the first ones. */
    int skewed(int size) {
        double unit = random.nextDouble();
        return (int) (unit * unit * size);
    }

    /** Standard normal, by Box and Muller with {@link StrictMath}, so that every JVM draws the same. */
    double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    double logNormal(double median, double sigma) {
        return median * StrictMath.exp(sigma * gaussian());
    }
}
