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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
            Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss'Z'", "timeZone", "UTC", "ignoreNullFields", "false");

    private static final String SUCCESS = "_SUCCESS";
    private static final String JSON_FILE = ".json";
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
     * Makes sure, before a run does anything, that a folder holds no files but those that {@link #writeFolder} may
     * replace.
     *
     * @throws RunFailure where it does
     */
    public static void requireFolder(SparkSession spark, String folder) {
        Path path = new Path(folder);
        try {
            for (FileStatus entry : entries(fileSystem(spark, path), path)) {
                if (!isExported(entry) && !entry.getPath().getName().equals(SUCCESS)) {
                    throw RunFailure.usage("--output " + folder + " is a folder that holds "
                            + entry.getPath().getName() + ", and with --all the files of an earlier export in it are"
                            + " replaced. Nothing was done. Name a folder that is new, empty, or of exports alone.");
                }
            }
        } catch (IOException e) {
            throw RunFailure.failed(
                    "the output " + folder + " cannot be looked at: " + e.getMessage()
                            + ". Nothing was done; give --output a folder that this user may write.",
                    e);
        }
    }

    /**
     * A folder of JSON Lines files, from one text column, in place of those that were in it. Each file is whole; {@code
     * _SUCCESS} is there only while the folder is. Until the new files are all written the old ones stay.
     */
    public static void writeFolder(String folder, Dataset<Row> lines) {
        SparkSession spark = lines.sparkSession();
        Path path = new Path(folder);
        String suffix = "-" + UUID.randomUUID() + JSON_FILE;
        try {
            FileSystem files = fileSystem(spark, path);
            files.delete(new Path(path, SUCCESS), false);
            List<Path> earlier = entries(files, path).stream()
                    .filter(JsonFiles::isExported)
                    .map(FileStatus::getPath)
                    .toList();
            var hadoop = new SerializableConfiguration(spark.sessionState().newHadoopConf());
            lines.as(Encoders.STRING()).foreachPartition((ForeachPartitionFunction<String>)
                    part -> writePart(hadoop, folder, suffix, part));
            for (Path old : earlier) {
                files.delete(old, false);
            }
            WholeFile.write(files, new Path(path, SUCCESS), out -> {});
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** What lies in a folder; one file where the path is no folder. */
    private static List<FileStatus> entries(FileSystem files, Path folder) throws IOException {
        try {
            return List.of(files.listStatus(folder));
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    private static boolean isExported(FileStatus entry) {
        return entry.isFile() && entry.getPath().getName().endsWith(JSON_FILE);
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
