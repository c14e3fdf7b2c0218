package com.tiktokrec.jobs.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.RunFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** JSON files that commands read and write, on any file system that Spark reaches; written whole or not at all. */
public final class JsonFiles {

    /** How Spark's {@code to_json} writes them: ISO-8601 times in UTC, absent values as null. */
    public static final Map<String, String> JSON_OPTIONS =
            Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss'Z'", "ignoreNullFields", "false");

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

    /** A folder of JSON Lines files, from one text column. */
    public static void writeFolder(String folder, Dataset<Row> lines) {
        lines.write().mode("overwrite").text(folder);
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
        Path partial = new Path(path.getParent(), "." + path.getName() + ".partial");
        try {
            FileSystem files = fileSystem(spark, path);
            if (path.getParent() != null) {
                files.mkdirs(path.getParent());
            }
            try (OutputStream out = files.create(partial, true)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            files.delete(path, false);
            if (!files.rename(partial, path)) {
                throw new IOException("the finished file could not be renamed from " + partial);
            }
        } catch (IOException e) {
            throw RunFailure.failed(
                    "the output " + file + " cannot be written: " + e.getMessage()
                            + ". The tables are written; give --output a path that this user may write.",
                    e);
        }
    }

    private static FileSystem fileSystem(SparkSession spark, Path path) throws IOException {
        return path.getFileSystem(spark.sessionState().newHadoopConf());
    }
}
