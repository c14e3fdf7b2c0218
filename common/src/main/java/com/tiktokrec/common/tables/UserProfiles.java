package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.bool;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** One row a profiled user: the account as it was analysed. {@code input_hash} is prefixed where a fallback made the tags. */
public final class UserProfiles {

    public static final String POSTS_ANALYZED = "posts_analyzed";
    public static final String REPOSTS_ANALYZED = "reposts_analyzed";
    public static final String LIKES_ANALYZED = "likes_analyzed";
    public static final String INPUT_HASH = "input_hash";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Users.USERNAME),
        string(Users.USER_ID),
        string(Users.SEC_UID),
        string(Users.NICKNAME),
        string(Users.BIO),
        bool(Users.VERIFIED),
        bigint(Users.FOLLOWER_COUNT),
        bigint(Users.FOLLOWING_COUNT),
        bigint(Users.HEART_COUNT),
        bigint(Users.VIDEO_COUNT),
        string(Users.REGION),
        string(Videos.LANGUAGE),
        bool(Users.IS_ORGANIZATION),
        string(Users.CATEGORY),
        string(Users.BIO_LINK),
        timestamp(Videos.CRAWLED_AT),
        bool(Users.PROFILED),
        string(Users.STATUS),
        bigint(POSTS_ANALYZED),
        bigint(REPOSTS_ANALYZED),
        bigint(LIKES_ANALYZED),
        string(Categories.TAXONOMY_VERSION),
        string(INPUT_HASH)
    });

    public static final Table TABLE = new Table("user_profiles", SCHEMA, List.of(Users.USERNAME), List.of());

    private UserProfiles() {}
}
