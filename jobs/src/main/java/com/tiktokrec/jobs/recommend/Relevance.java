package com.tiktokrec.jobs.recommend;

import static com.tiktokrec.jobs.video.Counts.clamped;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.UserTags;
import org.apache.spark.sql.Column;

/**
 * Relevance = 0.4 tag match + 0.4 embedding + 0.2 source boost.
 *
 * <p>User tags are an array of structs {@code (tag, affinity)}, highest affinity first; credits a map from tag to credit.
 */
final class Relevance {

    /** How many of a user's tags count for relevance. */
    static final int USER_TAGS = 10;

    private static final int BOOSTED_TAGS = 5;
    private static final double UNKNOWN_SIMILARITY = 0.5;

    private Relevance() {}

    /** Sum of credit times affinity over the sum of affinities; 0 without tags. */
    static Column tagMatch(Column userTags, Column credits) {
        Column affinities = aggregate(userTags, lit(0.0), (sum, tag) -> sum.plus(affinity(tag)));
        Column credited = aggregate(
                userTags, lit(0.0), (sum, tag) -> sum.plus(affinity(tag).multiply(credit(tag, credits))));
        return when(affinities.gt(0), credited.divide(affinities)).otherwise(lit(0.0));
    }

    /** The user's tags with a credit above 0, in the user's order. */
    static Column matchedTags(Column userTags, Column credits) {
        return transform(filter(userTags, tag -> credit(tag, credits).gt(0)), tag -> tag.getField(Categories.TAG));
    }

    /** (cosine - floor) / (1 - floor); 0.5 where a vector is missing. */
    static Column embeddingSimilarity(Column cosine, double floor) {
        return coalesce(clamped(cosine.minus(floor).divide(1 - floor)), lit(UNKNOWN_SIMILARITY));
    }

    /** The highest affinity among the user's first five tags that led to the video; 0 if none did. */
    static Column sourceBoost(Column userTags, Column sourceTags) {
        Column leading = filter(
                slice(userTags, 1, BOOSTED_TAGS), tag -> array_contains(sourceTags, tag.getField(Categories.TAG)));
        return coalesce(array_max(transform(leading, Relevance::affinity)), lit(0.0));
    }

    static Column score(Column tagMatch, Column embeddingSimilarity, Column sourceBoost) {
        return clamped(
                tagMatch.multiply(0.4).plus(embeddingSimilarity.multiply(0.4)).plus(sourceBoost.multiply(0.2)));
    }

    private static Column affinity(Column tag) {
        return tag.getField(UserTags.AFFINITY);
    }

    private static Column credit(Column tag, Column credits) {
        return coalesce(credits.getItem(tag.getField(Categories.TAG)), lit(0.0));
    }
}
