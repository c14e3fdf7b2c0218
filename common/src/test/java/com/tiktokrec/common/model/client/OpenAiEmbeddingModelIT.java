package com.tiktokrec.common.model.client;

import static com.tiktokrec.common.model.client.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server computes vectors from the texts and answers out of order, in base64 or in plain numbers. */
class OpenAiEmbeddingModelIT extends EmbeddingModelContract {

    private OpenAiServer server;
    private OpenAiEmbeddingModel model;

    @BeforeEach
    void start() throws IOException {
        server = new OpenAiServer();
        server.answerWith(request -> vectors(request, true));
        model = new OpenAiEmbeddingModel(server.settings(), OptionalInt.empty());
    }

    @AfterEach
    void stop() {
        model.close();
        server.close();
    }

    @Override
    EmbeddingModel model() {
        return model;
    }

    @Override
    EmbeddingModel freshModel() {
        return new OpenAiEmbeddingModel(server.settings(), OptionalInt.empty());
    }

    @Test
    void asksForBase64() throws Exception {
        model.embed(List.of("a", "b"));

        RecordedRequest request = server.takeRequest();
        JsonNode body = OpenAiServer.body(request);
        assertThat(request.getTarget()).isEqualTo("/v1/embeddings");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + OpenAiServer.KEY);
        assertThat(body.path("model").asText()).isEqualTo("gpt-test");
        assertThat(body.path("encoding_format").asText()).isEqualTo("base64");
        assertThat(body.path("input").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(body.has("dimensions")).isFalse();
        assertThat(request.getBody().utf8()).doesNotContain(OpenAiServer.KEY);
    }

    @Test
    void asksForDimensions() throws Exception {
        try (EmbeddingModel short8 = new OpenAiEmbeddingModel(server.settings(), OptionalInt.of(8))) {
            assertThat(short8.embed(List.of("a")).vectors().get(0)).hasSize(8);
        }
        assertThat(OpenAiServer.body(server.takeRequest()).path("dimensions").asInt())
                .isEqualTo(8);
    }

    @Test
    void matchesVectorsByIndexInBothEncodings() {
        List<String> texts = List.of("a", "b", "c", "d", "e", "f");
        EmbeddingAnswer base64 = model.embed(texts);
        server.answerWith(request -> vectors(request, false));
        EmbeddingAnswer numbers = model.embed(texts);

        assertThat(base64.promptTokens()).isEqualTo(6);
        for (int i = 0; i < texts.size(); i++) {
            float[] expected = vector(texts.get(i), 16);
            assertThat(base64.vectors().get(i)).as(texts.get(i)).isEqualTo(expected);
            assertThat(numbers.vectors().get(i)).as(texts.get(i)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "too few | [{'index': 0, 'embedding': [1]}] | RETRIABLE | 1 vectors for 2 texts",
                "twice | [{'index': 0, 'embedding': [1]}, {'index': 0, 'embedding': [2]}] | RETRIABLE | index 0",
                "beyond | [{'index': 0, 'embedding': [1]}, {'index': 2, 'embedding': [2]}] | RETRIABLE | index 2",
                "no index | [{'embedding': [1]}, {'embedding': [2]}] | RETRIABLE | broken",
                "unequal | [{'index': 0, 'embedding': [1]}, {'index': 1, 'embedding': [2, 3]}] | RETRIABLE | [1, 2]",
                "empty | [{'index': 0, 'embedding': []}, {'index': 1, 'embedding': []}] | RETRIABLE | [0]",
                "no vector | [{'index': 0, 'embedding': null}, {'index': 1, 'embedding': [2]}] | RETRIABLE | broken",
                "an object | [{'index': 0, 'embedding': {}}, {'index': 1, 'embedding': [2]}] | RETRIABLE | no numbers",
                "no base64 | [{'index': 0, 'embedding': '*'}, {'index': 1, 'embedding': [2]}] | RETRIABLE | not base64",
                "cut | [{'index': 0, 'embedding': 'AAA='}, {'index': 1, 'embedding': [2]}] | RETRIABLE | are not whole"
                        + " floats",
                "NaN | [{'index': 0, 'embedding': 'AADAfw=='}, {'index': 1, 'embedding': [2]}] | INPUT | NaN"
            })
    void refusesABrokenAnswer(String name, String data, Kind kind, String words) {
        server.answerWith(request ->
                json(200, "{\"data\": " + data.replace('\'', '"') + "}").build());

        ModelCallException failure =
                catchThrowableOfType(ModelCallException.class, () -> model.embed(List.of("a", "b")));

        assertThat(failure.kind()).as(name).isEqualTo(kind);
        assertThat(failure).hasMessageContaining(words);
    }

    @Test
    void stopsWhereTheServerIgnoresTheDimensions() {
        server.answerWith(request -> json(200, "{\"data\": [{\"index\": 0, \"embedding\": [1, 2, 3]}]}")
                .build());
        try (EmbeddingModel short8 = new OpenAiEmbeddingModel(server.settings(), OptionalInt.of(8))) {
            ModelCallException failure =
                    catchThrowableOfType(ModelCallException.class, () -> short8.embed(List.of("a")));

            assertThat(failure.kind()).isEqualTo(Kind.FINAL);
            assertThat(failure).hasMessageContainingAll("3 dimensions where 8", "leave the dimensions out");
        }
    }

    private static MockResponse vectors(RecordedRequest request, boolean base64) {
        JsonNode body = OpenAiServer.body(request);
        int dimensions = body.path("dimensions").asInt(16);
        List<String> data = new ArrayList<>();
        for (int i = 0; i < body.path("input").size(); i++) {
            float[] vector = vector(body.path("input").path(i).asText(), dimensions);
            String embedding = base64 ? '"' + encoded(vector) + '"' : Arrays.toString(vector);
            data.add("{\"object\": \"embedding\", \"index\": %d, \"embedding\": %s}".formatted(i, embedding));
        }
        Collections.shuffle(data, new Random(data.size()));
        return json(200, """
            {"object": "list", "model": "m", "data": %s, "usage": {"prompt_tokens": %d, "total_tokens": %d}}\
            """.formatted(
                                data.stream().collect(Collectors.joining(", ", "[", "]")), data.size(), data.size()))
                .build();
    }

    private static float[] vector(String text, int dimensions) {
        Random random = new Random(text.hashCode());
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return vector;
    }

    private static String encoded(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
