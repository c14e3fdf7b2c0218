package com.tiktokrec.jobs.run;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tables.Warehouse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every job of a run works with.
 *
 * @param id unique, in the {@code runs} table and on every row the run writes
 * @param date the run's date: what is scored, is scored as of its end
 * @param backfill whether the run's date lies before the newest finished run's: only that date's recommendations are
 *     written then, from the tables as they stand
 * @param clock the only source of the time of day, for progress and records, never for formulas
 */
public record Run(
        String id,
        LocalDate date,
        Clock clock,
        SparkSession spark,
        Warehouse warehouse,
        Settings settings,
        ModelCalls models,
        RunLedger ledger,
        boolean backfill) {

    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** The run's time: 00:00 UTC of the day after its date. */
    public Instant time() {
        return date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Does a step under a name that Spark's UI and event log show on its jobs. */
    public <T> T step(String description, Supplier<T> work) {
        Instant started = clock.instant();
        ledger.step(description);
        return new RunLabel(spark.sparkContext(), id).on(description, () -> {
            T result = work.get();
            LOG.info(
                    "{}: {} s",
                    description,
                    Duration.between(started, clock.instant()).toMillis() / 1000.0);
            return result;
        });
    }
}
