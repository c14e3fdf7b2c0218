package com.tiktokrec.jobs.bench;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.repeat;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.shiftright;

import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.tables.Videos;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Distinct texts whose words are one token each, so that the server counts as the client does. */
final class BenchTexts {

    static final List<String> WORDS = List.of(
            "dance", "music", "food", "game", "cat", "dog", "car", "home", "art", "book", "city", "water", "fire",
            "light", "night", "day");

    private static final int BITS = 4;
    private static final int DIGITS = 6;

    private BenchTexts() {}

    /** So many texts of so many words each, at least six, with their hashes. */
    static Dataset<Row> texts(SparkSession spark, long count, int words) {
        return spark.range(count)
                .select(text(words).as(EmbeddingCalls.TEXT))
                .withColumn(Videos.TEXT_HASH, sha2(col(EmbeddingCalls.TEXT), 256));
    }

    /** So many prompts. */
    static Dataset<Row> prompts(SparkSession spark, long count, int words) {
        return spark.range(count)
                .select(
                        lit("Name the topic.").as(ChatCalls.SYSTEM),
                        text(words).as(ChatCalls.USER),
                        lit("topic").as(ChatCalls.SCHEMA_NAME),
                        lit("{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"topic\"],"
                                        + "\"properties\":{\"topic\":{\"type\":\"string\",\"maxLength\":50}}}")
                                .as(ChatCalls.SCHEMA));
    }

    /** The id in words for digits, and filling. */
    private static Column text(int words) {
        Column[] parts = new Column[DIGITS + (words > DIGITS ? 1 : 0)];
        Column alphabet = array(WORDS.stream().map(word -> lit(word)).toArray(Column[]::new));
        for (int digit = 0; digit < DIGITS; digit++) {
            Column value = shiftright(col("id"), digit * BITS).bitwiseAND(lit((1 << BITS) - 1));
            parts[digit] = element_at(alphabet, value.cast("int").plus(1));
        }
        if (words > DIGITS) {
            int fill = words - DIGITS - 1;
            parts[DIGITS] = concat_ws("", repeat(lit("video "), fill), lit("video"));
        }
        return concat_ws(" ", parts);
    }
}
