package com.tiktokrec.common.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.s3.ConditionalLogStore;
import com.tiktokrec.common.s3.ConditionalWrites;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import java.io.IOException;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The Delta tables under one folder, as one run sees and writes them.
 *
 * <p>Every write stamps the run and its time, and leaves rows whose content is the same untouched, so that a repeated
 * night changes nothing.
 */
public final class Warehouse {

    private static final Logger LOG = LoggerFactory.getLogger(Warehouse.class);
    private static final String VERSION_PROPERTY = "schema_version";
    private static final String DELETED = "__deleted";
    private static final String TARGET = "target";
    private static final String FRESH = "fresh";
    private static final int MOST_CONFLICTS = 20;
    private static final int TABLES_AT_ONCE = 4;
    private static final Set<String> OTHER_S3 = Set.of("s3", "s3n");
    private static final Duration TABLE_RETRY = Duration.ofMillis(50);

    private final SparkSession spark;
    private final String location;
    private final String runId;
    private final Timestamp writtenAt;
    private final Map<String, Map<String, String>> propertiesByTable = new ConcurrentHashMap<>();
    private final Set<String> withoutNewColumns = ConcurrentHashMap.newKeySet();

    /** A warehouse as seen by a run; nothing is read or written yet. */
    public Warehouse(SparkSession spark, String location, String runId, Instant writtenAt) {
        this.spark = spark;
        this.location = absolute(location.replaceAll("/+$", ""));
        this.runId = runId;
        this.writtenAt = Timestamp.from(writtenAt);
    }

    /** Delta takes a relative path for a table's name. */
    private static String absolute(String location) {
        boolean relative = new Path(location).toUri().getScheme() == null && !location.startsWith("/");
        return relative
                ? java.nio.file.Path.of(location).toAbsolutePath().normalize().toString()
                : location;
    }

    public SparkSession spark() {
        return spark;
    }

    public String location() {
        return location;
    }

    public String runId() {
        return runId;
    }

    /** Folder of a table. */
    public String path(Table table) {
        return location + "/" + table.name();
    }

    /** A folder for files of this run that no table holds yet. */
    public String stagingPath(String name) {
        return location + "/_staging/" + runId + "/" + name;
    }

    public boolean exists(Table table) {
        return !properties(table).isEmpty();
    }

    /** Creates the tables that are missing, empty. */
    public void create(List<Table> tables) {
        tables.stream().filter(this::exists).forEach(this::addNewColumns);
        List<Table> missing = tables.stream().filter(table -> !exists(table)).toList();
        if (missing.size() < 2) {
            missing.forEach(table -> create(table, Map.of()));
            return;
        }
        // Each is a dozen requests one after the other, which on S3 take their time.
        ExecutorService creators = Executors.newFixedThreadPool(TABLES_AT_ONCE, DaemonThreads.named("create-table"));
        try {
            List<CompletableFuture<Void>> created = missing.stream()
                    .map(table -> CompletableFuture.runAsync(() -> create(table, Map.of()), creators))
                    .toList();
            CompletableFuture.allOf(created.toArray(new CompletableFuture<?>[0]))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            creators.shutdown();
        }
    }

    /** A table of an older version gets the columns that this one writes: a merge would leave them out. */
    private void addNewColumns(Table table) {
        if (withoutNewColumns.remove(table.name())) {
            appendRows(table, spark.createDataFrame(List.of(), table.schema()));
        }
    }

    /** Creates a table with properties of its own, which {@link #properties} then gives; nothing where it exists. */
    public void create(Table table, Map<String, String> properties) {
        if (exists(table)) {
            return;
        }
        DeltaTableBuilder builder = DeltaTable.createIfNotExists(spark)
                .location(path(table))
                .addColumns(table.schema())
                .property(VERSION_PROPERTY, Integer.toString(Table.SCHEMA_VERSION))
                .property("delta.enableDeletionVectors", "false");
        properties.forEach(builder::property);
        if (!table.partitionBy().isEmpty()) {
            builder.partitionedBy(table.partitionBy().toArray(new String[0]));
        }
        execute(builder, table);
        propertiesByTable.remove(table.name());
    }

