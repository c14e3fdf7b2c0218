package com.tiktokrec.jobs.taxonomy;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Videos;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Counts of hashtags and words over {@link Documents}, summed by Spark and cut to the strongest before they come back. */
final class HashtagStatistics {

    /** Hashtags of one text that are counted in pairs: more than that is a list of everything. */
    private static final int PAIRED_HASHTAGS = 30;

    private static final String HASHTAG = "hashtag";
    private static final String OTHER = "other";
    private static final String DOCUMENTS = "documents";
    private static final String AUTHORS = "authors";
    private static final String OWN = "own";
    private static final String MENTIONS = "mentioned";
    private static final String STRENGTH = "strength";
    private static final String USE = "use";
    private static final String MENTION = "mention";

    /**
     * How a hashtag is used.
     *
     * @param documents videos or texts that hold it
     * @param authors authors who use it; texts, where authors are not known
     * @param handle whether it looks like an account's name: used by its bearer, or mentioned with {@code @}
     */
    record HashtagCount(String hashtag, long documents, long authors, boolean handle) {

        /** Between its videos and its authors: neither one prolific author nor one-off campaigns win. */
        double strength() {
            return Math.sqrt((double) documents * authors);
        }
    }

    /** Two hashtags that stand in one text, the first sorted before the second. */
    record Pair(String first, String second) {}

    /** How much text there is: the videos it stands for, and the authors (texts, where authors are not known). */
    record Size(long documents, long authors) {}

    private HashtagStatistics() {}

    static Size size(Dataset<Row> documents) {
        Row size = documents
                .select(col(Documents.WEIGHT), author())
                .agg(coalesce(sum(Documents.WEIGHT), lit(0L)), count_distinct(col(Videos.AUTHOR)))
                .head();
        return new Size(size.getLong(0), size.getLong(1));
    }

    /** Who wrote a text; where that is not known, each text counts as an author of its own. */
    private static Column author() {
        return coalesce(col(Videos.AUTHOR), sha2(col(Documents.TEXT).cast("binary"), 256))
                .as(Videos.AUTHOR);
    }

    /** The strongest hashtags that are not generic and that more than one author uses, strongest first. */
    static List<HashtagCount> strongest(Dataset<Row> documents, GenericHashtags generic, int limit) {
        Column usable = udf(
                        (UDF1<String, Boolean>) hashtag -> TagRule.isWordLike(hashtag) && !generic.contains(hashtag),
                        DataTypes.BooleanType)
                .apply(col(HASHTAG));
        Dataset<Row> uses = documents.select(
                explode(array_distinct(col(Videos.HASHTAGS))).as(HASHTAG),
                col(Videos.AUTHOR),
                col(Documents.WEIGHT),
                lit(USE).as("kind"));
        Dataset<Row> mentions = documents.select(
                explode(col(Videos.MENTIONS)).as(HASHTAG),
                col(Videos.AUTHOR),
                col(Documents.WEIGHT),
                lit(MENTION).as("kind"));
        Column used = col("kind").equalTo(USE);
        return uses
                .unionByName(mentions)
                .groupBy(col(HASHTAG), col(Videos.AUTHOR))
                .agg(
                        sum(when(used, col(Documents.WEIGHT)).otherwise(0L)).as(DOCUMENTS),
                        sum(when(used, lit(0L)).otherwise(1L)).as(MENTIONS))
                .groupBy(HASHTAG)
                .agg(
                        sum(DOCUMENTS).as(DOCUMENTS),
                        sum(when(col(DOCUMENTS).equalTo(0), lit(0L))
                                        .when(col(Videos.AUTHOR).isNull(), col(DOCUMENTS))
                                        .otherwise(1L))
                                .as(AUTHORS),
                        sum(when(col(Videos.AUTHOR).equalTo(col(HASHTAG)), col(DOCUMENTS))
                                        .otherwise(0L))
                                .as(OWN),
                        sum(MENTIONS).as(MENTIONS))
                .where(col(AUTHORS).gt(1).and(usable))
                .withColumn(STRENGTH, sqrt(col(DOCUMENTS).multiply(col(AUTHORS))))
                .orderBy(col(STRENGTH).desc(), col(HASHTAG))
                .limit(limit)
                .collectAsList()
                .stream()
                .map(HashtagStatistics::hashtagCount)
                .toList();
    }

    private static HashtagCount hashtagCount(Row row) {
        long documents = row.getAs(DOCUMENTS);
        long own = row.getAs(OWN);
        long mentions = row.getAs(MENTIONS);
        boolean handle = own * 10 >= documents || mentions * 3 >= documents;
        return new HashtagCount(row.getAs(HASHTAG), documents, row.getAs(AUTHORS), handle);
    }

    /** The most frequent words outside of hashtags, with the number of texts that hold them. */
    static Map<String, Long> words(Dataset<Row> documents, int limit) {
        Map<String, Long> counts = new HashMap<>();
        documents
                .select(explode(col(Documents.WORDS)).as(HASHTAG))
                .groupBy(HASHTAG)
                .agg(count(lit(1)).as(DOCUMENTS))
                .where(col(DOCUMENTS).gt(1))
                .orderBy(col(DOCUMENTS).desc(), col(HASHTAG))
                .limit(limit)
                .collectAsList()
                .forEach(row -> counts.put(row.getAs(HASHTAG), row.getAs(DOCUMENTS)));
        return counts;
    }

    /** How many authors (texts, where authors are not known) use two of these hashtags together, for the commonest pairs. */
    static Map<Pair, Long> pairs(Dataset<Row> documents, List<String> hashtags, int limit) {
        Broadcast<Set<String>> chosen = JavaSparkContext.fromSparkContext(
                        documents.sparkSession().sparkContext())
                .broadcast(new HashSet<>(hashtags));
        Column held = udf(
                        (UDF1<Seq<String>, String[]>) all -> CollectionConverters.asJava(all).stream()
                                .filter(chosen.value()::contains)
                                .distinct()
                                .sorted()
                                .limit(PAIRED_HASHTAGS)
                                .toArray(String[]::new),
                        DataTypes.createArrayType(DataTypes.StringType))
                .apply(col(Videos.HASHTAGS));
        Map<Pair, Long> counts = new HashMap<>();
        documents
                .select(held.as(Videos.HASHTAGS), author())
                .where(functions.size(col(Videos.HASHTAGS)).gt(1))
                .select(explode(col(Videos.HASHTAGS)).as(HASHTAG), col(Videos.HASHTAGS), col(Videos.AUTHOR))
                .select(col(HASHTAG), explode(col(Videos.HASHTAGS)).as(OTHER), col(Videos.AUTHOR))
                .where(col(HASHTAG).lt(col(OTHER)))
                .distinct()
                .groupBy(HASHTAG, OTHER)
                .agg(count(lit(1)).as(DOCUMENTS))
                .where(col(DOCUMENTS).gt(1))
                .orderBy(col(DOCUMENTS).desc(), col(HASHTAG), col(OTHER))
                .limit(limit)
                .collectAsList()
                .forEach(row -> counts.put(new Pair(row.getAs(HASHTAG), row.getAs(OTHER)), row.getAs(DOCUMENTS)));
        return counts;
    }
}
