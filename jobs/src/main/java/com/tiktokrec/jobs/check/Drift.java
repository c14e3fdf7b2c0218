package com.tiktokrec.jobs.check;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.config.Checks;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.run.Run;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A night beside the earlier one that it is measured against, if there is one. */
record Drift(Optional<LocalDate> measure, Figures tonight, Figures before) {

    /** A night in figures: users with a list, rows, their mean score, and how many of them are degraded. */
    record Figures(long users, long rows, double meanScore, long degraded) {

        static final Figures NONE = new Figures(0, 0, 0, 0);

        double degradedShare() {
            return rows == 0 ? 0 : (double) degraded / rows;
        }
    }

    private static final double MILLION = 1e6;

    static Drift of(Run run, Optional<LocalDate> measure) {
        Object[] dates = Stream.concat(Stream.of(run.date()), measure.stream())
                .map(Date::valueOf)
                .toArray();
        Map<LocalDate, Figures> figures = run
                .warehouse()
                .read(Recommendations.TABLE)
                .where(col(SearchQueries.RUN_DATE).isin(dates))
                .groupBy(SearchQueries.RUN_DATE)
                .agg(
                        countDistinct(Users.USERNAME),
                        count(lit(1)),
                        avg(Recommendations.SCORE),
                        sum(when(size(col(Recommendations.DEGRADED)).gt(0), 1L).otherwise(0L)))
                .collectAsList()
                .stream()
                .collect(Collectors.toMap(
                        row -> row.getDate(0).toLocalDate(),
                        row -> new Figures(
                                row.getLong(1),
                                row.getLong(2),
                                row.isNullAt(3) ? 0 : row.getDouble(3),
                                row.getLong(4))));
        return new Drift(
                measure,
                figures.getOrDefault(run.date(), Figures.NONE),
                measure.map(date -> figures.getOrDefault(date, Figures.NONE)).orElse(Figures.NONE));
    }

    List<Check> checks(Checks limits) {
        return List.of(
                lost("change of users with a list", tonight.users, before.users, limits.maxUsersLost(), limits),
                lost("change of rows", tonight.rows, before.rows, limits.maxRowsLost(), limits),
                check(
                        "change of the mean score",
                        "%.3f".formatted(tonight.meanScore),
                        "%.3f".formatted(before.meanScore),
                        "%.3f up or down".formatted(limits.maxScoreChange()),
                        // A night without rows has no mean; that it has none is another check's.
                        tonight.rows == 0 || Math.abs(tonight.meanScore - before.meanScore) <= limits.maxScoreChange(),
                        limits),
                check(
                        "change of degraded rows",
                        Check.percent(tonight.degradedShare()),
                        Check.percent(before.degradedShare()),
                        Check.percent(limits.maxDegradedRise()) + " of the rows more",
                        tonight.degradedShare() - before.degradedShare() <= limits.maxDegradedRise(),
                        limits));
    }

    private Check lost(String name, long now, long then, double most, Checks limits) {
        return check(
                name,
                "%,d".formatted(now),
                "%,d".formatted(then),
                Check.percent(most) + " fewer",
                now >= then * (1 - most),
                limits);
    }

    private Check check(String name, String now, String then, String allowed, boolean within, Checks limits) {
        if (measure.isEmpty()) {
            return new Check(name, now, "any: no earlier night", true);
        }
        boolean judged = before.users >= limits.minUsers();
        return new Check(
                name,
                String.format(Locale.ROOT, "%s; %s on %s", now, then, measure.get()),
                judged ? allowed : "any, after fewer than " + Check.count(limits.minUsers(), "users"),
                !judged || within);
    }

    /** The figures, for the run's record, whose counts are whole numbers. */
    Map<String, Long> counts() {
        return Map.of(
                "mean_score_millionths", Math.round(tonight.meanScore * MILLION), "degraded_rows", tonight.degraded);
    }
}