    /** Another run may make the table at this moment; then it is there once that run is through. */
    private void execute(DeltaTableBuilder builder, Table table) {
        for (int attempt = 1; ; attempt++) {
            try {
                builder.execute();
                return;
            } catch (Exception e) {
                // Delta throws the checked AnalysisException, where a log's folder is there and no commit yet.
                boolean anotherMakesIt =
                        e instanceof DeltaConcurrentModificationException || e instanceof AnalysisException;
                if (!anotherMakesIt || attempt == MOST_CONFLICTS) {
                    throw e;
                }
                if (DeltaTable.isDeltaTable(spark, path(table))) {
                    return;
                }
                pause(TABLE_RETRY.multipliedBy(attempt));
            }
        }
    }

    private static void pause(Duration duration) {
        try {
            Sleeper.THREAD.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another run makes a table", e);
        }
    }

    /**
     * Properties of a table, empty where it does not exist.
     *
     * @throws RunFailure where a newer version of this program wrote it
     */
    public Map<String, String> properties(Table table) {
        return propertiesByTable.computeIfAbsent(table.name(), name -> storedProperties(table));
    }

    private Map<String, String> storedProperties(Table table) {
        if (!DeltaTable.isDeltaTable(spark, path(table))) {
            return Map.of();
        }
        Snapshot stored = snapshot(table);
        if (!List.of(stored.schema().fieldNames())
                .containsAll(List.of(table.schema().fieldNames()))) {
            withoutNewColumns.add(table.name());
        }
        Map<String, String> properties =
                new HashMap<>(CollectionConverters.asJava(stored.metadata().configuration()));
        int version = Integer.parseInt(properties.getOrDefault(VERSION_PROPERTY, "1"));
        if (version > Table.SCHEMA_VERSION) {
            throw RunFailure.failed("table " + table.name() + " at " + path(table)
                    + " has schema_version " + version + ", and this program knows " + Table.SCHEMA_VERSION
                    + ": a newer version wrote it. Upgrade this program, or use another --warehouse.");
        }
        properties.putIfAbsent(VERSION_PROPERTY, Integer.toString(version));
        return properties;
    }

    private DeltaLog log(Table table) {
        return DeltaLog.forTable(spark, new Path(path(table)));
    }

    private Snapshot snapshot(Table table) {
        return log(table).update(false, Option.empty(), Option.empty());
    }

    /** Sets properties of a table that exists. */
    public void setProperties(Table table, Map<String, String> properties) {
        String assignments = new TreeMap<>(properties)
                .entrySet().stream()
                        .map(entry -> "'" + entry.getKey() + "' = '"
                                + entry.getValue().replace("\\", "\\\\").replace("'", "\\'") + "'")
                        .collect(Collectors.joining(", "));
        spark.sql("ALTER TABLE delta.`" + path(table) + "` SET TBLPROPERTIES (" + assignments + ")");
        propertiesByTable.remove(table.name());
    }

    /** A table's rows now, with all columns that this version knows; no rows where it does not exist. */
    public Dataset<Row> read(Table table) {
        if (isEmpty(table)) {
            // Spark knows that a local relation has no rows, and drops the joins that wait for some.
            return spark.createDataFrame(List.of(), table.schema());
        }
        Dataset<Row> stored = spark.read().format("delta").load(path(table));
        List<String> present = List.of(stored.columns());
        return stored.select(Arrays.stream(table.schema().fields())
                .map(field -> present.contains(field.name())
                        ? col(field.name())
                        : lit(null).cast(field.dataType()).as(field.name()))
                .toArray(Column[]::new));
    }

    /** Rows with a table's columns, and no others, in their order and types; a missing column is null. */
    private Dataset<Row> stamped(Table table, Dataset<Row> rows) {
        List<String> present = List.of(rows.columns());
        return rows.select(Arrays.stream(table.schema().fields())
                .map(field -> stampedColumn(field, present))
                .toArray(Column[]::new));
    }

