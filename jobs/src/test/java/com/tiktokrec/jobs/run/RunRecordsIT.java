package com.tiktokrec.jobs.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.StoredTables;
import com.tiktokrec.jobs.run.RunSession.Coverage;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run at a time writes a warehouse and date, and each leaves its record. Tests share a warehouse and differ in dates. */
class RunRecordsIT {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final Duration TAKEOVER_AFTER = Duration.ofMinutes(10);

    @TempDir
    private static Path folder;

    private static String location;

    @BeforeAll
    static void newWarehouse() {
        location = folder.resolve("warehouse").toString();
        seenBy("the-first-of-all").create(List.of(Runs.TABLE));
    }

    private static Warehouse seenBy(String run) {
        return new Warehouse(SharedSpark.session(), location, run, NOW);
    }

    private static RunRecords records(String run, Instant now) {
        return new RunRecords(seenBy(run), Clock.fixed(now, ZoneOffset.UTC), TAKEOVER_AFTER);
    }

    private static Dataset<Row> record(String run, LocalDate date, Instant now) {
        Map<String, Object> values = Map.of(
                Table.RUN_ID,
                run,
                Runs.COMMAND,
                "pipeline",
                SearchQueries.RUN_DATE,
                Date.valueOf(date),
                Runs.STARTED_AT,
                Timestamp.from(now),
                Runs.HEARTBEAT_AT,
                Timestamp.from(now),
                Users.STATUS,
                RunRecords.RUNNING);
        Object[] row =
                Arrays.stream(Runs.TABLE.schema().fieldNames()).map(values::get).toArray();
        return SharedSpark.session().createDataFrame(List.of(RowFactory.create(row)), Runs.TABLE.schema());
    }

    private static void claim(String run, LocalDate date, Instant now) {
        records(run, now).claim(record(run, date, now), date);
    }

    private static Row stored(String run) {
        return new StoredTables(Path.of(location))
                .rows(Runs.TABLE, col(Table.RUN_ID).equalTo(run))
                .first();
    }

    private static String status(String run) {
        return stored(run).getAs(Users.STATUS);
    }

