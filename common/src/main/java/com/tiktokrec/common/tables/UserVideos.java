package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What users posted, reposted and liked. A later crawl never removes a row: the never-list needs them. */
public final class UserVideos {

    public static final String KIND = "kind";
    public static final String POSITION = "position";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Users.USERNAME), string(Videos.VIDEO_ID), string(KIND), integer(POSITION), timestamp(Videos.CRAWLED_AT)
    });

    public static final Table TABLE =
            new Table("user_videos", SCHEMA, List.of(Users.USERNAME, Videos.VIDEO_ID, KIND), List.of());

    private UserVideos() {}
}
