package com.tiktokrec.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.run.RunSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** A warehouse as a test finds it on disk. */
public record StoredTables(Path location) {

    public Dataset<Row> rows(Table table) {
        return SharedSpark.session()
                .read()
                .format("delta")
                .load(location.resolve(table.name()).toString());
    }

    public Dataset<Row> rows(Table table, Column condition) {
        return rows(table).where(condition);
    }

    /** Rows of one user. */
    public Dataset<Row> of(String username, Table table) {
        return rows(table, col(Users.USERNAME).equalTo(username));
    }

    /** A table's rows with all their columns, sorted. */
    public List<String> content(Table table) {
        return content(rows(table));
    }

    /** Rows with all their columns, absent values too, sorted. */
    public static List<String> content(Dataset<Row> rows) {
        Column[] columns = Arrays.stream(rows.columns()).map(name -> col(name)).toArray(Column[]::new);
        return rows
                .select(to_json(struct(columns), Map.of("ignoreNullFields", "false")))
                .as(Encoders.STRING())
                .collectAsList()
                .stream()
                .sorted()
                .toList();
    }

    /** All tables but the record of runs: by name, their {@link #content(Table)}. */
    public Map<String, List<String>> contents() {
        Map<String, List<String>> contents = new TreeMap<>();
        RunSession.TABLES.forEach(table -> contents.put(table.name(), content(table)));
        return contents;
    }

    /** The record of the newest run. */
    public Row lastRun() {
        return rows(Runs.TABLE)
                .orderBy(col(Runs.STARTED_AT).desc(), col(Table.RUN_ID))
                .first();
    }

    /** Every file of every table but the record of runs, with its size: what a run that changes nothing leaves alike. */
    public Map<String, Long> files() {
        if (!Files.exists(location)) {
            return Map.of();
        }
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(location)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = location.relativize(file).toString();
                if (!name.startsWith(Runs.TABLE.name() + "/")) {
                    sizes.put(name, Files.size(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sizes;
    }
}
