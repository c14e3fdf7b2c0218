package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What requests came to, by endpoint and outcome. Thread-safe. */
public final class RequestTally {

    /**
     * The requests to one endpoint.
     *
     * @param sent over the network, retries included
     * @param answered of those
     * @param retried of those: sent again after a failure
     * @param cached answered from the cache without being sent
     * @param stale answered by an expired answer, because the API failed
     * @param failed of those sent, by what went wrong
     */
    public record Line(
            TikTokEndpoint endpoint,
            long sent,
            long answered,
            long retried,
            long cached,
            long stale,
            Map<Kind, Long> failed) {}

    private static final class Counts {
        private long sent;
        private long answered;
        private long retried;
        private long cached;
        private long stale;
        private final Map<Kind, Long> failed = new EnumMap<>(Kind.class);
    }

    private final Map<TikTokEndpoint, Counts> counts = new EnumMap<>(TikTokEndpoint.class);

    synchronized void sent(TikTokEndpoint endpoint, boolean again) {
        counts(endpoint).sent++;
        counts(endpoint).retried += again ? 1 : 0;
    }

    synchronized void answered(TikTokEndpoint endpoint) {
        counts(endpoint).answered++;
    }

    synchronized void failed(TikTokEndpoint endpoint, Kind kind) {
        counts(endpoint).failed.merge(kind, 1L, Long::sum);
    }

    synchronized void cached(TikTokEndpoint endpoint) {
        counts(endpoint).cached++;
    }

    synchronized void stale(TikTokEndpoint endpoint) {
        counts(endpoint).stale++;
    }

    private Counts counts(TikTokEndpoint endpoint) {
        return counts.computeIfAbsent(endpoint, none -> new Counts());
    }

    /** A line for each endpoint that was asked. */
    public synchronized List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        counts.forEach((endpoint, count) -> lines.add(new Line(
                endpoint,
                count.sent,
                count.answered,
                count.retried,
                count.cached,
                count.stale,
                Map.copyOf(count.failed))));
        return lines;
    }

    /** Requests sent over the network, retries included. */
    public synchronized long sent() {
        return counts.values().stream().mapToLong(count -> count.sent).sum();
    }
}
