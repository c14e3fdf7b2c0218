package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Pages of lists: whose they are, and the crawls that they make up. */
final class Pages {

    /** Number of items on the pages of the crawl before this one. */
    static final String ITEMS_BEFORE = "items_before";

    static final String STARTED_AT = "started_at";

    /** Last item's time: the crawl covers videos from then on. */
    static final String REACHES = "reaches";

    /** Whether the list was read to its end. */
    static final String ENDED = "ended";

    /** An owner's complete crawls, newest first. */
    static final String CRAWLS = "crawls";

    private static final String CRAWL = "crawl";
    private static final String CHAINED = "chained";
    private static final String COMPLETE = "complete";
    private static final String REPEAT = "repeat";
    private static final String KNOWN_NAME = "known_name";

    /** More crawls of one user than a run has; it bounds the aggregate. */
    private static final int MOST_CRAWLS = 16;

    private Pages() {}

    /** Pages with their place in the files, their time and raw record. */
    static Dataset<Row> landed(Dataset<Row> landed) {
        return landed.where(col(Landing.PAGE).isNotNull())
                .select(
                        col(Quarantine.SOURCE_FILE),
                        col(Quarantine.BYTE_OFFSET),
                        col(Quarantine.ITEM),
                        col(Quarantine.LINE),
                        col(Quarantine.RAW),
                        col(Landing.AT),
                        col(Landing.PAGE + ".*"));
    }

    /**
     * Pages whose owner is told by his secUid alone, with his name: from tonight's accounts or the users table, newest
     * first; posts else by their author.
     */
    static Dataset<Row> owned(Dataset<Row> pages, Dataset<Row> accounts, Dataset<Row> users) {
        Dataset<Row> wanted =
                pages.where(col(Users.USERNAME).isNull()).select(Users.SEC_UID).distinct();
        Dataset<Row> names = accounts.select(Users.SEC_UID, Users.USERNAME, Landing.AT)
                .unionByName(users.select(
                        col(Users.SEC_UID),
                        col(Users.USERNAME),
                        col(Videos.CRAWLED_AT).as(Landing.AT)))
                .join(wanted, new String[] {Users.SEC_UID}, "left_semi")
                .groupBy(Users.SEC_UID)
                .agg(max_by(col(Users.USERNAME), struct(col(Landing.AT), col(Users.USERNAME)))
                        .as(KNOWN_NAME));
        Column author = when(col(UserVideos.KIND).equalTo(Landing.POST), col(Landing.FIRST_AUTHOR));
        return pages.join(names, new String[] {Users.SEC_UID}, "left")
                .withColumn(Users.USERNAME, coalesce(col(Users.USERNAME), col(KNOWN_NAME), author))
                .drop(KNOWN_NAME);
    }

    /** Whether a page belongs to a user whom nothing names. */
    static Column isUnowned() {
        return col(Users.USERNAME).isNull().and(col(UserVideos.KIND).isin(Landing.POST, Landing.REPOST, Landing.LIKE));
    }

    /**
     * Pages in their crawls: a list's pages in the order they were fetched, where one without a cursor starts the next
     * crawl. Adds {@link #ITEMS_BEFORE}, {@link Videos#CRAWLED_AT} (the crawl's last page) and what tells whether the
     * crawl is complete. An answer that was landed twice counts once.
     */
    static Dataset<Row> inCrawls(Dataset<Row> pages) {
        WindowSpec repeats = Window.partitionBy(
                        UserVideos.KIND,
                        Users.USERNAME,
                        SearchResults.QUERY,
                        Landing.CURSOR,
                        Landing.AT,
                        Landing.NEXT_CURSOR,
                        Landing.ITEMS,
                        Landing.FIRST_AUTHOR)
                .orderBy(Quarantine.SOURCE_FILE, Quarantine.BYTE_OFFSET);
        WindowSpec list = Window.partitionBy(UserVideos.KIND, Users.USERNAME, SearchResults.QUERY)
                .orderBy(Landing.AT, Quarantine.SOURCE_FILE, Quarantine.BYTE_OFFSET);
        WindowSpec crawl = Window.partitionBy(UserVideos.KIND, Users.USERNAME, SearchResults.QUERY, CRAWL);
        WindowSpec crawlInOrder = crawl.orderBy(Landing.AT, Quarantine.SOURCE_FILE, Quarantine.BYTE_OFFSET);
        Column starts = col(Landing.CURSOR).isNull();
        Column follows = coalesce(
                col(Landing.CURSOR).equalTo(lag(col(Landing.NEXT_CURSOR), 1).over(crawlInOrder)), lit(false));
        return pages.withColumn(REPEAT, row_number().over(repeats))
                .where(col(REPEAT).equalTo(1))
                .drop(REPEAT)
                .withColumn(
                        CRAWL,
                        sum(when(starts, 1).otherwise(0))
                                .over(list.rowsBetween(Window.unboundedPreceding(), Window.currentRow())))
                .withColumn(
                        ITEMS_BEFORE,
                        coalesce(
                                sum(col(Landing.ITEMS)).over(crawlInOrder.rowsBetween(Window.unboundedPreceding(), -1)),
                                lit(0L)))
                .withColumn(
                        CHAINED, starts.or(follows).and(col(Landing.BAD_ITEMS).equalTo(0)))
                .withColumn(Videos.CRAWLED_AT, max(Landing.AT).over(crawl));
    }

    /** Owners of complete posts crawls, with {@link #CRAWLS}: those that start at the front and have no hole. */
    static Dataset<Row> completePosts(Dataset<Row> pagesInCrawls) {
        Column order = struct(col(Landing.AT), col(Quarantine.SOURCE_FILE), col(Quarantine.BYTE_OFFSET));
        return pagesInCrawls
                .where(col(UserVideos.KIND).equalTo(Landing.POST).and(col(CRAWL).gt(0)))
                .groupBy(Users.USERNAME, CRAWL)
                .agg(
                        min(CHAINED).as(COMPLETE),
                        min(Landing.AT).as(STARTED_AT),
                        max(Landing.AT).as(Videos.CRAWLED_AT),
                        coalesce(max_by(col(Landing.HAS_MORE), order).equalTo(false), lit(false))
                                .as(ENDED),
                        max_by(
                                        col(Landing.LAST_CREATE_TIME),
                                        when(col(Landing.ITEMS).gt(0), order))
                                .as(REACHES))
                .where(COMPLETE)
                .groupBy(Users.USERNAME)
                .agg(max_by(
                                struct(col(STARTED_AT), col(Videos.CRAWLED_AT), col(ENDED), col(REACHES)),
                                col(Videos.CRAWLED_AT),
                                MOST_CRAWLS)
                        .as(CRAWLS));
    }
}
