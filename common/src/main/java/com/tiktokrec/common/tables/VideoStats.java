package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The history of each video's counts, a row a crawl. */
public final class VideoStats {

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Videos.VIDEO_ID),
        timestamp(Videos.CRAWLED_AT),
        bigint(Videos.PLAYS),
        bigint(Videos.LIKES),
        bigint(Videos.COMMENTS),
        bigint(Videos.SHARES),
        bigint(Videos.SAVES)
    });

    public static final Table TABLE =
            new Table("video_stats", SCHEMA, List.of(Videos.VIDEO_ID, Videos.CRAWLED_AT), List.of());

    private VideoStats() {}
}
