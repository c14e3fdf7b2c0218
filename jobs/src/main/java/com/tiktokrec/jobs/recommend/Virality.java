package com.tiktokrec.jobs.recommend;

import static com.tiktokrec.jobs.video.Counts.clamped;
import static com.tiktokrec.jobs.video.Counts.count;
import static com.tiktokrec.jobs.video.Counts.perPlay;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.Column;

/** Virality = 0.3 plays + 0.3 engagement rate + 0.2 share ratio + 0.2 recency. Scores in [0, 1], counts BIGINT. */
final class Virality {

    private static final Knots PLAYS =
            Knots.of(0, 0, 10_000, 0.30, 100_000, 0.60, 1_000_000, 0.80, 10_000_000, 0.95, 100_000_000, 1.0);
    private static final Knots ENGAGEMENT_RATE =
            Knots.of(0, 0, 0.01, 0.30, 0.05, 0.60, 0.10, 0.85, 0.20, 0.95, 0.25, 1.0);
    private static final Knots SHARE_RATIO =
            Knots.of(0, 0, 0.001, 0.30, 0.005, 0.60, 0.02, 0.85, 0.05, 0.95, 0.10, 1.0);

    private Virality() {}

    static Column playScore(Column plays) {
        return PLAYS.at(count(plays));
    }

    static Column engagementRateScore(Column plays, Column likes, Column comments, Column shares) {
        return ENGAGEMENT_RATE.at(perPlay(count(likes).plus(count(comments)).plus(count(shares)), plays));
    }

    static Column shareScore(Column plays, Column shares) {
        return SHARE_RATIO.at(perPlay(count(shares), plays));
    }

    /** Recency by age at the run's time; an unknown age is the oldest. */
    static Column recencyScore(Column createTime, Instant runTime) {
        Column age = lit(ChronoUnit.MICROS.between(Instant.EPOCH, runTime)).minus(unix_micros(createTime));
        return when(age.lt(days(1)), lit(1.0))
                .when(age.lt(days(7)), lit(0.9))
                .when(age.lt(days(30)), lit(0.7))
                .when(age.lt(days(90)), lit(0.5))
                .when(age.lt(days(180)), lit(0.3))
                .otherwise(lit(0.1));
    }

    private static long days(int days) {
        return Duration.ofDays(days).toNanos() / 1_000;
    }

    static Column score(Column playScore, Column engagementRateScore, Column shareScore, Column recencyScore) {
        return clamped(playScore
                .multiply(0.3)
                .plus(engagementRateScore.multiply(0.3))
                .plus(shareScore.multiply(0.2))
                .plus(recencyScore.multiply(0.2)));
    }
}
