package com.tiktokrec.jobs.crawl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.tiktok.TikTokAnswer;
import com.tiktokrec.common.tiktok.TikTokEndpoint;
import com.tiktokrec.common.tiktok.TikTokRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;

/** An answer as a line of a landing file, and back. */
final class LandingEnvelope {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final String ENDPOINT = "endpoint";
    private static final String PARAMS = "params";
    private static final String USERNAME = "username";
    private static final String FETCHED_AT = "fetchedAt";
    private static final String STALE = "stale";
    private static final String BODY = "body";
    private static final int OK = 200;

    private LandingEnvelope() {}

    /** @param owner whose list it is: told among the parameters, since the body does not */
    static String line(TikTokAnswer answer, Optional<String> owner) {
        TikTokRequest request = answer.request();
        ObjectNode envelope =
                JSON.createObjectNode().put(ENDPOINT, request.endpoint().path());
        ObjectNode params = envelope.putObject(PARAMS);
        owner.ifPresent(name -> params.put(USERNAME, name));
        request.params().forEach(params::put);
        envelope.put(
                        FETCHED_AT,
                        answer.fetchedAt().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("status", OK);
        if (answer.stale()) {
            envelope.put(STALE, true);
        }
        envelope.set(BODY, answer.body());
        return envelope.toString();
    }

    static TikTokAnswer read(String line) throws JsonProcessingException {
        JsonNode envelope = JSON.readTree(line);
        TreeMap<String, String> params = new TreeMap<>();
        envelope.path(PARAMS)
                .properties()
                .forEach(param -> params.put(param.getKey(), param.getValue().asText()));
        params.remove(USERNAME);
        TikTokEndpoint endpoint = Arrays.stream(TikTokEndpoint.values())
                .filter(known -> known.path().equals(envelope.path(ENDPOINT).asText()))
                .findFirst()
                .orElseThrow();
        return new TikTokAnswer(
                new TikTokRequest(endpoint, params),
                Instant.parse(envelope.path(FETCHED_AT).asText()),
                envelope.path(STALE).asBoolean(),
                envelope.path(BODY));
    }
}
