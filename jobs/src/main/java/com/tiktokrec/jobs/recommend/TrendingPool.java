package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.run.Run;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Trending videos, for users without tags: the trends of the last seven days, filled up with the most viral videos. */
final class TrendingPool {

    static final String TRENDING = "trending";

    private static final int SIZE = 200;
    private static final Duration FRESH = Duration.ofDays(7);

    private TrendingPool() {}

    /** Ordinals of at most 200 documents that may be served. */
    static List<Long> ordinals(Run run, Dataset<Row> documents) {
        Dataset<Row> trends = run.warehouse()
                .read(SearchResults.TABLE)
                .where(col(SearchResults.SOURCE).equalTo(TRENDING))
                .where(col(SearchResults.FETCHED_AT)
                        .geq(lit(Timestamp.from(run.time().minus(FRESH)))))
                .where(col(SearchResults.FETCHED_AT).leq(lit(Timestamp.from(run.time()))))
                .groupBy(Videos.VIDEO_ID)
                .agg(
                        max(SearchResults.FETCHED_AT).as(SearchResults.FETCHED_AT),
                        min(UserVideos.POSITION).as(UserVideos.POSITION));
        return documents
                .where(not(col(Corpus.BARRED)))
                .join(trends, new String[] {Videos.VIDEO_ID}, "left")
                .transform(Features.virality(run.time()))
                .orderBy(
                        col(SearchResults.FETCHED_AT).desc_nulls_last(),
                        col(UserVideos.POSITION).asc_nulls_last(),
                        col(Recommendations.VIRALITY_SCORE).desc(),
                        Corpus.idOrder(col(Videos.VIDEO_ID)))
                .limit(SIZE)
                .select(Corpus.ORDINAL)
                .as(Encoders.LONG())
                .collectAsList();
    }
}
