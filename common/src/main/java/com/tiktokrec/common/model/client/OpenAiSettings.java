package com.tiktokrec.common.model.client;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How one model of an OpenAI-compatible server is called. Its text form leaves the key out.
 *
 * @param baseUrl address up to and without {@code /chat/completions} or {@code /embeddings}
 * @param apiKey the key, blank where the server wants none
 * @param model the model's name at that server
 * @param temperature sent where present; reasoning models refuse it; unused for embeddings
 * @param maxOutputTokens upper bound of an answer's tokens; unused for embeddings
 * @param timeout bound of one whole attempt, from connecting to the answer's last byte
 */
public record OpenAiSettings(
        String baseUrl,
        String apiKey,
        String model,
        OptionalDouble temperature,
        OptionalInt maxOutputTokens,
        Duration timeout) {

    /** The address of OpenAI itself. */
    public static final String OPENAI_BASE_URL = "https://api.openai.com/v1";

    public OpenAiSettings {
        apiKey = apiKey.strip();
        if (!apiKey.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("OPENAI_API_KEY cannot be sent: it holds a space, a line break or a"
                    + " character outside ASCII; set the key alone (value not shown)");
        }
        if (hostOf(baseUrl) == null) {
            throw new IllegalArgumentException("The models' base URL names no host: give an address such as "
                    + OPENAI_BASE_URL + " (value: " + baseUrl + ")");
        }
    }

    /** Host of the server, with the port where the address gives one. Holds no user info. */
    public String host() {
        return hostOf(baseUrl);
    }

    /** Whether OpenAI or Azure answers: these want {@code max_completion_tokens}, many only {@code max_tokens}. */
    boolean servedByOpenAi() {
        String host = host().toLowerCase(Locale.ROOT);
        return host.endsWith("api.openai.com") || host.endsWith(".azure.com");
    }

    private static String hostOf(String url) {
        URI uri = URI.create(url);
        return uri.getHost() == null || uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    @Override
    public String toString() {
        return "OpenAiSettings[host=" + host() + ", model=" + model + ", temperature=" + temperature
                + ", maxOutputTokens=" + maxOutputTokens + ", timeout=" + timeout + "]";
    }
}
