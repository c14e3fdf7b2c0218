package com.tiktokrec.jobs.check;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.config.Checks;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * A night's lists as wholes.
 *
 * @param expected users who should have a list: all profiled, active ones
 * @param withList how many of them have one
 * @param fullLength rows from which on a list counts as full
 * @param full how many of them have a full one
 * @param rows of all lists
 * @param repeated rows whose video stands in the same list before
 * @param wronglyRanked lists whose ranks are not 1, 2, 3 and so on
 * @param misordered rows with a better score than the row ranked before them
 */
record ListForms(
        long expected,
        long withList,
        long fullLength,
        long full,
        long rows,
        long repeated,
        long wronglyRanked,
        long misordered) {

    private static final String BEFORE = "score_before";
    private static final String LENGTH = "list_length";
    private static final String EXPECTED = "expected";
    private static final String REPEATED = "repeated";
    private static final String WRONGLY_RANKED = "wrongly_ranked";
    private static final String MISORDERED = "misordered";

    /**
     * @param countAsked videos a user that the night's run for all users was asked for; empty where no such run is told,
     *     as in records of older versions: then the longest list of the users expected is what counts as full
     */
    static ListForms of(Run run, Dataset<Row> tonight, Optional<Long> countAsked) {
        Dataset<Row> users = UserSelection.all().rows(run).select(col(Users.USERNAME), lit(1).as(EXPECTED));
        List<Row> byLength = lists(tonight)
                .join(users, new String[] {Users.USERNAME}, "left")
                .groupBy(LENGTH)
                .agg(count(lit(1)), count(EXPECTED), sum(REPEATED), sum(WRONGLY_RANKED), sum(MISORDERED))
                .collectAsList();
        long fullLength = countAsked.orElseGet(() -> byLength.stream()
                .filter(row -> row.getLong(2) > 0)
                .mapToLong(row -> row.getLong(0))
                .max()
                .orElse(0));
        return new ListForms(
                users.count(),
                byLength.stream().mapToLong(row -> row.getLong(2)).sum(),
                fullLength,
                byLength.stream()
                        .filter(row -> row.getLong(0) >= fullLength)
                        .mapToLong(row -> row.getLong(2))
                        .sum(),
                byLength.stream()
                        .mapToLong(row -> row.getLong(0) * row.getLong(1))
                        .sum(),
                byLength.stream().mapToLong(row -> row.getLong(3)).sum(),
                byLength.stream().mapToLong(row -> row.getLong(4)).sum(),
                byLength.stream().mapToLong(row -> row.getLong(5)).sum());
    }

    /** One row a list. */
    private static Dataset<Row> lists(Dataset<Row> tonight) {
        Column length = count(lit(1));
        Column ranked = min(UserTags.RANK)
                .equalTo(1)
                .and(max(UserTags.RANK).equalTo(length))
                .and(size(collect_set(UserTags.RANK)).equalTo(length));
        return tonight.withColumn(
                        BEFORE,
                        lag(col(Recommendations.SCORE), 1)
                                .over(Window.partitionBy(Users.USERNAME).orderBy(UserTags.RANK)))
                .groupBy(Users.USERNAME)
                .agg(
                        length.as(LENGTH),
                        length.minus(size(collect_set(Videos.VIDEO_ID))).as(REPEATED),
                        when(coalesce(ranked, lit(false)), 0L).otherwise(1L).as(WRONGLY_RANKED),
                        sum(when(col(Recommendations.SCORE).gt(col(BEFORE)), 1L).otherwise(0L))
                                .as(MISORDERED));
    }

    List<Check> checks(Checks limits) {
        return List.of(
                new Check(
                        "recommendations",
                        Check.count(rows, "rows"),
                        judged(limits) ? "1 row or more" : tooFew(limits),
                        !judged(limits) || rows > 0),
                share("users with a list", withList, "", limits.minUsersWithList(), limits),
                share("full lists", full, " with all " + fullLength, limits.minFullLists(), limits),
                Check.none("the same video twice", repeated, "rows"),
                Check.none("ranks with gaps or repeats", wronglyRanked, "lists"),
                Check.none("better scores behind worse", misordered, "rows"));
    }

    private Check share(String name, long users, String what, double least, Checks limits) {
        double share = expected == 0 ? 1 : (double) users / expected;
        return new Check(
                name,
                String.format(Locale.ROOT, "%s (%,d of %,d users%s)", Check.percent(share), users, expected, what),
                judged(limits) ? Check.percent(least) + " or more" : tooFew(limits),
                !judged(limits) || share >= least);
    }

    private boolean judged(Checks limits) {
        return expected >= limits.minUsers();
    }

    private static String tooFew(Checks limits) {
        return "any, for fewer than " + Check.count(limits.minUsers(), "users");
    }

    /** The figures, for the run's record. */
    Map<String, Long> counts() {
        return Map.of(
                "users_expected", expected,
                "users_with_list", withList,
                "list_length", fullLength,
                "full_lists", full,
                "rows", rows,
                "repeated_videos", repeated,
                "wrongly_ranked_lists", wronglyRanked,
                "misordered_rows", misordered);
    }
}
