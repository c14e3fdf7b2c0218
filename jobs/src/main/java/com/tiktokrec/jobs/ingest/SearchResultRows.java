package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.struct;

import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Videos;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of search_results. */
final class SearchResultRows {

    private static final String NEWEST = "newest";

    private SearchResultRows() {}

    /** What searches and trends answered: a crawl's rows have the time of its last page. */
    static Dataset<Row> answered(Dataset<Row> onPages) {
        return onPages.where(col(SearchResults.QUERY).isNotNull())
                .select(
                        col(UserVideos.KIND).as(SearchResults.SOURCE),
                        col(SearchResults.QUERY),
                        col(Videos.VIDEO_ID),
                        col(UserVideos.POSITION),
                        col(Videos.CRAWLED_AT).as(SearchResults.FETCHED_AT),
                        col(SearchResults.STALE));
    }

    /** One row a key: the newest answer's, and the first position in it. */
    static Dataset<Row> newest(Dataset<Row> rows) {
        return rows.groupBy(SearchResults.SOURCE, SearchResults.QUERY, Videos.VIDEO_ID)
                .agg(max_by(
                                struct(
                                        col(UserVideos.POSITION),
                                        col(SearchResults.FETCHED_AT),
                                        col(SearchResults.STALE)),
                                struct(
                                        col(SearchResults.FETCHED_AT),
                                        negate(col(UserVideos.POSITION)),
                                        col(SearchResults.STALE)))
                        .as(NEWEST))
                .select(col(SearchResults.SOURCE), col(SearchResults.QUERY), col(Videos.VIDEO_ID), col(NEWEST + ".*"));
    }
}
