package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.bool;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Accounts seen in crawls; those with {@code profiled} get profiles and lists. */
public final class Users {

    public static final String USERNAME = "username";
    public static final String USER_ID = "user_id";
    public static final String SEC_UID = "sec_uid";
    public static final String NICKNAME = "nickname";
    public static final String BIO = "bio";
    public static final String VERIFIED = "verified";
    public static final String FOLLOWER_COUNT = "follower_count";
    public static final String FOLLOWING_COUNT = "following_count";
    public static final String HEART_COUNT = "heart_count";
    public static final String VIDEO_COUNT = "video_count";
    public static final String REGION = "region";
    public static final String IS_ORGANIZATION = "is_organization";
    public static final String CATEGORY = "category";
    public static final String BIO_LINK = "bio_link";
    public static final String PROFILED = "profiled";
    public static final String STATUS = "status";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(USERNAME),
        string(USER_ID),
        string(SEC_UID),
        string(NICKNAME),
        string(BIO),
        bool(VERIFIED),
        bigint(FOLLOWER_COUNT),
        bigint(FOLLOWING_COUNT),
        bigint(HEART_COUNT),
        bigint(VIDEO_COUNT),
        string(REGION),
        string(Videos.LANGUAGE),
        bool(IS_ORGANIZATION),
        string(CATEGORY),
        string(BIO_LINK),
        timestamp(Videos.CRAWLED_AT),
        bool(PROFILED),
        string(STATUS)
    });

    public static final Table TABLE = new Table("users", SCHEMA, List.of(USERNAME), List.of());

    private Users() {}
}
