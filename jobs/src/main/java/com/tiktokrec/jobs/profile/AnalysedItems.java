package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.config.Pipeline;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.run.Run;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The activity that a profile is made from: by kind, the newest crawl's items by position, then older crawls'. */
final class AnalysedItems {

    private static final String PLACE = "place";

    private AnalysedItems() {}

    /** Items of users with the columns of their videos, one row a user, kind and video. */
    static Dataset<Row> of(Run run, Dataset<Row> users) {
        Pipeline limits = run.settings().pipeline();
        Column most = when(col(UserVideos.KIND).equalTo(ActivityKind.POST.stored()), lit(limits.maxPostsToAnalyze()))
                .when(col(UserVideos.KIND).equalTo(ActivityKind.REPOST.stored()), lit(limits.maxReposts()))
                .otherwise(lit(limits.maxLikedPosts()));
        Dataset<Row> activity = run.warehouse()
                .read(UserVideos.TABLE)
                .select(
                        col(Users.USERNAME),
                        col(Videos.VIDEO_ID),
                        col(UserVideos.KIND),
                        col(UserVideos.POSITION),
                        col(Videos.CRAWLED_AT).as("seen_at"))
                .join(users.select(Users.USERNAME), new String[] {Users.USERNAME}, "left_semi");
        return activity.withColumn(
                        PLACE,
                        row_number()
                                .over(Window.partitionBy(Users.USERNAME, UserVideos.KIND)
                                        .orderBy(
                                                col("seen_at").desc(),
                                                col(UserVideos.POSITION).asc(),
                                                col(Videos.VIDEO_ID).asc())))
                .where(col(PLACE).leq(most))
                .drop("seen_at", UserVideos.POSITION)
                .join(
                        run.warehouse()
                                .read(Videos.TABLE)
                                .select(
                                        Videos.VIDEO_ID,
                                        Videos.DESCRIPTION,
                                        Videos.HASHTAGS,
                                        Videos.MUSIC_TITLE,
                                        Videos.AUTHOR,
                                        Videos.CREATE_TIME,
                                        Videos.LIKES,
                                        Videos.COMMENTS,
                                        Videos.SHARES,
                                        Videos.TEXT_HASH),
                        new String[] {Videos.VIDEO_ID});
    }
}
