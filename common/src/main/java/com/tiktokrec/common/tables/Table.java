package com.tiktokrec.common.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table of the warehouse.
 *
 * @param name folder of the table
 * @param content its columns; every table has {@link #RUN_ID} and {@link #WRITTEN_AT} besides
 * @param key columns that together are unique
 * @param partitionBy columns the files are partitioned by
 */
public record Table(String name, StructType content, List<String> key, List<String> partitionBy) {

    public static final String RUN_ID = "run_id";
    public static final String WRITTEN_AT = "written_at";

    /** Version of the layout of all tables: upgrades add columns. */
    public static final int SCHEMA_VERSION = 1;

    /** All columns as they are stored. */
    public StructType schema() {
        List<StructField> fields = new ArrayList<>(Arrays.asList(content.fields()));
        if (!List.of(content.fieldNames()).contains(RUN_ID)) {
            fields.add(Fields.string(RUN_ID));
        }
        fields.add(Fields.timestamp(WRITTEN_AT));
        return new StructType(fields.toArray(new StructField[0]));
    }
}
