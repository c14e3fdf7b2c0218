package com.tiktokrec.jobs.check;

import static com.tiktokrec.common.tables.Recommendations.BASE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.ENGAGEMENT_SCORE;
import static com.tiktokrec.common.tables.Recommendations.RELEVANCE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.SCORE;
import static com.tiktokrec.common.tables.Recommendations.VIRALITY_SCORE;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.config.Ranking;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Words;
import com.tiktokrec.jobs.run.Run;
import java.sql.Date;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What no row of a night may be: a score out of its range, or what may never be recommended to a user.
 *
 * <p>This is the control of how lists are made: it shares no code with it, and looks at the tables alone.
 */
final class RowFaults {

    private static final double TOLERANCE = 1e-9;
    private static final String LIST = "list";
    private static final String VIDEO = "video";
    private static final String USER = "user";
    private static final String FOUND = "found";
    private static final String SEEN = "seen";
    private static final String SERVED = "served";
    private static final String[] BY_USER_AND_VIDEO = {Users.USERNAME, Videos.VIDEO_ID};

    private RowFaults() {}

    /** By fault, how many rows have it. */
    static Map<String, Long> of(Run run, Dataset<Row> tonight) {
        Map<String, Column> faults = new LinkedHashMap<>(scores(run));
        faults.putAll(never(run.settings().ranking(), known(VIDEO)));
        Column[] counts = faults.values().stream()
                .map(fault -> coalesce(sum(when(coalesce(fault, lit(false)), 1L).otherwise(0L)), lit(0L)))
                .toArray(Column[]::new);
        Row counted = withWhatIsKnown(run, tonight).select(counts).head();
        Map<String, Long> rows = new LinkedHashMap<>();
        faults.keySet().forEach(name -> rows.put(name, counted.getLong(rows.size())));
        return rows;
    }

    /** The night's rows, each with its video, its user, and whether the user saw the video or got it lately. */
    private static Dataset<Row> withWhatIsKnown(Run run, Dataset<Row> tonight) {
        Dataset<Row> videos = run.warehouse().read(Videos.TABLE).as(VIDEO);
        Dataset<Row> users = run.warehouse().read(Users.TABLE).as(USER);
        Dataset<Row> seen = known(run.warehouse().read(UserVideos.TABLE), tonight, SEEN);
        Dataset<Row> served = known(servedLately(run), tonight, SERVED);
        return tonight.join(seen, BY_USER_AND_VIDEO, "left")
                .join(served, BY_USER_AND_VIDEO, "left")
                .as(LIST)
                .join(videos, of(LIST, Videos.VIDEO_ID).equalTo(of(VIDEO, Videos.VIDEO_ID)), "left")
                .join(users, of(LIST, Users.USERNAME).equalTo(of(USER, Users.USERNAME)), "left");
    }

    /** Tonight's pairs of user and video that these rows have, known when the user's list was made. */
    private static Dataset<Row> known(Dataset<Row> rows, Dataset<Row> tonight, String flag) {
        Dataset<Row> lists = tonight.select(Users.USERNAME, Videos.VIDEO_ID, Table.WRITTEN_AT);
        Column samePair = Arrays.stream(BY_USER_AND_VIDEO)
                .map(column -> of(FOUND, column).equalTo(of(LIST, column)))
                .reduce(Column::and)
                .orElseThrow();
        // First the few that tonight is about: the tables hold every pair of all time.
        return rows.as(FOUND)
                .join(lists.as(LIST), samePair.and(known(FOUND)), "left_semi")
                .select(Users.USERNAME, Videos.VIDEO_ID)
                .distinct()
                .withColumn(flag, lit(true));
    }

    private static Dataset<Row> servedLately(Run run) {
        Column tonight = lit(Date.valueOf(run.date()));
        return run.warehouse()
                .read(Recommendations.TABLE)
                .where(col(SearchQueries.RUN_DATE)
                        .geq(date_sub(tonight, run.settings().pipeline().serveMemoryNights())))
                .where(col(SearchQueries.RUN_DATE).lt(tonight));
    }

    /**
     * Whether a row stands as it did when the list was made: what a later run found out is no fault of the list. Each
     * list is its own run's, as a later run for some users leaves the others' lists as they are.
     */
    private static Column known(String alias) {
        return of(alias, Table.WRITTEN_AT).leq(of(LIST, Table.WRITTEN_AT));
    }

