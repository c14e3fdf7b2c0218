package com.tiktokrec.jobs.users;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A user's tags in one row. */
public final class UserTagArrays {

    /** Array of structs of {@link Categories#TAG} and {@link UserTags#AFFINITY}, highest affinity first, ties by tag. */
    public static final String USER_TAGS = "user_tags";

    private static final String NEGATED = "negated";

    private UserTagArrays() {}

    /** One row a user with tags: {@link Users#USERNAME} and the first {@code most} {@link #USER_TAGS}. */
    public static Dataset<Row> of(Dataset<Row> userTags, int most) {
        return userTags.groupBy(Users.USERNAME)
                .agg(sort_array(collect_list(struct(
                                col(UserTags.AFFINITY).unary_$minus().as(NEGATED),
                                col(Categories.TAG),
                                col(UserTags.AFFINITY))))
                        .as(USER_TAGS))
                .select(
                        col(Users.USERNAME),
                        transform(
                                        slice(col(USER_TAGS), 1, most),
                                        tag -> struct(
                                                tag.getField(Categories.TAG).as(Categories.TAG),
                                                tag.getField(UserTags.AFFINITY).as(UserTags.AFFINITY)))
                                .as(USER_TAGS));
    }
}
