package com.tiktokrec.common.spark;

import com.tiktokrec.common.model.ModelCallsPlugin;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Spark sessions with Delta, in UTC; what spark-submit or a configuration sets beforehand stays as it is. */
public final class SparkSessions {

    private static final String PLUGINS = "spark.plugins";

    private SparkSessions() {}

    /**
     * The session of a run.
     *
     * @param master where to run; without it what spark-submit gave, or all cores of this machine
     */
    public static SparkSession open(String applicationName, Optional<String> master) {
        SparkSession.Builder builder = withDelta(SparkSession.builder().appName(applicationName));
        String submitted = System.getProperty("spark.master");
        String chosen = master.orElse(submitted == null ? "local[*]" : submitted);
        builder.master(chosen);
        if (chosen.startsWith("local")) {
            tunedForOneMachine(builder, Runtime.getRuntime().availableProcessors());
        }
        return builder.getOrCreate();
    }

    /** What every session needs: Delta, UTC, secrets redacted from what Spark shows, and the channel of model calls. */
    public static SparkSession.Builder withDelta(SparkSession.Builder builder) {
        String others = System.getProperty(PLUGINS);
        String ours = ModelCallsPlugin.class.getName();
        // Else metrics are named after the application's id, and every night anew.
        setIfAbsent(builder, "spark.metrics.namespace", "tiktok_rec");
        return builder.config(PLUGINS, others == null || others.equals(ours) ? ours : others + "," + ours)
                .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.redaction.regex", "(?i)secret|password|token|access[.]?key|api.?key");
    }

    /** Small tables on few cores: Spark's defaults, made for clusters, cost seconds a query there. */
    public static SparkSession.Builder tunedForOneMachine(SparkSession.Builder builder, int cores) {
        String partitions = Integer.toString(Math.max(2, cores));
        setIfAbsent(builder, "spark.driver.host", "127.0.0.1");
        setIfAbsent(builder, "spark.driver.bindAddress", "127.0.0.1");
        setIfAbsent(builder, "spark.ui.enabled", "false");
        setIfAbsent(builder, "spark.ui.showConsoleProgress", "false");
        // The text of each plan, which nobody reads without the UI: the long form costs more than many a query.
        setIfAbsent(builder, "spark.sql.ui.explainMode", "simple");
        setIfAbsent(builder, "spark.sql.shuffle.partitions", partitions);
        setIfAbsent(builder, "spark.databricks.delta.snapshotPartitions", "1");
        setIfAbsent(builder, "spark.sql.sources.parallelPartitionDiscovery.parallelism", partitions);
        // Tables are Delta folders; Spark would make an empty ./spark-warehouse for others.
        setIfAbsent(
                builder,
                "spark.sql.warehouse.dir",
                System.getProperty("java.io.tmpdir") + "/tiktok-rec-spark-warehouse");
        return builder;
    }

    private static void setIfAbsent(SparkSession.Builder builder, String key, String value) {
        if (System.getProperty(key) == null) {
            builder.config(key, value);
        }
    }
}
