package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Videos;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The texts that a taxonomy is made from: one row for each distinct text of an author. */
final class Documents {

    /** Cleaned text, hashtags kept in place. */
    static final String TEXT = EmbeddingCalls.TEXT;

    /** How many videos the text stands for: 1, or what a file of hashtag counts says. */
    static final String WEIGHT = "weight";

    /** The words that are no hashtags, distinct. */
    static final String WORDS = "words";

    static final StructType SCHEMA = new StructType(new StructField[] {
        Fields.string(TEXT),
        Fields.strings(Videos.HASHTAGS),
        Fields.strings(Videos.MENTIONS),
        Fields.strings(WORDS),
        Fields.string(Videos.AUTHOR),
        Fields.bigint(WEIGHT)
    });

    private Documents() {}
}
