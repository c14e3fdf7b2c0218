package com.tiktokrec.jobs.pipeline;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.StoredTables;
import com.tiktokrec.jobs.crawl.ReplayServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nights for one user over a warehouse that was empty, with a key and a server that replays the API: the first crawls
 * and searches, the second has all it needs, the third finds the API down. Real bodies where ../shared/data is.
 */
class LivePipelineIT {

    private static final String USER = "pastalover";
    private static final String EVENING = "2026-11-24T20:00:00Z";
    private static final String HALF_AN_HOUR_LATER = "2026-11-24T20:30:00Z";
    private static final String NEXT_MORNING = "2026-11-25T08:00:00Z";

    @TempDir
    private static Path folder;

    private static ReplayServer server;
    private static StoredTables tables;

    private static Ended first;
    private static Row firstRun;
    private static List<Row> firstList;
    private static int firstRequests;
    private static List<String> keywords;

    private static Ended again;
    private static int againRequests;
    private static List<String> againList;
    private static List<String> firstContent;

    private static Ended unknown;
    private static Ended queries;

    private static Ended down;
    private static Row downRun;
    private static List<Row> downList;

    @BeforeAll
    static void nights() {
        SharedSpark.session();
        server = ReplayServer.real(Instant.parse(EVENING));
        tables = new StoredTables(folder.resolve("warehouse"));

        first = pipeline(EVENING, USER);
        firstRequests = server.requests();
        keywords = server.asked().stream()
                .map(ReplayServer.Asked::pathAndQuery)
                .filter(asked -> asked.startsWith("/api/search/video"))
                .toList();
        firstRun = tables.lastRun();
        firstList = list();
        firstContent = tables.content(Recommendations.TABLE);

        again = pipeline(HALF_AN_HOUR_LATER, USER);
        againRequests = server.requests() - firstRequests;
        againList = tables.content(Recommendations.TABLE);

        queries = program(HALF_AN_HOUR_LATER)
                .run(arguments(
                        "crawl",
                        "--queries",
                        "--output",
                        folder.resolve("crawl").toString()));
        unknown = pipeline(HALF_AN_HOUR_LATER, "gone.pasta.lover");

        server.faults(request -> Optional.of(ReplayServer.json(503, "down")));
        down = pipeline(NEXT_MORNING, USER);
        downRun = tables.lastRun();
        downList = list();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Program program(String now) {
        return Program.at(now).withEnvironment(Map.of("RAPIDAPI_KEY", ReplayServer.KEY));
    }

    private static Ended pipeline(String now, String username) {
        return program(now).run(arguments("pipeline", "--username", username, "--count", "15"));
    }

    private static String[] arguments(String... command) {
        List<String> arguments = new ArrayList<>(Arrays.asList(command));
        for (String setting : List.of(
                "tiktok.base-url=" + server.baseUrl(),
                "tiktok.delay=0s",
                "tiktok.max-attempts=1",
                "cache.directory=" + folder.resolve("cache"),
                "retrieval.sources=search,corpus",
                "pipeline.max-search-queries=4")) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of("--warehouse", tables.location().toString()));
        return arguments.toArray(String[]::new);
    }

    private static List<Row> list() {
        Row date = tables.rows(Recommendations.TABLE)
                .agg(max(SearchQueries.RUN_DATE))
                .head();
        return tables.rows(Recommendations.TABLE)
                .where(col(SearchQueries.RUN_DATE).equalTo(date.get(0)))
                .orderBy("rank")
                .collectAsList();
    }

    private static Map<String, Long> counts(Row run) {
        return run.getJavaMap(run.fieldIndex(Runs.COUNTS));
    }

    @Test
    void theFirstNightGoesFromNothingToRecommendations() {
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(firstList).hasSize(15);
        assertThat(first.out()).contains("Crawl:      1 users: 1 done", "Recommend:  15 videos for 1 of 1 users");
        assertThat(tables.rows(UserVideos.TABLE, col("username").equalTo(USER)).count())
                .isEqualTo(60 + 12 + 56);
    }

