package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log1p;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.jobs.video.Counts;
import org.apache.spark.sql.Column;

/** Affinity = min(1, base + boost x influence). Doubles. */
final class Affinity {

    private static final double BOOST = 0.2;

    private Affinity() {}

    /** How much an analysed item counts by its kind: posts 1.0, reposts 0.8, likes 0.6. */
    static Column kindWeight(Column kind) {
        return when(kind.equalTo(ActivityKind.POST.stored()), lit(1.0))
                .when(kind.equalTo(ActivityKind.REPOST.stored()), lit(0.8))
                .otherwise(lit(0.6));
    }

    /** Weight of an item by its engagement: ln(1 + likes + 2 comments + 3 shares), missing counts as 0. */
    static Column engagement(Column likes, Column comments, Column shares) {
        return log1p(Counts.count(likes)
                .plus(Counts.count(comments).multiply(2))
                .plus(Counts.count(shares).multiply(3)));
    }

    /** 0.2 x engagement of the matching items over that of all; 0 where all is 0. */
    static Column boost(Column matching, Column all) {
        return when(all.gt(0), matching.divide(all).multiply(BOOST)).otherwise(lit(0.0));
    }

    /** Influence by followers: under 1K 0.8, 10K 0.9, 100K 1.0, 1M 1.1, else 1.2. */
    static Column influence(Column followers) {
        Column known = coalesce(followers, lit(0L));
        return when(known.lt(1_000), lit(0.8))
                .when(known.lt(10_000), lit(0.9))
                .when(known.lt(100_000), lit(1.0))
                .when(known.lt(1_000_000), lit(1.1))
                .otherwise(lit(1.2));
    }

    static Column affinity(Column base, Column boost, Column influence) {
        return Counts.clamped(base.plus(boost.multiply(influence)));
    }
}
