package com.tiktokrec.jobs.pipeline;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.Night;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.SmallCrawl;
import com.tiktokrec.jobs.SmallCrawl.Video;
import com.tiktokrec.jobs.StoredTables;
import java.nio.file.Path;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights one after the other over one warehouse: each does only what changed. The tests look at what the nights left. */
class PipelineTwiceIT {

    private static final String TONIGHT = "2026-11-24";
    private static final String AN_OLDER_NIGHT = "2026-11-20";

    @TempDir
    private static Path folder;

    private static StoredTables tables;
    private static String changed;

    private static Map<String, List<String>> afterFirst;
    private static Map<String, List<String>> afterSecond;
    private static Map<String, List<String>> afterThird;
    private static Map<String, List<String>> afterBackfill;

    private static Row secondRun;
    private static Row backfill;

    @BeforeAll
    static void fourNights() {
        tables = Night.copy(folder.resolve("warehouse"));
        afterFirst = tables.contents();

        // The same night again: an hour later, with the same landing files.
        done(night("2026-11-24T03:00:00Z", Night.DATE, "--input", Night.crawl().toString()));
        afterSecond = tables.contents();
        secondRun = tables.lastRun();

        // The next night: one user was crawled.
        Row user = tables.rows(UserTags.TABLE)
                .join(tables.rows(Users.TABLE), Users.USERNAME)
                .where(col(Users.USER_ID).isNotNull())
                .orderBy(Users.USERNAME)
                .first();
        changed = user.getAs(Users.USERNAME);
        Path crawl = new SmallCrawl(TONIGHT + "T20:00:00Z")
                .user(changed, user.getAs(Users.USER_ID), "A new bio")
                .likes(
                        changed,
                        List.of(
                                new Video("7600000000000000001", "somebody_new", "look at this #cooking"),
                                new Video("7600000000000000002", "somebody_new", "and that #cooking")))
                .write(folder.resolve("later.jsonl"));
        done(night("2026-11-25T02:00:00Z", TONIGHT, "--input", crawl.toString()));
        afterThird = tables.contents();

        // A night before all of them.
        done(night(
                "2026-11-25T03:00:00Z", AN_OLDER_NIGHT, "--input", Night.crawl().toString()));
        afterBackfill = tables.contents();
        backfill = tables.lastRun();
    }

    private static Ended night(String now, String date, String... further) {
        return run(now, date, "pipeline --all --set pipeline.num-categories=8", further);
    }

