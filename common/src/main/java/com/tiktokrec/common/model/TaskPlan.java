package com.tiktokrec.common.model;

import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Warehouse;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What each task of a step's calls has to know besides its model.
 *
 * @param batch the step's calls, at the driver's desk
 * @param callsOfAFile outcomes are staged after so many calls
 * @param secondsOfAFile outcomes are staged after so long
 * @param tasksOfAnExecutor tasks that share an executor's bound on calls under way
 */
record TaskPlan(
        String runId,
        String batch,
        String answersRoot,
        String failuresRoot,
        Broadcast<SerializableConfiguration> hadoop,
        int callsOfAFile,
        Duration secondsOfAFile,
        int tasksOfAnExecutor)
        implements Serializable {

    /** A wave's files: a part is lost in a crash, and several tasks fill a wave. */
    private static final int FILES_OF_A_WAVE = 8;

    static TaskPlan of(Warehouse warehouse, Table table, CallDesk.Batch batch, CallRules rules) {
        SparkSession spark = warehouse.spark();
        return new TaskPlan(
                warehouse.runId(),
                batch.id(),
                AnswerStore.root(warehouse, table),
                warehouse.stagingPath("failures"),
                SerializableConfiguration.broadcast(
                        spark.sparkContext(), spark.sessionState().newHadoopConf()),
                Math.max(1, rules.waveCalls() / FILES_OF_A_WAVE),
                rules.wave().dividedBy(FILES_OF_A_WAVE),
                Parallelism.callingTasksOfAnExecutor(spark));
    }
}
