package com.tiktokrec.jobs.run;

import com.tiktokrec.common.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells at regular times that a run is alive, until it is closed. A beat that fails is logged, and the next one tried. */
final class Heartbeats implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** Heartbeats within the time after which a run counts as gone: two may be lost. */
    private static final int WITHIN = 3;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("heartbeat"));

    private final ScheduledFuture<?> beats;

    /** @param takeoverAfter for how long a run may give no sign of life before it counts as gone */
    Heartbeats(Duration takeoverAfter, Runnable beat) {
        long every = Math.min(LONGEST.toMillis(), takeoverAfter.toMillis() / WITHIN);
        this.beats = timer.scheduleAtFixedRate(() -> beat(beat), every, every, TimeUnit.MILLISECONDS);
    }

    private static void beat(Runnable beat) {
        try {
            beat.run();
        } catch (Exception e) {
            // Spark throws checked exceptions that it does not declare, and a timer gives up after the first one.
            LOG.warn("No heartbeat could be written: {}", e.toString());
        }
    }

    @Override
    public void close() {
        beats.cancel(false);
        timer.shutdown();
    }
}
