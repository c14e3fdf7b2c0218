package com.tiktokrec.jobs.run;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallTotals;
import com.tiktokrec.common.model.ModelClients;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.spark.SparkSessions;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.VideoStats;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run from its claim on the warehouse to its record.
 *
 * @param command as the user gave it
 * @param warehouse where its tables are
 * @param master where to run, empty for what spark-submit says or this machine
 */
public record RunSession(
        String command, LocalDate date, Settings settings, String warehouse, Optional<String> master, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(RunSession.class);
    private static final String STOPPED = "stopped by a signal";

    /** All tables, in the order of the data flow. */
    public static final List<Table> TABLES = List.of(
            Videos.TABLE,
            VideoStats.TABLE,
            Users.TABLE,
            UserVideos.TABLE,
            SearchResults.TABLE,
            IngestedFiles.TABLE,
            Quarantine.TABLE,
            Categories.TABLE,
            UserProfiles.TABLE,
            UserTags.TABLE,
            SearchQueries.TABLE,
            Embeddings.TABLE,
            ModelResponses.TABLE,
            Recommendations.TABLE);

    /** How a run ended, for its record. */
    public record Ended<T>(T result, String status, RunLedger ledger, Duration took) {
        /** Whether too many users took a fallback. */
        public boolean degraded() {
            return status.equals(RunRecords.DEGRADED);
        }
    }

    /** Users handled, and how many of them a fallback touched. */
    public record Coverage(long users, long degradedUsers) {}

    /** The Spark of a command that writes no table, and so claims nothing. */
    public SparkSession openSpark() {
        return SparkSessions.open("tiktok-rec " + command + " " + date, master);
    }

    /**
     * Claims the warehouse, does the work, and records how it ended, also where it fails.
     *
     * @param needsModels whether the work calls models
     * @param coverage of the work's result, from which the run counts as degraded or not
     */
    public <T> Ended<T> run(boolean needsModels, Function<Run, T> work, Function<T, Coverage> coverage) {
        SparkSession spark = openSpark();
        String id = date + "-" + command + "-" + UUID.randomUUID().toString().substring(0, 8);
        RunLabel label = new RunLabel(spark.sparkContext(), id);
        return label.on(
                "claim, prepare and record " + command + " " + date,
                () -> run(spark, label, needsModels, work, coverage));
    }

    private <T> Ended<T> run(
            SparkSession spark,
            RunLabel label,
            boolean needsModels,
            Function<Run, T> work,
            Function<T, Coverage> coverage) {
        Instant started = clock.instant();
        String id = label.runId();
        Warehouse tables = new Warehouse(spark, warehouse, id, started);
        tables.requireWritable();
        Duration takeoverAfter = settings.pipeline().takeoverAfter();
        RunRecords records = new RunRecords(tables, clock, takeoverAfter);
        RunLedger ledger = RunGauges.ledger(id);
        // From before the claim: it is in the table before this thread knows.
        RunEnd end = new RunEnd(() -> recordStop(label, records, ledger));
        boolean backfill;
        try {
            backfill = records.claim(started(spark, id, started), date)
                    .map(date::isBefore)
                    .orElse(false);
        } catch (Throwable e) {
            end.close();
            throw e;
        }
        Heartbeats heartbeats = heartbeats(label, records, takeoverAfter);
        StepProgress progress = new StepProgress(spark, id, ledger);
        try {
            ModelCalls models = needsModels ? ModelSetup.open(settings.models(), tables, clock, ledger) : null;
            tables.create(TABLES);
            Run run = new Run(id, date, clock, spark, tables, settings, models, ledger, backfill);
            LOG.info("Run {} writes {} for {}{}", id, warehouse, date, backfill ? " (backfill)" : "");
            T result = work.apply(run);
            String status = status(coverage.apply(result));
            end.record(() -> records.update(finished(tables, ledger, status, null)));
            return new Ended<>(result, status, ledger, Duration.between(started, clock.instant()));
        } catch (Throwable e) {
            // Spark throws checked exceptions that it does not declare, and a full heap is a failure to record too.
            recordFailure(end, records, tables, ledger, e);
            throw e;
        } finally {
            end.close();
            progress.close();
            heartbeats.close();
            tables.clearStaging();
            ModelClients.close(id);
        }
    }

    /** What the work would buy: reads the tables as they stand, writes and calls nothing. */
    public List<StepEstimate> estimate(Function<Run, List<StepEstimate>> work) {
        Instant started = clock.instant();
        SparkSession spark = SparkSessions.open("tiktok-rec " + command + " " + date + " (estimate)", master);
        String id = date + "-estimate-" + UUID.randomUUID().toString().substring(0, 8);
        Warehouse tables = new Warehouse(spark, warehouse, id, started);
        RunLedger ledger = new RunLedger();
        ModelCalls models = ModelSetup.look(settings.models(), tables, clock, ledger);
        return work.apply(new Run(id, date, clock, spark, tables, settings, models, ledger, false));
    }

    private String status(Coverage coverage) {
        double ratio = coverage.users() == 0 ? 0 : (double) coverage.degradedUsers() / coverage.users();
        return ratio > settings.pipeline().maxDegradedRatio() ? RunRecords.DEGRADED : RunRecords.DONE;
    }

    private Dataset<Row> started(SparkSession spark, String id, Instant started) {
        Timestamp now = Timestamp.from(started);
        Map<String, Object> values = Map.of(
                Table.RUN_ID, id,
                Runs.COMMAND, command,
                SearchQueries.RUN_DATE, Date.valueOf(date),
                Runs.STARTED_AT, now,
                Runs.HEARTBEAT_AT, now,
                Users.STATUS, RunRecords.RUNNING,
                Runs.CONFIG_HASH, settings.hash(),
                Runs.CODE_VERSION, CodeVersion.current(),
                Table.WRITTEN_AT, now);
        Object[] row = new Object[Runs.TABLE.schema().size()];
        for (int column = 0; column < row.length; column++) {
            row[column] = values.get(Runs.TABLE.schema().fieldNames()[column]);
        }
        return spark.createDataFrame(List.of(RowFactory.create(row)), Runs.TABLE.schema());
    }

    private Map<String, Column> finished(Warehouse tables, RunLedger ledger, String status, String error) {
        Map<String, Column> values = ended(tables.runId(), ledger, status, error);
        values.put(Runs.TABLE_VERSIONS, literal(tables.versions(TABLES)));
        return values;
    }

    private Map<String, Column> ended(String runId, RunLedger ledger, String status, String error) {
        Optional<CallDesk> desk = CallDesk.find(runId);
        desk.ifPresent(ledger::noteCalls);
        CallTotals underWay = desk.map(CallDesk::underWay).orElse(CallTotals.NONE);
        Timestamp now = Timestamp.from(clock.instant());
        Map<String, Column> values = new HashMap<>();
        values.put(Users.STATUS, lit(status));
        values.put(Runs.HEARTBEAT_AT, lit(now));
        values.put(Runs.FINISHED_AT, lit(now));
        values.put(Runs.COUNTS, literal(ledger.counts()));
        values.put(Recommendations.DEGRADED, lit(ledger.fallbacks().toArray(new String[0])));
        values.put(Runs.MODEL_CALLS, lit(ledger.modelCalls() + underWay.attempts()));
        values.put(Runs.CACHED_CALLS, lit(ledger.cachedCalls()));
        values.put(Runs.PROMPT_TOKENS, lit(ledger.promptTokens() + underWay.promptTokens()));
        values.put(Runs.COMPLETION_TOKENS, lit(ledger.completionTokens() + underWay.completionTokens()));
        values.put(Runs.COST_USD, lit(ledger.costUsd() + underWay.costUsd()));
        values.put(Runs.ERROR, lit(error).cast("string"));
        return values;
    }

    private static Column literal(Map<String, Long> values) {
        Column[] entries = values.entrySet().stream()
                .flatMap(entry -> Stream.of(lit(entry.getKey()), lit(entry.getValue())))
                .toArray(Column[]::new);
        return map(entries).cast("map<string,bigint>");
    }

    /** On the way out there is little time: the run's jobs make room, and the versions of tables are left out. */
    private void recordStop(RunLabel label, RunRecords records, RunLedger ledger) {
        if (label.spark().isStopped()) {
            LOG.warn("Spark stopped before the run did: its record says running until it is taken over");
            return;
        }
        label.on("record that a signal stopped the run", () -> {
            label.spark().cancelJobGroup(label.runId());
            records.update(ended(label.runId(), ledger, RunRecords.FAILED, STOPPED));
            LOG.warn(
                    "A signal stopped run {}: what it has committed stays, and the next run may start at once",
                    label.runId());
        });
    }

    private void recordFailure(RunEnd end, RunRecords records, Warehouse tables, RunLedger ledger, Throwable failure) {
        try {
            end.record(() -> records.update(finished(tables, ledger, RunRecords.FAILED, failure.getMessage())));
        } catch (Exception e) {
            // Whatever kept it from being recorded, the failure itself is what ends the run.
            LOG.warn("The run's failure could not be recorded in {}: {}", tables.path(Runs.TABLE), e.toString());
        }
    }

    private static Heartbeats heartbeats(RunLabel label, RunRecords records, Duration takeoverAfter) {
        return new Heartbeats(takeoverAfter, () -> {
            // Of two pools each gets its share of the cores; in one a long stage would keep all of them.
            label.spark().setLocalProperty("spark.scheduler.pool", "heartbeats");
            label.on("tell that the run is alive", () -> {
                try {
                    records.heartbeat();
                } catch (RunRecords.TakenOver e) {
                    LOG.error("{}", e.getMessage());
                    label.spark().cancelJobGroupAndFutureJobs(label.runId());
                }
            });
        });
    }
}