    @Test
    void theSearchFoundWhatItTellsToHaveFound() {
        List<Row> found = firstList.stream()
                .filter(row -> row.getAs(SearchResults.SOURCE).equals("search"))
                .toList();

        assertThat(found).isNotEmpty().allSatisfy(row -> {
            String query = row.getAs(Recommendations.SOURCE_QUERY);
            String video = row.getAs(Videos.VIDEO_ID);
            assertThat(Stream.iterate(0, place -> place + 1)
                            .limit(24)
                            .map(place -> ReplayServer.videoId("search/" + query, place)))
                    .contains(video);
            assertThat(row.<String>getList(row.fieldIndex(SearchQueries.SOURCE_TAGS)))
                    .isNotEmpty();
            assertThat(row.getList(row.fieldIndex(Recommendations.DEGRADED)))
                    .as("degraded")
                    .doesNotContain("stale_answer");
        });
        assertThat(tables.rows(SearchQueries.TABLE)
                        .select(SearchResults.QUERY)
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsAll(found.stream()
                        .map(row -> row.<String>getAs(Recommendations.SOURCE_QUERY))
                        .toList());
    }

    @Test
    void everyQueryIsAskedForOncePage() {
        assertThat(keywords).hasSize(2 * 4).doesNotHaveDuplicates();
        assertThat(firstRequests).isEqualTo(6 + 2 * 4);
        assertThat(counts(firstRun)).containsEntry("tiktok_requests", 14L).containsEntry("tiktok_cached", 0L);
    }

    @Test
    void withinTheHourNothingIsAskedAgainAndTheListIsTheSame() {
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(againRequests).isZero();
        assertThat(againList).isEqualTo(firstContent);
        assertThat(again.out()).doesNotContain("Crawl:");
    }

    @Test
    void theNightsQueriesCanBeCrawledByThemselves() throws IOException {
        assertThat(queries.exitCode()).as(queries.err()).isZero();
        assertThat(queries.out()).contains("Crawl:      4 searches: 4 done", "0 sent");
        try (Stream<Path> files = Files.list(folder.resolve("crawl"))) {
            assertThat(files)
                    .singleElement()
                    .satisfies(file -> assertThat(
                                    text(file).lines().filter(line -> line.contains("\"endpoint\":\"search/video\"")))
                            .hasSize(8));
        }
    }

    @Test
    void aUserWhomTikTokDoesNotKnowIsUnknown() {
        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.lastError()).contains("user gone.pasta.lover is not in", "close to it: ");
        assertThat(tables.rows(Users.TABLE, col(Users.USERNAME).equalTo("gone.pasta.lover"))
                        .isEmpty())
                .as("nothing was done")
                .isTrue();
    }

    @Test
    void whereTheApiIsDownWhatStandsServesAndIsToldOnEveryRowItTouched() {
        assertThat(down.exitCode()).as(down.err()).isEqualTo(5);
        assertThat(downList).hasSize(15);
        assertThat(downList)
                .filteredOn(row -> row.getAs(SearchResults.SOURCE).equals("search"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.<String>getList(row.fieldIndex(Recommendations.DEGRADED)))
                        .contains("stale_answer"));
        assertThat(downRun.<String>getList(downRun.fieldIndex(Recommendations.DEGRADED)))
                .contains("stale_answer");
        assertThat(counts(downRun)).containsEntry("fallback_stale_answer", 1L);
        assertThat(counts(downRun).get("tiktok_stale")).isPositive();
        Column stale = array_contains(col(Recommendations.DEGRADED), "stale_answer");
        assertThat(tables.rows(Recommendations.TABLE, stale)
                        .select("source")
                        .distinct()
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("search");
    }

    @Test
    void theKeyIsNowhere() throws IOException {
        TreeSet<String> holders = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (text(file).contains(ReplayServer.KEY)) {
                    holders.add(file.toString());
                }
            }
        }
        assertThat(holders).isEmpty();
        for (Ended ended : List.of(first, again, queries, unknown, down)) {
            assertThat(ended.out() + ended.err()).doesNotContain(ReplayServer.KEY);
        }
    }

    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (file.toString().endsWith(".gz")) {
            bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
