package com.tiktokrec.jobs.video;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;

/** Counts as formulas see them: missing and negative ones are 0, and without plays every ratio is 0. */
public final class Counts {

    private Counts() {}

    /** A count as a double, at least 0. */
    public static Column count(Column count) {
        return greatest(coalesce(count, lit(0L)), lit(0L)).cast("double");
    }

    /** A count for each play. */
    public static Column perPlay(Column count, Column plays) {
        return when(count(plays).gt(0), count.divide(count(plays))).otherwise(lit(0.0));
    }

    /** A score within 0 and 1; null for null, where {@code least} would skip it and give 1. */
    public static Column clamped(Column score) {
        return udf((Double value) -> value == null ? null : Math.max(0.0, Math.min(1.0, value)), DataTypes.DoubleType)
                .apply(score);
    }
}
