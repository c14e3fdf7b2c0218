package com.tiktokrec.common.model;

import com.tiktokrec.common.http.InFlight;
import com.tiktokrec.common.model.quota.Claims.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's calls: it claims requests, calls for those that are its own, stages what comes, and waits for the answers
 * of requests that another copy of it asks for. Used on the task's thread.
 */
final class CallingTask implements StagedOutcomes.CallTask {

    private static final Logger LOG = LoggerFactory.getLogger(CallingTask.class);
    private static final int CLAIMED_AT_ONCE = 256;
    private static final Duration TICK = Duration.ofMillis(500);

    /** Of the heap, what requests and answers under way may take. */
    private static final int SHARE_OF_HEAP = 8;

    /** Calls made ready beyond those under way, so that a slot is filled at once while this thread stages a file. */
    private static final int SPARES_OF_A_SLOT = 1;

    private final TaskPlan plan;
    private final DriverLink driver;
    private final TaskContext context;
    private final String executor;
    private final StagedFiles answerFiles;
    private final StagedFiles failureFiles;
    private final StagedOutcomes outcomes;
    private InFlight<?, ?> underWay;

    CallingTask(TaskPlan plan, String executor) {
        this.plan = plan;
        this.driver = ModelCallsPlugin.link();
        this.context = TaskContext.get();
        this.executor = executor;
        this.answerFiles =
                new StagedFiles(plan.answersRoot(), plan.hadoop().value().value());
        this.failureFiles =
                new StagedFiles(plan.failuresRoot(), plan.hadoop().value().value());
        this.outcomes = new StagedOutcomes(this);
        context.addTaskCompletionListener((TaskCompletionListener) ended -> over());
    }

    /**
     * How a task makes its calls.
     *
     * @param key column of the request's hash
     * @param packed rows as requests, one or more a request
     * @param maxInFlight calls under way at once on an executor, 1: on the task's own thread
     * @param bytes what a request and its answer may take
     * @param call makes a call; thread-safe
     * @param staging writes what came of one to the staged outcomes
     */
    record Calls<I, O>(
            String key,
            Function<Iterator<Row>, Iterator<I>> packed,
            int maxInFlight,
            ToLongFunction<I> bytes,
            Function<I, O> call,
            BiConsumer<O, StagedOutcomes> staging) {}

    /** Sees to it that every row has an outcome in a staged file, by this task or by another. */
    <I, O> void run(Iterator<Row> rows, Calls<I, O> calls) {
        Claimed mine = new Claimed(rows, calls.key());
        while (true) {
            callAll(mine, calls);
            outcomes.stage();
            if (mine.others.isEmpty()) {
                ModelClients.report(runId());
                return;
            }
            pause();
            mine = new Claimed(mine.others.iterator(), calls.key());
        }
    }

    private <I, O> void callAll(Claimed mine, Calls<I, O> calls) {
        int ready = calls.maxInFlight() == 1
                ? 1
                : Math.max(
                        1, (calls.maxInFlight() + calls.maxInFlight() * SPARES_OF_A_SLOT) / plan.tasksOfAnExecutor());
        long bytes = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / plan.tasksOfAnExecutor();
        try (InFlight<I, O> inFlight =
                InFlight.inFlight(calls.packed().apply(mine), ready, calls.bytes(), bytes, calls.call())) {
            underWay = inFlight;
            while (inFlight.hasNext()) {
                failIfKilled();
                inFlight.poll(TICK).ifPresent(outcome -> {
                    calls.staging().accept(outcome, outcomes);
                    outcomes.called();
                });
                outcomes.stageIfDue();
            }
        }
    }

    private void failIfKilled() {
        if (context.isInterrupted()) {
            throw new CancellationException("this task was killed while calls were under way");
        }
    }

    private void pause() {
        try {
            failIfKilled();
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException)
                    new CancellationException("interrupted while another task's answers were awaited").initCause(e);
        }
    }

    /** Cancels what is under way, keeps what came, and leaves the rest to others. */
    private void over() {
        boolean interrupted = Thread.interrupted();
        try {
            if (underWay != null) {
                underWay.close();
            }
            outcomes.stage();
        } catch (RuntimeException e) {
            LOG.warn("Answers of a task that ended could not be kept: {}", e.toString());
        } finally {
            driver.ask(new DeskMessage.TaskOver(runId(), batch(), task()));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Of rows, those whose requests this task may ask; read and claimed some at a time. */
    private final class Claimed implements Iterator<Row> {

        private final Iterator<Row> rows;
        private final String key;
        private final Queue<Row> granted = new ArrayDeque<>();
        private final List<Row> others = new ArrayList<>();

        Claimed(Iterator<Row> rows, String key) {
            this.rows = rows;
            this.key = key;
        }

        @Override
        public boolean hasNext() {
            while (granted.isEmpty() && rows.hasNext()) {
                claim();
            }
            return !granted.isEmpty();
        }

        private void claim() {
            List<Row> some = new ArrayList<>(CLAIMED_AT_ONCE);
            while (some.size() < CLAIMED_AT_ONCE && rows.hasNext()) {
                some.add(rows.next());
            }
            DeskMessage.Claimed claimed = (DeskMessage.Claimed) driver.ask(new DeskMessage.Claim(
                    runId(),
                    batch(),
                    task(),
                    executor,
                    some.stream().map(row -> row.<String>getAs(key)).toList()));
            for (int index = 0; index < some.size(); index++) {
                Verdict verdict = claimed.verdicts().get(index);
                if (verdict == Verdict.YOURS) {
                    granted.add(some.get(index));
                } else if (verdict == Verdict.ANOTHERS) {
                    others.add(some.get(index));
                }
            }
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return granted.remove();
        }
    }

    @Override
    public String runId() {
        return plan.runId();
    }

    @Override
    public String batch() {
        return plan.batch();
    }

    @Override
    public long task() {
        return context.taskAttemptId();
    }

    @Override
    public DriverLink driver() {
        return driver;
    }

    @Override
    public StagedFiles answerFiles() {
        return answerFiles;
    }

    @Override
    public StagedFiles failureFiles() {
        return failureFiles;
    }

    @Override
    public int callsOfAFile() {
        return plan.callsOfAFile();
    }

    @Override
    public Duration secondsOfAFile() {
        return plan.secondsOfAFile();
    }
}
