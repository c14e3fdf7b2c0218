package com.tiktokrec.common.model;

import org.apache.spark.sql.SparkSession;

/**
 * How many tasks call at once. Calls wait more than they compute, so one task can keep many under way. Some cores are left
 * to the jobs that store answers and tell that the run is alive meanwhile: one of each executor that has more than one,
 * and of all together one at least.
 */
final class Parallelism {

    private Parallelism() {}

    /** Tasks that call at once, on all executors together. */
    static int callingTasks(SparkSession spark) {
        int tasks = callingTasksOfAnExecutor(spark) * executors(spark);
        return Math.max(1, Math.min(tasks, spark.sparkContext().defaultParallelism() - 1));
    }

    /** Tasks that call at once on one executor. */
    static int callingTasksOfAnExecutor(SparkSession spark) {
        int cores = spark.sparkContext().defaultParallelism() / executors(spark);
        return Math.max(1, cores - 1);
    }

    private static int executors(SparkSession spark) {
        // The driver counts as one in what Spark tells.
        return spark.sparkContext().isLocal()
                ? 1
                : Math.max(1, spark.sparkContext().statusTracker().getExecutorInfos().length - 1);
    }
}
