package com.tiktokrec.jobs.taxonomy;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.text.VideoText;
import com.tiktokrec.common.text.Words;
import com.tiktokrec.jobs.taxonomy.TextProcessor.Processed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Reads the texts of a taxonomy: text files line by line, or the ingested captions, hashtags and bios. */
final class TextExtractor {

    private static final int PROBED_BYTES = 64 * 1024;
    private static final String PROCESSED = "processed";
    private static final StructType PROCESSED_TYPE = new StructType(Arrays.stream(Documents.SCHEMA.fields())
            .filter(field -> !field.name().equals(Videos.AUTHOR))
            .toArray(StructField[]::new));

    private TextExtractor() {}

    /**
     * The texts of files, {@link Documents#SCHEMA}; only {@code \n} ends a line.
     *
     * @throws RunFailure where a file is missing, empty or no text
     */
    static Dataset<Row> fromFiles(SparkSession spark, List<String> inputs) {
        List<String> paths = new ArrayList<>();
        for (String input : inputs) {
            paths.addAll(textFiles(spark.sessionState().newHadoopConf(), input));
        }
        Column line = udf((UDF1<String, Row>) text -> row(TextProcessor.line(text)), PROCESSED_TYPE)
                .apply(col("value"));
        return spark.read()
                .option("lineSep", "\n")
                .text(paths.toArray(new String[0]))
                .select(line.as(PROCESSED), lit(null).cast("string").as(Videos.AUTHOR))
                .transform(TextExtractor::distinct);
    }

    /** The captions, hashtags and bios that were ingested, {@link Documents#SCHEMA}. */
    static Dataset<Row> fromTables(Warehouse warehouse) {
        Column caption = udf((UDF2<String, Seq<String>, Row>) TextExtractor::caption, PROCESSED_TYPE)
                .apply(col(Videos.DESCRIPTION), coalesce(col(Videos.HASHTAGS), array().cast("array<string>")));
        Column bio = udf(
                        (UDF1<String, Row>) text -> row(TextProcessor.caption(text, Words.hashtagsIn(text))),
                        PROCESSED_TYPE)
                .apply(col(Users.BIO));
        Dataset<Row> captions = warehouse
                .read(Videos.TABLE)
                .select(caption.as(PROCESSED), lower(col(Videos.AUTHOR)).as(Videos.AUTHOR));
        Dataset<Row> bios = warehouse
                .read(Users.TABLE)
                .where(length(col(Users.BIO)).gt(0))
                .select(bio.as(PROCESSED), col(Users.USERNAME).as(Videos.AUTHOR));
        return captions.unionByName(bios).transform(TextExtractor::distinct);
    }

    private static Row caption(String description, Seq<String> hashtags) {
        List<String> tags = CollectionConverters.asJava(hashtags);
        return row(TextProcessor.caption(VideoText.of(description, tags, null, null), tags));
    }

    private static Row row(Processed processed) {
        return RowFactory.create(
                processed.text(),
                processed.hashtags().toArray(new String[0]),
                processed.mentions().toArray(new String[0]),
                processed.words().toArray(new String[0]),
                processed.weight());
    }

    private static Dataset<Row> distinct(Dataset<Row> rows) {
        return rows.select(col(PROCESSED + ".*"), col(Videos.AUTHOR))
                .where(length(col(Documents.TEXT)).gt(0))
                .dropDuplicates(Documents.TEXT, Videos.AUTHOR)
                .select(Arrays.stream(Documents.SCHEMA.fieldNames())
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }

    private static List<String> textFiles(Configuration configuration, String input) {
        try {
            Path path = new Path(input);
            FileSystem files = path.getFileSystem(configuration);
            FileStatus[] found = files.globStatus(path);
            if (found == null || found.length == 0) {
                throw unreadable("does not exist", "give a text file that does", input);
            }
            List<String> texts = new ArrayList<>();
            for (FileStatus file : found) {
                if (file.isDirectory()) {
                    throw unreadable(
                            "is a folder", "give the text files themselves, such as " + input + "/*.txt", input);
                }
                requireText(configuration, files, file, input);
                texts.add(file.getPath().toString());
            }
            return texts;
        } catch (IOException | IllegalArgumentException e) {
            throw RunFailure.input(
                    "the taxonomy's input cannot be read (" + e.getMessage()
                            + "): check the path and its permissions (value: --input " + input + ")",
                    e);
        }
    }

    private static void requireText(Configuration configuration, FileSystem files, FileStatus file, String input)
            throws IOException {
        byte[] start = start(configuration, files, file.getPath());
        boolean whole = start.length < PROBED_BYTES;
        for (byte value : start) {
            if (value == 0) {
                throw unreadable("is no text: it holds NUL bytes", "give a UTF-8 text file", input);
            }
        }
        String text = decoded(start, whole, input);
        if (whole && text.isBlank()) {
            throw unreadable("is empty", "give a file with a caption or hashtag on each line", input);
        }
    }

    private static byte[] start(Configuration configuration, FileSystem files, Path path) throws IOException {
        CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(path);
        try (InputStream raw = files.open(path);
                InputStream content = codec == null ? raw : codec.createInputStream(raw)) {
            return content.readNBytes(PROBED_BYTES);
        }
    }

    private static String decoded(byte[] start, boolean whole, String input) {
        int length = start.length;
        if (!whole) {
            // The probe may end within a character: go back to a line's end, else to the character's first byte.
            while (length > 0 && start[length - 1] != '\n') {
                length--;
            }
            length = length == 0 ? Math.max(0, start.length - 4) : length;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(start, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable("is no UTF-8 text", "convert it, for instance with iconv -t UTF-8", input);
        }
    }

    private static RunFailure unreadable(String problem, String remedy, String input) {
        return RunFailure.input("the taxonomy's input " + problem + ": " + remedy + " (value: --input " + input + ")");
    }
}
