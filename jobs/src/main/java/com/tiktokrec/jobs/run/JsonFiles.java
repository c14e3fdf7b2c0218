package com.tiktokrec.jobs.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.files.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** JSON files that commands read and write, on any file system that Spark reaches; written whole or not at all. */
public final class JsonFiles {

    /** How Spark's {@code to_json} writes them: ISO-8601 times in UTC, absent values as null. */
    public static final Map<String, String> JSON_OPTIONS =
            Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss'Z'", "ignoreNullFields", "false");

    private static final String SUCCESS = "_SUCCESS";
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFiles() {}

    /** One JSON value, indented for people. */
    public static void writeValue(SparkSession spark, String file, String json) {
        try {
            write(spark, file, JSON.readTree(json).toPrettyString() + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Spark wrote text that is not JSON", e);
        }
    }

    /** JSON Lines. */
    public static void writeLines(SparkSession spark, String file, List<String> lines) {
        write(spark, file, String.join("\n", lines) + "\n");
    }

    /**
     * A folder of JSON Lines files, from one text column, in place of what was in it. Each file is whole; {@code _SUCCESS}
     * is there only while the folder is. Until the new files are all written the old ones stay.
     */
    public static void writeFolder(String folder, Dataset<Row> lines) {
        SparkSession spark = lines.sparkSession();
        Path path = new Path(folder);
        String suffix = "-" + UUID.randomUUID() + ".json";
        try {
            FileSystem files = fileSystem(spark, path);
            files.delete(new Path(path, SUCCESS), false);
            Set<Path> earlier = contents(files, path);
            var hadoop = new SerializableConfiguration(spark.sessionState().newHadoopConf());
            lines.as(Encoders.STRING()).foreachPartition((ForeachPartitionFunction<String>)
                    part -> writePart(hadoop, folder, suffix, part));
            for (Path old : earlier) {
                files.delete(old, true);
            }
            WholeFile.write(files, new Path(path, SUCCESS), out -> {});
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    private static Set<Path> contents(FileSystem files, Path folder) throws IOException {
        Set<Path> found = new HashSet<>();
        try {
            for (FileStatus file : files.listStatus(folder)) {
                found.add(file.getPath());
            }
        } catch (FileNotFoundException e) {
            return Set.of();
        }
        return found;
    }

    private static void writePart(
            SerializableConfiguration hadoop, String folder, String suffix, Iterator<String> lines) throws IOException {
        if (!lines.hasNext()) {
            return;
        }
        Path file = new Path(folder, "part-%05d".formatted(TaskContext.getPartitionId()) + suffix);
        WholeFile.write(file.getFileSystem(hadoop.value()), file, out -> {
            while (lines.hasNext()) {
                out.write((lines.next() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /**
     * A file's JSON.
     *
     * @throws RunFailure where it is missing, unreadable or not JSON
     */
    public static JsonNode read(SparkSession spark, String file, String what) {
        Path path = new Path(file);
        try (InputStream in = fileSystem(spark, path).open(path)) {
            return JSON.readTree(in);
        } catch (FileNotFoundException e) {
            throw RunFailure.input("the " + what + " file " + file + " does not exist. Give the path of one.", e);
        } catch (JsonProcessingException e) {
            throw RunFailure.input(
                    "the " + what + " file " + file + " is not JSON: " + e.getOriginalMessage() + " at line "
                            + e.getLocation().getLineNr() + ". Give a file that this program wrote, or mend it.",
                    e);
        } catch (IOException e) {
            throw RunFailure.input("the " + what + " file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void write(SparkSession spark, String file, String text) {
        Path path = new Path(file);
        try {
            WholeFile.write(fileSystem(spark, path), path, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static RunFailure unwritable(String output, IOException cause) {
        return RunFailure.failed(
                "the output " + output + " cannot be written: " + cause.getMessage()
                        + ". The tables are written; give --output a path that this user may write.",
                cause);
    }

    private static FileSystem fileSystem(SparkSession spark, Path path) throws IOException {
        return path.getFileSystem(spark.sessionState().newHadoopConf());
    }
}