    private static Ended run(String now, String date, String command, String... further) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(Arrays.asList(further));
        arguments.addAll(List.of("--warehouse", tables.location().toString(), "--run-date", date));
        return Program.at(now).run(arguments.toArray(String[]::new));
    }

    private static void done(Ended ended) {
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }

    private static Column dated(String date) {
        return col(SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(date)));
    }

    @Test
    void theFirstNightFillsTheTables() {
        assertThat(Night.ended().exitCode()).as(Night.ended().err()).isZero();
        assertThat(afterFirst).hasSize(14);
        assertThat(afterFirst.entrySet())
                .filteredOn(entry -> entry.getValue().isEmpty())
                .as("empty tables")
                .extracting(Map.Entry::getKey)
                .containsExactly("model_responses");
    }

    @Test
    void theSameNightAgainLeavesEveryTableAlikeInAllColumns() {
        afterFirst.forEach(
                (table, rows) -> assertThat(afterSecond.get(table)).as(table).isEqualTo(rows));
    }

    @Test
    void theSameNightAgainCallsNoModel() {
        assertThat(secondRun.<String>getAs(Users.STATUS)).isEqualTo("done");
        assertThat(secondRun.<Long>getAs(Runs.MODEL_CALLS)).isZero();
        assertThat(secondRun.<Long>getAs(Runs.CACHED_CALLS)).isPositive();
        assertThat(secondRun.<Long>getAs(Runs.PROMPT_TOKENS)).isZero();
        assertThat(secondRun.<String, Long>getJavaMap(secondRun.fieldIndex(Runs.COUNTS)))
                .containsEntry("files", 0L)
                .containsEntry("profiled_users", 0L)
                .containsEntry("recommendations", (long)
                        afterSecond.get(Recommendations.TABLE.name()).size())
                .doesNotContainKey("taxonomies_made");
    }

    @Test
    void aLaterCrawlOfOneUserChangesThatUsersProfileAlone() {
        List<Table> byUser = List.of(UserTags.TABLE, UserProfiles.TABLE);
        for (Table table : byUser) {
            assertThat(others(afterThird.get(table.name())))
                    .as(table.name())
                    .isEqualTo(others(afterSecond.get(table.name())));
        }
        assertThat(afterThird.get(UserProfiles.TABLE.name()))
                .filteredOn(PipelineTwiceIT::isOfChanged)
                .singleElement()
                .asString()
                .contains("A new bio", "\"run_id\":\"" + TONIGHT)
                .isNotIn(afterSecond.get(UserProfiles.TABLE.name()));
        assertThat(afterThird.get(UserVideos.TABLE.name()))
                .hasSize(afterSecond.get(UserVideos.TABLE.name()).size() + 2);
        assertThat(tables.rows(Videos.TABLE, col(Videos.VIDEO_ID).startsWith("760000000000000000"))
                        .count())
                .isEqualTo(2);
        assertThat(afterThird.get("categories")).as("categories of a week").isEqualTo(afterSecond.get("categories"));
    }

    private static boolean isOfChanged(String row) {
        return row.contains("\"username\":\"" + changed + "\"");
    }

    private static List<String> others(List<String> rows) {
        return rows.stream().filter(row -> !isOfChanged(row)).toList();
    }

    @Test
    void aLaterNightLeavesTheListsOfEarlierOnes() {
        assertThat(StoredTables.content(tables.rows(Recommendations.TABLE, dated(Night.DATE))))
                .isEqualTo(afterFirst.get(Recommendations.TABLE.name()));
        assertThat(tables.rows(Recommendations.TABLE, dated(TONIGHT)).count()).isPositive();
    }

    @Test
    void aBackfillWritesItsOwnDatesRecommendationsAlone() {
        for (Map.Entry<String, List<String>> table : afterThird.entrySet()) {
            if (!table.getKey().equals(Recommendations.TABLE.name())) {
                assertThat(afterBackfill.get(table.getKey())).as(table.getKey()).isEqualTo(table.getValue());
            }
        }
        Column itsOwn = dated(AN_OLDER_NIGHT);
        assertThat(StoredTables.content(tables.rows(Recommendations.TABLE, itsOwn.unary_$bang())))
                .isEqualTo(afterThird.get(Recommendations.TABLE.name()));
        assertThat(tables.rows(Recommendations.TABLE, itsOwn).count()).isPositive();
        assertThat(tables.rows(Recommendations.TABLE, itsOwn)
                        .where(col(Videos.CREATE_TIME)
                                .geq(lit("2026-11-21 00:00:00").cast("timestamp")))
                        .count())
                .as("videos that were not there yet")
                .isZero();
        assertThat(backfill.<String>getAs(Users.STATUS)).isEqualTo("done");
        assertThat(backfill.<Date>getAs(SearchQueries.RUN_DATE)).isEqualTo(Date.valueOf(AN_OLDER_NIGHT));
    }

    @Test
    void commandsThatWouldPutOldDataOverNewRefuseAnOlderDate() {
        Map<String, Long> before = tables.files();
        for (String command : List.of("ingest --input " + Night.crawl(), "taxonomy", "profile --all")) {
            Ended ended = run("2026-11-25T04:00:00Z", AN_OLDER_NIGHT, command);

            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(2);
            assertThat(ended.lastError())
                    .contains("a night newer than " + AN_OLDER_NIGHT, "`" + command.split(" ")[0] + "`");
        }
        assertThat(tables.files()).isEqualTo(before);
    }

    @Test
    void aWarehouseMadeLocalStaysLocalWhenAKeyAppears() {
        try (FakeOpenAi server = new FakeOpenAi()) {
            Map<String, Long> before = tables.files();
            Ended ended = Program.at("2026-11-25T05:00:00Z")
                    .withEnvironment(Map.of("OPENAI_API_KEY", FakeOpenAi.KEY, "OPENAI_BASE_URL", server.baseUrl()))
                    .run(
                            "profile",
                            "--username",
                            changed,
                            "--warehouse",
                            tables.location().toString(),
                            "--run-date",
                            TONIGHT);

            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.out()).contains("1 users, 0 of them changed");
            assertThat(server.requests()).isZero();
            assertThat(tables.files()).as("what is remembered, too").isEqualTo(before);
        }
    }

    @Test
    void rowsThatNoFallbackTouchedSayNothingOfOne() {
        assertThat(tables.rows(
                                Recommendations.TABLE,
                                array_contains(col(Recommendations.DEGRADED), "keyword_tags")
                                        .or(array_contains(col(Recommendations.DEGRADED), "template_query"))
                                        .or(array_contains(col(Recommendations.DEGRADED), "kept")))
                        .count())
                .as("the local provider's own methods are no fallback")
                .isZero();
    }
}
