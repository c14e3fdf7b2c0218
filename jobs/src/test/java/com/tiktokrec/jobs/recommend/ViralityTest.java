package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.jobs.OneRow;
import com.tiktokrec.jobs.SharedSpark;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViralityTest {

    private static final Instant RUN_TIME = Instant.parse("2026-11-24T00:00:00Z");
    private static final OneRow COUNTS = OneRow.of(DataTypes.LongType, "plays", "likes", "comments", "shares");
    private static final OneRow PARTS = OneRow.of(DataTypes.DoubleType, "plays", "engagement", "shares", "recency");
    private static final OneRow TIME = OneRow.of(DataTypes.TimestampType, "create_time");

    private static Offset<Double> exactly() {
        return within(1e-12);
    }

    @ParameterizedTest(name = "{0} plays score {1}")
    @CsvSource({
        ", 0",
        "-5, 0",
        "-9223372036854775808, 0",
        "0, 0",
        "1, 0.00003",
        "5000, 0.15",
        "9999, 0.29997",
        "10000, 0.30",
        "10009, 0.30003",
        "55000, 0.45",
        "100000, 0.60",
        "550000, 0.70",
        "1000000, 0.80",
        "5500000, 0.875",
        "10000000, 0.95",
        "55000000, 0.975",
        "99999982, 0.99999999",
        "100000000, 1.0",
        "100000001, 1.0",
        "9223372036854775807, 1.0"
    })
    void playsRunThroughTheKnotsOfTheSpec(Long plays, double expected) {
        Column score = Virality.playScore(col("plays"));

        assertThat(COUNTS.value(score, plays, null, null, null)).isCloseTo(expected, exactly());
    }

    @ParameterizedTest(name = "{1} likes, {2} comments, {3} shares of {0} plays score {4}")
    @CsvSource({
        "10000, 0, 0, 0, 0",
        "10000, 50, 0, 0, 0.15",
        "10000, 60, 25, 15, 0.30",
        "10000, 100, 0, 0, 0.30",
        "10000, 0, 100, 0, 0.30",
        "10000, 0, 0, 100, 0.30",
        "10000, 300, 0, 0, 0.45",
        "10000, 500, 0, 0, 0.60",
        "10000, 750, 0, 0, 0.725",
        "10000, 1000, 0, 0, 0.85",
        "10000, 1500, 0, 0, 0.90",
        "10000, 2000, 0, 0, 0.95",
        "10000, 2250, 0, 0, 0.975",
        "10000, 2500, 0, 0, 1.0",
        "10000, 2501, 0, 0, 1.0",
        "10000, 30000, 0, 0, 1.0",
        "10000, , 100, , 0.30",
        "10000, , , , 0",
        "10000, -100, 100, -1, 0.30",
        ", 100, 100, 100, 0",
        "0, 100, 100, 100, 0",
        "-1, 100, 100, 100, 0",
        "100, 9223372036854775807, 9223372036854775807, 1, 1.0"
    })
    void engagementRateIsAllReactionsOverPlays(Long plays, Long likes, Long comments, Long shares, double expected) {
        Column score = Virality.engagementRateScore(col("plays"), col("likes"), col("comments"), col("shares"));

        assertThat(COUNTS.value(score, plays, likes, comments, shares)).isCloseTo(expected, exactly());
    }

    @ParameterizedTest(name = "{1} shares of {0} plays score {2}")
    @CsvSource({
        "100000, 0, 0",
        "100000, 50, 0.15",
        "100000, 100, 0.30",
        "100000, 300, 0.45",
        "100000, 500, 0.60",
        "100000, 1250, 0.725",
        "100000, 2000, 0.85",
        "100000, 3500, 0.90",
        "100000, 5000, 0.95",
        "100000, 7500, 0.975",
        "100000, 10000, 1.0",
        "100000, 10001, 1.0",
        "100000, 200000, 1.0",
        "100000, , 0",
        "100000, -7, 0",
        ", 100, 0",
        "0, 100, 0",
        "-1, 100, 0"
    })
    void shareScoreRunsThroughTheKnotsOfTheSpec(Long plays, Long shares, double expected) {
        Column score = Virality.shareScore(col("plays"), col("shares"));

        assertThat(COUNTS.value(score, plays, null, null, shares)).isCloseTo(expected, exactly());
    }

    @ParameterizedTest(name = "an age of {0} days and {1} microseconds scores {2}")
    @CsvSource({
        "0, 0, 1.0",
        "1, -1, 1.0",
        "1, 0, 0.9",
        "1, 1, 0.9",
        "7, -1, 0.9",
        "7, 0, 0.7",
        "7, 1, 0.7",
        "30, -1, 0.7",
        "30, 0, 0.5",
        "30, 1, 0.5",
        "90, -1, 0.5",
        "90, 0, 0.3",
        "90, 1, 0.3",
        "180, -1, 0.3",
        "180, 0, 0.1",
        "180, 1, 0.1",
        "4000, 0, 0.1"
    })
    void recencyFallsAtWholeDays(int days, int microseconds, double expected) {
        Instant created = RUN_TIME.minus(Duration.ofDays(days)).minus(microseconds, ChronoUnit.MICROS);

        Double score = TIME.value(Virality.recencyScore(col("create_time"), RUN_TIME), Timestamp.from(created));

        assertThat(score).isEqualTo(expected);
    }

    @Test
    void anUnknownAgeIsTheOldest() {
        Object unknown = null;

        assertThat(TIME.value(Virality.recencyScore(col("create_time"), RUN_TIME), unknown))
                .isEqualTo(0.1);
    }

    @ParameterizedTest(name = "{0}, {1}, {2} and {3} make {4}")
    @CsvSource({
        "0, 0, 0, 0, 0",
        "1, 0, 0, 0, 0.3",
        "0, 1, 0, 0, 0.3",
        "0, 0, 1, 0, 0.2",
        "0, 0, 0, 1, 0.2",
        "0.6, 0.3, 0.85, 0.5, 0.54",
        "1, 1, 1, 1, 1"
    })
    void viralityWeighsItsParts(double plays, double engagement, double shares, double recency, double expected) {
        Column score = Virality.score(col("plays"), col("engagement"), col("shares"), col("recency"));

        assertThat(PARTS.value(score, plays, engagement, shares, recency)).isCloseTo(expected, exactly());
    }

    @Test
    void aVideoGetsAllItsPartsAndTheirSum() {
        // Given: 250,000 plays; 21,500 reactions, 8.6% of them; 1,000 shares, 0.4%; ten days old.
        StructType schema = new StructType(new StructField[] {
            DataTypes.createStructField("plays", DataTypes.LongType, true),
            DataTypes.createStructField("likes", DataTypes.LongType, true),
            DataTypes.createStructField("comments", DataTypes.LongType, true),
            DataTypes.createStructField("shares", DataTypes.LongType, true),
            DataTypes.createStructField("create_time", DataTypes.TimestampType, true)
        });
        Row video =
                RowFactory.create(250_000L, 20_000L, 500L, 1_000L, Timestamp.from(RUN_TIME.minus(Duration.ofDays(10))));

        // When
        Row scored = SharedSpark.session()
                .createDataFrame(List.of(video), schema)
                .transform(Features.virality(RUN_TIME))
                .head();

        // Then
        assertThat(scored.<Double>getAs(Recommendations.PLAY_SCORE)).isCloseTo(0.6 + 0.2 / 6, exactly());
        assertThat(scored.<Double>getAs(Recommendations.ENGAGEMENT_RATE_SCORE)).isCloseTo(0.78, exactly());
        assertThat(scored.<Double>getAs(Recommendations.SHARE_SCORE)).isCloseTo(0.525, exactly());
        assertThat(scored.<Double>getAs(Recommendations.RECENCY_SCORE)).isEqualTo(0.7);
        assertThat(scored.<Double>getAs(Recommendations.VIRALITY_SCORE)).isCloseTo(0.669, exactly());
    }
}
