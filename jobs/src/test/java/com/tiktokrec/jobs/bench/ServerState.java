package com.tiktokrec.jobs.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Decides what becomes of each request of one load, and counts. Thread-safe; times are nanoseconds of one clock. */
final class ServerState {

    /** What becomes of a request. */
    enum Fate {
        ANSWER,
        SLOW,
        ERROR,
        CUT,
        REFUSED_REQUESTS,
        REFUSED_TOKENS
    }

    /**
     * The decision on a request.
     *
     * @param latencyNanos how long until the answer
     * @param retryNanos how long until a refused one would pass
     */
    record Decision(Fate fate, long latencyNanos, long retryNanos) {}

    /** A quota as the headers tell it; limit 0 where there is none. */
    record Quota(long limit, long remaining, long resetNanos) {}

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Load load;
    private final RandomGenerator random;
    private final SlidingWindow seen = new SlidingWindow();
    private final SlidingWindow admitted = new SlidingWindow();
    private final SlidingWindow tokens = new SlidingWindow();
    private final Set<Long> answered = new HashSet<>();
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final List<Long> answeredInputs = new ArrayList<>();
    private double latencySum;
    private long latencies;
    private long sentAgain;
    private long atOnce;
    private long mostAtOnce;
    private long first = -1;
    private long last;

    ServerState(Load load) {
        this.load = load;
        this.random = new SplittableRandom(load.seed());
    }

    Load load() {
        return load;
    }

    /** @param inputs hashes of what is asked */
    synchronized Decision arrived(long now, long[] inputs, long tokenCount) {
        if (first < 0) {
            first = now;
        }
        atOnce++;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        seen.add(now, 1);
        for (long input : inputs) {
            if (answered.contains(input)) {
                sentAgain++;
            }
        }
        if (load.requestsPerMinute() > 0 && admitted.sum(now) + 1 > load.requestsPerMinute()) {
            return new Decision(Fate.REFUSED_REQUESTS, 0, admitted.untilFits(now, 1, load.requestsPerMinute()));
        }
        if (load.tokensPerMinute() > 0 && tokens.sum(now) + tokenCount > load.tokensPerMinute()) {
            return new Decision(Fate.REFUSED_TOKENS, 0, tokens.untilFits(now, tokenCount, load.tokensPerMinute()));
        }
        admitted.add(now, 1);
        tokens.add(now, tokenCount);
        double latency = load.medianMillis() * Math.exp(load.sigma() * random.nextGaussian());
        double draw = random.nextDouble();
        Fate fate = Fate.ANSWER;
        if (draw < load.errorShare()) {
            fate = Fate.ERROR;
        } else if (draw < load.errorShare() + load.cutShare()) {
            fate = Fate.CUT;
        } else if (draw < load.errorShare() + load.cutShare() + load.slowShare()) {
            fate = Fate.SLOW;
            latency *= Load.SLOW;
        }
        latencySum += latency;
        latencies++;
        return new Decision(fate, (long) (latency * NANOS_PER_MILLI), 0);
    }

    /** A request's answer begins: its caller may send the next before the last byte is counted here. */
    synchronized void answering() {
        atOnce--;
    }

    /** A request is done with. */
    synchronized void left(long now, Fate fate, long[] inputs, boolean writtenInFull) {
        boolean success = fate == Fate.ANSWER || fate == Fate.SLOW;
        String outcome =
                success ? writtenInFull ? "answered" : "abandoned" : fate.name().toLowerCase(Locale.ROOT);
        outcomes.merge(outcome, 1L, Long::sum);
        if (fate == Fate.SLOW) {
            outcomes.merge("slow", 1L, Long::sum);
        }
        if (success && writtenInFull) {
            last = now;
            int second = (int) ((now - first) / NANOS_PER_SECOND);
            while (answeredInputs.size() <= second) {
                answeredInputs.add(0L);
            }
            answeredInputs.set(second, answeredInputs.get(second) + inputs.length);
            for (long input : inputs) {
                answered.add(input);
            }
        }
    }

    synchronized Quota requests(long now) {
        long left = load.requestsPerMinute() - admitted.sum(now);
        return new Quota(load.requestsPerMinute(), Math.max(0, left), admitted.untilEmpty(now));
    }

    synchronized Quota tokens(long now) {
        long left = load.tokensPerMinute() - tokens.sum(now);
        return new Quota(load.tokensPerMinute(), Math.max(0, left), tokens.untilEmpty(now));
    }

    synchronized Counts counts() {
        return new Counts(
                new TreeMap<>(outcomes),
                seen.most(),
                tokens.most(),
                sentAgain,
                latencies == 0 ? 0 : latencySum / latencies,
                mostAtOnce,
                first < 0 ? 0 : (last - first) / 1_000_000,
                List.copyOf(answeredInputs));
    }
}
