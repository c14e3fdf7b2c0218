package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lpad;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

/** Rows of user_videos: positions over all pages of a crawl, or, for bare items, by time. */
final class UserVideoRows {

    private static final String NEWEST = "newest";

    private UserVideoRows() {}

    /** Videos on pages of lists, with the page's owner or query and their position in the crawl. */
    static Dataset<Row> onPages(Dataset<Row> landed, Dataset<Row> pagesInCrawls) {
        Dataset<Row> items = landed.where(col(Landing.PLACE).isNotNull())
                .select(
                        col(Quarantine.SOURCE_FILE),
                        col(Quarantine.BYTE_OFFSET),
                        col(Landing.PLACE),
                        col(Landing.VIDEO).getField(Videos.VIDEO_ID).as(Videos.VIDEO_ID));
        return items.join(pagesInCrawls, new String[] {Quarantine.SOURCE_FILE, Quarantine.BYTE_OFFSET})
                .withColumn(
                        UserVideos.POSITION,
                        col(Pages.ITEMS_BEFORE).plus(col(Landing.PLACE)).cast(DataTypes.IntegerType));
    }

    /** What users posted, reposted and liked, as lists of theirs tell. */
    static Dataset<Row> listed(Dataset<Row> onPages) {
        return onPages.where(col(Users.USERNAME).isNotNull())
                .select(Users.USERNAME, Videos.VIDEO_ID, UserVideos.KIND, UserVideos.POSITION, Videos.CRAWLED_AT);
    }

    /** Bare items that are read as posts: their author, with the id that tells him apart, and what orders them. */
    static Dataset<Row> bareItems(Dataset<Row> landed) {
        return landed.where(
                        col(Landing.VIDEO).isNotNull().and(col(Landing.PLACE).isNull()))
                .select(
                        col(Landing.USER).getField(Users.USERNAME).as(Users.USERNAME),
                        col(Landing.USER).getField(Users.USER_ID).as(Users.USER_ID),
                        col(Landing.VIDEO).getField(Videos.VIDEO_ID).as(Videos.VIDEO_ID),
                        col(Landing.VIDEO).getField(Videos.CREATE_TIME).as(Videos.CREATE_TIME),
                        col(Landing.AT),
                        Newest.landedOrder());
    }

    /** Posts from bare items: those of one author and time are one crawl, the newest first, then the larger id. */
    static Dataset<Row> bare(Dataset<Row> bareItems) {
        Column id = col(Videos.VIDEO_ID);
        Column number = id.rlike("^[0-9]{1,38}$");
        return bareItems
                .groupBy(Users.USERNAME, Landing.AT, Videos.VIDEO_ID)
                .agg(Newest.value(Videos.CREATE_TIME))
                .withColumn(
                        UserVideos.POSITION,
                        row_number()
                                .over(Window.partitionBy(Users.USERNAME, Landing.AT)
                                        .orderBy(
                                                col(Videos.CREATE_TIME).desc_nulls_last(),
                                                // Ids that are no numbers come after all that are.
                                                number.asc(),
                                                when(number, lpad(id, 38, "0")).desc_nulls_last(),
                                                id.desc()))
                                .minus(1))
                .select(
                        col(Users.USERNAME),
                        col(Videos.VIDEO_ID),
                        lit(Landing.POST).as(UserVideos.KIND),
                        col(UserVideos.POSITION),
                        col(Landing.AT).as(Videos.CRAWLED_AT));
    }

    /** One row a key: the newest crawl's, and the first position in it. */
    static Dataset<Row> newest(Dataset<Row> rows) {
        return rows.groupBy(Users.USERNAME, Videos.VIDEO_ID, UserVideos.KIND)
                .agg(max_by(
                                struct(col(UserVideos.POSITION), col(Videos.CRAWLED_AT)),
                                struct(col(Videos.CRAWLED_AT), negate(col(UserVideos.POSITION))))
                        .as(NEWEST))
                .select(col(Users.USERNAME), col(Videos.VIDEO_ID), col(UserVideos.KIND), col(NEWEST + ".*"));
    }
}
