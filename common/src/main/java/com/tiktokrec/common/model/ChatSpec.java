package com.tiktokrec.common.model;

import com.tiktokrec.common.model.client.CallPrice;
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

    /** The server's host, for messages and keys. */
    public String host() {
        return URI.create(baseUrl).getAuthority();
    }

    CallPrice price() {
        return new CallPrice(inputPrice, outputPrice);
    }

    double costUsd(long promptTokens, long completionTokens) {
        return price().usd(promptTokens, completionTokens);
    }
}
