package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A real HTTP server on the loopback in the place of the API, and requests to it. */
final class TikTokServer implements AutoCloseable {

    static final String KEY = "0123456789secretmshKEYp1";
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final ObjectMapper JSON = new ObjectMapper();

    static final TikTokRequest INFO = TikTokRequest.of(TikTokEndpoint.USER_INFO, Map.of("uniqueId", "someone"));
    static final TikTokRequest POSTS =
            TikTokRequest.of(TikTokEndpoint.USER_POSTS, Map.of("secUid", "SEC", "count", "35", "cursor", "0"));

    /** What nobody else's test may wait for. */
    private static final Duration AMPLE = Duration.ofSeconds(30);

    private final MockWebServer server = new MockWebServer();

    TikTokServer() throws IOException {
        server.start();
    }

    HttpTikTokApi api() {
        return api(AMPLE);
    }

    HttpTikTokApi api(Duration timeout) {
        return new HttpTikTokApi(server.url("/api").toString(), KEY, timeout, CLOCK, () -> {});
    }

    TikTokServer answers(int status, String body) {
        return answers(response(status, body));
    }

    TikTokServer answers(MockResponse.Builder response) {
        server.enqueue(response.build());
        return this;
    }

    static MockResponse.Builder response(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("content-type", "application/json")
                .body(body);
    }

    String address() {
        return server.url("/").toString();
    }

    int requests() {
        return server.getRequestCount();
    }

    RecordedRequest takeRequest() {
        try {
            return server.takeRequest();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
