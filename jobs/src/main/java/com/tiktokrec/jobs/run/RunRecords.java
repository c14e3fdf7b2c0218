package com.tiktokrec.jobs.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.try_element_at;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Warehouse;
import io.delta.tables.DeltaTable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of runs, by which one run at a time writes a warehouse and date. */
public final class RunRecords {

    /** Values of {@code runs.status}: a run that is done or degraded is finished. */
    public static final String DONE = "done";

    public static final String DEGRADED = "degraded";
    public static final String FAILED = "failed";
    static final String RUNNING = "running";
    static final String ABANDONED = "abandoned";

    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);
    private static final int CONFLICTS = 10;

    /** Another run took this one's place. */
    static final class TakenOver extends RunFailure {

        private static final long serialVersionUID = 1L;

        TakenOver(String message) {
            super(ExitCode.FAILED, message, null);
        }
    }

    private final Warehouse warehouse;
    private final Clock clock;
    private final Duration takeoverAfter;

    /** @param takeoverAfter for how long a run may give no sign of life before it counts as gone */
    RunRecords(Warehouse warehouse, Clock clock, Duration takeoverAfter) {
        this.warehouse = warehouse;
        this.clock = clock;
        this.takeoverAfter = takeoverAfter;
    }

    /**
     * Claims the warehouse and date for a run.
     *
     * @return date of the newest finished run that was due, if any: one that did nothing makes no night older
     * @throws RunFailure where another run holds them
     */
    Optional<LocalDate> claim(Dataset<Row> record, LocalDate date) {
        warehouse.create(List.of(Runs.TABLE));
        AtomicReference<Date> newestFinished = new AtomicReference<>();
        // Of two claims at once one conflicts, and looks again.
        settled(() -> warehouse.appendUnlessChanged(Runs.TABLE, () -> {
            Row earlier = earlier(date);
            takeOver(earlier.getList(0), date);
            newestFinished.set(earlier.getDate(1));
            return Optional.of(record);
        }));
        return Optional.ofNullable(newestFinished.get()).map(Date::toLocalDate);
    }

    /** The runs that hold a date, and the newest date of a finished run that was due: a look, as each costs a job or two. */
    private Row earlier(LocalDate date) {
        Column holdsDate = col(SearchQueries.RUN_DATE)
                .equalTo(lit(Date.valueOf(date)))
                .and(col(Users.STATUS).equalTo(RUNNING));
        Column finished = col(Users.STATUS)
                .isin(DONE, DEGRADED)
                .and(try_element_at(col(Runs.COUNTS), lit(RunLedger.NOT_DUE)).isNull());
        return warehouse
                .read(Runs.TABLE)
                .agg(
                        collect_list(when(
                                holdsDate, struct(Table.RUN_ID, Runs.COMMAND, Runs.STARTED_AT, Runs.HEARTBEAT_AT))),
                        max(when(finished, col(SearchQueries.RUN_DATE))))
                .head();
    }

    private void takeOver(List<Row> running, LocalDate date) {
        Instant heardSince = clock.instant().minus(takeoverAfter);
        for (Row run : running) {
            if (!run.getTimestamp(3).toInstant().isBefore(heardSince)) {
                throw RunFailure.failed("run " + run.getString(0) + " (" + run.getString(1) + ", started "
                        + run.getTimestamp(2).toInstant() + ") is writing " + warehouse.location() + " for " + date
                        + ". Wait for it; if its process is gone, it is taken over after pipeline.takeover-after ("
                        + takeoverAfter.toSeconds() + " s) without a sign of life; the last was at "
                        + run.getTimestamp(3).toInstant() + ".");
            }
            LOG.warn("Run {} gave no sign of life since {}: marked abandoned", run.getString(0), run.getTimestamp(3));
            runs().update(
                            col(Table.RUN_ID)
                                    .equalTo(run.getString(0))
                                    .and(col(Users.STATUS).equalTo(RUNNING)),
                            Map.of(Users.STATUS, lit(ABANDONED)));
        }
    }

    void heartbeat() {
        update(Map.of(Runs.HEARTBEAT_AT, lit(Timestamp.from(clock.instant()))));
    }

    /**
     * Changes columns of this run's record.
     *
     * @throws TakenOver where another run took this one's place: its record stays as that one left it
     */
    void update(Map<String, Column> values) {
        Column mine = col(Table.RUN_ID).equalTo(warehouse.runId());
        settled(() -> runs().update(mine.and(col(Users.STATUS).equalTo(RUNNING)), values));
        boolean taken = !warehouse
                .read(Runs.TABLE)
                .where(mine.and(col(Users.STATUS).equalTo(ABANDONED)))
                .isEmpty();
        if (taken) {
            throw new TakenOver("run " + warehouse.runId() + " gave no sign of life for pipeline.takeover-after ("
                    + takeoverAfter.toSeconds() + " s), and another run took its place in " + warehouse.location()
                    + ". This one stops. Look at what kept its heartbeats (Spark's UI shows them), or raise the key.");
        }
    }

    private DeltaTable runs() {
        return DeltaTable.forPath(warehouse.spark(), warehouse.path(Runs.TABLE));
    }

    private static void settled(Runnable change) {
        Warehouse.settled(
                CONFLICTS,
                "the runs table was changed by others " + CONFLICTS + " times in a row. Start again later.",
                change);
    }
}
