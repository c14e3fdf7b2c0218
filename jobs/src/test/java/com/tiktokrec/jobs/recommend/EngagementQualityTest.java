package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.jobs.OneRow;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngagementQualityTest {

    private static final OneRow COUNTS = OneRow.of(DataTypes.LongType, "plays", "likes", "comments", "shares");

    /** Benchmarks: 10% likes, 0.2% comments, 0.5% shares. */
    @ParameterizedTest(name = "{1} likes, {2} comments, {3} shares of {0} plays score {4}")
    @CsvSource({
        "10000, 0, 0, 0, 0",
        "10000, 500, 0, 0, 0.15",
        "10000, 1000, 0, 0, 0.30",
        "10000, 1001, 0, 0, 0.30",
        "10000, 9000, 0, 0, 0.30",
        "10000, 0, 5, 0, 0.10",
        "10000, 0, 10, 0, 0.20",
        "10000, 0, 20, 0, 0.40",
        "10000, 0, 21, 0, 0.40",
        "10000, 0, 0, 25, 0.15",
        "10000, 0, 0, 50, 0.30",
        "10000, 0, 0, 5000, 0.30",
        "10000, 500, 10, 25, 0.50",
        "10000, 1000, 20, 50, 1.0",
        "10000, 10000, 10000, 10000, 1.0",
        "1, 9223372036854775807, 9223372036854775807, 9223372036854775807, 1.0",
        "10000, , 20, , 0.40",
        "10000, , , , 0",
        "10000, 500, -20, -1, 0.15",
        ", 500, 10, 25, 0",
        "0, 500, 10, 25, 0",
        "-10000, 500, 10, 25, 0"
    })
    void eachRatioCountsUpToItsBenchmark(Long plays, Long likes, Long comments, Long shares, double expected) {
        Column score = EngagementQuality.score(col("plays"), col("likes"), col("comments"), col("shares"));

        assertThat(COUNTS.value(score, plays, likes, comments, shares)).isCloseTo(expected, within(1e-12));
    }
}
