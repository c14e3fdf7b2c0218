package com.tiktokrec.jobs.ingest;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that are worked out once and kept, whatever is written to the tables they were read from. A persisted dataset is
 * not: a commit to a Delta table in its plan makes Spark work it out anew, from the table as it is then.
 */
final class Frozen implements Kept {

    private final JavaRDD<Row> kept;
    private final Dataset<Row> rows;

    private Frozen(Dataset<Row> rows) {
        this.kept = rows.javaRDD().persist(StorageLevel.MEMORY_AND_DISK());
        this.rows = rows.sparkSession().createDataFrame(kept, rows.schema());
    }

    static Frozen of(Dataset<Row> rows) {
        return new Frozen(rows);
    }

    Dataset<Row> rows() {
        return rows;
    }

    @Override
    public void close() {
        kept.unpersist();
    }
}
