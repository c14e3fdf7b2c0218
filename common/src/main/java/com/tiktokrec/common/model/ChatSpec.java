package com.tiktokrec.common.model;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * How a run calls its chat model: all that an executor needs to make a client, but for the key.
 *
 * @param baseUrl of an OpenAI-compatible server
 */
public record ChatSpec(
        String baseUrl,
        String model,
        double temperature,
        int maxOutputTokens,
        Duration timeout,
        int maxAttempts,
        int maxInFlight,
        double inputPrice,
        double outputPrice)
        implements Serializable {

    public static final String OPENAI_URL = "https://api.openai.com/v1";

    private static final double TOKENS_OF_A_PRICE = 1e6;

    /** The server's host, for messages and keys. */
    public String host() {
        return URI.create(baseUrl).getAuthority();
    }

    double costUsd(long promptTokens, long completionTokens) {
        return (promptTokens * inputPrice + completionTokens * outputPrice) / TOKENS_OF_A_PRICE;
    }
}
