package com.tiktokrec.common.model.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A real HTTP server on the loopback that speaks as much of OpenAI's protocol as a test tells it to. */
final class OpenAiServer implements AutoCloseable {

    static final String KEY = "sk-secret-0123456789";
    static final ObjectMapper JSON = new ObjectMapper();

    private final MockWebServer server = new MockWebServer();

    OpenAiServer() throws IOException {
        server.start();
    }

    OpenAiSettings settings() {
        return settings(Duration.ofSeconds(20));
    }

    OpenAiSettings settings(Duration timeout) {
        return new OpenAiSettings(
                server.url("/v1").toString(), KEY, "gpt-test", OptionalDouble.of(0.5), OptionalInt.of(77), timeout);
    }

    String host() {
        return server.getHostName() + ":" + server.getPort();
    }

    void enqueue(MockResponse.Builder response) {
        server.enqueue(response.build());
    }

    void answerWith(Function<RecordedRequest, MockResponse> answer) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer.apply(request);
            }
        });
    }

    RecordedRequest takeRequest() throws InterruptedException {
        return server.takeRequest();
    }

    int requestCount() {
        return server.getRequestCount();
    }

    static MockResponse.Builder json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("content-type", "application/json")
                .body(body);
    }

    static MockResponse.Builder error(int status, String code) {
        return json(status, """
            {"error": {"message": "words of the prompt and %s", "type": "some_error", "param": "messages",
             "code": "%s"}}\
            """.formatted(KEY, code));
    }

    static JsonNode body(RecordedRequest request) {
        try {
            return JSON.readTree(request.getBody().utf8());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
