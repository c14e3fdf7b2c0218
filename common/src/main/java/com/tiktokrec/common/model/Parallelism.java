package com.tiktokrec.common.model;

import org.apache.spark.sql.SparkSession;

/** How what an executor may do at once is shared by the tasks that it runs at once. */
final class Parallelism {

    private Parallelism() {}

    /** An executor's bound divided by its task slots, at least 1. */
    static int perTask(SparkSession spark, int perExecutor) {
        boolean local = spark.sparkContext().isLocal();
        int slots = local
                ? spark.sparkContext().defaultParallelism()
                : Integer.parseInt(spark.sparkContext().getConf().get("spark.executor.cores", "1"));
        return Math.max(1, perExecutor / Math.max(1, slots));
    }
}
