package com.tiktokrec.jobs.ingest;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.bool;
import static com.tiktokrec.common.tables.Fields.field;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What one reading of the landing files yields: a row for each item (its video, its author, its place in a list), each
 * user answer, each page of a list, each bad record, and one for each file.
 */
final class Landing {

    /** When it was crawled. */
    static final String AT = "at";

    static final String VIDEO = "video";
    static final String USER = "user";
    static final String PAGE = "page";
    static final String FILE = "read";

    /** Counts from 0 on its page; null for a bare item, which has none. */
    static final String PLACE = "place";

    // A page, whose kind is that of user_videos or the source of search_results.
    static final String CURSOR = "cursor";
    static final String NEXT_CURSOR = "next_cursor";
    static final String HAS_MORE = "has_more";
    static final String ITEMS = "items";
    static final String BAD_ITEMS = "bad_items";
    static final String FIRST_AUTHOR = "first_author";
    static final String LAST_CREATE_TIME = "last_create_time";

    // A file.
    static final String INPUT = "input";
    static final String UNITS = "units";
    static final String ERROR_ANSWERS = "error_answers";
    static final String UNOWNED_PAGES = "unowned_pages";
    static final String LIST_PAGES = "list_pages";
    static final String SEARCH_PAGES = "search_pages";
    static final String UNCHANGED = "unchanged";
    static final String FAILURE = "failure";

    static final String POST = "post";
    static final String REPOST = "repost";
    static final String LIKE = "like";
    static final String SEARCH = "search";
    static final String TRENDING = "trending";

    static final StructType VIDEO_SCHEMA =
            without(Videos.SCHEMA, Videos.URL, Videos.TEXT_HASH, Videos.CRAWLED_AT, Videos.LAST_SEEN_AT, Videos.GONE);

    static final StructType USER_SCHEMA = without(Users.SCHEMA, Videos.CRAWLED_AT);

    static final StructType PAGE_SCHEMA = new StructType(new StructField[] {
        string(UserVideos.KIND),
        string(Users.USERNAME),
        string(Users.SEC_UID),
        string(SearchResults.QUERY),
        string(CURSOR),
        string(NEXT_CURSOR),
        bool(HAS_MORE),
        bool(SearchResults.STALE),
        integer(ITEMS),
        integer(BAD_ITEMS),
        string(FIRST_AUTHOR),
        timestamp(LAST_CREATE_TIME)
    });

    static final StructType FILE_SCHEMA = new StructType(new StructField[] {
        integer(INPUT),
        bigint(IngestedFiles.SIZE),
        timestamp(IngestedFiles.MODIFIED_AT),
        string(IngestedFiles.ETAG),
        bigint(IngestedFiles.RECORDS),
        bigint(IngestedFiles.BAD),
        bigint(UNITS),
        bigint(ERROR_ANSWERS),
        bigint(UNOWNED_PAGES),
        bigint(LIST_PAGES),
        bigint(SEARCH_PAGES),
        bool(UNCHANGED),
        string(FAILURE)
    });

    static final StructType SCHEMA = new StructType(new StructField[] {
        string(Quarantine.SOURCE_FILE),
        bigint(Quarantine.BYTE_OFFSET),
        integer(Quarantine.ITEM),
        bigint(Quarantine.LINE),
        timestamp(AT),
        field(VIDEO, VIDEO_SCHEMA),
        field(USER, USER_SCHEMA),
        string(UserVideos.KIND),
        integer(PLACE),
        field(PAGE, PAGE_SCHEMA),
        string(UserTags.REASON),
        string(Quarantine.RAW),
        field(FILE, FILE_SCHEMA)
    });

    private Landing() {}

    private static StructType without(StructType schema, String... columns) {
        List<String> left = List.of(columns);
        return new StructType(Arrays.stream(schema.fields())
                .filter(column -> !left.contains(column.name()))
                .toArray(StructField[]::new));
    }
}
