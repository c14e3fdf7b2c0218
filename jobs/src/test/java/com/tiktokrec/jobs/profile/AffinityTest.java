package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.jobs.OneRow;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AffinityTest {

    private static final OneRow COUNTS = OneRow.of(DataTypes.LongType, "likes", "comments", "shares");
    private static final OneRow FOLLOWERS = OneRow.of(DataTypes.LongType, "followers");
    private static final OneRow SHARE = OneRow.of(DataTypes.DoubleType, "matching", "all");
    private static final OneRow PARTS = OneRow.of(DataTypes.DoubleType, "base", "boost", "influence");
    private static final OneRow KIND = OneRow.of(DataTypes.StringType, "kind");

    @ParameterizedTest(name = "{0} followers: {1}")
    @CsvSource({
        ", 0.8",
        "-1, 0.8",
        "0, 0.8",
        "999, 0.8",
        "1000, 0.9",
        "9999, 0.9",
        "10000, 1.0",
        "99999, 1.0",
        "100000, 1.1",
        "999999, 1.1",
        "1000000, 1.2",
        "9223372036854775807, 1.2"
    })
    void influenceRisesWithFollowers(Long followers, double expected) {
        assertThat(FOLLOWERS.value(Affinity.influence(col("followers")), followers))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"post, 1.0", "repost, 0.8", "like, 0.6"})
    void activityWeighsByItsKind(String kind, double expected) {
        assertThat(KIND.value(Affinity.kindWeight(col("kind")), kind)).isEqualTo(expected);
    }

    /** ln(1 + likes + 2 comments + 3 shares): ln 10 = 2.302585, ln 101 = 4.615121, ln 7 = 1.945910. */
    @ParameterizedTest(name = "{0} likes, {1} comments, {2} shares: {3}")
    @CsvSource({
        "0, 0, 0, 0",
        ", , , 0",
        "-1, -2, -3, 0",
        "9, 0, 0, 2.302585",
        "1, 1, 2, 2.302585",
        "100, 0, 0, 4.615121",
        "0, 50, 0, 4.615121",
        "40, 15, 10, 4.615121",
        ", 3, , 1.945910",
        ", , 2, 1.945910"
    })
    void engagementIsTheLogarithmOfWeightedCounts(Long likes, Long comments, Long shares, double expected) {
        Column engagement = Affinity.engagement(col("likes"), col("comments"), col("shares"));

        assertThat(COUNTS.value(engagement, likes, comments, shares)).isCloseTo(expected, within(1e-6));
    }

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({"0, 10, 0", "5, 10, 0.1", "10, 10, 0.2", "0, 0, 0"})
    void boostIsAFifthOfTheMatchingShare(double matching, double all, double expected) {
        assertThat(SHARE.value(Affinity.boost(col("matching"), col("all")), matching, all))
                .isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest(name = "{0} + {1} x {2} = {3}")
    @CsvSource({
        "0.5, 0.1, 1.2, 0.62",
        "0.5, 0.1, 0.8, 0.58",
        "0.3, 0, 1.2, 0.3",
        "0.76, 0.2, 1.2, 1.0",
        "0.9, 0.2, 1.0, 1.0",
        "1.0, 0.2, 1.2, 1.0",
        "0, 0, 0.8, 0"
    })
    void affinityIsBasePlusBoostTimesInfluenceUpToOne(double base, double boost, double influence, double expected) {
        Column affinity = Affinity.affinity(col("base"), col("boost"), col("influence"));

        assertThat(PARTS.value(affinity, base, boost, influence)).isCloseTo(expected, within(1e-12));
    }
}
