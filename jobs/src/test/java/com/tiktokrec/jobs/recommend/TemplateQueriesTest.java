package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.recommend.TemplateQueries.Query;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateQueriesTest {

    private static final int NO_LIMIT = 100;

    private static List<String> texts(List<Query> queries) {
        return queries.stream().map(Query::text).toList();
    }

    @Test
    void singleTagsThenPairsThenKeywordsInTurn() {
        TemplateQueries templates = new TemplateQueries(
                Map.of(
                        "street_food", List.of("taco", "night_market"),
                        "dance", List.of("salsa"),
                        "cars", List.of(),
                        "art", List.of("oil painting", "sketch", "clay")),
                NO_LIMIT);

        List<Query> queries = templates.of(List.of("street_food", "dance", "cars", "art"));

        assertThat(queries)
                .containsExactly(
                        new Query("street food", List.of("street_food"), "broad"),
                        new Query("dance", List.of("dance"), "broad"),
                        new Query("cars", List.of("cars"), "broad"),
                        new Query("art", List.of("art"), "broad"),
                        new Query("street food dance", List.of("street_food", "dance"), "combination"),
                        new Query("street food cars", List.of("street_food", "cars"), "combination"),
                        new Query("dance cars", List.of("dance", "cars"), "combination"),
                        new Query("street food art", List.of("street_food", "art"), "combination"),
                        new Query("dance art", List.of("dance", "art"), "combination"),
                        new Query("cars art", List.of("cars", "art"), "combination"),
                        new Query("street food taco", List.of("street_food"), "niche"),
                        new Query("dance salsa", List.of("dance"), "niche"),
                        new Query("art oil painting", List.of("art"), "niche"),
                        new Query("street food night market", List.of("street_food"), "niche"),
                        new Query("art sketch", List.of("art"), "niche"),
                        new Query("art clay", List.of("art"), "niche"));
    }

    @Test
    void onlyTheFirstFiveTagsAreUsed() {
        TemplateQueries templates = new TemplateQueries(Map.of("f", List.of("x")), NO_LIMIT);

        List<Query> queries = templates.of(List.of("a", "b", "c", "d", "e", "f"));

        assertThat(texts(queries))
                .containsExactly(
                        "a", "b", "c", "d", "e", "a b", "a c", "b c", "a d", "b d", "c d", "a e", "b e", "c e", "d e");
    }

    @Test
    void aRepeatedTextIsSkippedAndTheFirstStays() {
        TemplateQueries templates = new TemplateQueries(Map.of("street", List.of("food")), 4);

        List<Query> queries = templates.of(List.of("street", "food", "street_food"));

        assertThat(queries)
                .as("the pair 1+2 reads as tag 3 does, and takes none of the four places")
                .containsExactly(
                        new Query("street", List.of("street"), "broad"),
                        new Query("food", List.of("food"), "broad"),
                        new Query("street food", List.of("street_food"), "broad"),
                        new Query("street street food", List.of("street", "street_food"), "combination"));
    }

    @Test
    void theLimitCutsAnywhere() {
        List<String> tags = List.of("a", "b", "c");
        Map<String, List<String>> keywords = Map.of("a", List.of("k"));

        assertThat(texts(new TemplateQueries(keywords, 2).of(tags))).containsExactly("a", "b");
        assertThat(texts(new TemplateQueries(keywords, 5).of(tags))).containsExactly("a", "b", "c", "a b", "a c");
        assertThat(texts(new TemplateQueries(keywords, 10).of(tags)))
                .containsExactly("a", "b", "c", "a b", "a c", "b c", "a k");
    }

    @Test
    void oneTagHasNoPairsAndNoTagNoQueries() {
        TemplateQueries templates = new TemplateQueries(Map.of("a", List.of("k", "l")), NO_LIMIT);

        assertThat(texts(templates.of(List.of("a")))).containsExactly("a", "a k", "a l");
        assertThat(templates.of(List.of())).isEmpty();
    }
}
