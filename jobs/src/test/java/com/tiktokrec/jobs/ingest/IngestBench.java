package com.tiktokrec.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.VideoStats;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunLedger;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** A warehouse and landing files of one test. */
final class IngestBench {

    static final List<Table> TABLES = List.of(
            Videos.TABLE,
            VideoStats.TABLE,
            Users.TABLE,
            UserVideos.TABLE,
            SearchResults.TABLE,
            IngestedFiles.TABLE,
            Quarantine.TABLE);

    static final Instant MODIFIED = Instant.parse("2026-11-20T00:00:00Z");

    private final Path folder;
    private final SparkSession spark = SharedSpark.session();
    private int runs;

    IngestBench(Path folder) {
        this.folder = folder;
    }

    SparkSession spark() {
        return spark;
    }

    Path landing() {
        return folder.resolve("landing");
    }

    File tableFolder(Table table) {
        return folder.resolve("warehouse").resolve(table.name()).toFile();
    }

    Warehouse warehouse() {
        return new Warehouse(
                spark, folder.resolve("warehouse").toString(), "run-" + runs, Instant.parse("2026-11-24T03:00:00Z"));
    }

    /** Writes a landing file of JSON lines. */
    Path land(String name, JsonNode... records) throws IOException {
        return land(name, Stream.of(records).map(JsonNode::toString).collect(Collectors.joining("\n", "", "\n")));
    }

    Path land(String name, String content) throws IOException {
        return land(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Path land(String name, byte[] content) throws IOException {
        Path file = landing().resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
        return file;
    }

    IngestJob.Result ingest(Object... inputs) {
        return ingest(Map.of(), inputs);
    }

    IngestJob.Result ingest(Map<String, String> settings, Object... inputs) {
        runs++;
        Run run = new Run(
                "run-" + runs,
                LocalDate.parse("2026-11-24"),
                Clock.fixed(Instant.parse("2026-11-24T03:00:00Z"), ZoneOffset.UTC),
                spark,
                warehouse(),
                Settings.load(Optional.empty(), settings),
                null,
                new RunLedger(),
                false);
        return IngestJob.run(
                run,
                new IngestJob.Options(
                        Arrays.stream(inputs).map(Object::toString).toList()));
    }

    /** A table's rows by their key, as JSON without the columns that are null. */
    Map<String, JsonNode> rows(Table table, String... columns) {
        String[] shown = columns.length == 0 ? table.content().fieldNames() : columns;
        return warehouse().read(table).collectAsList().stream()
                .collect(Collectors.toMap(
                        row -> table.key().stream()
                                .map(key -> String.valueOf(row.<Object>getAs(key)))
                                .collect(Collectors.joining(" ")),
                        row -> json(row, shown),
                        (a, b) -> {
                            throw new AssertionError("two rows of one key in " + table.name() + ": " + a + ", " + b);
                        },
                        TreeMap::new));
    }

    /** A table's rows in short, by key: {@code key: value value}. */
    List<String> lines(Table table, String... columns) {
        return rows(table, columns).entrySet().stream()
                .map(row -> row.getKey() + ": "
                        + Arrays.stream(columns)
                                .map(column -> row.getValue().path(column).asText())
                                .collect(Collectors.joining(" ")))
                .toList();
    }

    private static JsonNode json(Row row, String... columns) {
        var json = Landed.JSON.createObjectNode();
        for (String column : columns) {
            Object value = row.getAs(column);
            if (value instanceof Seq<?> list) {
                var array = json.putArray(column);
                CollectionConverters.asJava(list).forEach(element -> array.add(String.valueOf(element)));
            } else if (value instanceof Timestamp time) {
                json.put(column, time.toInstant().toString());
            } else if (value instanceof Integer number) {
                json.put(column, number.longValue());
            } else if (value != null) {
                json.set(column, Landed.JSON.valueToTree(value instanceof Date ? value.toString() : value));
            }
        }
        return json;
    }

    /** All that the warehouse holds, with the run that wrote each row. */
    Map<String, Map<String, JsonNode>> content() {
        return TABLES.stream().collect(Collectors.toMap(Table::name, table -> rows(table, withRun(table))));
    }

    private static String[] withRun(Table table) {
        return Stream.concat(Arrays.stream(table.content().fieldNames()), Stream.of(Table.RUN_ID))
                .toArray(String[]::new);
    }

    void assertNothingWritten() {
        assertThat(TABLES).noneMatch(table -> warehouse().exists(table));
    }
}
