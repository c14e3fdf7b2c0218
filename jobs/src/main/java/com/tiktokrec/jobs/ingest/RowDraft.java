package com.tiktokrec.jobs.ingest;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;

/** A row in the making: values by column name, null where none is set. */
final class RowDraft {

    private final StructType schema;
    private final Object[] values;

    RowDraft(StructType schema) {
        this.schema = schema;
        this.values = new Object[schema.length()];
    }

    RowDraft set(String column, Object value) {
        values[schema.fieldIndex(column)] = value;
        return this;
    }

    RowDraft set(String column, Instant value) {
        return set(column, value == null ? null : (Object) Timestamp.from(value));
    }

    RowDraft set(String column, List<String> value) {
        return set(column, value == null ? null : (Object) value.toArray(new String[0]));
    }

    boolean has(String column) {
        return values[schema.fieldIndex(column)] != null;
    }

    Row row() {
        return new GenericRowWithSchema(values, schema);
    }
}
