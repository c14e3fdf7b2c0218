package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;

/** What the analysed items say of each user and tag: for the boost of every tag, and for tags without a language model. */
final class KeywordTags {

    /** Credits of an item's video: map from tag to credit. */
    static final String CREDITS = "credits";

    static final String KEYWORDS = "keywords";

    /** Engagement of the items that touch a tag, and of all items of the user. */
    static final String MATCHING_ENGAGEMENT = "matching_engagement";

    static final String ALL_ENGAGEMENT = "all_engagement";

    private static final String CREDIT = "credit";
    private static final String CREDITED_WEIGHT = "credited_weight";
    private static final String ALL_WEIGHT = "all_weight";
    private static final String MATCHING_ITEMS = "matching_items";
    private static final String WHOLE_TAG_ITEMS = "whole_tag_items";
    private static final String ALL_ITEMS = "all_items";

    /** Weights stay under 50, the logarithm of more than three counts of 63 bits. */
    private static final DecimalType EXACT = DataTypes.createDecimalType(18, 16);

    private KeywordTags() {}

    /** One row a user and tag that an item of theirs touches: sums over the items. */
    static Dataset<Row> evidence(Dataset<Row> items) {
        Dataset<Row> weighted = items.withColumn("kind_weight", Affinity.kindWeight(col(UserVideos.KIND)))
                .withColumn(
                        "engagement_weight",
                        col("kind_weight")
                                .multiply(Affinity.engagement(
                                        col(Videos.LIKES), col(Videos.COMMENTS), col(Videos.SHARES))));
        Dataset<Row> totals = weighted.groupBy(Users.USERNAME)
                .agg(
                        total(col("kind_weight")).as(ALL_WEIGHT),
                        total(col("engagement_weight")).as(ALL_ENGAGEMENT),
                        count(lit(1)).as(ALL_ITEMS));
        return weighted.select(
                        col(Users.USERNAME),
                        col("kind_weight"),
                        col("engagement_weight"),
                        explode(col(CREDITS)).as(new String[] {Categories.TAG, CREDIT}))
                .groupBy(Users.USERNAME, Categories.TAG)
                .agg(
                        total(col("kind_weight").multiply(col(CREDIT))).as(CREDITED_WEIGHT),
                        total(col("engagement_weight")).as(MATCHING_ENGAGEMENT),
                        count(lit(1)).as(MATCHING_ITEMS),
                        count(when(col(CREDIT).geq(1.0), true)).as(WHOLE_TAG_ITEMS))
                .join(totals, new String[] {Users.USERNAME});
    }

    /** A sum that is the same in whatever order the rows come: doubles would differ in their last bit, and break ties. */
    private static Column total(Column weight) {
        return sum(weight.cast(EXACT)).cast("double");
    }

    /** Tags by keywords: base affinity is the weighted mean credit, divided by the user's largest. */
    static Dataset<Row> tags(Dataset<Row> evidence) {
        return evidence.withColumn("mean_credit", col(CREDITED_WEIGHT).divide(col(ALL_WEIGHT)))
                .withColumn(
                        UserTags.BASE_AFFINITY,
                        col("mean_credit").divide(max("mean_credit").over(Window.partitionBy(Users.USERNAME))))
                .select(
                        col(Users.USERNAME),
                        col(Categories.TAG),
                        col(UserTags.BASE_AFFINITY),
                        format_string(
                                        "in %d of %d analysed videos: the tag itself in %d, its words in %d",
                                        col(MATCHING_ITEMS),
                                        col(ALL_ITEMS),
                                        col(WHOLE_TAG_ITEMS),
                                        col(MATCHING_ITEMS).minus(col(WHOLE_TAG_ITEMS)))
                                .as(UserTags.REASON),
                        lit(KEYWORDS).as(UserTags.METHOD));
    }
}