    private Column stampedColumn(StructField field, List<String> present) {
        return switch (field.name()) {
            case Table.RUN_ID -> lit(runId).as(field.name());
            case Table.WRITTEN_AT -> lit(writtenAt).as(field.name());
            default ->
                present.contains(field.name())
                        ? col(field.name()).cast(field.dataType()).as(field.name())
                        : lit(null).cast(field.dataType()).as(field.name());
        };
    }

    /** Adds rows whose keys are known to be new. */
    public void append(Table table, Dataset<Row> rows) {
        create(List.of(table));
        appendRows(table, stamped(table, rows));
    }

    private void appendRows(Table table, Dataset<Row> rows) {
        rows.write()
                .format("delta")
                .mode("append")
                .option("mergeSchema", "true")
                .save(path(table));
    }

    /**
     * Adds rows, unless anybody changes the table between a look at it and the commit.
     *
     * @param look reads the table, and gives the rows to add, the table's columns; nothing where none are to be added
     * @return whether the look gave rows
     * @throws io.delta.exceptions.DeltaConcurrentModificationException where somebody does: nothing is added then
     */
    public boolean appendUnlessChanged(Table table, Supplier<Optional<Dataset<Row>>> look) {
        // A plain append reads nothing, and so conflicts with nothing.
        OptimisticTransaction transaction = log(table).startTransaction(Option.empty(), Option.empty());
        Optional<Dataset<Row>> rows = look.get();
        if (rows.isEmpty()) {
            return false;
        }
        transaction.readWholeTable();
        List<Action> written = List.copyOf(CollectionConverters.asJava(transaction.writeFiles(rows.get())));
        if (!written.isEmpty()) {
            transaction.commit(CollectionConverters.asScala(written).toSeq(), DeltaOperations.ManualUpdate$.MODULE$);
        }
        return true;
    }

    /** Adds rows to a table that has none; where it has some, false. */
    private boolean addedToNone(Table table, Dataset<Row> rows) {
        return appendUnlessChanged(table, () -> isEmpty(table) ? Optional.of(stamped(table, rows)) : Optional.empty());
    }

    /** Makes a change that looks at the table first, again where another run's came between. */
    private void settled(Table table, Runnable change) {
        create(List.of(table));
        settled(
                MOST_CONFLICTS,
                "table " + table.name() + " at " + path(table) + " was changed by other runs " + MOST_CONFLICTS
                        + " times in a row while this one wrote it. It stays as they left it, and answers that were"
                        + " paid for are kept. Start again with fewer at once.",
                change);
    }

    /**
     * Repeats a change to a table until no other run's change comes between.
     *
     * @throws RunFailure with this message where one did so many times in a row
     */
    public static void settled(int mostConflicts, String failure, Runnable change) {
        for (int conflict = 1; ; conflict++) {
            try {
                change.run();
                return;
            } catch (ConcurrentModificationException e) {
                // Delta's own are some of these.
                if (conflict == mostConflicts) {
                    throw RunFailure.failed(failure, e);
                }
            }
        }
    }

    /** Replaces all rows of a table in one commit. */
    public void overwrite(Table table, Dataset<Row> rows) {
        create(List.of(table));
        stamped(table, rows).write().format("delta").mode("overwrite").save(path(table));
    }

    /** Adds rows whose keys are not in the table; rows that are there stay. */
    public void insertNew(Table table, Dataset<Row> rows) {
        settled(table, () -> {
            if (!addedToNone(table, rows)) {
                target(table)
                        .merge(stamped(table, rows).as(FRESH), sameKey(table))
                        .whenNotMatched()
                        .insertAll()
                        .execute();
            }
        });
    }

    /**
     * Adds rows whose keys are not in the table; of two runs that add the same key at once one does.
     *
     * @param answers the table's columns, the run that got them included; no key twice
     */
    public void insertAnswers(Table table, Dataset<Row> answers) {
        Dataset<Row> fresh = answers.withColumn(Table.WRITTEN_AT, lit(writtenAt))
                .select(columns(table.schema().fieldNames()));
        settled(table, () -> appendUnlessChanged(table, () -> Optional.of(withoutStored(table, fresh))));
    }

