package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Quarantine;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Aggregates that take the newest of several observations, a column at a time. */
final class Newest {

    /** What decides between observations: time, then the row that stands, then place in the landing files. */
    static final String ORDER = "newest_order";

    /** Whether an observation is the row that the table has. */
    static final String STANDING = "standing";

    private Newest() {}

    /** {@link #ORDER} of rows that have a time and a place in a landing file. */
    static Column landedOrder() {
        return order(
                col(Landing.AT), false, col(Quarantine.SOURCE_FILE), col(Quarantine.BYTE_OFFSET), col(Quarantine.ITEM));
    }

    /** {@link #ORDER} of a table's rows: they win over landed ones of their time, so that a repeat changes nothing. */
    static Column standingOrder(String time) {
        return order(col(time), true, lit(""), lit(0L), lit(0));
    }

    private static Column order(Column at, boolean standing, Column file, Column offset, Column item) {
        // A union joins structs by position and needs the same nullability of none: names are given to all.
        return struct(
                        at.as(Landing.AT),
                        lit(standing).as(STANDING),
                        coalesce(file, lit("")).as(Quarantine.SOURCE_FILE),
                        coalesce(offset, lit(0L)).as(Quarantine.BYTE_OFFSET),
                        coalesce(item, lit(0)).as(Quarantine.ITEM))
                .as(ORDER);
    }

    /** The newest value that is not missing. */
    static Column value(String column) {
        return value(column, col(column).isNotNull());
    }

    /** The newest value among the observations that are told enough by a condition. */
    static Column value(String column, Column given) {
        return max_by(col(column), when(given, col(ORDER))).as(column);
    }

    /** {@link #value(String)} of each column of a schema but some. */
    static Stream<Column> values(StructType schema, String... but) {
        List<String> left = List.of(but);
        return Arrays.stream(schema.fields())
                .map(StructField::name)
                .filter(name -> !left.contains(name))
                .map(Newest::value);
    }
}
