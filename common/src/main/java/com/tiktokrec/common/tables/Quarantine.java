package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.date;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Landing records that could not be read, with their place and the reason. */
public final class Quarantine {

    public static final String SOURCE_FILE = "source_file";
    public static final String BYTE_OFFSET = "byte_offset";
    public static final String ITEM = "item";
    public static final String LINE = "line";
    public static final String RAW = "raw";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(SOURCE_FILE),
        bigint(BYTE_OFFSET),
        integer(ITEM),
        bigint(LINE),
        string(UserTags.REASON),
        string(RAW),
        date(SearchQueries.RUN_DATE)
    });

    public static final Table TABLE =
            new Table("quarantine", SCHEMA, List.of(SOURCE_FILE, BYTE_OFFSET, ITEM), List.of());

    private Quarantine() {}
}
