package com.tiktokrec.common.model.client;

import static com.tiktokrec.common.model.client.OpenAiServer.error;
import static com.tiktokrec.common.model.client.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.model.client.ChatAnswer.Finish;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiChatModelIT {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final String SCHEMA = """
        {"type": "object", "additionalProperties": false, "required": ["tag", "reason", "affinity"],
         "properties": {"tag": {"type": "string", "maxLength": 9}, "reason": {"type": "string"},
         "affinity": {"type": "number", "minimum": 0}}}\
        """;
    private static final ChatPrompt PROMPT = new ChatPrompt("Name a tag.", "secret caption 😂", "tag_v1", SCHEMA);

    private OpenAiServer server;
    private OpenAiChatModel model;

    @BeforeEach
    void start() throws IOException {
        server = new OpenAiServer();
        model = new OpenAiChatModel(server.settings(), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        model.close();
        server.close();
    }

    @Test
    void sendsTheWholeRequestAndNoKeyInItsBody() throws Exception {
        server.enqueue(completion("\"content\": \"{}\"", "stop"));

        model.complete(PROMPT);

        RecordedRequest request = server.takeRequest();
        JsonNode body = OpenAiServer.body(request);
        assertThat(request.getTarget()).isEqualTo("/v1/chat/completions");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + OpenAiServer.KEY);
        assertThat(body.path("model").asText()).isEqualTo("gpt-test");
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("max_tokens").asInt()).isEqualTo(77);
        assertThat(body.path("messages").path(0).path("role").asText()).isEqualTo("system");
        assertThat(body.path("messages").path(0).path("content").asText()).isEqualTo("Name a tag.");
        assertThat(body.path("messages").path(1).path("role").asText()).isEqualTo("user");
        assertThat(body.path("messages").path(1).path("content").asText()).isEqualTo("secret caption 😂");
        JsonNode format = body.path("response_format");
        assertThat(format.path("type").asText()).isEqualTo("json_schema");
        assertThat(format.path("json_schema").path("name").asText()).isEqualTo("tag_v1");
        assertThat(format.path("json_schema").path("strict").asBoolean()).isTrue();
        assertThat(format.path("json_schema").path("schema").toString())
                .as("the schema, its properties in the order in which they are to be written")
                .isEqualTo(OpenAiServer.JSON.readTree(SCHEMA).toString());
        assertThat(request.getBody().utf8()).as("body").doesNotContain(OpenAiServer.KEY);
    }

    @Test
    void leavesOutWhatIsNotSet() throws Exception {
        OpenAiSettings set = server.settings();
        server.enqueue(completion("\"content\": \"{}\"", "stop"));

        try (OpenAiChatModel bare = new OpenAiChatModel(new OpenAiSettings(
                set.baseUrl(), "", "m", OptionalDouble.empty(), OptionalInt.empty(), set.timeout()))) {
            bare.complete(PROMPT);
        }

        JsonNode body = OpenAiServer.body(server.takeRequest());
        assertThat(body.has("temperature")).isFalse();
        assertThat(body.has("max_tokens")).isFalse();
        assertThat(body.has("max_completion_tokens")).isFalse();
    }

    @Test
    void readsAnAnswerAndItsUsage() {
        server.enqueue(completion("\"content\": \"{\\\"tag\\\": \\\"cats\\\"}\", \"refusal\": null", "stop"));

        assertThat(model.complete(PROMPT)).isEqualTo(new ChatAnswer("{\"tag\": \"cats\"}", Finish.STOP, 12, 3));
    }

    @Test
    void readsAnAnswerOfAPoorerServer() {
        server.enqueue(json(200, "{\"choices\": [{\"message\": {\"content\": \"{}\"}}]}"));

        assertThat(model.complete(PROMPT)).isEqualTo(new ChatAnswer("{}", Finish.STOP, 0, 0));
    }

    @Test
    void looksAtTheFinishBeforeTheContent() {
        server.enqueue(completion("\"content\": \"{\\\"tag\\\": \\\"ca\"", "length"));
        server.enqueue(completion("\"content\": \"half a\"", "content_filter"));
        server.enqueue(completion("\"content\": null, \"refusal\": \"I cannot\"", "stop"));

        assertThat(model.complete(PROMPT).finish()).isEqualTo(Finish.LENGTH);
        assertThat(model.complete(PROMPT)).isEqualTo(new ChatAnswer("", Finish.REFUSED, 12, 3));
        assertThat(model.complete(PROMPT)).isEqualTo(new ChatAnswer("", Finish.REFUSED, 12, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded, INPUT, context_length_exceeded",
        "413, too_large, INPUT, 413",
        "422, bad, INPUT, 422",
        "401, invalid_api_key, FINAL, OPENAI_API_KEY was refused (401)",
        "402, no_money, FINAL, is spent",
        "403, x, FINAL, ask for access",
        "404, model_not_found, FINAL, has no model gpt-test",
        "429, insufficient_quota, FINAL, add credit",
        "301, moved, FINAL, set the base URL",
        "429, rate_limit_exceeded, RETRIABLE, lower requests-per-minute",
        "408, x, RETRIABLE, 408",
        "409, x, RETRIABLE, 409",
        "500, x, RETRIABLE, 500",
        "503, x, RETRIABLE, 503"
    })
    void classifiesAStatus(int status, String code, Kind kind, String words) {
        server.enqueue(error(status, code));

        ModelCallException failure = failure();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContainingAll(words, server.host(), Integer.toString(status));
        assertThat(stackTrace(failure))
                .as("neither the key nor the server's words, which may repeat the prompt")
                .doesNotContain(OpenAiServer.KEY, "words of the prompt", "secret caption");
        assertThat(server.requestCount()).as("the SDK retries nothing").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>Too many requests</html>",
                "[]",
                "null",
                "{\"error\": \"busy\"}",
                "{\"error\": null}",
                "{\"error\": {\"code\": 429, \"message\": {}}}",
                "{\"error\": {\"code\": \"words of the prompt\"}}"
            })
    void readsAnyErrorBody(String body) {
        server.enqueue(json(429, body));

        assertThat(failure().kind()).isEqualTo(Kind.RETRIABLE);
    }

    @Test
    void seesASpentQuotaInTheTypeToo() {
        server.enqueue(json(429, "{\"error\": {\"code\": 429, \"type\": \"insufficient_quota\"}}"));

        assertThat(failure().kind()).isEqualTo(Kind.FINAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after | 0 | PT0S",
                "retry-after | 70 | PT1M10S",
                "retry-after | 1.5 | PT1.5S",
                "retry-after | Tue, 24 Nov 2026 12:01:30 GMT | PT1M30S",
                "retry-after | Tue, 24 Nov 2026 11:59:00 GMT | PT0S",
                "retry-after-ms | 250 | PT0.25S",
                "retry-after | soon |",
                "retry-after | -3 |",
                "x-other | 3 |"
            })
    void readsRetryAfter(String header, String value, Duration expected) {
        server.enqueue(error(429, "rate_limit_exceeded").addHeader(header, value));

        assertThat(failure().retryAfter().orElse(null)).isEqualTo(expected);
    }

    @Test
    void retriesWhatIsNotJson() {
        server.enqueue(json(200, "<html>secret caption</html>"));
        server.enqueue(json(200, "{\"choices\": []}"));
        server.enqueue(json(200, "{}"));
        server.enqueue(json(200, "{\"choices\": [{\"mess"));

        for (int i = 0; i < 4; i++) {
            ModelCallException failure = failure();
            assertThat(failure.kind()).isEqualTo(Kind.RETRIABLE);
            assertThat(failure).hasMessageContainingAll("broken", server.host());
            assertThat(stackTrace(failure)).doesNotContain("secret caption");
        }
    }

    @Test
    void retriesACutBodyAndABrokenConnection() {
        server.enqueue(completion("\"content\": \"{}\"", "stop").onResponseBody(new SocketEffect.CloseSocket()));
        server.enqueue(new MockResponse.Builder().onRequestStart(new SocketEffect.CloseSocket()));

        for (int i = 0; i < 2; i++) {
            ModelCallException failure = failure();
            assertThat(failure.kind()).isEqualTo(Kind.RETRIABLE);
            assertThat(failure).hasMessageContainingAll("connection", server.host());
        }
    }

    @Test
    void retriesATimeout() {
        server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE));
        try (OpenAiChatModel hasty = new OpenAiChatModel(server.settings(Duration.ofMillis(50)))) {
            assertThatThrownBy(() -> hasty.complete(PROMPT))
                    .isInstanceOfSatisfying(
                            ModelCallException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RETRIABLE))
                    .hasMessageContainingAll("within 50 ms", server.host());
        }
    }

    @Test
    void retriesARefusedConnection() {
        server.close();

        ModelCallException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.RETRIABLE);
        assertThat(failure).hasMessageContainingAll("ConnectException", "base URL");
    }

    @Test
    void refusesASchemaThatIsNoJsonWithoutACall() {
        assertThatThrownBy(() -> model.complete(new ChatPrompt("a", "b", "broken_v1", "{")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken_v1");
        assertThat(server.requestCount()).isZero();
    }

    @Test
    @Timeout(60)
    void has200CallsInFlight() throws Exception {
        int calls = 200;
        CountDownLatch arrived = new CountDownLatch(calls);
        server.answerWith(request -> {
            arrived.countDown();
            boolean all = awaited(arrived);
            return completion("\"content\": \"%s\"".formatted(all), "stop").build();
        });
        ExecutorService threads = Executors.newFixedThreadPool(calls);
        try {
            List<Future<ChatAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                answers.add(threads.submit(() -> model.complete(PROMPT)));
            }
            for (Future<ChatAnswer> answer : answers) {
                assertThat(answer.get().content())
                        .as("all calls were there at once")
                        .isEqualTo("true");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ModelCallException failure() {
        return catchThrowableOfType(ModelCallException.class, () -> model.complete(PROMPT));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static MockResponse.Builder completion(String message, String finish) {
        return json(200, """
            {"id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-test", "choices": [
             {"index": 0, "logprobs": null, "message": {"role": "assistant", %s}, "finish_reason": "%s"}],
             "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}\
            """.formatted(message, finish));
    }
}
