package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.spark.SparkSessions;
import com.tiktokrec.common.tables.Warehouse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A program that asks a model some questions, in a process of its own: one that a test may kill. */
public final class CallingProgram {

    static final int IN_FLIGHT = 4;

    /** Files of two calls, waves of sixteen. */
    private static final int WAVE_CALLS = 16;

    private static final String SCHEMA = "{\"type\": \"object\", \"required\": [\"n\"], \"properties\": {\"n\":"
            + " {\"type\": \"integer\"}}, \"additionalProperties\": false}";

    private CallingProgram() {}

    /** Master, address of the server, warehouse, name of the run, number of questions. */
    public static void main(String[] arguments) {
        Secrets.install(System.getenv());
        SparkSession spark = SparkSessions.tunedForOneMachine(
                        SparkSessions.withDelta(SparkSession.builder()
                                .appName("calls")
                                .master(arguments[0])
                                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                                .config("spark.speculation", "true")),
                        2)
                .getOrCreate();
        ask(spark, arguments[1], arguments[2], arguments[3], Integer.parseInt(arguments[4]));
        spark.stop();
    }

    /** Asks the questions, each once over all runs. */
    static long ask(SparkSession spark, String baseUrl, String warehouse, String run, int questions) {
        CallDesk.open(
                run, new CallRules(Map.of(), OptionalDouble.empty(), WAVE_CALLS, Duration.ofSeconds(2)), Duration.ZERO);
        Dataset<Row> prompts = spark.range(questions)
                .select(
                        lit("Be brief.").as(ChatCalls.SYSTEM),
                        concat(lit("question "), col("id")).as(ChatCalls.USER),
                        lit("numbers").as(ChatCalls.SCHEMA_NAME),
                        lit(SCHEMA).as(ChatCalls.SCHEMA))
                .persist();
        try {
            return new ChatCalls(
                            new Warehouse(spark, warehouse, run, Instant.EPOCH),
                            new ChatSpec(baseUrl, "a-model", 0.7, 500, Duration.ofSeconds(60), 3, IN_FLIGHT, 2, 8),
                            Clock.systemUTC(),
                            (step, totals) -> {})
                    .answers("a step", "v1", prompts)
                    .where(col(ChatCalls.RESPONSE).isNotNull())
                    .count();
        } finally {
            ModelClients.close(run);
        }
    }
}
