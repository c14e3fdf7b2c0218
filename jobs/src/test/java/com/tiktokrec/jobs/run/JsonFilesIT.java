package com.tiktokrec.jobs.run;

import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.jobs.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFilesIT {

    @TempDir
    private Path folder;

    private final SparkSession spark = SharedSpark.session();

    private Dataset<Row> lines(String... lines) {
        return spark.createDataset(List.of(lines), Encoders.STRING())
                .toDF("value")
                .coalesce(1);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".crc"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void anExportTakesThePlaceOfTheOneBeforeAndOfNothingElse() throws IOException {
        JsonFiles.writeFolder(folder.toString(), lines("{\"day\":1}"));
        Path other = Files.createDirectories(folder.resolve("videos")).resolve("part-00000.json");
        Files.writeString(other, "{}");
        Files.writeString(folder.resolve("notes.txt"), "mine");

        JsonFiles.writeFolder(folder.toString(), lines("{\"day\":2}"));

        assertThat(other).hasContent("{}");
        assertThat(names()).hasSize(4).contains("_SUCCESS", "notes.txt", "videos");
        Path part = folder.resolve(names().get(2));
        assertThat(part.getFileName().toString()).startsWith("part-00000-").endsWith(".json");
        assertThat(part).hasContent("{\"day\":2}\n");
    }

    @Test
    void aFolderOfOtherThingsIsRefused() throws IOException {
        String output = folder.toString();
        assertThatCode(() -> JsonFiles.requireFolder(spark, output)).as("empty").doesNotThrowAnyException();
        assertThatCode(() -> JsonFiles.requireFolder(spark, output + "/new")).doesNotThrowAnyException();
        JsonFiles.writeFolder(output, lines("{}"));
        assertThatCode(() -> JsonFiles.requireFolder(spark, output))
                .as("an export")
                .doesNotThrowAnyException();

        // As a warehouse has them, or a bucket.
        Files.createDirectories(folder.resolve("videos.json"));

        assertThatThrownBy(() -> JsonFiles.requireFolder(spark, output))
                .isInstanceOfSatisfying(
                        RunFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("--output " + output)
                .hasMessageContaining("videos.json");
    }

    @Test
    void timesAreThoseOfUtcWhateverTheSessionsZone() {
        SparkSession berlin = spark.newSession();
        berlin.conf().set("spark.sql.session.timeZone", "Europe/Berlin");

        String json = berlin.sql("SELECT TIMESTAMP '2026-11-24 01:00:00' AS create_time")
                .select(to_json(struct("create_time"), JsonFiles.JSON_OPTIONS))
                .as(Encoders.STRING())
                .head();

        assertThat(json).isEqualTo("{\"create_time\":\"2026-11-24T00:00:00Z\"}");
    }
}
