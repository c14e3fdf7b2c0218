package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.col;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes answers from staged files into their table, in waves, while calls go on. A wave adds the keys that are missing:
 * taken again after a crash, or by two runs at once, an answer is still stored once.
 */
final class AnswerStore {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerStore.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Warehouse warehouse;
    private final Table table;
    private final StructType staged;
    private final UnaryOperator<Dataset<Row>> decoded;
    private final Set<Path> adopted = new HashSet<>();

    /**
     * A store of answers.
     *
     * @param staged columns of the staged files
     * @param decoded turns rows of staged files into rows of the table
     */
    AnswerStore(Warehouse warehouse, Table table, StructType staged, UnaryOperator<Dataset<Row>> decoded) {
        this.warehouse = warehouse;
        this.table = table;
        this.staged = staged;
        this.decoded = decoded;
    }

    /** Where staged answers of a table are. */
    static String root(Warehouse warehouse, Table table) {
        return warehouse.location() + "/_staging/answers/" + table.name();
    }

    private StagedFiles files() {
        return new StagedFiles(
                root(warehouse, table), warehouse.spark().sessionState().newHadoopConf());
    }

    /** Stores what earlier runs were answered and did not live to store. */
    void adopt() {
        StagedFiles files = files();
        List<Path> left =
                files.all().stream().filter(file -> !adopted.contains(file)).toList();
        if (left.isEmpty()) {
            return;
        }
        store(left);
        adopted.addAll(left);
        LOG.info("Answers that an earlier run paid for and did not store were taken from {} files", left.size());
        // A run that is alive stores its own files: they stay until nobody can look for them.
        files.delete(files.abandoned(left, Instant.now()));
        files.sweep(warehouse.runId(), Instant.now());
    }

    private void store(List<Path> paths) {
        Dataset<Row> answers = warehouse
                .spark()
                .read()
                .schema(staged)
                .json(paths.stream().map(Path::toString).toArray(String[]::new));
        Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
        Column known =
                Arrays.stream(key).map(Column::isNotNull).reduce(Column::and).orElseThrow();
        warehouse.insertAnswers(
                table,
                decoded.apply(answers.where(known)).dropDuplicates(table.key().toArray(new String[0])));
    }

    /** Requests of a step that failed, and why: a column for the key, and {@link ChatCalls#FAILURE}. */
    static Dataset<Row> failures(Warehouse warehouse, CallDesk.Batch batch, StructType failed) {
        List<Path> files = new StagedFiles(
                        warehouse.stagingPath("failures"),
                        warehouse.spark().sessionState().newHadoopConf())
                .of(batch.id(), "");
        if (files.isEmpty()) {
            return warehouse.spark().createDataFrame(List.of(), failed);
        }
        return warehouse
                .spark()
                .read()
                .schema(failed)
                .json(files.stream().map(Path::toString).toArray(String[]::new))
                .dropDuplicates(failed.fieldNames()[0]);
    }

    /** Makes a step's calls, and stores their answers in waves meanwhile and at the end, whatever that is. */
    void inWaves(CallDesk.Batch batch, CallRules rules, Runnable calls) {
        Waves waves = new Waves(batch, rules);
        try {
            calls.run();
        } catch (Throwable failure) {
            try {
                waves.end();
            } catch (RuntimeException e) {
                // Staged files stay for the next run.
                failure.addSuppressed(e);
            }
            throw failure;
        }
        waves.end();
    }

    /** The waves of one step. */
    private final class Waves {

        private final CallDesk.Batch batch;
        private final CallRules rules;
        private final Thread thread;
        private final CountDownLatch ended = new CountDownLatch(1);
        private RuntimeException failure;

        Waves(CallDesk.Batch batch, CallRules rules) {
            this.batch = batch;
            this.rules = rules;
            this.thread = DaemonThreads.named("model-call-waves").newThread(this::commitWhileCalling);
            thread.start();
        }

        private void commitWhileCalling() {
            long storedCalls = 0;
            long storedAt = System.nanoTime();
            try {
                while (!ended.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    long calls = batch.stagedCalls();
                    boolean due = calls - storedCalls >= rules.waveCalls()
                            || calls > storedCalls
                                    && System.nanoTime() - storedAt
                                            >= rules.wave().toNanos();
                    if (due) {
                        commit();
                        storedCalls = calls;
                        storedAt = System.nanoTime();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        private void commit() {
            List<Path> complete = files().of(warehouse.runId(), batch.id() + "-");
            if (!complete.isEmpty()) {
                store(complete);
                files().delete(complete);
            }
        }

        /** Stores the rest. */
        void end() {
            ended.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw failure;
            }
            commit();
            files().deleteFolder(warehouse.runId());
        }
    }
}
