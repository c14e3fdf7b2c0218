package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.real;
import static com.tiktokrec.common.tables.Fields.string;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Categories of a user with affinity, highest first by {@code rank} from 1. */
public final class UserTags {

    public static final String AFFINITY = "affinity";
    public static final String BASE_AFFINITY = "base_affinity";
    public static final String ENGAGEMENT_BOOST = "engagement_boost";
    public static final String INFLUENCE_FACTOR = "influence_factor";
    public static final String REASON = "reason";
    public static final String METHOD = "method";
    public static final String RANK = "rank";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Users.USERNAME),
        string(Categories.TAG),
        real(AFFINITY),
        real(BASE_AFFINITY),
        real(ENGAGEMENT_BOOST),
        real(INFLUENCE_FACTOR),
        string(REASON),
        string(METHOD),
        integer(RANK)
    });

    public static final Table TABLE =
            new Table("user_tags", SCHEMA, List.of(Users.USERNAME, Categories.TAG), List.of());

    private UserTags() {}
}
