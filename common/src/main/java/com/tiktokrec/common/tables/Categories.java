package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.strings;
import static com.tiktokrec.common.tables.Fields.vector;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The taxonomy that stands. */
public final class Categories {

    public static final String TAG = "tag";
    public static final String KEYWORDS = "keywords";
    public static final String EMBEDDING = "embedding";
    public static final String EMBEDDING_MODEL = "embedding_model";
    public static final String TAXONOMY_VERSION = "taxonomy_version";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(TAG),
        string(Videos.DESCRIPTION),
        strings(KEYWORDS),
        vector(EMBEDDING),
        string(EMBEDDING_MODEL),
        string(SearchResults.SOURCE),
        string(TAXONOMY_VERSION)
    });

    public static final Table TABLE = new Table("categories", SCHEMA, List.of(TAG), List.of());

    private Categories() {}
}
