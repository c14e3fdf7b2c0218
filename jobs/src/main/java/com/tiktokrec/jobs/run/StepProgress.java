package com.tiktokrec.jobs.run;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallProgress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how far a long step has come, from Spark's own count of its tasks. */
final class StepProgress implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StepProgress.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final SparkStatusTracker tracker;
    private final String runId;
    private final RunLedger ledger;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> reports;

    StepProgress(SparkSession spark, String runId, RunLedger ledger) {
        this.runId = runId;
        this.tracker = spark.sparkContext().statusTracker();
        this.ledger = ledger;
        this.timer = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("progress"));
        this.reports = timer.scheduleAtFixedRate(this::report, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    private void report() {
        List<CallProgress> calls = CallDesk.find(runId).map(CallDesk::progress).orElse(List.of());
        if (calls.isEmpty()) {
            reportTasks();
        } else {
            calls.forEach(StepProgress::report);
        }
    }

    private static void report(CallProgress calls) {
        LOG.info(
                "  {}: {} of {} requests done, {} a second, {} USD so far, {} left",
                calls.step(),
                calls.done(),
                calls.of(),
                String.format(Locale.ROOT, "%.1f", calls.perSecond()),
                String.format(Locale.ROOT, "%.4f", calls.costUsd()),
                calls.done() == 0
                        ? "unknown time"
                        : calls.left().toMinutes() + " min " + calls.left().toSecondsPart() + " s");
    }

    private void reportTasks() {
        int done = 0;
        int all = 0;
        for (int stage : tracker.getActiveStageIds()) {
            SparkStageInfo info = tracker.getStageInfo(stage).getOrElse(() -> null);
            if (info != null) {
                done += info.numCompletedTasks();
                all += info.numTasks();
            }
        }
        // A stage of few tasks tells nothing about how far it is.
        if (all > 4) {
            LOG.info("  {}: {} of {} tasks done", ledger.step(), done, all);
        }
    }

    @Override
    public void close() {
        reports.cancel(false);
        timer.shutdown();
    }
}
