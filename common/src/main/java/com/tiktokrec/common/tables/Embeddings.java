package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.vector;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Vectors of videos, categories and queries: the store of embedding calls. */
public final class Embeddings {

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Videos.TEXT_HASH), string(Categories.EMBEDDING_MODEL), vector(Categories.EMBEDDING)
    });

    public static final Table TABLE =
            new Table("embeddings", SCHEMA, List.of(Videos.TEXT_HASH, Categories.EMBEDDING_MODEL), List.of());

    private Embeddings() {}
}
