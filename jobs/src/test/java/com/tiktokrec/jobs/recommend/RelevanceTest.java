package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.jobs.OneRow;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelevanceTest {

    private static final OneRow CREDITED =
            OneRow.of(Fields.field("tags", OneRow.WEIGHTED_TAGS), Fields.field("credits", OneRow.CREDITS));
    private static final OneRow SOURCED =
            OneRow.of(Fields.field("tags", OneRow.WEIGHTED_TAGS), Fields.field("source_tags", OneRow.STRINGS));
    private static final OneRow COSINE = OneRow.of(DataTypes.DoubleType, "cosine");
    private static final OneRow PARTS = OneRow.of(DataTypes.DoubleType, "tags", "embedding", "source");

    private static Offset<Double> exactly() {
        return within(1e-12);
    }

    @ParameterizedTest(name = "tags {0}, credits {1}: {2}")
    @CsvSource({
        "dance=0.8 food=0.2, dance=1.0, 0.8",
        "dance=0.8 food=0.2, food=1.0, 0.2",
        "dance=0.8 food=0.2, dance=0.5, 0.4",
        "food=1.0 dance=0.5, dance=1.0 food=0.5, 0.66666666666666666",
        "dance=0.6 art=0.3 food=0.3, dance=1.0 art=0.5, 0.625",
        "dance=0.8 food=0.2, dance=1.0 food=1.0, 1.0",
        "dance=0.8 food=0.2, cars=1.0, 0",
        "dance=0.8 food=0.2, , 0",
        ", dance=1.0, 0",
        ", , 0",
        "dance=0.0, dance=1.0, 0"
    })
    void tagMatchIsTheCreditedShareOfAffinity(String tags, String credits, double expected) {
        Column tagMatch = Relevance.tagMatch(col("tags"), col("credits"));

        Double value = CREDITED.value(tagMatch, OneRow.weightedTags(tags), OneRow.weights(credits));

        assertThat(value).isCloseTo(expected, exactly());
    }

    @ParameterizedTest(name = "tags {0}, credits {1}: {2}")
    @CsvSource({
        "dance=0.9 food=0.8 art=0.7, art=1.0 dance=0.5, dance art",
        "zoo=0.9 art=0.9, art=0.5 zoo=0.5, zoo art",
        "dance=0.9, dance=0.0, ",
        "dance=0.9, food=1.0, ",
        ", dance=1.0, "
    })
    void matchedTagsKeepTheUsersOrder(String tags, String credits, String expected) {
        Column matched = Relevance.matchedTags(col("tags"), col("credits"));

        assertThat(CREDITED.strings(matched, OneRow.weightedTags(tags), OneRow.weights(credits)))
                .isEqualTo(OneRow.words(expected));
    }

    @ParameterizedTest(name = "cosine {0} over floor {1}: {2}")
    @CsvSource({
        "0.5, 0.5, 0",
        "0.6, 0.5, 0.2",
        "0.75, 0.5, 0.5",
        "1.0, 0.5, 1.0",
        "0.49, 0.5, 0",
        "-1.0, 0.5, 0",
        "0.3, 0, 0.3",
        "0.0, 0, 0",
        "-0.2, 0, 0",
        "1.0, 0, 1.0",
        "1.0000001, 0, 1.0",
        ", 0, 0.5",
        ", 0.5, 0.5"
    })
    void embeddingIsTheCosineAboveItsFloor(Double cosine, double floor, double expected) {
        Column similarity = Relevance.embeddingSimilarity(col("cosine"), floor);

        assertThat(COSINE.value(similarity, cosine)).isCloseTo(expected, exactly());
    }

    @ParameterizedTest(name = "source tags {0}: {1}")
    @CsvSource({
        "a, 0.9",
        "e, 0.5",
        "f, 0",
        "f c b, 0.8",
        "e d, 0.6",
        "z, 0",
        ", 0",
    })
    void sourceBoostIsTheBestOfTheFirstFiveTags(String sourceTags, double expected) {
        Column boost = Relevance.sourceBoost(col("tags"), col("source_tags"));

        Double value = SOURCED.value(
                boost,
                OneRow.weightedTags("a=0.9 b=0.8 c=0.7 d=0.6 e=0.5 f=0.4"),
                OneRow.words(sourceTags).toArray(String[]::new));

        assertThat(value).isEqualTo(expected);
    }

    @ParameterizedTest(name = "user tags {0}")
    @CsvSource({"a=0.7, 0.7", ", 0"})
    void sourceBoostTakesFewTags(String tags, double expected) {
        Column boost = Relevance.sourceBoost(col("tags"), col("source_tags"));

        Double value = SOURCED.value(boost, OneRow.weightedTags(tags), new String[] {"a", "b"});

        assertThat(value).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}, {1} and {2} make {3}")
    @CsvSource({"0, 0, 0, 0", "1, 0, 0, 0.4", "0, 1, 0, 0.4", "0, 0, 1, 0.2", "0.625, 0.5, 0.8, 0.61", "1, 1, 1, 1"})
    void relevanceWeighsItsParts(double tagMatch, double embedding, double sourceBoost, double expected) {
        Column score = Relevance.score(col("tags"), col("embedding"), col("source"));

        assertThat(PARTS.value(score, tagMatch, embedding, sourceBoost)).isCloseTo(expected, exactly());
    }
}
