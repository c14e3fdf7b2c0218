package com.tiktokrec.jobs.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.Night;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.StoredTables;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.RunSession;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A night as a scheduler runs it, one task a job, then its backfill and its check, over one warehouse in this order. */
@TestMethodOrder(OrderAnnotation.class)
class NightlyTasksIT {

    private static final LocalDate FIRST = LocalDate.parse(Night.DATE);
    private static final LocalDate SECOND = FIRST.plusDays(1);
    private static final LocalDate EARLIER = FIRST.minusDays(1);

    @TempDir
    private static Path folder;

    private static StoredTables tables;

    /** Runs start at different times, as the record of runs is read in their order. */
    private static int hour = 3;

    @BeforeEach
    void copyOnce() {
        if (tables == null) {
            tables = Night.copy(folder.resolve("warehouse"));
        }
    }

    private static Ended run(LocalDate date, String... command) {
        List<String> arguments = new ArrayList<>(Arrays.asList(command));
        arguments.addAll(List.of("--warehouse", tables.location().toString(), "--run-date", date.toString()));
        hour++;
        return Program.at("2026-11-25T%02d:00:00Z".formatted(hour)).run(arguments.toArray(String[]::new));
    }

    private static String done(LocalDate date, String... command) {
        Ended ended = run(date, command);
        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
        return ended.out();
    }

    private static long rows(LocalDate date) {
        return tables.rows(Recommendations.TABLE, col(SearchQueries.RUN_DATE).equalTo(Date.valueOf(date)))
                .count();
    }

    @Test
    @Order(1)
    void theTasksOfANightAreNoBackfillOfEachOther() {
        assertThat(done(SECOND, "ingest", "--if-due", "--input", Night.crawl().toString()))
                .contains("Ingest:     0 files read");
        assertThat(done(SECOND, "taxonomy", "--if-due"))
                .contains("Taxonomy:   not due, the categories stay: they were made at " + Night.NOW);
        assertThat(done(SECOND, "profile", "--all", "--if-due")).contains("Profile:    ", ", 0 of them changed");
        done(SECOND, "recommend", "--all");
        String someone = tables.rows(Recommendations.TABLE).first().getAs(Users.USERNAME);
        done(SECOND, "recommend", "--username", someone, "--count", "30");
        assertThat(tables.rows(Runs.TABLE)
                        .where("command = 'recommend'")
                        .orderBy(Runs.STARTED_AT)
                        .select("counts." + RecommendJob.COUNT_ASKED)
                        .collectAsList())
                .as("asked for all users, then for one, who makes no night")
                .containsExactly(RowFactory.create(20L), RowFactory.create((Object) null));
        assertThat(done(SECOND, "check", "--set", "checks.min-users=1"))
                .contains("Check:      all 22 checks of " + SECOND + " passed", " on " + FIRST);
        assertThat(rows(SECOND)).isPositive();
        assertThat(tables.rows(Runs.TABLE).where("command = 'check'").first().<String>getAs(Users.STATUS))
                .isEqualTo("done");
    }

    @Test
    @Order(2)
    void aBackfillDoesNothingButItsOwnDatesLists() {
        List<Table> others = RunSession.TABLES.stream()
                .filter(table -> !table.equals(Recommendations.TABLE))
                .toList();
        Map<String, Long> files = tables.files();
        for (List<String> command : List.of(
                List.of("ingest", "--input", "no-such-crawl"),
                List.of("taxonomy", "--set", "pipeline.taxonomy-max-age=0s"),
                List.of("profile", "--all"))) {
            List<String> ifDue = new ArrayList<>(command);
            ifDue.add("--if-due");

            assertThat(done(EARLIER, ifDue.toArray(String[]::new)))
                    .contains("not due, nothing was done: a night newer than " + EARLIER);
            Ended refused = run(EARLIER, command.toArray(String[]::new));
            assertThat(refused.exitCode()).as("without the option").isEqualTo(2);
            assertThat(refused.lastError()).contains("--if-due");
        }
        assertThat(tables.files()).isEqualTo(files);
        List<List<String>> before = others.stream().map(tables::content).toList();

        done(EARLIER, "recommend", "--all");

        assertThat(rows(EARLIER)).isPositive();
        assertThat(others.stream().map(tables::content).toList()).isEqualTo(before);
        assertThat(done(EARLIER, "check")).contains("any: no earlier night");
    }

    @Test
    @Order(3)
    void aRunThatDidNothingMakesNoNightOlder() {
        done(SECOND.plusDays(9), "taxonomy", "--if-due");

        assertThat(done(SECOND, "profile", "--all")).doesNotContain("not due");
    }

    @Test
    @Order(4)
    void aTaxonomyThatIsOldIsMadeAnew() {
        assertThat(done(
                        SECOND,
                        "taxonomy",
                        "--if-due",
                        "--num-categories",
                        "8",
                        "--set",
                        "pipeline.taxonomy-max-age=1h"))
                .contains("Taxonomy:   ")
                .doesNotContain("not due");
    }

    @Test
    @Order(5)
    void aFailedCheckMarksItsRunAndEndsWithItsExitCode() {
        SharedSpark.session()
                .sql("UPDATE delta.`" + tables.location().resolve(Recommendations.TABLE.name()) + "` SET "
                        + Recommendations.TAG_MATCH + " = 1.5 WHERE " + SearchQueries.RUN_DATE + " = DATE'" + SECOND
                        + "' AND " + UserTags.RANK + " = 1");
        long wrong = tables.rows(
                        Recommendations.TABLE, col(Recommendations.TAG_MATCH).gt(1))
                .count();
        Map<String, Long> files = tables.files();

        Ended ended = run(SECOND, "check");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(4);
        assertThat(ended.out().lines().filter(line -> line.endsWith("FAILED")))
                .singleElement()
                .asString()
                .matches("scores outside 0 to 1 +" + wrong + " rows +0 rows +FAILED");
        assertThat(ended.lastError())
                .startsWith("tiktok-rec: 1 of 22 checks of " + SECOND + " failed: scores outside 0 to 1: " + wrong
                        + " rows (allowed: 0 rows). The lists stay as they are");
        assertThat(tables.files()).isEqualTo(files);
        Row record = tables.lastRun();
        assertThat(record.<String>getAs(Runs.COMMAND)).isEqualTo("check");
        assertThat(record.<String>getAs(Users.STATUS)).isEqualTo("failed");
        assertThat("tiktok-rec: " + record.<String>getAs(Runs.ERROR)).isEqualTo(ended.lastError());
        assertThat(record.<String, Long>getJavaMap(record.fieldIndex(Runs.COUNTS)))
                .containsEntry("checks_failed", 1L)
                .containsEntry("check_scores_outside_0_to_1", wrong)
                .containsEntry("check_rows", rows(SECOND));
    }

    @Test
    @Order(6)
    void aDateWithoutANightFailsItsCheckWithAMessage() {
        Ended ended = run(SECOND.plusDays(30), "check");

        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(ended.lastError()).contains("finished run: none that recommended for this date");
        assertThat(ended.err()).doesNotContain("\tat ");
        assertThat(done(SECOND, "profile", "--all", "--if-due"))
                .as("no newer night")
                .doesNotContain("not due");
    }
}
