package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.bool;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.strings;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Crawled videos, the newest that is known of each. */
public final class Videos {

    public static final String VIDEO_ID = "video_id";
    public static final String DESCRIPTION = "description";
    public static final String AUTHOR = "author";
    public static final String AUTHOR_ID = "author_id";
    public static final String AUTHOR_NICKNAME = "author_nickname";
    public static final String CREATE_TIME = "create_time";
    public static final String DURATION_S = "duration_s";
    public static final String MUSIC_ID = "music_id";
    public static final String MUSIC_TITLE = "music_title";
    public static final String MUSIC_AUTHOR = "music_author";
    public static final String HASHTAGS = "hashtags";
    public static final String MENTIONS = "mentions";
    public static final String LANGUAGE = "language";
    public static final String PLAYS = "plays";
    public static final String LIKES = "likes";
    public static final String COMMENTS = "comments";
    public static final String SHARES = "shares";
    public static final String SAVES = "saves";
    public static final String URL = "url";
    public static final String COVER_URL = "cover_url";
    public static final String TEXT_HASH = "text_hash";
    public static final String CRAWLED_AT = "crawled_at";
    public static final String LAST_SEEN_AT = "last_seen_at";
    public static final String GONE = "gone";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(VIDEO_ID),
        string(DESCRIPTION),
        string(AUTHOR),
        string(AUTHOR_ID),
        string(AUTHOR_NICKNAME),
        timestamp(CREATE_TIME),
        bigint(DURATION_S),
        string(MUSIC_ID),
        string(MUSIC_TITLE),
        string(MUSIC_AUTHOR),
        strings(HASHTAGS),
        strings(MENTIONS),
        string(LANGUAGE),
        bigint(PLAYS),
        bigint(LIKES),
        bigint(COMMENTS),
        bigint(SHARES),
        bigint(SAVES),
        string(URL),
        string(COVER_URL),
        string(TEXT_HASH),
        timestamp(CRAWLED_AT),
        timestamp(LAST_SEEN_AT),
        bool(GONE)
    });

    public static final Table TABLE = new Table("videos", SCHEMA, List.of(VIDEO_ID), List.of());

    private Videos() {}
}
