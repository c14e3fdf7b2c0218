package com.tiktokrec.jobs.profile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.PromptTemplate;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a language model is asked for a user's tags. The data holds no name of the user: their bio, and what they
 * posted, reposted and liked, newest first, as far as the token budget reaches.
 *
 * @param system the instructions
 * @param maxInputTokens budget of the whole prompt
 */
record ProfilePrompt(String system, int maxInputTokens) implements Serializable {

    static final String SCHEMA_NAME = "user_tags";

    /** To be raised with every change of the template. */
    static final String VERSION = "profile-2";

    /** A tag that the model gave to a user. */
    record Tag(String tag, double affinity, String reason) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_ITEM = 300;
    private static final int LONGEST_BIO = 500;
    private static final int LONGEST_REASON = 200;
    private static final int MOST_TAGS = 15;

    /** Markers, roles and the schema's name, besides the texts. */
    private static final int OVERHEAD_TOKENS = 60;

    private static final class Tokens {
        static final TokenCounter COUNTER = TokenCounter.o200kBase();
    }

    static ProfilePrompt of(int maxInputTokens) {
        return new ProfilePrompt(
                PromptTemplate.fill(ProfilePrompt.class, "profile-prompt.txt", Map.of()), maxInputTokens);
    }

    /**
     * The data of a user.
     *
     * @param itemsByKind texts by kind of activity, newest first
     */
    String user(String bio, Map<ActivityKind, List<String>> itemsByKind, List<Category> categories) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("bio", cut(bio == null ? "" : bio, LONGEST_BIO));
        int room = maxInputTokens
                - OVERHEAD_TOKENS
                - Tokens.COUNTER.count(system)
                - Tokens.COUNTER.count(PromptTemplate.data(data))
                - Tokens.COUNTER.count(schema(categories));
        Object offered = offered(categories, room);
        int left = room - Tokens.COUNTER.count(PromptTemplate.json(offered));
        Map<ActivityKind, List<String>> sent = new LinkedHashMap<>();
        for (ActivityKind kind : ActivityKind.values()) {
            sent.put(kind, new ArrayList<>());
        }
        int longest = itemsByKind.values().stream().mapToInt(List::size).max().orElse(0);
        // The kinds take turns, so that many posts do not crowd out what a user likes.
        for (int place = 0; place < longest && left > 0; place++) {
            for (ActivityKind kind : ActivityKind.values()) {
                List<String> items = itemsByKind.getOrDefault(kind, List.of());
                if (place < items.size()) {
                    String item = cut(items.get(place), LONGEST_ITEM);
                    left -= Tokens.COUNTER.count(PromptTemplate.json(item)) + 1;
                    if (left > 0) {
                        sent.get(kind).add(item);
                    }
                }
            }
        }
        sent.forEach((kind, items) -> data.put(kind.stored() + "s", items));
        // Last, next to the answer: small models match against what they read last.
        data.put("categories", offered);
        return PromptTemplate.data(data);
    }

    /** The categories with what they are about, or by name alone where that would crowd out the items. */
    private static Object offered(List<Category> categories, int room) {
        List<Map<String, Object>> described = categories.stream()
                .<Map<String, Object>>map(
                        category -> new TreeMap<>(Map.of("category", category.tag(), "about", category.description())))
                .toList();
        return Tokens.COUNTER.count(PromptTemplate.json(described)) <= room / 2
                ? described
                : categories.stream().map(Category::tag).toList();
    }

    /** The answer's schema: only these categories may be named. */
    String schema(List<Category> categories) {
        Map<String, Object> tag = PromptTemplate.strictObject(new TreeMap<>(Map.of(
                "because", new TreeMap<>(Map.of("type", "string", "minLength", 1, "maxLength", LONGEST_REASON)),
                "category",
                        new TreeMap<>(Map.of(
                                "type",
                                "string",
                                "enum",
                                categories.stream().map(Category::tag).sorted().toList())),
                "degree", new TreeMap<>(Map.of("type", "number", "minimum", 0, "maximum", 1)))));
        return PromptTemplate.json(PromptTemplate.strictObject(
                Map.of("tags", new TreeMap<>(Map.of("type", "array", "maxItems", MOST_TAGS, "items", tag)))));
    }

    /** The tags of an answer that fits the schema; of a tag named twice, the higher affinity. */
    static List<Tag> tags(String response) {
        Map<String, Tag> byTag = new TreeMap<>();
        try {
            for (JsonNode node : JSON.readTree(response).get("tags")) {
                Tag tag = new Tag(
                        node.get("category").asText(),
                        node.get("degree").asDouble(),
                        node.get("because").asText());
                byTag.merge(tag.tag(), tag, (one, other) -> one.affinity() >= other.affinity() ? one : other);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the store of answers holds one that is not JSON", e);
        }
        return List.copyOf(byTag.values());
    }

    private static String cut(String text, int characters) {
        if (text.length() <= characters) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(characters - 1)) ? characters - 1 : characters;
        return text.substring(0, end);
    }
}
