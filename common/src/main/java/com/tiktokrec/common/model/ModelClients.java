package com.tiktokrec.common.model;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.model.client.ChatModel;
import com.tiktokrec.common.model.client.EmbeddingModel;
import com.tiktokrec.common.model.client.LocalEmbeddingModel;
import com.tiktokrec.common.model.client.OpenAiChatModel;
import com.tiktokrec.common.model.client.OpenAiEmbeddingModel;
import com.tiktokrec.common.model.client.OpenAiSettings;
import com.tiktokrec.common.model.client.RetryingChatModel;
import com.tiktokrec.common.model.client.RetryingEmbeddingModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This JVM's model clients: one for each run and model, shared by its tasks, so that a final failure seen by one task
 * stops the others.
 */
public final class ModelClients {

    private record Key(String runId, Object spec) {}

    private static final Map<Key, ChatModel> CHAT = new ConcurrentHashMap<>();
    private static final Map<Key, EmbeddingModel> EMBEDDING = new ConcurrentHashMap<>();
    private static final Map<String, LocalEmbeddingModel> LOCAL = new ConcurrentHashMap<>();

    private ModelClients() {}

    static ChatModel chat(String runId, ChatSpec spec) {
        return CHAT.computeIfAbsent(
                new Key(runId, spec),
                key -> new RetryingChatModel(
                        new OpenAiChatModel(settings(
                                spec.baseUrl(),
                                spec.model(),
                                OptionalDouble.of(spec.temperature()),
                                OptionalInt.of(spec.maxOutputTokens()),
                                spec.timeout())),
                        RetryPolicy.of(spec.maxAttempts())));
    }

    static EmbeddingModel embedding(String runId, EmbeddingSpec spec) {
        if (spec.local()) {
            return localModel(spec.model());
        }
        OptionalInt dimensions = spec.dimensions() > 0 ? OptionalInt.of(spec.dimensions()) : OptionalInt.empty();
        return EMBEDDING.computeIfAbsent(
                new Key(runId, spec),
                key -> new RetryingEmbeddingModel(
                        new OpenAiEmbeddingModel(
                                settings(
                                        spec.baseUrl(),
                                        spec.model(),
                                        OptionalDouble.empty(),
                                        OptionalInt.empty(),
                                        spec.timeout()),
                                dimensions),
                        RetryPolicy.of(spec.maxAttempts())));
    }

    /** The built-in model or a folder's, loaded once: it holds hundreds of megabytes, and knows no run. */
    static LocalEmbeddingModel localModel(String model) {
        return LOCAL.computeIfAbsent(
                model,
                name -> name.equals(EmbeddingSpec.BUILT_IN)
                        ? LocalEmbeddingModel.builtIn()
                        : LocalEmbeddingModel.ofFolder(Path.of(name)));
    }

    /** Closes the clients of a run; local models stay, for the next run of this JVM. */
    public static void close(String runId) {
        CHAT.keySet().stream()
                .filter(key -> key.runId().equals(runId))
                .forEach(key -> CHAT.remove(key).close());
        EMBEDDING.keySet().stream()
                .filter(key -> key.runId().equals(runId))
                .forEach(key -> EMBEDDING.remove(key).close());
    }

    private static OpenAiSettings settings(
            String baseUrl, String model, OptionalDouble temperature, OptionalInt maxOutputTokens, Duration timeout) {
        return new OpenAiSettings(
                baseUrl, Secrets.openAiKey().orElse(""), model, temperature, maxOutputTokens, timeout);
    }
}
