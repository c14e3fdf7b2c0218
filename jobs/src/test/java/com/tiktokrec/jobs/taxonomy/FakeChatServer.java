package com.tiktokrec.jobs.taxonomy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * An OpenAI-compatible server on this machine. It proposes a category for each hashtag that it reads, and puts into one
 * group all proposals whose tags start with the same four letters.
 */
final class FakeChatServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HASHTAG = Pattern.compile("#(\\w+)");
    private static final int SAME_LETTERS = 4;

    private final MockWebServer server = new MockWebServer();
    private final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
    private volatile Predicate<String> refused = user -> false;
    private volatile Predicate<String> broken = user -> false;

    FakeChatServer() {
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

    String baseUrl() {
        return server.url("/v1").toString();
    }

    /** Refuses to answer the user messages that fit. */
    void refuse(Predicate<String> user) {
        refused = user;
    }

    /** Answers the user messages that fit with HTTP 400. */
    void fail(Predicate<String> user) {
        broken = user;
    }

    List<JsonNode> requests() {
        return List.copyOf(requests);
    }

    /** The user messages of the requests with this schema. */
    List<String> userMessages(String schemaName) {
        return requests.stream()
                .filter(request -> schemaName(request).equals(schemaName))
                .map(FakeChatServer::user)
                .toList();
    }

    static String schemaName(JsonNode request) {
        return request.at("/response_format/json_schema/name").asText();
    }

    static String user(JsonNode request) {
        return request.at("/messages/1/content").asText();
    }

    static String system(JsonNode request) {
        return request.at("/messages/0/content").asText();
    }

    private MockResponse answered(RecordedRequest recorded) {
        try {
            JsonNode request = JSON.readTree(recorded.getBody().utf8());
            requests.add(request);
            String user = user(request);
            if (broken.test(user)) {
                return response(
                        400,
                        JSON.createObjectNode()
                                .set("error", JSON.createObjectNode().put("message", "no")));
            }
            ObjectNode message = JSON.createObjectNode().put("role", "assistant");
            if (refused.test(user)) {
                message.put("refusal", "I would rather not.").putNull("content");
            } else {
                message.put("content", content(request, user)).putNull("refusal");
            }
            return response(200, completion(message));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(JsonNode request, String user) throws JsonProcessingException {
        return schemaName(request).equals("taxonomy_proposals") ? proposals(request, user) : groups(request, user);
    }

    private static String proposals(JsonNode request, String user) {
        int most = request.at("/response_format/json_schema/schema/properties/categories/maxItems")
                .asInt();
        Set<String> hashtags = new LinkedHashSet<>();
        Matcher matcher = HASHTAG.matcher(user);
        while (matcher.find() && hashtags.size() < most) {
            hashtags.add(matcher.group(1));
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode categories = answer.putArray("categories");
        for (String hashtag : hashtags) {
            ObjectNode category = categories.addObject().put("description", "Videos on " + hashtag + ".");
            ArrayNode keywords = category.putArray("keywords");
            for (String suffix : List.of("one", "two", "three", "four", "five")) {
                keywords.add(hashtag + " " + suffix);
            }
            category.put("tag", hashtag);
        }
        return answer.toString();
    }

    private static String groups(JsonNode request, String user) throws JsonProcessingException {
        int most = request.at("/response_format/json_schema/schema/properties/groups/maxItems")
                .asInt();
        Map<String, List<Integer>> byStart = new TreeMap<>();
        for (String line : user.split("\n")) {
            if (line.startsWith("[")) {
                JsonNode proposal = JSON.readTree(line);
                String tag = proposal.get(1).asText();
                byStart.computeIfAbsent(
                                tag.substring(0, Math.min(SAME_LETTERS, tag.length())), start -> new ArrayList<>())
                        .add(proposal.get(0).asInt());
            }
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode groups = answer.putArray("groups");
        byStart.values().stream().limit(most).forEach(ids -> {
            ArrayNode group = groups.addArray();
            ids.forEach(group::add);
        });
        return answer.toString();
    }

    private static ObjectNode completion(ObjectNode message) {
        ObjectNode completion = JSON.createObjectNode()
                .put("id", "1")
                .put("object", "chat.completion")
                .put("created", 1)
                .put("model", "test-model");
        ObjectNode choice =
                completion.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
        choice.set("message", message);
        completion
                .putObject("usage")
                .put("prompt_tokens", 10)
                .put("completion_tokens", 0)
                .put("total_tokens", 10);
        return completion;
    }

    private static MockResponse response(int status, JsonNode body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/json")
                .body(body.toString())
                .build();
    }

    @Override
    public void close() {
        server.close();
    }
}
