package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.jobs.recommend.TemplateQueries.Query;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryPromptTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final QueryPrompt prompt = QueryPrompt.of(10);

    private static Map<String, Double> inOrder(String first, double one, String second, double other) {
        Map<String, Double> affinities = new LinkedHashMap<>();
        affinities.put(first, one);
        affinities.put(second, other);
        return affinities;
    }

    @Test
    void theInstructionsNameTheLimit() {
        assertThat(QueryPrompt.of(7).system()).contains("Write up to 7 queries").doesNotContain("${");
    }

    @Test
    void usersAlikeShareOnePrompt() {
        String one = prompt.user(inOrder("dance", 0.84, "art", 0.31));

        assertThat(prompt.user(inOrder("art", 0.31, "dance", 0.84)))
                .as("another order")
                .isEqualTo(one);
        assertThat(prompt.user(inOrder("dance", 0.76, "art", 0.349)))
                .as("affinities that round alike")
                .isEqualTo(one);
        assertThat(one)
                .isEqualTo("<data>\n{\"interests\":[{\"affinity\":0.3,\"tag\":\"art\"},"
                        + "{\"affinity\":0.8,\"tag\":\"dance\"}]}\n</data>");
    }

    @Test
    void usersUnlikeDoNot() {
        String one = prompt.user(inOrder("dance", 0.84, "art", 0.31));

        assertThat(prompt.user(inOrder("dance", 0.86, "art", 0.31))).isNotEqualTo(one);
        assertThat(prompt.user(inOrder("dance", 0.84, "cars", 0.31))).isNotEqualTo(one);
        assertThat(prompt.user(Map.of("dance", 0.84))).isNotEqualTo(one);
    }

    @Test
    void theSchemaNamesTheUsersTagsAlone() throws JsonProcessingException {
        String schema = prompt.schema(Set.of("street_food", "art", "dance"));

        JsonNode queries = JSON.readTree(schema).at("/properties/queries");
        assertThat(queries.path("maxItems").asInt()).isEqualTo(10);
        JsonNode query = queries.path("items");
        assertThat(query.at("/properties/source_tags/items/enum").toString())
                .isEqualTo("[\"art\",\"dance\",\"street_food\"]");
        assertThat(query.at("/properties/content_type/enum").toString())
                .isEqualTo("[\"broad\",\"combination\",\"niche\",\"trending\"]");
        assertThat(query.path("required").toString()).isEqualTo("[\"content_type\",\"query\",\"source_tags\"]");
        assertThat(query.path("additionalProperties").asBoolean(true)).isFalse();
    }

    @Test
    void theSchemaIsTheSameTextForTheSameTags() {
        assertThat(prompt.schema(Set.of("a", "b", "c", "d"))).isEqualTo(prompt.schema(Set.of("d", "c", "b", "a")));
    }

    @Test
    void readsAnAnswerAndLeavesOutRepeats() {
        List<Query> queries = QueryPrompt.of(3).queries("""
                        {"queries": [
                          {"query": " salsa class ", "source_tags": ["dance", "dance"], "content_type": "niche"},
                          {"query": "salsa class", "source_tags": ["art"], "content_type": "broad"},
                          {"query": "  ", "source_tags": ["art"], "content_type": "broad"},
                          {"query": "art dance", "source_tags": ["art", "dance"], "content_type": "combination"},
                          {"query": "clay", "source_tags": ["art"], "content_type": "trending"},
                          {"query": "one too many", "source_tags": ["art"], "content_type": "broad"}
                        ]}""");

        assertThat(queries)
                .containsExactly(
                        new Query("salsa class", List.of("dance"), "niche"),
                        new Query("art dance", List.of("art", "dance"), "combination"),
                        new Query("clay", List.of("art"), "trending"));
    }
}
