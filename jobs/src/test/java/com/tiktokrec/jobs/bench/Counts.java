package com.tiktokrec.jobs.bench;

import java.util.List;
import java.util.Map;

/**
 * What the bench's server saw since it was told its load.
 *
 * @param outcomes requests by outcome: answered, error, cut, slow (answered, too), refused_requests, refused_tokens, bad
 * @param mostRequests the most requests in any 60 s, refused ones among them
 * @param mostTokens the most tokens in any 60 s, of requests that were not refused
 * @param sentAgain inputs (texts, prompts) that came again after an answer with theirs had been written in full
 * @param meanLatencyMillis of the requests that were not refused
 * @param mostAtOnce the most requests under way at once
 * @param firstToLastMillis from the first request to the last answer
 * @param answeredInputs inputs answered, by the second since the first request
 */
record Counts(
        Map<String, Long> outcomes,
        long mostRequests,
        long mostTokens,
        long sentAgain,
        double meanLatencyMillis,
        long mostAtOnce,
        long firstToLastMillis,
        List<Long> answeredInputs) {

    long outcome(String name) {
        return outcomes.getOrDefault(name, 0L);
    }

    /** Inputs answered within so many seconds of the first request. */
    long answeredWithin(long seconds) {
        return answeredInputs.stream().limit(seconds).mapToLong(Long::longValue).sum();
    }
}
