package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.config.Cache;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers from the cache where they are fresh, else from the API; and where that fails, from the cache though expired,
 * marked stale. A cache that can't be reached costs requests, never the run.
 */
final class CachedTikTokApi implements TikTokApi {

    private static final Logger LOG = LoggerFactory.getLogger(CachedTikTokApi.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST = "request";
    private static final String FETCHED_AT = "fetchedAt";
    private static final String BODY = "body";

    private final TikTokApi api;
    private final AnswerCache cache;
    private final Cache settings;
    private final String server;
    private final Clock clock;
    private final RequestTally tally;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean toldStale = new AtomicBoolean();

    /** @param server part of what identifies an answer */
    CachedTikTokApi(TikTokApi api, AnswerCache cache, Cache settings, String server, Clock clock, RequestTally tally) {
        this.api = api;
        this.cache = cache;
        this.settings = settings;
        this.server = server;
        this.clock = clock;
        this.tally = tally;
    }

    @Override
    public TikTokAnswer fetch(TikTokRequest request) {
        String key = request.key(server);
        Optional<TikTokAnswer> held = read(key, request);
        if (held.filter(this::isFresh).isPresent()) {
            tally.cached(request.endpoint());
            return held.get();
        }
        try {
            TikTokAnswer answer = api.fetch(request);
            write(key, answer);
            return answer;
        } catch (TikTokFailure e) {
            if (held.isEmpty() || e.kind().isAnAnswer()) {
                throw e;
            }
            tally.stale(request.endpoint());
            if (toldStale.compareAndSet(false, true)) {
                LOG.warn(
                        "{}: an answer of {} serves instead, and so on for others",
                        e.getMessage(),
                        held.get().fetchedAt());
            }
            return held.get().asStale();
        }
    }

    private boolean isFresh(TikTokAnswer answer) {
        Duration age = Duration.between(answer.fetchedAt(), Instant.now(clock));
        return age.abs().compareTo(settings.ttl(answer.request().endpoint().path())) < 0;
    }

    private Optional<TikTokAnswer> read(String key, TikTokRequest request) {
        try {
            return cache.read(key).flatMap(bytes -> unpacked(bytes, request));
        } catch (RuntimeException e) {
            warnOnce(e);
            return Optional.empty();
        }
    }

    private void write(String key, TikTokAnswer answer) {
        try {
            cache.write(key, packed(answer), answer.fetchedAt());
        } catch (RuntimeException e) {
            warnOnce(e);
        }
    }

    private void warnOnce(RuntimeException failure) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "The cache of API answers can't be used ({}): answers are bought without it",
                    failure.getClass().getSimpleName());
        }
    }

    private static byte[] packed(TikTokAnswer answer) {
        ObjectNode stored = JSON.createObjectNode()
                .put(REQUEST, answer.request().toString())
                .put(FETCHED_AT, answer.fetchedAt().toString());
        stored.set(BODY, answer.body());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(JSON.writeValueAsBytes(stored));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What was stored; nothing where it is damaged or answers something else. */
    private static Optional<TikTokAnswer> unpacked(byte[] bytes, TikTokRequest request) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            JsonNode stored = JSON.readTree(gzip);
            return stored.path(REQUEST).asText().equals(request.toString())
                    ? Optional.of(new TikTokAnswer(
                            request, Instant.parse(stored.path(FETCHED_AT).asText()), false, stored.path(BODY)))
                    : Optional.empty();
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
