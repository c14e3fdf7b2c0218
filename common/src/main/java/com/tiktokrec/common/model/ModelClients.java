package com.tiktokrec.common.model;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.model.client.CallPrice;
import com.tiktokrec.common.model.client.ChatModel;
import com.tiktokrec.common.model.client.EmbeddingAnswer;
import com.tiktokrec.common.model.client.EmbeddingModel;
import com.tiktokrec.common.model.client.GatedChatModel;
import com.tiktokrec.common.model.client.GatedEmbeddingModel;
import com.tiktokrec.common.model.client.LocalEmbeddingModel;
import com.tiktokrec.common.model.client.OpenAiChatModel;
import com.tiktokrec.common.model.client.OpenAiEmbeddingModel;
import com.tiktokrec.common.model.client.OpenAiSettings;
import com.tiktokrec.common.model.client.RetryingChatModel;
import com.tiktokrec.common.model.client.RetryingEmbeddingModel;
import com.tiktokrec.common.model.client.TokenCounter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * This JVM's model clients: one for each run and model, shared by its tasks, so that a final failure seen by one task
 * stops the others.
 */
public final class ModelClients {

    private record Key(String runId, Object spec) {}

    /** A client and the gate before it. */
    private record Gated<M extends AutoCloseable>(M model, LeaseGate gate) {}

    /** Tables of tokens take a second to load: only where something is counted. */
    private static final class Tokens {
        static final TokenCounter CHAT = TokenCounter.o200kBase();
        static final TokenCounter EMBEDDING = TokenCounter.cl100kBase();
    }

    /** The local model takes no slots: its callers' threads are its bound. */
    private static final int UNBOUND = 1 << 16;

    private static final Map<Key, Gated<ChatModel>> CHAT = new ConcurrentHashMap<>();
    private static final Map<Key, Gated<EmbeddingModel>> EMBEDDING = new ConcurrentHashMap<>();
    private static final Map<String, LocalEmbeddingModel> LOCAL = new ConcurrentHashMap<>();

    private ModelClients() {}

    static ChatModel chat(String runId, ChatSpec spec, String executor) {
        return CHAT.computeIfAbsent(new Key(runId, spec), key -> gatedChat(runId, spec, executor))
                .model();
    }

    private static Gated<ChatModel> gatedChat(String runId, ChatSpec spec, String executor) {
        DriverLink driver = ModelCallsPlugin.link();
        LeaseGate gate = new LeaseGate(driver, runId, ModelKind.CHAT, executor, spec.maxInFlight());
        ChatModel model = new OpenAiChatModel(
                new OpenAiSettings(
                        spec.baseUrl(),
                        key(driver, runId),
                        spec.model(),
                        OptionalDouble.of(spec.temperature()),
                        OptionalInt.of(spec.maxOutputTokens()),
                        spec.timeout()),
                gate::limits);
        return new Gated<>(
                new RetryingChatModel(
                        new GatedChatModel(model, gate, Tokens.CHAT, spec.maxOutputTokens(), spec.price()),
                        RetryPolicy.of(spec.maxAttempts()),
                        gate,
                        ModelClients::random),
                gate);
    }

    static EmbeddingModel embedding(String runId, EmbeddingSpec spec, String executor) {
        return EMBEDDING
                .computeIfAbsent(new Key(runId, spec), key -> gatedEmbedding(runId, spec, executor))
                .model();
    }

    private static Gated<EmbeddingModel> gatedEmbedding(String runId, EmbeddingSpec spec, String executor) {
        DriverLink driver = ModelCallsPlugin.link();
        if (spec.local()) {
            LeaseGate gate = new LeaseGate(driver, runId, ModelKind.EMBEDDING, executor, UNBOUND);
            return new Gated<>(
                    new GatedEmbeddingModel(
                            new Shared(localModel(spec.model())),
                            gate,
                            TokenCounter.quarterOfCharacters(),
                            new CallPrice(0, 0)),
                    gate);
        }
        LeaseGate gate = new LeaseGate(driver, runId, ModelKind.EMBEDDING, executor, spec.maxInFlight());
        OptionalInt dimensions = spec.dimensions() > 0 ? OptionalInt.of(spec.dimensions()) : OptionalInt.empty();
        EmbeddingModel model = new OpenAiEmbeddingModel(
                new OpenAiSettings(
                        spec.baseUrl(),
                        key(driver, runId),
                        spec.model(),
                        OptionalDouble.empty(),
                        OptionalInt.empty(),
                        spec.timeout()),
                dimensions,
                gate::limits);
        return new Gated<>(
                new RetryingEmbeddingModel(
                        new GatedEmbeddingModel(model, gate, Tokens.EMBEDDING, spec.price()),
                        RetryPolicy.of(spec.maxAttempts()),
                        gate,
                        ModelClients::random),
                gate);
    }

    /** Tells the driver of every call of a run in this JVM that has ended. */
    static void report(String runId) {
        reportAll(CHAT, runId);
        reportAll(EMBEDDING, runId);
    }

    private static <M extends AutoCloseable> void reportAll(Map<Key, Gated<M>> clients, String runId) {
        clients.forEach((key, gated) -> {
            if (key.runId().equals(runId)) {
                gated.gate().report();
            }
        });
    }

    private static double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Counts the tokens of prompts. */
    static TokenCounter chatTokens() {
        return Tokens.CHAT;
    }

    /** Counts the tokens of texts to embed. */
    static TokenCounter embeddingTokens() {
        return Tokens.EMBEDDING;
    }

    /** The driver has the key; an executor elsewhere asks for it. */
    private static String key(DriverLink driver, String runId) {
        return ((DeskMessage.Key) driver.ask(new DeskMessage.KeyWanted(runId))).value();
    }

    /** The local model outlives the run that closes it. */
    private record Shared(EmbeddingModel model) implements EmbeddingModel {

        @Override
        public EmbeddingAnswer embed(List<String> texts) {
            return model.embed(texts);
        }

        @Override
        public void close() {}
    }

    /** The built-in model or a folder's, loaded once: it holds hundreds of megabytes, and knows no run. */
    static LocalEmbeddingModel localModel(String model) {
        return LOCAL.computeIfAbsent(
                model,
                name -> name.equals(EmbeddingSpec.BUILT_IN)
                        ? LocalEmbeddingModel.builtIn()
                        : LocalEmbeddingModel.ofFolder(Path.of(name)));
    }

    /** Closes the clients of a run in this JVM, and its desk; local models stay, for the next run of this JVM. */
    public static void close(String runId) {
        close(CHAT, runId);
        close(EMBEDDING, runId);
        CallDesk.find(runId).ifPresent(CallDesk::close);
    }

    private static <M extends AutoCloseable> void close(Map<Key, Gated<M>> clients, String runId) {
        clients.keySet().stream().filter(key -> key.runId().equals(runId)).forEach(key -> {
            Gated<M> gated = clients.remove(key);
            gated.gate().close();
            try {
                gated.model().close();
            } catch (Exception e) {
                throw new IllegalStateException("a model client cannot be closed", e);
            }
        });
    }
}
