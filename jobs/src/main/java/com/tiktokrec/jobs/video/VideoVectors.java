package com.tiktokrec.jobs.video;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.VideoText;
import com.tiktokrec.jobs.run.Run;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Vectors of videos: made once for each distinct text, and kept. */
public final class VideoVectors {

    private VideoVectors() {}

    /** Makes sure that the texts of some videos have vectors. */
    public static void embed(Run run, Dataset<Row> videos) {
        run.step("embed videos", () -> {
            run.models().embeddings().embed("videos", Role.DOCUMENT, videos.withColumn(EmbeddingCalls.TEXT, text()));
            return null;
        });
    }

    /** The video text, from the columns of the videos table. */
    public static Column text() {
        return udf(
                        (String description, Seq<String> hashtags, String musicTitle, String author) ->
                                VideoText.of(description, asList(hashtags), musicTitle, author),
                        DataTypes.StringType)
                .apply(col(Videos.DESCRIPTION), col(Videos.HASHTAGS), col(Videos.MUSIC_TITLE), col(Videos.AUTHOR));
    }

    private static List<String> asList(Seq<String> strings) {
        return strings == null ? List.of() : CollectionConverters.asJava(strings);
    }
}
