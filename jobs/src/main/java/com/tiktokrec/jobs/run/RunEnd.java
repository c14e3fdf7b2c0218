package com.tiktokrec.jobs.run;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a run, recorded once: by the run itself, or, where a signal ends its process, by a shutdown hook. While
 * the run records its end, the hook waits for it; once the hook has recorded one, the run's own comes too late.
 */
final class RunEnd implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunEnd.class);

    /** Spark's own hook, which stops it, has this priority plus 30; a higher one comes first. */
    private static final int BEFORE_SPARK_STOPS = FileSystem.SHUTDOWN_HOOK_PRIORITY + 40;

    /** Within the 30 s that Kubernetes leaves a process, with time for Spark to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ReentrantLock recording = new ReentrantLock();
    private final Runnable onSignal;
    private final Runnable hook = this::stopped;
    private boolean recorded;

    /** @param onSignal records that the run was stopped */
    RunEnd(Runnable onSignal) {
        this.onSignal = onSignal;
        ShutdownHookManager.get().addShutdownHook(hook, BEFORE_SPARK_STOPS, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Records how the run ended, unless that is recorded. */
    void record(Runnable end) {
        recording.lock();
        try {
            recordOnce(end);
        } finally {
            recording.unlock();
        }
    }

    private void recordOnce(Runnable end) {
        if (!recorded) {
            end.run();
            recorded = true;
        }
    }

    private void stopped() {
        try {
            if (!recording.tryLock(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            recordOnce(onSignal);
        } catch (Exception e) {
            LOG.warn("That a signal stopped the run could not be recorded: {}", e.toString());
        } finally {
            recording.unlock();
        }
    }

    @Override
    public void close() {
        ShutdownHookManager hooks = ShutdownHookManager.get();
        if (!hooks.isShutdownInProgress()) {
            try {
                hooks.removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LOG.debug("The process stops just now", e);
            }
        }
    }
}
