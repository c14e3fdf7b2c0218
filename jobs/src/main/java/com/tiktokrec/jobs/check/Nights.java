package com.tiktokrec.jobs.check;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.try_element_at;

import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunRecords;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** What the record of runs tells of nights: their newest runs that wrote lists, and how their newest checks ended. */
record Nights(Map<LocalDate, Listing> listings, Map<LocalDate, String> checks) {

    /** A finished run that wrote lists. */
    record Listing(String runId, Timestamp startedAt, boolean degraded) {}

    /** Nights up to the run's date. */
    static Nights of(Run run) {
        TreeMap<LocalDate, Listing> listings = new TreeMap<>();
        TreeMap<LocalDate, String> checks = new TreeMap<>();
        run.warehouse()
                .read(Runs.TABLE)
                .where(col(SearchQueries.RUN_DATE).leq(lit(Date.valueOf(run.date()))))
                .where(col(Users.STATUS).isin(RunRecords.DONE, RunRecords.DEGRADED, RunRecords.FAILED))
                .orderBy(Runs.STARTED_AT, Table.RUN_ID)
                .select(
                        col(SearchQueries.RUN_DATE),
                        col(Table.RUN_ID),
                        col(Runs.STARTED_AT),
                        col(Users.STATUS),
                        col(Runs.COMMAND),
                        try_element_at(col(Runs.COUNTS), lit(RecommendJob.ROWS)).isNotNull())
                .collectAsList()
                .forEach(row -> note(row, listings, checks));
        return new Nights(listings, checks);
    }

    private static void note(Row row, Map<LocalDate, Listing> listings, Map<LocalDate, String> checks) {
        LocalDate date = row.getDate(0).toLocalDate();
        String status = row.getString(3);
        if (row.getString(4).equals(CheckJob.COMMAND)) {
            checks.put(date, status);
        } else if (row.getBoolean(5) && !status.equals(RunRecords.FAILED)) {
            listings.put(date, new Listing(row.getString(1), row.getTimestamp(2), status.equals(RunRecords.DEGRADED)));
        }
    }

    /** The newest finished run that wrote lists for a date. */
    Optional<Listing> listing(LocalDate date) {
        return Optional.ofNullable(listings.get(date));
    }

    /**
     * The newest night before a date that others may be measured against: one that was not degraded and whose check, if
     * there was one, passed. Else a bad night would make the next bad one look normal.
     */
    Optional<LocalDate> measure(LocalDate date) {
        return new TreeMap<>(listings)
                .headMap(date, false).descendingMap().entrySet().stream()
                        .filter(night -> !night.getValue().degraded())
                        .map(Map.Entry::getKey)
                        .filter(night -> !RunRecords.FAILED.equals(checks.get(night)))
                        .findFirst();
    }
}
