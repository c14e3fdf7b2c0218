package com.tiktokrec.common.model.client;

import java.io.Serializable;

/** What tokens cost, in USD per million read (input) and written (output). */
public record CallPrice(double input, double output) implements Serializable {

    private static final double TOKENS_OF_A_PRICE = 1e6;

    /** The cost of one call. */
    public double usd(long promptTokens, long completionTokens) {
        return (promptTokens * input + completionTokens * output) / TOKENS_OF_A_PRICE;
    }
}