    @Test
    void aSecondRunOfTheSameDateEndsNamingTheFirst() {
        LocalDate date = LocalDate.of(2026, 1, 1);
        claim("one", date, NOW);

        assertThatThrownBy(() -> claim("two", date, NOW.plusSeconds(60)))
                .hasMessageContaining("run one (pipeline, started " + NOW + ")")
                .hasMessageContaining(location)
                .hasMessageContaining("2026-01-01")
                .hasMessageContaining("Wait for it")
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.FAILED);
        assertThat(status("one")).isEqualTo(RunRecords.RUNNING);
        assertThat(seenBy("any")
                        .read(Runs.TABLE)
                        .where(col(Table.RUN_ID).equalTo("two"))
                        .count())
                .as("records of the run that did not start")
                .isZero();
    }

    @Test
    void runsOfOtherDatesMayRunAtOnceAndARunThatEndedIsInNobodysWay() {
        claim("monday", LocalDate.of(2026, 2, 2), NOW);
        claim("tuesday", LocalDate.of(2026, 2, 3), NOW);
        assertThat(status("monday")).isEqualTo(RunRecords.RUNNING);
        assertThat(status("tuesday")).isEqualTo(RunRecords.RUNNING);

        records("monday", NOW).update(Map.of(Users.STATUS, lit(RunRecords.FAILED)));
        claim("monday again", LocalDate.of(2026, 2, 2), NOW);

        assertThat(status("monday")).isEqualTo(RunRecords.FAILED);
        assertThat(status("monday again")).isEqualTo(RunRecords.RUNNING);
    }

    @Test
    void aRunWithoutAHeartbeatForTenMinutesIsTakenOver() {
        LocalDate date = LocalDate.of(2026, 3, 1);
        claim("silent", date, NOW);
        Instant heard = NOW.plus(Duration.ofMinutes(30));
        records("silent", heard).heartbeat();

        assertThatThrownBy(() -> claim("early", date, heard.plus(Duration.ofMinutes(10))))
                .hasMessageContaining("run silent")
                .hasMessageContaining(heard.toString());
        claim("late", date, heard.plus(Duration.ofMinutes(10)).plusMillis(1));

        assertThat(status("silent")).isEqualTo(RunRecords.ABANDONED);
        assertThat(status("late")).isEqualTo(RunRecords.RUNNING);
        assertThat(stored("silent")
                        .getTimestamp(stored("silent").fieldIndex(Runs.HEARTBEAT_AT))
                        .toInstant())
                .isEqualTo(heard);
    }

    @Test
    void ofTwoClaimsAtOnceExactlyOneWins() throws Exception {
        LocalDate date = LocalDate.of(2026, 4, 1);
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<String>> claims =
                    List.of(claiming("left", date, together), claiming("right", date, together));
            List<String> won = new ArrayList<>();
            for (Future<String> claim : threads.invokeAll(claims)) {
                won.add(claim.get());
            }

            assertThat(won).filteredOn(answer -> answer.equals("won")).hasSize(1);
            assertThat(won)
                    .filteredOn(answer -> !answer.equals("won"))
                    .singleElement()
                    .asString()
                    .matches("(?s).*(run (left|right) \\(|another run claimed).*");
        } finally {
            threads.shutdownNow();
        }
        assertThat(seenBy("any")
                        .read(Runs.TABLE)
                        .where(col(SearchQueries.RUN_DATE).equalTo(Date.valueOf(date)))
                        .count())
                .isEqualTo(1);
    }

    private static Callable<String> claiming(String run, LocalDate date, CyclicBarrier together) {
        return () -> {
            together.await();
            try {
                claim(run, date, NOW);
                return "won";
            } catch (RunFailure e) {
                return e.getMessage();
            }
        };
    }

    private static RunSession session(LocalDate date) {
        return new RunSession(
                "profile",
                date,
                Settings.load(Optional.empty(), Map.of("pipeline.max-degraded-ratio", "0.5"), Map.of()),
                location,
                Optional.empty(),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void aRunIsRecordedFromItsStartToItsEnd() {
        LocalDate date = LocalDate.of(2030, 5, 1);
        RunSession session = session(date);

        RunSession.Ended<String> ended = session.run(
                false,
                run -> {
                    // While it runs: claimed, with what is known from the start.
                    Row running = stored(run.id());
                    assertThat(running.<String>getAs(Users.STATUS)).isEqualTo(RunRecords.RUNNING);
                    assertThat(running.<String>getAs(Runs.CONFIG_HASH))
                            .isEqualTo(session.settings().hash());
                    assertThat(running.isNullAt(running.fieldIndex(Runs.FINISHED_AT)))
                            .isTrue();
                    assertThatThrownBy(() -> claim("intruder", date, NOW)).hasMessageContaining(run.id());
                    run.ledger().count("things", 2);
                    run.ledger().count("things", 3);
                    run.ledger().fallback("a_fallback", 4);
                    run.ledger().fallback("none", 0);
                    return run.id();
                },
                id -> new Coverage(10, 5));

        Row row = stored(ended.result());
        assertThat(ended.degraded()).isFalse();
        assertThat(ended.result()).startsWith("2030-05-01-profile-");
        assertThat(row.<String>getAs(Users.STATUS)).isEqualTo(RunRecords.DONE);
        assertThat(row.<String>getAs(Runs.COMMAND)).isEqualTo("profile");
        assertThat(row.<Date>getAs(SearchQueries.RUN_DATE)).isEqualTo(Date.valueOf(date));
        assertThat(row.<Timestamp>getAs(Runs.STARTED_AT).toInstant()).isEqualTo(NOW);
        assertThat(row.<Timestamp>getAs(Runs.FINISHED_AT).toInstant()).isEqualTo(NOW);
        assertThat(row.<String>getAs(Runs.CODE_VERSION)).isEqualTo(CodeVersion.current());
        assertThat(row.<String>getAs(Runs.ERROR)).isNull();
        assertThat(row.<Long>getAs(Runs.MODEL_CALLS)).isZero();
        assertThat(row.<Double>getAs(Runs.COST_USD)).isZero();
        assertThat(row.<String>getList(row.fieldIndex(Recommendations.DEGRADED)))
                .containsExactly("a_fallback");
        assertThat(row.<String, Long>getJavaMap(row.fieldIndex(Runs.COUNTS)))
                .isEqualTo(Map.of("things", 5L, "fallback_a_fallback", 4L));
        assertThat(row.<String, Long>getJavaMap(row.fieldIndex(Runs.TABLE_VERSIONS)))
                .containsOnlyKeys(RunSession.TABLES.stream().map(Table::name).toList())
                .isEqualTo(seenBy("any").versions(RunSession.TABLES));
        assertThat(Path.of(location, "_staging", ended.result())).doesNotExist();
    }

    @Test
    void aRunThatFailsIsRecordedWithItsErrorAndLeavesTheDateFree() {
        LocalDate date = LocalDate.of(2030, 6, 1);

        assertThatThrownBy(() -> session(date)
                        .run(
                                false,
                                run -> {
                                    run.ledger().count("things", 1);
                                    throw RunFailure.input("the sky is 'green'\nmend it");
                                },
                                result -> new Coverage(0, 0)))
                .hasMessageContaining("the sky is");

        Row row = new StoredTables(Path.of(location))
                .rows(Runs.TABLE, col(SearchQueries.RUN_DATE).equalTo(Date.valueOf(date)))
                .first();
        assertThat(row.<String>getAs(Users.STATUS)).isEqualTo(RunRecords.FAILED);
        assertThat(row.<String>getAs(Runs.ERROR)).isEqualTo("the sky is 'green'\nmend it");
        assertThat(row.<Timestamp>getAs(Runs.FINISHED_AT).toInstant()).isEqualTo(NOW);
        assertThat(row.<String, Long>getJavaMap(row.fieldIndex(Runs.COUNTS))).isEqualTo(Map.of("things", 1L));
        claim("the next", date, NOW);
        assertThat(status("the next")).isEqualTo(RunRecords.RUNNING);
    }

    /** Its date is the newest of this class, so that it does not matter which test comes first. */
    @Test
    void tooManyFallbacksMakeARunDegradedAndAnOlderDateABackfill() {
        RunSession.Ended<Boolean> ended =
                session(LocalDate.of(2036, 1, 1)).run(false, run -> run.backfill(), backfill -> new Coverage(10, 6));
        assertThat(ended.degraded()).isTrue();
        assertThat(ended.result()).as("the newest date is no backfill").isFalse();

        assertThat(session(LocalDate.of(2025, 1, 1))
                        .run(false, run -> run.backfill(), backfill -> new Coverage(0, 0))
                        .result())
                .isTrue();
        assertThat(session(LocalDate.of(2036, 1, 1))
                        .run(false, run -> run.backfill(), backfill -> new Coverage(0, 0))
                        .result())
                .as("the same date again is none")
                .isFalse();
    }

    @Test
    void whatARunWritesBearsItsId() {
        RunSession.Ended<String> ended = session(LocalDate.of(2032, 1, 1))
                .run(
                        false,
                        run -> {
                            run.warehouse()
                                    .upsert(
                                            UserTags.TABLE,
                                            run.spark()
                                                    .sql("SELECT 'ann' AS " + Users.USERNAME
                                                            + ", 'cats' AS tag, 0.5 AS affinity"));
                            return run.id();
                        },
                        id -> new Coverage(1, 0));

        Row row = new StoredTables(Path.of(location)).of("ann", UserTags.TABLE).first();
        assertThat(row.<String>getAs(Table.RUN_ID)).isEqualTo(ended.result());
        assertThat(row.<Timestamp>getAs(Table.WRITTEN_AT).toInstant()).isEqualTo(NOW);
        assertThat(Videos.TABLE.schema().fieldNames()).contains(Table.RUN_ID, Table.WRITTEN_AT);
    }
}
