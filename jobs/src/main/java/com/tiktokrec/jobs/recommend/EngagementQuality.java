package com.tiktokrec.jobs.recommend;

import static com.tiktokrec.jobs.video.Counts.clamped;
import static com.tiktokrec.jobs.video.Counts.count;
import static com.tiktokrec.jobs.video.Counts.perPlay;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;

/** Engagement quality = 0.3 likes + 0.4 comments + 0.3 shares, each its ratio to plays against a benchmark. */
final class EngagementQuality {

    private static final double LIKE_BENCHMARK = 0.10;
    private static final double COMMENT_BENCHMARK = 0.002;
    private static final double SHARE_BENCHMARK = 0.005;

    private EngagementQuality() {}

    /** Score in [0, 1] from BIGINT counts. */
    static Column score(Column plays, Column likes, Column comments, Column shares) {
        return clamped(against(LIKE_BENCHMARK, likes, plays)
                .multiply(0.3)
                .plus(against(COMMENT_BENCHMARK, comments, plays).multiply(0.4))
                .plus(against(SHARE_BENCHMARK, shares, plays).multiply(0.3)));
    }

    private static Column against(double benchmark, Column count, Column plays) {
        return least(lit(1.0), perPlay(count(count), plays).divide(benchmark));
    }
}
