package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.config.Ranking;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Ids;
import com.tiktokrec.common.text.VideoText;
import com.tiktokrec.common.text.Words;
import com.tiktokrec.jobs.run.Run;
import java.sql.Timestamp;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The videos that may be served tonight, as documents: those created by the run's time and not gone.
 *
 * <p>Each has an ordinal, its place when all are sorted newest first and then by id. Ties in every ranking go to the
 * smaller ordinal, and rankings carry ordinals instead of ids.
 */
final class Corpus {

    static final String ORDINAL = "ordinal";
    /** Whether a document counts in rankings, but may be served to nobody: its author or a hashtag is blocked. */
    static final String BARRED = "barred";
    /** Match words, repeats kept. */
    static final String WORDS = "words";

    private static final StructType ORDINALS =
            new StructType(new StructField[] {Fields.string(Videos.VIDEO_ID), Fields.bigint(ORDINAL)});

    private Corpus() {}

    /** Documents: the columns of videos, {@link #ORDINAL}, {@link #BARRED}, {@link #WORDS} and the vector. */
    static Dataset<Row> documents(Run run) {
        Dataset<Row> servable = servable(run);
        return servable.join(ordinals(servable), new String[] {Videos.VIDEO_ID})
                .join(run.models().embeddings().vectors(Role.DOCUMENT), new String[] {Videos.TEXT_HASH}, "left")
                .withColumn(WORDS, matchWords(col(Videos.DESCRIPTION), col(Videos.HASHTAGS)))
                .withColumn(BARRED, barred(run.settings().ranking()))
                .drop("run_id", "written_at")
                .repartition(run.spark().sparkContext().defaultParallelism(), col(ORDINAL));
    }

    /** Videos created by the run's time and not gone. */
    static Dataset<Row> servable(Run run) {
        return run.warehouse()
                .read(Videos.TABLE)
                .where(col(Videos.CREATE_TIME).leq(lit(Timestamp.from(run.time()))))
                .where(not(coalesce(col(Videos.GONE), lit(false))));
    }

    private static Dataset<Row> ordinals(Dataset<Row> videos) {
        JavaRDD<Row> numbered = videos.select(Videos.VIDEO_ID, Videos.CREATE_TIME)
                .orderBy(col(Videos.CREATE_TIME).desc(), idOrder(col(Videos.VIDEO_ID)))
                .select(Videos.VIDEO_ID)
                .javaRDD()
                .zipWithIndex()
                .map(videoAndOrdinal -> RowFactory.create(videoAndOrdinal._1().getString(0), videoAndOrdinal._2()));
        return videos.sparkSession().createDataFrame(numbered, ORDINALS);
    }

    /** A column that sorts as ids do. */
    static Column idOrder(Column id) {
        return udf((String text) -> Ids.sortKey(text), DataTypes.StringType).apply(id);
    }

    static Column matchWords(Column description, Column hashtags) {
        return udf(
                        (String text, Seq<String> tags) -> VideoText.matchWords(
                                text, tags == null ? List.of() : CollectionConverters.asJava(tags)),
                        DataTypes.createArrayType(DataTypes.StringType))
                .apply(description, hashtags);
    }

    /** A video without an author belongs to nobody's list either: nobody could tell whether it is their own. */
    private static Column barred(Ranking ranking) {
        Object[] authors = ranking.blockedAuthors().stream()
                .map(author -> author.replaceFirst("^@", "").toLowerCase(Locale.ROOT))
                .toArray();
        String[] hashtags =
                ranking.blockedHashtags().stream().map(Words::hashtag).toArray(String[]::new);
        Column blocked =
                col(Videos.AUTHOR).isNull().or(coalesce(col(Videos.AUTHOR).isin(authors), lit(false)));
        return hashtags.length == 0
                ? blocked
                : blocked.or(coalesce(arrays_overlap(col(Videos.HASHTAGS), lit(hashtags)), lit(false)));
    }

    /** The vector of a document. */
    static Column vector() {
        return col(Categories.EMBEDDING);
    }
}
