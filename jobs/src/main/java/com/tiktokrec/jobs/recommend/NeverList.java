package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.run.Run;
import java.sql.Date;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What may never be recommended to a user: their own videos, what they posted, reposted or liked, what they just got. */
final class NeverList {

    /** Ordinals of the documents that a user must not get. */
    static final String NEVER = "never";

    private static final String[] BY_VIDEO = {Videos.VIDEO_ID};

    private NeverList() {}

    /** One row for each user that has such documents: username and {@link #NEVER}. */
    static Dataset<Row> of(Run run, Dataset<Row> users, Dataset<Row> documents) {
        Dataset<Row> ordinals = documents.select(Videos.VIDEO_ID, Corpus.ORDINAL);
        Dataset<Row> seen =
                run.warehouse().read(UserVideos.TABLE).join(ordinals, BY_VIDEO).select(Users.USERNAME, Corpus.ORDINAL);
        Dataset<Row> ownByName = documents.select(col(Videos.AUTHOR).as(Users.USERNAME), col(Corpus.ORDINAL));
        Dataset<Row> ownById = documents
                .select(col(Videos.AUTHOR_ID).as(Users.USER_ID), col(Corpus.ORDINAL))
                .join(users.select(Users.USERNAME, Users.USER_ID), new String[] {Users.USER_ID})
                .select(Users.USERNAME, Corpus.ORDINAL);
        Dataset<Row> never = seen.union(ownByName).union(ownById);
        int nights = run.settings().pipeline().serveMemoryNights();
        if (nights > 0) {
            never = never.union(
                    servedLately(run, nights).join(ordinals, BY_VIDEO).select(Users.USERNAME, Corpus.ORDINAL));
        }
        return never.join(users.select(Users.USERNAME), new String[] {Users.USERNAME}, "left_semi")
                .groupBy(Users.USERNAME)
                .agg(collect_set(Corpus.ORDINAL).as(NEVER));
    }

    private static Dataset<Row> servedLately(Run run, int nights) {
        Column tonight = lit(Date.valueOf(run.date()));
        return run.warehouse()
                .read(Recommendations.TABLE)
                .where(col(SearchQueries.RUN_DATE).lt(tonight))
                .where(col(SearchQueries.RUN_DATE).geq(date_sub(tonight, nights)));
    }
}
