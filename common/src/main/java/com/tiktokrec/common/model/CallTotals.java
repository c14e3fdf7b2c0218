package com.tiktokrec.common.model;

/**
 * What calls of one kind came to.
 *
 * @param requested distinct requests
 * @param cached answered from the store
 * @param answered answered by the provider in this run
 * @param failed requests without an answer
 * @param attempts calls sent, retries and repairs included
 * @param promptTokens tokens read
 * @param completionTokens tokens written
 * @param costUsd by the configured prices
 * @param firstFailure why the first failed request failed, null where none did
 */
public record CallTotals(
        long requested,
        long cached,
        long answered,
        long failed,
        long attempts,
        long promptTokens,
        long completionTokens,
        double costUsd,
        String firstFailure) {

    public static final CallTotals NONE = new CallTotals(0, 0, 0, 0, 0, 0, 0, 0, null);

    /** Totals where the store answered every request. */
    static CallTotals allCached(long requested) {
        return new CallTotals(requested, requested, 0, 0, 0, 0, 0, 0, null);
    }

    /** Both together. */
    CallTotals plus(CallTotals other) {
        return new CallTotals(
                requested + other.requested,
                cached + other.cached,
                answered + other.answered,
                failed + other.failed,
                attempts + other.attempts,
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                costUsd + other.costUsd,
                firstFailure == null ? other.firstFailure : firstFailure);
    }

    /** The same, with requests that the store answered besides. */
    CallTotals with(long fromStore) {
        return new CallTotals(
                requested + fromStore,
                cached + fromStore,
                answered,
                failed,
                attempts,
                promptTokens,
                completionTokens,
                costUsd,
                firstFailure);
    }
}
