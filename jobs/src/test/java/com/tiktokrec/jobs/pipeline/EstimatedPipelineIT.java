package com.tiktokrec.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.StoredTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --estimate} says of a first night, beside what that night then asks a server for. */
class EstimatedPipelineIT {

    private static final String DATE = "2026-11-24";
    private static final TokenCounter CHAT_TOKENS = TokenCounter.o200kBase();
    private static final TokenCounter EMBEDDING_TOKENS = TokenCounter.cl100kBase();

    @TempDir
    private Path folder;

    private final FakeOpenAi server = new FakeOpenAi();

    @AfterEach
    void stop() {
        server.close();
    }

    private record Step(long calls, long tokens, boolean assumed) {}

    private Ended run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--run-date", DATE));
        if (!arguments[0].equals("generate")) {
            all.addAll(List.of(
                    "--warehouse",
                    folder.resolve("warehouse").toString(),
                    "--set",
                    "models.llm.base-url=" + server.baseUrl(),
                    "--set",
                    "models.embedding.base-url=" + server.baseUrl(),
                    "--set",
                    "pipeline.num-categories=12"));
        }
        Ended ended = Program.at(DATE + "T22:00:00Z")
                .withEnvironment(Map.of("OPENAI_API_KEY", FakeOpenAi.KEY))
                .run(all.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended;
    }

    private static Map<String, Step> steps(Ended estimate) {
        Map<String, Step> steps = new HashMap<>();
        estimate.out()
                .lines()
                .map(line -> line.split("\\s{2,}"))
                .filter(cells -> cells.length >= 6 && cells[2].matches("[\\d,]+"))
                .forEach(cells -> steps.put(
                        cells[0],
                        new Step(number(cells[2]), number(cells[3]), cells.length > 6 && cells[6].equals("assumed"))));
        return steps;
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    private long asked(String schemaName) {
        return server.chats(schemaName).stream()
                .mapToLong(request -> CHAT_TOKENS.count(FakeOpenAi.system(request))
                        + CHAT_TOKENS.count(FakeOpenAi.user(request))
                        + CHAT_TOKENS.count(request.at("/response_format/json_schema/schema")
                                .toString()))
                .sum();
    }

    private static long tokens(List<String> texts) {
        return texts.stream().mapToLong(EMBEDDING_TOKENS::count).sum();
    }

    private static void near(String step, Step estimated, long tokens) {
        String beside = step + ": " + estimated + ", used " + tokens + " tokens";
        if (estimated.assumed()) {
            assertThat(estimated.tokens()).as(beside).isBetween(tokens / 2, tokens * 2);
        } else {
            assertThat((double) estimated.tokens()).as(beside).isCloseTo((double) tokens, withinPercentage(15));
        }
    }

    @Test
    void everyStepIsNearWhatItThenUses() {
        server.chat(new ThoughtfulModel(25, true));
        Path crawl = folder.resolve("crawl");
        run("generate", "--users", "16", "--videos", "300", "--output", crawl.toString());
        run("ingest", "--input", crawl.toString());

        Map<String, Step> steps = steps(run("pipeline", "--all", "--estimate"));
        assertThat(server.requests()).isZero();
        run("pipeline", "--all");

        Set<String> queries = new HashSet<>(new StoredTables(folder.resolve("warehouse"))
                .rows(SearchQueries.TABLE).select(SearchResults.QUERY).distinct().collectAsList().stream()
                        .map(row -> row.getString(0))
                        .collect(Collectors.toSet()));
        List<List<String>> embedded = server.embeddings();
        List<String> afterCategories =
                embedded.stream().skip(1).flatMap(List::stream).toList();
        Map<Boolean, List<String>> byQuery =
                afterCategories.stream().collect(Collectors.partitioningBy(queries::contains));
        assertThat(steps)
                .containsOnlyKeys(
                        "taxonomy",
                        "taxonomy_merge",
                        "taxonomy (vectors)",
                        "videos (vectors)",
                        "profile",
                        "queries",
                        "queries (vectors)");
        assertThat(steps.get("taxonomy").assumed()).as("its inputs existed").isFalse();
        assertThat(steps.get("videos (vectors)").assumed())
                .as("its inputs existed")
                .isFalse();
        Map.of(
                        "taxonomy", ThoughtfulModel.PROPOSALS,
                        "taxonomy_merge", ThoughtfulModel.GROUPS,
                        "profile", ThoughtfulModel.USER_TAGS,
                        "queries", ThoughtfulModel.SEARCH_QUERIES)
                .forEach((step, schemaName) -> near(step, steps.get(step), asked(schemaName)));
        assertThat(steps.get("taxonomy").calls())
                .isEqualTo(server.chats(ThoughtfulModel.PROPOSALS).size());
        near("taxonomy (vectors)", steps.get("taxonomy (vectors)"), tokens(embedded.get(0)));
        near("videos (vectors)", steps.get("videos (vectors)"), tokens(byQuery.get(false)));
        near("queries (vectors)", steps.get("queries (vectors)"), tokens(byQuery.get(true)));
    }
}