    private static Column of(String alias, String column) {
        return col(alias + "." + column);
    }

    private static Map<String, Column> scores(Run run) {
        Ranking weights = run.settings().ranking();
        Column outOfRange = Arrays.stream(Recommendations.SCHEMA.fields())
                .filter(field -> field.dataType().equals(DataTypes.DoubleType))
                // NaN is greater than any number here, and so out of range.
                .map(field -> not(coalesce(of(LIST, field.name()).between(0, 1), lit(false))))
                .reduce(Column::or)
                .orElseThrow();
        Column weighted = of(LIST, VIRALITY_SCORE)
                .multiply(weights.viralityWeight())
                .plus(of(LIST, RELEVANCE_SCORE).multiply(weights.relevanceWeight()))
                .plus(of(LIST, ENGAGEMENT_SCORE).multiply(weights.engagementWeight()));
        Map<String, Column> faults = new LinkedHashMap<>();
        faults.put("scores outside 0 to 1", outOfRange);
        faults.put(
                "base scores other than their parts",
                abs(of(LIST, BASE_SCORE).minus(weighted)).gt(TOLERANCE));
        faults.put(
                "base scores below the minimum",
                of(LIST, BASE_SCORE).lt(run.settings().pipeline().minVideoScore()));
        faults.put("scores above the base score", of(LIST, SCORE).gt(of(LIST, BASE_SCORE)));
        return faults;
    }

    private static Map<String, Column> never(Ranking ranking, Column videoKnown) {
        Column ownByName = isUser(of(LIST, Videos.AUTHOR)).or(videoKnown.and(isUser(of(VIDEO, Videos.AUTHOR))));
        Column ownById = videoKnown.and(of(VIDEO, Videos.AUTHOR_ID).equalTo(of(USER, Users.USER_ID)));
        Map<String, Column> faults = new LinkedHashMap<>();
        faults.put("videos of their own", either(ownByName, ownById));
        faults.put("videos posted, reposted or liked", of(LIST, SEEN));
        faults.put(
                "videos unknown or without author",
                either(
                        of(VIDEO, Videos.VIDEO_ID).isNull(),
                        missing(of(LIST, Videos.VIDEO_ID)),
                        missing(of(LIST, Videos.AUTHOR)),
                        videoKnown.and(missing(of(VIDEO, Videos.AUTHOR)))));
        faults.put("videos that are gone", videoKnown.and(of(VIDEO, Videos.GONE)));
        faults.put(
                "videos of blocked authors",
                either(
                        isBlocked(ranking, of(LIST, Videos.AUTHOR)),
                        videoKnown.and(isBlocked(ranking, of(VIDEO, Videos.AUTHOR)))));
        faults.put(
                "videos with blocked hashtags",
                either(
                        hasBlocked(ranking, of(LIST, Videos.HASHTAGS)),
                        videoKnown.and(hasBlocked(ranking, of(VIDEO, Videos.HASHTAGS)))));
        faults.put("videos served lately", of(LIST, SERVED));
        return faults;
    }

    /** Whether any holds; what cannot be told does not. */
    private static Column either(Column... conditions) {
        return Arrays.stream(conditions)
                .map(condition -> coalesce(condition, lit(false)))
                .reduce(Column::or)
                .orElseThrow();
    }

    private static Column isUser(Column author) {
        return lower(author).equalTo(of(LIST, Users.USERNAME));
    }

    private static Column missing(Column text) {
        return text.isNull().or(trim(text).equalTo(""));
    }

    private static Column isBlocked(Ranking ranking, Column author) {
        List<String> names = ranking.blockedAuthors().stream()
                .map(name -> name.replaceFirst("^@", "").toLowerCase(Locale.ROOT))
                .toList();
        return lower(author).isin(names.toArray());
    }

    private static Column hasBlocked(Ranking ranking, Column hashtags) {
        String[] blocked =
                ranking.blockedHashtags().stream().map(Words::hashtag).toArray(String[]::new);
        return blocked.length == 0 ? lit(false) : arrays_overlap(hashtags, lit(blocked));
    }
}
