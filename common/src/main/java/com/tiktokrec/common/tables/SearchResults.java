package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bool;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Videos that searches and trends answered. */
public final class SearchResults {

    public static final String SOURCE = "source";
    public static final String QUERY = "query";
    public static final String FETCHED_AT = "fetched_at";
    public static final String STALE = "stale";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(SOURCE),
        string(QUERY),
        string(Videos.VIDEO_ID),
        integer(UserVideos.POSITION),
        timestamp(FETCHED_AT),
        bool(STALE)
    });

    public static final Table TABLE =
            new Table("search_results", SCHEMA, List.of(SOURCE, QUERY, Videos.VIDEO_ID), List.of());

    private SearchResults() {}
}