    private Dataset<Row> withoutStored(Table table, Dataset<Row> rows) {
        String[] key = table.key().toArray(new String[0]);
        return isEmpty(table) ? rows : rows.join(read(table).select(columns(key)), seq(key), "left_anti");
    }

    /** Adds new rows and updates those whose content differs, by key. */
    public void upsert(Table table, Dataset<Row> rows) {
        upsert(table, () -> Optional.of(rows));
    }

    /**
     * The same with rows that are made by a look at the table; it is looked at again where another run's change came
     * between.
     *
     * @param look reads the table, and gives the rows to write; nothing where none are
     */
    public void upsert(Table table, Supplier<Optional<Dataset<Row>>> look) {
        settled(table, () -> {
            long seen = snapshot(table).version();
            Optional<Dataset<Row>> rows = look.get();
            if (rows.isEmpty() || addedToNone(table, rows.get())) {
                return;
            }
            if (snapshot(table).version() != seen) {
                throw new ConcurrentModificationException(table.name());
            }
            target(table)
                    .merge(stamped(table, rows.get()).as(FRESH), sameKey(table))
                    .whenMatched(contentDiffers(table))
                    .updateAll()
                    .whenNotMatched()
                    .insertAll()
                    .execute();
        });
    }

    /**
     * Replaces, in one commit, the rows of some users by fresh ones; other users' rows stay.
     *
     * @param fresh all that these users shall have, already persisted: it is read more than once
     * @param handled the users, one column {@link Users#USERNAME}
     */
    public void replaceUsers(Table table, Dataset<Row> fresh, Dataset<Row> handled) {
        replaceUsers(table, fresh, handled, alias -> lit(true));
    }

