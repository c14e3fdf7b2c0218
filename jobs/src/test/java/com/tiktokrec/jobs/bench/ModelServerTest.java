package com.tiktokrec.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.model.client.TokenCounter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private ModelServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private Counts counts() throws IOException, InterruptedException {
        return JSON.readValue(
                http.send(
                                HttpRequest.newBuilder(URI.create(server.address() + ModelServer.BENCH))
                                        .build(),
                                BodyHandlers.ofString())
                        .body(),
                Counts.class);
    }

    @Test
    void answersEmbeddingsAsOpenAiDoes() throws IOException, InterruptedException {
        server = new ModelServer(new Load(0, 0, 10, 1000, 256, 0, 0, 0, 1));

        HttpResponse<String> answer = post(ModelServer.EMBEDDINGS, "{\"input\":[\"a b c\",\"d\"],\"model\":\"x\"}");

        JsonNode body = JSON.readTree(answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
        assertThat(body.at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(Base64.getDecoder().decode(body.at("/data/1/embedding").asText()))
                .hasSize(256 * Float.BYTES);
        assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("9");
        assertThat(answer.headers().firstValue("x-ratelimit-remaining-tokens")).hasValue("996");
        assertThat(counts().outcome("answered")).isEqualTo(1);
    }

    @Test
    void refusesAsOpenAiDoes() throws IOException, InterruptedException {
        server = new ModelServer(new Load(0, 0, 1, 0, 8, 0, 0, 0, 1));
        String prompt = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

        HttpResponse<String> first = post(ModelServer.CHAT, prompt);
        HttpResponse<String> second = post(ModelServer.CHAT, prompt);

        assertThat(JSON.readTree(first.body()).at("/choices/0/message/content").asText())
                .isEqualTo("{\"topic\":\"dance\"}");
        JsonNode error = JSON.readTree(second.body()).path("error");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(error.path("type").asText()).isEqualTo("requests");
        assertThat(error.path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(second.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(55L, 60L);
        assertThat(second.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("0");
        assertThat(counts().outcome("refused_requests")).isEqualTo(1);
        assertThat(counts().sentAgain()).isEqualTo(1);
    }

    @Test
    void anErrorIsA500AndACutAnswerNeverArrives() throws IOException, InterruptedException {
        server = new ModelServer(new Load(0, 0, 0, 0, 8, 1, 0, 0, 1));
        assertThat(post(ModelServer.EMBEDDINGS, "{\"input\":[\"a\"]}").statusCode())
                .isEqualTo(500);
        server.close();

        server = new ModelServer(new Load(0, 0, 0, 0, 8, 0, 1, 0, 1));
        assertThatThrownBy(() -> post(ModelServer.EMBEDDINGS, "{\"input\":[\"a\"]}"))
                .isInstanceOf(IOException.class);
        assertThat(counts().outcome("cut")).isPositive();
        assertThat(counts().sentAgain()).as("it was never answered in full").isZero();
    }

    @ParameterizedTest
    @CsvSource({"0,0ms", "17,17ms", "1000,1s", "1250,1.250s", "60000,1m0s", "360500,6m0.500s"})
    void durationsAreWrittenAsOpenAiWritesThem(long millis, String written) {
        assertThat(ModelServer.duration(millis * 1_000_000)).isEqualTo(written);
    }

    @Test
    void aWordOfTheBenchIsAToken() {
        TokenCounter tokens = TokenCounter.cl100kBase();

        List<String> words = BenchTexts.WORDS;
        assertThat(words).allSatisfy(word -> assertThat(tokens.count(word)).isEqualTo(1));
        assertThat(tokens.count(String.join(" ", words) + " video video")).isEqualTo(words.size() + 2);
    }
}
