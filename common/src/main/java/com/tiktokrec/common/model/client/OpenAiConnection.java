package com.tiktokrec.common.model.client;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.LogLevel;
import com.openai.errors.OpenAIException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;

/**
 * One HTTP client to an OpenAI-compatible server, for calls from many threads: synchronous calls run on their callers'
 * threads, so OkHttp's dispatcher (64 at a time) never holds them. The SDK neither retries, redirects nor logs.
 */
final class OpenAiConnection implements AutoCloseable {

    /** OkHttp's default of 5 would open a connection for nearly every call to an HTTP/1.1 server. */
    private static final int IDLE_CONNECTIONS = 256;

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private final OpenAIClient client;
    private final OpenAiFailures failures;

    OpenAiConnection(OpenAiSettings settings, Clock clock) {
        this.client = OpenAIOkHttpClient.builder()
                .baseUrl(settings.baseUrl())
                .apiKey(settings.apiKey().isEmpty() ? "none" : settings.apiKey())
                .timeout(settings.timeout())
                .maxRetries(0)
                .followRedirects(false)
                .logLevel(LogLevel.OFF)
                .maxIdleConnections(IDLE_CONNECTIONS)
                .keepAliveDuration(KEEP_ALIVE)
                .build();
        this.failures = new OpenAiFailures(settings, clock);
    }

    /** Calls the server and reads its answer; what goes wrong on either way comes out classified. */
    <T> T call(Function<OpenAIClient, T> request) {
        try {
            return request.apply(client);
        } catch (OpenAIException e) {
            throw failures.classify(e);
        }
    }

    OpenAiFailures failures() {
        return failures;
    }

    @Override
    public void close() {
        client.close();
    }
}
