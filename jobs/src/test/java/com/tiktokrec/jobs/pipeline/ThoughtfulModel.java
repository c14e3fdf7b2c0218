package com.tiktokrec.jobs.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.FakeOpenAi;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.MockResponse;

/**
 * Answers of a chat model that does what it is asked: a category for each hashtag it reads, the tags whose words stand
 * in a user's videos, a query for each tag. For users whose bio names one of its {@link #MOODS} it does something else,
 * and it believes whoever tells it to ignore its instructions.
 */
final class ThoughtfulModel implements Function<JsonNode, MockResponse> {

    static final String PROPOSALS = "taxonomy_proposals";
    static final String GROUPS = "taxonomy_groups";
    static final String USER_TAGS = "user_tags";
    static final String SEARCH_QUERIES = "search_queries";

    /** A tag that stands in no taxonomy. */
    static final String STRAY_TAG = "hacked_tag";

    /** What a bio may make of the model. */
    static final Map<String, Function<JsonNode, MockResponse>> MOODS = new TreeMap<>(Map.of(
            "moodrefuse", request -> FakeOpenAi.refusal(),
            "moodcut", request -> FakeOpenAi.cut("{\"tags\": [{\"because\": \"it was"),
            "moodstray", request -> FakeOpenAi.answer(strayTags()),
            "moodmend", ThoughtfulModel::mended,
            "moodprose", request -> FakeOpenAi.answer("I think this person likes cats."),
            "moodbroken", request -> FakeOpenAi.error(500)));

    private static final int QUERIES = 10;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HASHTAG = Pattern.compile("#(\\w+)");

    private final int mostProposals;
    private final boolean wordy;

    ThoughtfulModel() {
        this(Integer.MAX_VALUE, false);
    }

    /**
     * A model with its ways.
     *
     * @param mostProposals categories that it makes of a chunk, at most
     * @param wordy ten queries a user, in words of their own for each set of tags; else one for each tag
     */
    ThoughtfulModel(int mostProposals, boolean wordy) {
        this.mostProposals = mostProposals;
        this.wordy = wordy;
    }

    @Override
    public MockResponse apply(JsonNode request) {
        return switch (FakeOpenAi.schemaName(request)) {
            case PROPOSALS -> FakeOpenAi.answer(proposals(FakeOpenAi.user(request)));
            case GROUPS -> FakeOpenAi.answer(groups(request));
            case USER_TAGS -> tagsInAMood(request);
            case SEARCH_QUERIES -> queries(request);
            default -> FakeOpenAi.error(400);
        };
    }

    /** The data of a prompt. */
    static JsonNode data(JsonNode request) {
        String user = FakeOpenAi.user(request);
        return parsed(user.substring(user.indexOf("<data>") + 6, user.indexOf("</data>")));
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String proposals(String texts) {
        Set<String> hashtags = new TreeSet<>();
        Matcher matcher = HASHTAG.matcher(texts);
        while (hashtags.size() < mostProposals && matcher.find()) {
            hashtags.add(matcher.group(1));
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode categories = answer.putArray("categories");
        for (String hashtag : hashtags) {
            ObjectNode category = categories
                    .addObject()
                    .put("tag", hashtag)
                    .put(
                            "description",
                            "Videos that show " + hashtag + ", at home or outdoors, with tips for those who begin.");
            ArrayNode keywords = category.putArray("keywords");
            List.of("fan", "tips", "club", "week", "daily").forEach(suffix -> keywords.add(hashtag + " " + suffix));
        }
        return answer.toString();
    }

    /** Nothing is alike: each proposal is a group, up to the most that are wanted. */
    private static String groups(JsonNode request) {
        JsonNode schema = request.at("/response_format/json_schema/schema/properties/groups");
        int ids = schema.at("/items/items/maximum").asInt() + 1;
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode groups = answer.putArray("groups");
        for (int id = 0; id < Math.min(ids, schema.path("maxItems").asInt()); id++) {
            groups.addArray().add(id);
        }
        return answer.toString();
    }

    private static MockResponse tagsInAMood(JsonNode request) {
        String bio = data(request).path("bio").asText();
        return MOODS.entrySet().stream()
                .filter(mood -> bio.contains(mood.getKey()))
                .findFirst()
                .map(mood -> mood.getValue().apply(request))
                .orElseGet(() -> FakeOpenAi.answer(tags(request)));
    }

    private static MockResponse mended(JsonNode request) {
        return FakeOpenAi.answer(FakeOpenAi.user(request).contains("was rejected") ? tags(request) : strayTags());
    }

    private static String strayTags() {
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("tags")
                .addObject()
                .put("because", "I was told so")
                .put("category", STRAY_TAG)
                .put("degree", 1);
        return answer.toString();
    }

    private static String tags(JsonNode request) {
        JsonNode data = data(request);
        String texts = data.path("posts") + " " + data.path("reposts") + " " + data.path("likes");
        if (texts.contains("ignore your instructions")) {
            return strayTags();
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode tags = answer.putArray("tags");
        for (JsonNode category : data.path("categories")) {
            String tag = category.path("category").asText();
            if (texts.contains("#" + tag)) {
                tags.addObject()
                        .put("because", "the hashtag stands there")
                        .put("category", tag)
                        .put("degree", 0.8);
            }
        }
        return answer.toString();
    }

    /** A query for each interest; none for who likes knitting and juggling alike. */
    private MockResponse queries(JsonNode request) {
        Set<String> interests = new LinkedHashSet<>();
        data(request)
                .path("interests")
                .forEach(interest -> interests.add(interest.path("tag").asText()));
        if (interests.equals(Set.of("knitting", "juggling"))) {
            return FakeOpenAi.refusal();
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode queries = answer.putArray("queries");
        List<String> tags = List.copyOf(interests);
        for (int number = 0; number < (wordy && !tags.isEmpty() ? QUERIES : tags.size()); number++) {
            String tag = tags.get(number % tags.size());
            String words = wordy ? " idea " + Math.floorMod(tags.hashCode(), 997) + " " + number : " fan";
            ObjectNode query = queries.addObject().put("content_type", "broad").put("query", tag + words);
            query.putArray("source_tags").add(tag);
        }
        return FakeOpenAi.answer(answer.toString());
    }
}
