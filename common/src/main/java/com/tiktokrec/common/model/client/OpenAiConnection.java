package com.tiktokrec.common.model.client;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.LogLevel;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponseFor;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One HTTP client to an OpenAI-compatible server, for calls from many threads: synchronous calls run on their callers'
 * threads, so OkHttp's dispatcher (64 at a time) never holds them. Nothing retries, redirects or logs.
 */
final class OpenAiConnection implements AutoCloseable {

    private final OpenAIClient client;
    private final OpenAiFailures failures;

    private final Consumer<RateLimits> limits;

    /** @param limits hears what the server says about its limits */
    OpenAiConnection(OpenAiSettings settings, Clock clock, Consumer<RateLimits> limits) {
        this.limits = limits;
        this.client = new OpenAIClientImpl(ClientOptions.builder()
                .httpClient(new SingleSends(settings.timeout()))
                .baseUrl(settings.baseUrl())
                .apiKey(settings.apiKey().isEmpty() ? "none" : settings.apiKey())
                .timeout(settings.timeout())
                .maxRetries(0)
                .logLevel(LogLevel.OFF)
                .build());
        this.failures = new OpenAiFailures(settings, clock);
    }

    /** Calls the server and reads its answer; what goes wrong on either way comes out classified. */
    <T, A> A call(Function<OpenAIClient, HttpResponseFor<T>> request, Function<T, A> reading) {
        try (HttpResponseFor<T> response = request.apply(client)) {
            hear(response.headers());
            return reading.apply(response.parse());
        } catch (OpenAIServiceException e) {
            hear(e.headers());
            throw failures.classify(e);
        } catch (OpenAIException e) {
            throw failures.classify(e);
        }
    }

    private void hear(Headers headers) {
        RateLimits said = RateLimits.of(headers::values);
        if (!said.sayNothing()) {
            limits.accept(said);
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
