package com.tiktokrec.jobs.recommend;

import static com.tiktokrec.common.tables.Recommendations.BASE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.EMBEDDING_SIMILARITY;
import static com.tiktokrec.common.tables.Recommendations.ENGAGEMENT_RATE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.ENGAGEMENT_SCORE;
import static com.tiktokrec.common.tables.Recommendations.MATCHED_TAGS;
import static com.tiktokrec.common.tables.Recommendations.PLAY_SCORE;
import static com.tiktokrec.common.tables.Recommendations.RECENCY_SCORE;
import static com.tiktokrec.common.tables.Recommendations.RELEVANCE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.SHARE_SCORE;
import static com.tiktokrec.common.tables.Recommendations.SOURCE_BOOST;
import static com.tiktokrec.common.tables.Recommendations.TAG_MATCH;
import static com.tiktokrec.common.tables.Recommendations.VIRALITY_SCORE;
import static com.tiktokrec.common.tables.SearchQueries.SOURCE_TAGS;
import static com.tiktokrec.common.tables.Videos.COMMENTS;
import static com.tiktokrec.common.tables.Videos.CREATE_TIME;
import static com.tiktokrec.common.tables.Videos.LIKES;
import static com.tiktokrec.common.tables.Videos.PLAYS;
import static com.tiktokrec.common.tables.Videos.SHARES;
import static com.tiktokrec.jobs.users.UserTagArrays.USER_TAGS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.config.Ranking;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.jobs.video.Counts;
import com.tiktokrec.jobs.video.Vectors;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import scala.Function1;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Feature columns of candidates: each step adds the columns of one score. */
final class Features {

    /** Map from tag to credit, of a candidate's video. */
    static final String CREDITS = "credits";
    /** Cosine between a candidate's video and its user; null where a vector is missing on either side. */
    static final String COSINE = "cosine";
    /** Whether none of the user's tags has a vector. */
    static final String USER_WITHOUT_VECTOR = "user_without_vector";

    private Features() {}

    static Function1<Dataset<Row>, Dataset<Row>> virality(Instant runTime) {
        return videos -> videos.withColumn(PLAY_SCORE, Virality.playScore(col(PLAYS)))
                .withColumn(
                        ENGAGEMENT_RATE_SCORE,
                        Virality.engagementRateScore(col(PLAYS), col(LIKES), col(COMMENTS), col(SHARES)))
                .withColumn(SHARE_SCORE, Virality.shareScore(col(PLAYS), col(SHARES)))
                .withColumn(RECENCY_SCORE, Virality.recencyScore(col(CREATE_TIME), runTime))
                .withColumn(
                        VIRALITY_SCORE,
                        Virality.score(
                                col(PLAY_SCORE), col(ENGAGEMENT_RATE_SCORE), col(SHARE_SCORE), col(RECENCY_SCORE)));
    }

    static Dataset<Row> engagement(Dataset<Row> videos) {
        return videos.withColumn(
                ENGAGEMENT_SCORE, EngagementQuality.score(col(PLAYS), col(LIKES), col(COMMENTS), col(SHARES)));
    }

    static Function1<Dataset<Row>, Dataset<Row>> relevance(UserVectors userVectors, double cosineFloor) {
        return candidates -> candidates
                .withColumn(TAG_MATCH, Relevance.tagMatch(col(USER_TAGS), col(CREDITS)))
                .withColumn(COSINE, cosine(userVectors, col(USER_TAGS), col(Categories.EMBEDDING)))
                .withColumn(USER_WITHOUT_VECTOR, withoutVector(userVectors, col(USER_TAGS)))
                .withColumn(EMBEDDING_SIMILARITY, Relevance.embeddingSimilarity(col(COSINE), cosineFloor))
                .withColumn(SOURCE_BOOST, Relevance.sourceBoost(col(USER_TAGS), col(SOURCE_TAGS)))
                .withColumn(
                        RELEVANCE_SCORE, Relevance.score(col(TAG_MATCH), col(EMBEDDING_SIMILARITY), col(SOURCE_BOOST)))
                .withColumn(MATCHED_TAGS, Relevance.matchedTags(col(USER_TAGS), col(CREDITS)));
    }

    static Function1<Dataset<Row>, Dataset<Row>> baseScore(Ranking weights) {
        return candidates -> candidates.withColumn(
                BASE_SCORE,
                Counts.clamped(col(VIRALITY_SCORE)
                        .multiply(weights.viralityWeight())
                        .plus(col(RELEVANCE_SCORE).multiply(weights.relevanceWeight()))
                        .plus(col(ENGAGEMENT_SCORE).multiply(weights.engagementWeight()))));
    }

    private static Column withoutVector(UserVectors userVectors, Column userTags) {
        return udf(
                        (Seq<Row> tags) -> userVectors.of(List.copyOf(CollectionConverters.asJava(tags))) == null,
                        DataTypes.BooleanType)
                .apply(userTags);
    }

    private static Column cosine(UserVectors userVectors, Column userTags, Column videoVector) {
        return udf(
                        (Seq<Row> tags, Seq<Float> vector) -> {
                            double[] video = vector == null ? null : Vectors.unit(CollectionConverters.asJava(vector));
                            double[] user = video == null
                                    ? null
                                    : userVectors.of(List.copyOf(CollectionConverters.asJava(tags)));
                            return user == null ? null : Vectors.dot(user, video);
                        },
                        DataTypes.DoubleType)
                .apply(userTags, videoVector);
    }
}
