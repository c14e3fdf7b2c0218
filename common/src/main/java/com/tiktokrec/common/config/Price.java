package com.tiktokrec.common.config;

/** The price of a model, in USD per million tokens read (input) and written (output; 0 for embeddings). */
public record Price(double input, double output) {

    /** The cost of one call in USD. */
    public double cost(long inputTokens, long outputTokens) {
        return (inputTokens * input + outputTokens * output) / 1_000_000;
    }
}
