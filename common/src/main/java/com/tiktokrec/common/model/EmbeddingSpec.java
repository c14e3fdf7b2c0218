package com.tiktokrec.common.model;

import com.tiktokrec.common.model.client.CallPrice;
import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.text.Hashes;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How a run turns texts into vectors: all that an executor needs to make a client, but for the key.
 *
 * @param local whether the model runs in this process
 * @param baseUrl of an OpenAI-compatible server, null where local
 * @param model the provider's model, or {@code built-in} or a folder where local
 * @param name the model's name in keys, {@code model@dimensions}, with the host where it is not OpenAI's
 * @param dimensions to ask the provider for, 0 for its own
 * @param cosineFloor the cosine that counts as no similarity
 * @param inputPrice USD per million tokens
 */
public record EmbeddingSpec(
        boolean local,
        String baseUrl,
        String model,
        String name,
        int dimensions,
        String queryPrefix,
        String documentPrefix,
        double cosineFloor,
        int maxInputsPerRequest,
        int maxTokensPerRequest,
        Duration timeout,
        int maxAttempts,
        int maxInFlight,
        double inputPrice)
        implements Serializable {

    CallPrice price() {
        return new CallPrice(inputPrice, 0);
    }

    /** The {@link #model} that names the model shipped with this program. */
    public static final String BUILT_IN = "built-in";

    private static final int OPENAI_INPUT_TOKENS = 8_191;

    /** What a text is to the model: some models want them told apart by a prefix. */
    public enum Role {
        DOCUMENT,
        QUERY
    }

    /** The model part of a vector's key; a prefix makes other vectors, so it makes another key. */
    public String modelKey(Role role) {
        String prefix = prefix(role);
        return prefix.isEmpty() ? name : name + "+" + Hashes.sha256(prefix).substring(0, 8);
    }

    String prefix(Role role) {
        return role == Role.QUERY ? queryPrefix : documentPrefix;
    }

    /** Cuts texts to what the model reads, where that is known; other servers say themselves what is too long. */
    UnaryOperator<String> cutting() {
        boolean openAi = !local && (host().endsWith("api.openai.com") || host().endsWith(".azure.com"));
        return openAi ? TokenCounter.cutToCl100kBase(OPENAI_INPUT_TOKENS) : UnaryOperator.identity();
    }

    /** The server's host, for messages. */
    public String host() {
        return local ? "this process" : URI.create(baseUrl).getAuthority();
    }
}
