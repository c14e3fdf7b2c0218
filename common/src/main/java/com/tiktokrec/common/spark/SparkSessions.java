package com.tiktokrec.common.spark;

import com.tiktokrec.common.model.ModelCallsPlugin;
import com.tiktokrec.common.s3.ConditionalLogStore;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Spark sessions with Delta, in UTC; else what spark-submit or a configuration sets beforehand stays as it is. */
public final class SparkSessions {

    private static final String PLUGINS = "spark.plugins";
    private static final String EXTENSIONS = "spark.sql.extensions";
    private static final String TIME_ZONE = "spark.sql.session.timeZone";
    private static final List<String> LISTS = List.of(PLUGINS, EXTENSIONS);

    /** What holds wherever Spark runs, unless spark-submit says otherwise; in the order in which it is shown. */
    public static final Map<String, String> SETTINGS = settings();

    private SparkSessions() {}

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(PLUGINS, ModelCallsPlugin.class.getName());
        settings.put(EXTENSIONS, "io.delta.sql.DeltaSparkSessionExtension");
        settings.put("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
        settings.put(ConditionalLogStore.SETTING, ConditionalLogStore.class.getName());
        settings.put(TIME_ZONE, "UTC");
        settings.put(
                "spark.redaction.regex",
                "(?i)secret|password|token|access[.]?key|api.?key|account.?key|encryption.?key");
        // A copy of a task that calls models would only wait for the first one's answers.
        settings.put("spark.speculation", "false");
        // So that a heartbeat need not wait for the end of a long stage.
        settings.put("spark.scheduler.mode", "FAIR");
        // Else metrics are named after the application's id, and every night anew.
        settings.put("spark.metrics.namespace", "tiktok_rec");
        return Collections.unmodifiableMap(settings);
    }

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
        SETTINGS.forEach((key, value) -> setIfAbsent(builder, key, value));
        LISTS.forEach(list -> addIfMissing(builder, list, SETTINGS.get(list)));
        // Dates of nights and times in files are those of UTC, whatever a cluster is used to.
        return builder.config(TIME_ZONE, SETTINGS.get(TIME_ZONE));
    }

    private static void addIfMissing(SparkSession.Builder builder, String list, String ours) {
        String others = System.getProperty(list);
        if (others != null && !List.of(others.split(",", -1)).contains(ours)) {
            builder.config(list, others + "," + ours);
        }
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
