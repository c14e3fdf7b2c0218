package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.run.RunSession;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that every command takes. */
final class CommonOptions {

    private static final String DEFAULT_WAREHOUSE = "warehouse";
    private static final String ANY_COST = "1000000000";

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            description = "Configuration (HOCON) over the built-in defaults: a file, or a URI such as s3a://….")
    private String conf;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One configuration key; repeatable, wins over --conf. docs/configuration.md lists all keys.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--warehouse",
            paramLabel = "URI",
            description = "Folder or s3a:// URI of the tables (default: the configured one, else ./warehouse).")
    private String warehouse;

    @Option(
            names = "--run-date",
            paramLabel = "YYYY-MM-DD",
            description = "The night to compute; ages are taken at its end (default: today, UTC).")
    private String runDate;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "Spark master (default: spark-submit's, else local[*]).")
    private String master;

    @Option(names = "--deploy-mode", paramLabel = "MODE", description = "client or cluster, for spark-submit.")
    private String deployMode;

    @Option(names = "--dry-run", description = "Print the spark-submit command and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--estimate",
            description = "Print the model calls that the run would make, their tokens and cost, and buy nothing.")
    private boolean estimate;

    @Option(names = "--yes", description = "Go on whatever the models may cost (see models.confirm-above-usd).")
    private boolean yes;

    /** Read from the parsed command line where a failure is told. */
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--verbose", description = "Print the stack trace of a failure.")
    private boolean verbose;

    boolean estimate() {
        return estimate;
    }

    boolean dryRun() {
        return dryRun;
    }

    Optional<String> master() {
        return Optional.ofNullable(master);
    }

    Optional<String> deployMode() {
        return Optional.ofNullable(deployMode);
    }

    Optional<String> conf() {
        return Optional.ofNullable(conf);
    }

    Optional<String> warehouse() {
        return Optional.ofNullable(warehouse);
    }

    /** The configuration, with settings that the command itself makes. */
    Settings settings(Map<String, String> environment, Map<String, String> byCommand) {
        Map<String, String> overrides = new LinkedHashMap<>(byCommand);
        overrides.putAll(set);
        if (yes) {
            overrides.put("models.confirm-above-usd", ANY_COST);
        }
        return Settings.load(conf().map(RemoteFile::here), overrides, environment);
    }

    /** The run that a command asks for. */
    RunSession session(String command, Settings settings, Workplace workplace) {
        return session(
                command,
                settings,
                workplace,
                warehouse().or(settings::warehouse).orElse(DEFAULT_WAREHOUSE));
    }

    RunSession session(String command, Settings settings, Workplace workplace, String location) {
        requireReachableMaster();
        return new RunSession(command, date(workplace), settings, location, master(), workplace.clock());
    }

    /** Without spark-submit nothing brings this program's classes to a cluster. */
    private void requireReachableMaster() {
        boolean submitted = System.getProperty("spark.submit.deployMode") != null;
        boolean elsewhere = master().filter(value -> !value.startsWith("local")).isPresent()
                || deployMode().filter("cluster"::equals).isPresent();
        if (elsewhere && !submitted) {
            throw RunFailure.usage("--master is " + master().orElse("not given") + ", a cluster, and this program was"
                    + " not started by spark-submit. Set SPARK_HOME to a Spark 4.2 distribution, and bin/tiktok-rec"
                    + " submits it there; --dry-run shows the command.");
        }
    }

    LocalDate date(Workplace workplace) {
        if (runDate == null) {
            return LocalDate.ofInstant(Instant.now(workplace.clock()), ZoneOffset.UTC);
        }
        try {
            return LocalDate.parse(runDate);
        } catch (DateTimeParseException e) {
            throw RunFailure.usage("--run-date is '" + runDate + "', not a date: write it as YYYY-MM-DD.");
        }
    }
}
