package com.tiktokrec.common.spark;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that are worked out once and kept on the executors until closed, whatever is written to the tables they were read
 * from. A persisted dataset is not: a commit to a Delta table in its plan makes Spark work it out anew, from the table as
 * it is then; and it carries that whole plan into every query over it. Of frozen rows a query's plan knows no more than
 * their schema. Their lineage stays: what a lost executor held is worked out again.
 */
public final class Frozen implements AutoCloseable {

    private final JavaRDD<InternalRow> kept;
    private final Dataset<Row> rows;

    private Frozen(Dataset<Row> rows) {
        SparkSession spark = (SparkSession) rows.sparkSession();
        RDD<InternalRow> made = ((org.apache.spark.sql.classic.Dataset<Row>) rows)
                .queryExecution()
                .toRdd();
        // Spark writes one row after the other into the same object.
        this.kept = made.toJavaRDD().map(InternalRow::copy).persist(StorageLevel.MEMORY_AND_DISK());
        this.rows = spark.internalCreateDataFrame(kept.rdd(), rows.schema(), false);
    }

    /** Freezes rows; they are worked out when first used. */
    public static Frozen of(Dataset<Row> rows) {
        return new Frozen(rows);
    }

    public Dataset<Row> rows() {
        return rows;
    }

    @Override
    public void close() {
        kept.unpersist();
    }
}
