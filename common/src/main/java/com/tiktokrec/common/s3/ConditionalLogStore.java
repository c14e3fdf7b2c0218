package com.tiktokrec.common.s3;

import io.delta.storage.S3SingleDriverLogStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Delta's log on S3, safe with any number of drivers: a commit is an object that S3 itself writes only if none of its
 * number is there. The store that Delta 4.4 brings compares within one driver, and of two drivers' commits loses one.
 * Every session of ours sets it for {@code s3a}, unless spark-submit sets another.
 */
public final class ConditionalLogStore extends S3SingleDriverLogStore {

    /** Spark's setting that names the store of {@code s3a} paths. */
    public static final String SETTING = "spark.delta.logStore.s3a.impl";

    /** Called by Delta. */
    public ConditionalLogStore(Configuration hadoop) {
        super(hadoop);
    }

    /** Whether the tables at a path have such a log in this session. */
    public static boolean isOf(SparkSession spark, Path path) {
        return "s3a".equals(path.toUri().getScheme())
                && ConditionalLogStore.class
                        .getName()
                        .equals(spark.sparkContext().getConf().get(SETTING, ""));
    }

    @Override
    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        byte[] content = lines(actions);
        if (!overwrite) {
            ConditionalWrites.create(files, path, content);
            return;
        }
        // S3 shows an object whole or not at all.
        try (FSDataOutputStream out = files.create(path, true)) {
            out.write(content);
        }
    }

    private static byte[] lines(Iterator<String> actions) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (actions.hasNext()) {
            content.write(actions.next().getBytes(StandardCharsets.UTF_8));
            content.write('\n');
        }
        return content.toByteArray();
    }
}
