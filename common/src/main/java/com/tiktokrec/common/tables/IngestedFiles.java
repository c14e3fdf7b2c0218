package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Landing files that were read: an unchanged one is skipped. */
public final class IngestedFiles {

    public static final String PATH = "path";
    public static final String SIZE = "size";
    public static final String MODIFIED_AT = "modified_at";
    public static final String ETAG = "etag";
    public static final String RECORDS = "records";
    public static final String BAD = "bad";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(PATH), bigint(SIZE), timestamp(MODIFIED_AT), string(ETAG), bigint(RECORDS), bigint(BAD)
    });

    public static final Table TABLE = new Table("ingested_files", SCHEMA, List.of(PATH), List.of());

    private IngestedFiles() {}
}
