package com.tiktokrec.jobs.ingest;

import com.tiktokrec.jobs.run.Run;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Reads landing files on the executors, a record at a time. */
final class LandingReader implements FlatMapFunction<Iterator<Row>, Row> {

    private static final long serialVersionUID = 1L;

    /** A page of 35 items has 1 MB at most. */
    private static final int LONGEST_RECORD = 32 << 20;

    private static final int FILES_PER_TASK = 16;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final boolean profileBareAuthors;

    private LandingReader(Broadcast<SerializableConfiguration> hadoop, boolean profileBareAuthors) {
        this.hadoop = hadoop;
        this.profileBareAuthors = profileBareAuthors;
    }

    /** What files hold, in rows of {@link Landing#SCHEMA}. */
    static Dataset<Row> read(Run run, List<LandingFile> files) {
        SparkSession spark = run.spark();
        Broadcast<SerializableConfiguration> hadoop = SerializableConfiguration.broadcast(
                spark.sparkContext(), spark.sessionState().newHadoopConf());
        Dataset<Row> rows =
                spark.createDataFrame(files.stream().map(LandingFile::row).toList(), LandingFile.SCHEMA);
        int cores = spark.sparkContext().defaultParallelism();
        // With few files each has its own task as it is.
        Dataset<Row> dealt = files.size() <= cores
                ? rows
                : rows.repartition(Math.max(cores, (files.size() + FILES_PER_TASK - 1) / FILES_PER_TASK));
        // By way of an RDD: the encoder of so wide a row in the plan would cost every later query a second.
        return spark.createDataFrame(
                dealt.javaRDD()
                        .mapPartitions(new LandingReader(
                                hadoop, run.settings().ingest().profileBareAuthors())),
                Landing.SCHEMA);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> files) {
        Reading reading = new Reading(files);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> reading.close());
        return reading;
    }

    /** The rows of a task's files, read as they are asked for. */
    private final class Reading implements Iterator<Row> {

        private final Iterator<Row> files;
        private final RecordParser parser = new RecordParser(profileBareAuthors);
        private final Queue<Row> ready = new ArrayDeque<>();
        private RecordRows rows;
        private LandingStream text;
        private RecordSplitter records;

        Reading(Iterator<Row> files) {
            this.files = files;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && (rows != null || files.hasNext())) {
                advance();
            }
            return !ready.isEmpty();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }

        /** Opens the next file, or reads a record of the one that is open. */
        private void advance() {
            if (rows == null) {
                rows = new RecordRows(LandingFile.of(files.next()), ready);
            }
            try {
                if (text == null && isKnownContent(rows.file())) {
                    rows.unchanged();
                    finish();
                    return;
                }
                if (text == null) {
                    text = LandingStream.open(stored(rows.file()));
                    records = new RecordSplitter(text, LONGEST_RECORD);
                }
                RawRecord record = records.next();
                if (record != null) {
                    parser.parse(record, rows);
                    return;
                }
                rows.end(text.digest());
            } catch (IOException e) {
                rows.failed(e.getMessage() == null ? e.toString() : e.getMessage());
            }
            finish();
        }

        /** Whether a file that was touched or copied over has the bytes that an earlier run read. */
        private boolean isKnownContent(LandingFile file) throws IOException {
            if (file.known() == null || file.known().etag() == null || file.etag() != null) {
                return false;
            }
            try (InputStream in = stored(file)) {
                return LandingStream.digest(in).equals(file.known().etag());
            }
        }

        private InputStream stored(LandingFile file) throws IOException {
            Path path = new Path(file.path());
            FileSystem system = path.getFileSystem(hadoop.value().value());
            return system.open(path);
        }

        private void finish() {
            close();
            text = null;
            records = null;
            rows = null;
        }

        void close() {
            if (text != null) {
                try {
                    text.close();
                } catch (IOException e) {
                    // It was only read: nothing is lost.
                    text = null;
                }
            }
        }
    }
}
