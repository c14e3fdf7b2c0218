package com.tiktokrec.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * An OpenAI-compatible server on this machine that knows one key. Vectors are counts of words, hashed to 16 dimensions;
 * what is said in a chat a test decides.
 */
public final class FakeOpenAi implements AutoCloseable {

    public static final String KEY = "test-key-123";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIMENSIONS = 16;

    private final MockWebServer server = new MockWebServer();
    private final Queue<JsonNode> chats = new ConcurrentLinkedQueue<>();
    private final Queue<List<String>> embeddings = new ConcurrentLinkedQueue<>();
    private volatile Function<JsonNode, MockResponse> chat = request -> error(400);
    private volatile Predicate<String> unembeddable = text -> false;

    public FakeOpenAi() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answered(request);
            }
        });
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String baseUrl() {
        return server.url("/v1").toString();
    }

    /** Answers chat requests so from now on. */
    public void chat(Function<JsonNode, MockResponse> answers) {
        chat = answers;
    }

    /** Rejects requests with such a text from now on. */
    public void rejectEmbedding(Predicate<String> texts) {
        unembeddable = texts;
    }

    /** The chat requests so far, those with a wrong key too. */
    public List<JsonNode> chats() {
        return List.copyOf(chats);
    }

    /** The chat requests for answers of one schema. */
    public List<JsonNode> chats(String schemaName) {
        return chats.stream()
                .filter(request -> schemaName(request).equals(schemaName))
                .toList();
    }

    /** The texts of each embedding request so far, those with a wrong key too. */
    public List<List<String>> embeddings() {
        return List.copyOf(embeddings);
    }

    public int requests() {
        return chats.size() + embeddings.size();
    }

    /** Forgets the requests so far. */
    public void forget() {
        chats.clear();
        embeddings.clear();
    }

    public static String schemaName(JsonNode request) {
        return request.at("/response_format/json_schema/name").asText();
    }

    public static String system(JsonNode request) {
        return request.at("/messages/0/content").asText();
    }

    public static String user(JsonNode request) {
        return request.at("/messages/1/content").asText();
    }

    /** A complete answer. */
    public static MockResponse answer(String content) {
        return completion(
                JSON.createObjectNode()
                        .put("role", "assistant")
                        .put("content", content)
                        .putNull("refusal"),
                "stop");
    }

    /** An answer that was cut at the token limit. */
    public static MockResponse cut(String content) {
        return completion(
                JSON.createObjectNode()
                        .put("role", "assistant")
                        .put("content", content)
                        .putNull("refusal"),
                "length");
    }

    public static MockResponse refusal() {
        return completion(
                JSON.createObjectNode()
                        .put("role", "assistant")
                        .putNull("content")
                        .put("refusal", "I would rather not."),
                "stop");
    }

    /** An error, which may be tried again without waiting. */
    public static MockResponse error(int status) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("error")
                .put("message", "no " + KEY)
                .put("type", "an_error")
                .put("code", "a_code");
        return response(status, body);
    }

    private MockResponse answered(RecordedRequest recorded) {
        try {
            JsonNode request = JSON.readTree(recorded.getBody().utf8());
            boolean forEmbeddings = recorded.getTarget().endsWith("/embeddings");
            if (forEmbeddings) {
                embeddings.add(JSON.convertValue(
                        request.path("input"),
                        JSON.getTypeFactory().constructCollectionType(List.class, String.class)));
            } else {
                chats.add(request);
            }
            if (!("Bearer " + KEY).equals(recorded.getHeaders().get("Authorization"))) {
                return error(401);
            }
            return forEmbeddings ? vectors(request) : chat.apply(request);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MockResponse vectors(JsonNode request) {
        ObjectNode body = JSON.createObjectNode().put("object", "list").put("model", "test-embedding");
        ArrayNode data = body.putArray("data");
        int index = 0;
        for (JsonNode text : request.path("input")) {
            if (unembeddable.test(text.asText())) {
                return error(400);
            }
            ByteBuffer bytes = ByteBuffer.allocate(DIMENSIONS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : vector(text.asText())) {
                bytes.putFloat(value);
            }
            data.addObject()
                    .put("object", "embedding")
                    .put("index", index++)
                    .put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
        }
        body.putObject("usage").put("prompt_tokens", index).put("total_tokens", index);
        return response(200, body);
    }

    private static float[] vector(String text) {
        float[] vector = new float[DIMENSIONS];
        vector[0] = 0.1f;
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
            vector[Math.floorMod(word.hashCode(), DIMENSIONS)] += 1;
        }
        return vector;
    }

    private static MockResponse completion(ObjectNode message, String finishReason) {
        ObjectNode completion = JSON.createObjectNode()
                .put("id", "1")
                .put("object", "chat.completion")
                .put("created", 1)
                .put("model", "test-model");
        completion
                .putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", finishReason)
                .set("message", message);
        completion
                .putObject("usage")
                .put("prompt_tokens", 100)
                .put("completion_tokens", 10)
                .put("total_tokens", 110);
        return response(200, completion);
    }

    private static MockResponse response(int status, JsonNode body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/json")
                .addHeader("Retry-After", "0")
                .body(body.toString())
                .build();
    }

    @Override
    public void close() {
        server.close();
    }
}