    /** The same for their rows of one date, in a table that has a {@link SearchQueries#RUN_DATE}. */
    public void replaceUsers(Table table, Dataset<Row> fresh, Dataset<Row> handled, LocalDate date) {
        replaceUsers(
                table,
                fresh,
                handled,
                alias -> col(alias + SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(date))));
    }

    private void replaceUsers(Table table, Dataset<Row> fresh, Dataset<Row> handled, Function<String, Column> isMeant) {
        Supplier<Dataset<Row>> standing = () -> read(table)
                .where(isMeant.apply(""))
                .join(handled.select(Users.USERNAME).distinct(), seq(Users.USERNAME), "left_semi");
        settled(table, () -> {
            boolean added = appendUnlessChanged(
                    table,
                    () -> isEmpty(table) || standing.get().isEmpty()
                            ? Optional.of(stamped(table, fresh))
                            : Optional.empty());
            if (!added) {
                replace(table, standing.get(), fresh, sameKey(table).and(isMeant.apply(TARGET + ".")));
            }
        });
    }

    private void replace(Table table, Dataset<Row> standing, Dataset<Row> fresh, Column same) {
        String[] key = table.key().toArray(new String[0]);
        Dataset<Row> outdated =
                standing.join(fresh.select(columns(key)), seq(key), "left_anti").withColumn(DELETED, lit(true));
        Dataset<Row> changes =
                stamped(table, fresh).withColumn(DELETED, lit(false)).unionByName(outdated);
        Map<String, Column> values = new LinkedHashMap<>();
        for (String column : table.schema().fieldNames()) {
            values.put(column, col(FRESH + "." + column));
        }
        target(table)
                .merge(changes.as(FRESH), same)
                .whenMatched(col(FRESH + "." + DELETED))
                .delete()
                .whenMatched(contentDiffers(table))
                .update(values)
                .whenNotMatched(col(FRESH + "." + DELETED).unary_$bang())
                .insert(values)
                .execute();
    }

    private DeltaTable target(Table table) {
        return DeltaTable.forPath(spark, path(table)).as(TARGET);
    }

    /** Whether nothing was ever written to a table: its log has the creating commit alone, and that brought no file. */
    public boolean isEmpty(Table table) {
        if (!exists(table)) {
            return true;
        }
        return snapshot(table).version() == 0 && !firstCommitBroughtFiles(table);
    }

    private boolean firstCommitBroughtFiles(Table table) {
        // A snapshot would start a Spark job to count its files.
        return CollectionConverters.asJava(
                        log(table).getChanges(0, 0, Option.empty(), true).next()._2())
                .stream()
                .anyMatch(AddFile.class::isInstance);
    }

    /** Number of the newest commit of each table that exists. */
    public Map<String, Long> versions(List<Table> tables) {
        Map<String, Long> versions = new LinkedHashMap<>();
        tables.stream()
                .filter(this::exists)
                .forEach(table -> versions.put(table.name(), snapshot(table).version()));
        return versions;
    }

    /** Deletes this run's staged files, if any. */
    public void clearStaging() {
        Path staging = new Path(location + "/_staging/" + runId);
        try {
            staging.getFileSystem(spark.sessionState().newHadoopConf()).delete(staging, true);
        } catch (IOException e) {
            LOG.warn(
                    "Staged files at {} could not be deleted ({}); they take space and do no harm",
                    staging,
                    e.toString());
        }
    }

    /**
     * Makes sure that the warehouse's folder is there and can be written, and on S3 that of two writers at once one is
     * told.
     *
     * @throws RunFailure where it can't
     */
    public void requireWritable() {
        Path probe = new Path(location + "/_staging/" + runId + "/probe");
        if (OTHER_S3.contains(Objects.requireNonNullElse(probe.toUri().getScheme(), ""))) {
            throw RunFailure.usage("the warehouse " + location + " is on S3 by a name under which two runs at once lose"
                    + " each other's commits. Write s3a://BUCKET/PATH.");
        }
        try {
            FileSystem files = probe.getFileSystem(spark.sessionState().newHadoopConf());
            if (ConditionalLogStore.isOf(spark, probe)) {
                requireConditions(files, probe);
            } else {
                files.create(probe, true).close();
            }
            files.delete(probe.getParent(), true);
        } catch (UnsupportedFileSystemException e) {
            throw RunFailure.usage("the warehouse " + location + " is on no file system that Spark knows ("
                    + e.getMessage() + "). For S3 write s3a://BUCKET/PATH.");
        } catch (IOException e) {
            throw RunFailure.failed(
                    "the warehouse " + location + " cannot be written (" + e.getMessage()
                            + "). Give a folder that this user may write with --warehouse, or mend its permissions.",
                    e);
        }
    }

    private void requireConditions(FileSystem files, Path probe) throws IOException {
        if (!ConditionalWrites.areHonoured(files, probe)) {
            files.delete(probe.getParent(), true);
            throw RunFailure.usage("the S3 store of the warehouse " + location
                    + " ignores conditional writes (PUT with If-None-Match: *), without which two runs at once lose each"
                    + " other's commits. Nothing was written. Use a store that honours them (AWS S3 does), or, where one"
                    + " driver alone ever writes, take Delta's own log store: --conf"
                    + " spark.delta.logStore.s3a.impl=io.delta.storage.S3SingleDriverLogStore for spark-submit.");
        }
    }

    private static Column sameKey(Table table) {
        return table.key().stream()
                .map(name -> col(TARGET + "." + name).equalTo(col(FRESH + "." + name)))
                .reduce(Column::and)
                .orElseThrow();
    }

    private static Column contentDiffers(Table table) {
        return contentColumns(table.content())
                .map(name -> col(TARGET + "." + name)
                        .eqNullSafe(col(FRESH + "." + name))
                        .unary_$bang())
                .reduce(Column::or)
                .orElseThrow();
    }

    private static Stream<String> contentColumns(StructType content) {
        return Arrays.stream(content.fieldNames()).filter(name -> !name.equals(Table.RUN_ID));
    }

    private static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    private static Seq<String> seq(String... names) {
        return CollectionConverters.asScala(List.of(names)).toSeq();
    }
}
