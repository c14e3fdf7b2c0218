package com.tiktokrec.jobs.bench;

/**
 * How the bench's server behaves for one run.
 *
 * @param medianMillis of the log-normal latency
 * @param sigma of the latency's logarithm: 0.6 puts the 99th percentile at four times the median
 * @param requestsPerMinute quota, 0 for none
 * @param tokensPerMinute quota, 0 for none
 * @param dimensions of vectors
 * @param errorShare of requests that get a 500
 * @param cutShare of requests whose connection is cut within the answer
 * @param slowShare of requests that take {@link #SLOW} times as long
 * @param seed of all that is drawn
 */
record Load(
        double medianMillis,
        double sigma,
        long requestsPerMinute,
        long tokensPerMinute,
        int dimensions,
        double errorShare,
        double cutShare,
        double slowShare,
        long seed) {

    static final double SLOW = 10;

    /** The same with 2% errors, 1% cut connections and 1% slow answers. */
    Load withFailures() {
        return new Load(medianMillis, sigma, requestsPerMinute, tokensPerMinute, dimensions, 0.02, 0.01, 0.01, seed);
    }
}
