package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.common.text.VideoText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of videos and video_stats. */
final class VideoRows {

    private static final String[] COUNTS = {Videos.PLAYS, Videos.LIKES, Videos.COMMENTS, Videos.SHARES, Videos.SAVES};

    private static final String COUNTED = "counted";
    private static final String TOUCHED = "touched";
    private static final String MISSING_SINCE = "missing_since";

    /** Crawl that found a video gone. */
    private static final String GONE_AT = "gone_at";

    private static final UserDefinedFunction TEXT_HASH = udf(
            (UDF4<String, Seq<String>, String, String, String>)
                    (description, hashtags, musicTitle, author) -> Hashes.sha256(VideoText.of(
                            description,
                            hashtags == null ? List.of() : CollectionConverters.asJava(hashtags),
                            musicTitle,
                            author)),
            DataTypes.StringType);

    private VideoRows() {}

    /** Videos as the landing files show them, a row an item. */
    static Dataset<Row> observed(Dataset<Row> landed) {
        return landed.where(col(Landing.VIDEO).isNotNull())
                .select(
                        col(Landing.VIDEO + ".*"),
                        col(Landing.AT).as(Videos.CRAWLED_AT),
                        col(Landing.AT).as(Videos.LAST_SEEN_AT),
                        lit(false).as(Videos.GONE),
                        Newest.landedOrder());
    }

    /** The stored rows of videos that were seen again, as observations of the time they were last seen. */
    static Dataset<Row> standing(Dataset<Row> videos, Dataset<Row> observed) {
        return asObservations(
                videos.join(observed.select(Videos.VIDEO_ID), new String[] {Videos.VIDEO_ID}, "left_semi"), observed);
    }

    /**
     * The stored rows of videos that were seen again, or whose author's posts were crawled in full, as observations of
     * the time they were last seen.
     */
    static Dataset<Row> standing(Dataset<Row> videos, Dataset<Row> observed, Dataset<Row> completePosts) {
        Dataset<Row> seen = observed.select(Videos.VIDEO_ID).distinct().withColumn(TOUCHED, lit(true));
        Dataset<Row> crawled = completePosts.select(col(Users.USERNAME).as(Videos.AUTHOR), col(Pages.CRAWLS));
        return videos.join(seen, new String[] {Videos.VIDEO_ID}, "left")
                .join(crawled, new String[] {Videos.AUTHOR}, "left")
                .where(col(TOUCHED).or(col(Pages.CRAWLS).isNotNull()))
                .transform(rows -> asObservations(rows, observed));
    }

    private static Dataset<Row> asObservations(Dataset<Row> videos, Dataset<Row> observed) {
        return videos.withColumn(Newest.ORDER, Newest.standingOrder(Videos.LAST_SEEN_AT))
                .select(columns(observed.columns()));
    }

    /** What stood is as gone as it was, unless it was seen since. */
    static Dataset<Row> withGone(Dataset<Row> videos) {
        return videos.withColumn(Videos.GONE, goneBefore());
    }

    private static Column goneBefore() {
        return coalesce(col(Videos.LAST_SEEN_AT).lt(col(GONE_AT)), lit(false));
    }

    /** One row a video: of each column the newest value, the counts together from the newest record that has any. */
    static Dataset<Row> merged(Dataset<Row> observations) {
        Column anyCount = Arrays.stream(COUNTS)
                .map(count -> col(count).isNotNull())
                .reduce(Column::or)
                .orElseThrow();
        List<Column> newest = new ArrayList<>(Newest.values(Landing.VIDEO_SCHEMA, with(COUNTS, Videos.VIDEO_ID))
                .toList());
        newest.add(max_by(struct(columns(COUNTS)), when(anyCount, col(Newest.ORDER)))
                .as(COUNTED));
        newest.add(max(Videos.LAST_SEEN_AT).as(Videos.LAST_SEEN_AT));
        newest.add(max(Videos.CRAWLED_AT).as(Videos.CRAWLED_AT));
        newest.add(max(when(col(Videos.GONE), col(Videos.CRAWLED_AT))).as(GONE_AT));
        return observations
                .groupBy(Videos.VIDEO_ID)
                .agg(newest.get(0), newest.subList(1, newest.size()).toArray(new Column[0]))
                .withColumns(countsOf(COUNTED))
                .drop(COUNTED);
    }

    private static Map<String, Column> countsOf(String struct) {
        return Arrays.stream(COUNTS).collect(Collectors.toMap(count -> count, count -> col(struct + "." + count)));
    }

    /**
     * Marks videos that a later complete crawl of their author's posts covers and lacks: whatever such a crawl shows
     * was seen at its start or after. A crawl that misses a video is the newest news of it: {@code crawled_at} is its
     * time.
     */
    static Dataset<Row> withGone(Dataset<Row> videos, Dataset<Row> completePosts) {
        Dataset<Row> crawls = completePosts.select(col(Users.USERNAME).as(Videos.AUTHOR), col(Pages.CRAWLS));
        Column missing = filter(
                col(Pages.CRAWLS),
                crawl -> crawl.getField(Pages.STARTED_AT)
                        .gt(col(Videos.LAST_SEEN_AT))
                        .and(crawl.getField(Pages.ENDED)
                                .or(coalesce(col(Videos.CREATE_TIME).geq(crawl.getField(Pages.REACHES)), lit(false)))));
        Column since = aggregate(
                missing,
                lit(null).cast(DataTypes.TimestampType),
                (latest, crawl) -> greatest(latest, crawl.getField(Videos.CRAWLED_AT)));
        return videos.join(crawls, new String[] {Videos.AUTHOR}, "left")
                .withColumn(MISSING_SINCE, since)
                .withColumns(Map.of(
                        Videos.GONE,
                        col(MISSING_SINCE).isNotNull().or(goneBefore()),
                        Videos.CRAWLED_AT,
                        greatest(col(Videos.CRAWLED_AT), col(MISSING_SINCE))))
                .drop(Pages.CRAWLS, MISSING_SINCE);
    }

    /** Adds what follows from the merged columns: address and text hash. */
    static Dataset<Row> completed(Dataset<Row> videos) {
        return videos.withColumns(Map.of(
                Videos.URL,
                concat(lit("https://www.tiktok.com/@"), col(Videos.AUTHOR), lit("/video/"), col(Videos.VIDEO_ID)),
                Videos.TEXT_HASH,
                TEXT_HASH.apply(
                        col(Videos.DESCRIPTION), col(Videos.HASHTAGS), col(Videos.MUSIC_TITLE), col(Videos.AUTHOR))));
    }

    /** Counts of each crawl of each video, where it has any. */
    static Dataset<Row> stats(Dataset<Row> observed) {
        Column anyCount = Arrays.stream(COUNTS)
                .map(count -> col(count).isNotNull())
                .reduce(Column::or)
                .orElseThrow();
        return observed.where(anyCount)
                .groupBy(Videos.VIDEO_ID, Videos.CRAWLED_AT)
                .agg(max_by(struct(columns(COUNTS)), col(Newest.ORDER)).as(COUNTED))
                .select(col(Videos.VIDEO_ID), col(Videos.CRAWLED_AT), col(COUNTED + ".*"));
    }

    private static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    private static String[] with(String[] names, String another) {
        String[] all = Arrays.copyOf(names, names.length + 1);
        all[names.length] = another;
        return all;
    }
}
