package com.tiktokrec.jobs.check;

import static org.apache.spark.sql.functions.coalesce;
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
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What the record of runs tells of nights: the runs that stand for them, and how their newest checks ended.
 *
 * @param listings by date, the newest finished run that wrote lists for all users; where none is told to have done so,
 *     the newest that wrote any
 */
record Nights(Map<LocalDate, Listing> listings, Map<LocalDate, String> checks) {

    /**
     * A finished run that wrote lists.
     *
     * @param users with a list by this run
     * @param countAsked videos a user that it was asked for; empty for a run for named users, or of an older version
     */
    record Listing(String runId, boolean degraded, long users, Optional<Long> countAsked) {}

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
                        col(Users.STATUS),
                        col(Runs.COMMAND),
                        count(RecommendJob.ROWS).isNotNull(),
                        coalesce(count(RecommendJob.USERS_WITH_LIST), lit(0L)),
                        count(RecommendJob.COUNT_ASKED))
                .collectAsList()
                .forEach(row -> note(row, listings, checks));
        return new Nights(listings, checks);
    }

    private static Column count(String name) {
        return try_element_at(col(Runs.COUNTS), lit(name));
    }

    private static void note(Row row, Map<LocalDate, Listing> listings, Map<LocalDate, String> checks) {
        LocalDate date = row.getDate(0).toLocalDate();
        String status = row.getString(2);
        if (row.getString(3).equals(CheckJob.COMMAND)) {
            checks.put(date, status);
        } else if (row.getBoolean(4) && !status.equals(RunRecords.FAILED)) {
            Listing newer = new Listing(
                    row.getString(1),
                    status.equals(RunRecords.DEGRADED),
                    row.getLong(5),
                    row.isNullAt(6) ? Optional.empty() : Optional.of(row.getLong(6)));
            // A run for some users says nothing of the night.
            listings.merge(
                    date,
                    newer,
                    (before, now) ->
                            before.countAsked().isPresent() && now.countAsked().isEmpty() ? before : now);
        }
    }

    /** The run that stands for a date. */
    Optional<Listing> listing(LocalDate date) {
        return Optional.ofNullable(listings.get(date));
    }

    /**
     * The newest night before a date that others may be measured against: one that was not degraded and whose check, if
     * there was one, passed. Else a bad night would make the next bad one look normal.
     *
     * @param leastUsers with a list, below which a night is taken only where no other has as many: a date that has lists
     *     of a few named users alone measures nothing
     */
    Optional<LocalDate> measure(LocalDate date, long leastUsers) {
        List<LocalDate> fit = new TreeMap<>(listings)
                .headMap(date, false).descendingMap().entrySet().stream()
                        .filter(night -> !night.getValue().degraded())
                        .map(Map.Entry::getKey)
                        .filter(night -> !RunRecords.FAILED.equals(checks.get(night)))
                        .toList();
        return fit.stream()
                .filter(night -> listings.get(night).users() >= leastUsers)
                .findFirst()
                .or(() -> fit.stream().findFirst());
    }
}
