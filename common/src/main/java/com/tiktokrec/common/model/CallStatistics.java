package com.tiktokrec.common.model;

import com.tiktokrec.common.model.DeskMessage.Ended;
import com.tiktokrec.common.model.DeskMessage.Throttled;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What the calls of one kind came to so far. Guarded by its desk. */
final class CallStatistics {

    private static final double MILLIS = 1e3;
    private static final double SECONDS_OF_A_MINUTE = 60;

    private final Map<String, Long> attempts = new TreeMap<>();
    private final Map<String, double[]> throttledByExecutor = new HashMap<>();
    private final Map<String, Integer> inFlightByExecutor = new HashMap<>();
    private long promptTokens;
    private long completionTokens;
    private double usd;
    private long answers;
    private double latencySeconds;
    private long rows;
    private double callingSeconds;

    void ended(Ended ended) {
        attempts.merge(ended.ended(), 1L, Long::sum);
        promptTokens += ended.promptTokens();
        completionTokens += ended.completionTokens();
        usd += ended.usd();
        latencySeconds += ended.latencyMillis() / MILLIS;
        if (ended.ended().equals(Ended.ANSWERED)) {
            answers++;
        }
    }

    void throttled(String executor, Throttled throttled) {
        double[] sums = throttledByExecutor.computeIfAbsent(executor, any -> new double[3]);
        sums[0] += throttled.byQuota();
        sums[1] += throttled.byLatency();
        sums[2] += throttled.byProvider();
        inFlightByExecutor.merge(executor, throttled.inFlight(), Math::max);
    }

    void done(long answeredRows) {
        rows += answeredRows;
    }

    void called(double seconds) {
        callingSeconds += seconds;
    }

    long attempts() {
        return attempts.values().stream().mapToLong(Long::longValue).sum();
    }

    long promptTokens() {
        return promptTokens;
    }

    long completionTokens() {
        return completionTokens;
    }

    double usd() {
        return usd;
    }

    long rows() {
        return rows;
    }

    Map<String, Long> attemptsByOutcome() {
        return new TreeMap<>(attempts);
    }

    /**
     * What was achieved over what quota and latency allow, in percent: rows a second over
     * min(RPM/60 × rows a request, TPM/60 ÷ tokens a row, in-flight ÷ mean latency × rows a request).
     *
     * @param maxInFlight calls under way at once on each executor, 0 where there is no bound
     * @param secondsUnderWay for which steps that go on have called so far
     */
    OptionalLong efficiencyPercent(
            OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, int maxInFlight, double secondsUnderWay) {
        double seconds = callingSeconds + secondsUnderWay;
        if (answers == 0 || rows == 0 || seconds <= 0) {
            return OptionalLong.empty();
        }
        double rowsPerRequest = (double) rows / answers;
        double tokensPerRow = (double) (promptTokens + completionTokens) / rows;
        double ceiling = Double.POSITIVE_INFINITY;
        if (requestsPerMinute.isPresent()) {
            ceiling = Math.min(ceiling, requestsPerMinute.getAsLong() / SECONDS_OF_A_MINUTE * rowsPerRequest);
        }
        if (tokensPerMinute.isPresent() && tokensPerRow > 0) {
            ceiling = Math.min(ceiling, tokensPerMinute.getAsLong() / SECONDS_OF_A_MINUTE / tokensPerRow);
        }
        if (maxInFlight > 0 && latencySeconds > 0) {
            double inFlight = (double) maxInFlight * Math.max(1, inFlightByExecutor.size());
            ceiling = Math.min(ceiling, inFlight / (latencySeconds / attempts()) * rowsPerRequest);
        }
        return Double.isInfinite(ceiling)
                ? OptionalLong.empty()
                : OptionalLong.of(Math.round(100 * (rows / seconds) / ceiling));
    }

    /** Seconds, as a mean over the executors, in which calls waited for the quota, for a free slot, for the server. */
    double[] throttledSeconds() {
        double[] mean = new double[3];
        throttledByExecutor.values().forEach(sums -> {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += sums[i] / throttledByExecutor.size();
            }
        });
        return mean;
    }
}
