package com.tiktokrec.jobs.recommend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.jobs.run.PromptTemplate;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a language model is asked for search queries. The data holds only tags, sorted, with affinities to one decimal,
 * so that users alike share one call.
 *
 * @param system the instructions
 * @param limit the most queries
 */
record QueryPrompt(String system, int limit) implements Serializable {

    static final String SCHEMA_NAME = "search_queries";

    /** To be raised with every change of the template. */
    static final String VERSION = "queries-1";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_QUERY = 80;

    static QueryPrompt of(int limit) {
        return new QueryPrompt(
                PromptTemplate.fill(QueryPrompt.class, "query-prompt.txt", Map.of("count", Integer.toString(limit))),
                limit);
    }

    /** The data of a user's tags. */
    String user(Map<String, Double> affinityByTag) {
        List<Map<String, Object>> tags = new ArrayList<>();
        new TreeMap<>(affinityByTag)
                .forEach((tag, affinity) ->
                        tags.add(new TreeMap<>(Map.of("tag", tag, "affinity", Math.round(affinity * 10) / 10.0))));
        return PromptTemplate.data(Map.of("interests", tags));
    }

    /** The answer's schema: only the user's own tags may be named. */
    String schema(Set<String> tags) {
        Map<String, Object> sourceTags = new TreeMap<>(Map.of(
                "type",
                "array",
                "minItems",
                1,
                "maxItems",
                5,
                "items",
                new TreeMap<>(
                        Map.of("type", "string", "enum", tags.stream().sorted().toList()))));
        Map<String, Object> query = PromptTemplate.strictObject(new TreeMap<>(Map.of(
                "content_type",
                new TreeMap<>(Map.of("type", "string", "enum", List.of("broad", "combination", "niche", "trending"))),
                "query",
                new TreeMap<>(Map.of("type", "string", "minLength", 1, "maxLength", LONGEST_QUERY)),
                "source_tags",
                sourceTags)));
        return PromptTemplate.json(PromptTemplate.strictObject(Map.of(
                "queries", new TreeMap<>(Map.of("type", "array", "minItems", 1, "maxItems", limit, "items", query)))));
    }

    /** The queries of an answer that fits the schema, repeats left out. */
    List<TemplateQueries.Query> queries(String response) {
        List<TemplateQueries.Query> queries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        try {
            for (JsonNode query : JSON.readTree(response).get("queries")) {
                String text = query.get("query").asText().strip();
                List<String> sourceTags = new ArrayList<>();
                query.get("source_tags").forEach(tag -> sourceTags.add(tag.asText()));
                if (!text.isEmpty() && seen.add(text) && queries.size() < limit) {
                    queries.add(new TemplateQueries.Query(
                            text,
                            sourceTags.stream().distinct().toList(),
                            query.get("content_type").asText()));
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the store of answers holds one that is not JSON", e);
        }
        return queries;
    }
}
