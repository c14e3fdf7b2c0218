package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.date;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.strings;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Tonight's search queries of a user. */
public final class SearchQueries {

    public static final String SOURCE_TAGS = "source_tags";
    public static final String CONTENT_TYPE = "content_type";
    public static final String RUN_DATE = "run_date";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Users.USERNAME),
        string(SearchResults.QUERY),
        integer(UserVideos.POSITION),
        strings(SOURCE_TAGS),
        string(CONTENT_TYPE),
        string(UserTags.METHOD),
        date(RUN_DATE)
    });

    public static final Table TABLE =
            new Table("search_queries", SCHEMA, List.of(Users.USERNAME, SearchResults.QUERY), List.of());

    private SearchQueries() {}
}
