package com.tiktokrec.jobs.run;

import com.tiktokrec.common.DaemonThreads;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.slf4j.MDC;

/** Under which name Spark's UI, its event log and log lines show what a run's threads do. */
record RunLabel(SparkContext spark, String runId) {

    private static final String GROUP = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";

    /** Does work on this thread under a description; what was shown before is shown again afterwards. */
    <T> T on(String description, Supplier<T> work) {
        String group = spark.getLocalProperty(GROUP);
        String before = spark.getLocalProperty(DESCRIPTION);
        String tasksRunId = spark.getLocalProperty(DaemonThreads.RUN_ID);
        String runIdBefore = MDC.get(DaemonThreads.RUN_ID);
        spark.setJobGroup(runId, description, false);
        spark.setLocalProperty(DaemonThreads.RUN_ID, runId);
        MDC.put(DaemonThreads.RUN_ID, runId);
        try {
            return work.get();
        } finally {
            spark.setLocalProperty(GROUP, group);
            spark.setLocalProperty(DESCRIPTION, before);
            spark.setLocalProperty(DaemonThreads.RUN_ID, tasksRunId);
            if (runIdBefore == null) {
                MDC.remove(DaemonThreads.RUN_ID);
            } else {
                MDC.put(DaemonThreads.RUN_ID, runIdBefore);
            }
        }
    }

    /** The same for work without a result. */
    void on(String description, Runnable work) {
        this.<Void>on(description, () -> {
            work.run();
            return null;
        });
    }
}
