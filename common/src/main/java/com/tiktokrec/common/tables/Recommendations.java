package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.date;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.real;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.strings;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Ranked lists with their reasons, a partition a run date. */
public final class Recommendations {

    public static final String SCORE = "score";
    public static final String BASE_SCORE = "base_score";
    public static final String VIRALITY_SCORE = "virality_score";
    public static final String RELEVANCE_SCORE = "relevance_score";
    public static final String ENGAGEMENT_SCORE = "engagement_score";
    public static final String PLAY_SCORE = "play_score";
    public static final String ENGAGEMENT_RATE_SCORE = "engagement_rate_score";
    public static final String SHARE_SCORE = "share_score";
    public static final String RECENCY_SCORE = "recency_score";
    public static final String TAG_MATCH = "tag_match";
    public static final String EMBEDDING_SIMILARITY = "embedding_similarity";
    public static final String SOURCE_BOOST = "source_boost";
    public static final String AUTHOR_REPEATS = "author_repeats";
    public static final String TAG_SET_REPEATS = "tag_set_repeats";
    public static final String MATCHED_TAGS = "matched_tags";
    public static final String SOURCE_QUERY = "source_query";
    public static final String DEGRADED = "degraded";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        date(SearchQueries.RUN_DATE),
        string(Users.USERNAME),
        string(Videos.VIDEO_ID),
        integer(UserTags.RANK),
        real(SCORE),
        real(BASE_SCORE),
        real(VIRALITY_SCORE),
        real(RELEVANCE_SCORE),
        real(ENGAGEMENT_SCORE),
        real(PLAY_SCORE),
        real(ENGAGEMENT_RATE_SCORE),
        real(SHARE_SCORE),
        real(RECENCY_SCORE),
        real(TAG_MATCH),
        real(EMBEDDING_SIMILARITY),
        real(SOURCE_BOOST),
        integer(AUTHOR_REPEATS),
        integer(TAG_SET_REPEATS),
        strings(MATCHED_TAGS),
        string(SearchResults.SOURCE),
        string(SOURCE_QUERY),
        strings(SearchQueries.SOURCE_TAGS),
        strings(DEGRADED),
        string(Videos.DESCRIPTION),
        string(Videos.AUTHOR),
        string(Videos.URL),
        bigint(Videos.PLAYS),
        bigint(Videos.LIKES),
        bigint(Videos.COMMENTS),
        bigint(Videos.SHARES),
        timestamp(Videos.CREATE_TIME),
        string(Videos.MUSIC_TITLE),
        strings(Videos.HASHTAGS)
    });

    public static final Table TABLE = new Table(
            "recommendations",
            SCHEMA,
            List.of(SearchQueries.RUN_DATE, Users.USERNAME, Videos.VIDEO_ID),
            List.of(SearchQueries.RUN_DATE));

    private Recommendations() {}
}
