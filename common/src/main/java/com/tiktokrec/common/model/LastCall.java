package com.tiktokrec.common.model;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.model.quota.QuotaLedger;
import com.tiktokrec.common.tables.Warehouse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that a run with a quota keeps fresh while it calls, and deletes when it ends. One that is left tells the next
 * run when a server last counted a call that nobody saw the end of.
 */
public final class LastCall implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LastCall.class);
    private static final Duration REFRESHED = Duration.ofSeconds(5);

    private final FileSystem files;
    private final Path marker;
    private final CallDesk desk;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> refreshing;

    private LastCall(FileSystem files, Path marker, CallDesk desk) {
        this.files = files;
        this.marker = marker;
        this.desk = desk;
        this.timer = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("last-model-call"));
        this.refreshing = timer.scheduleAtFixedRate(this::refresh, 0, REFRESHED.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keeps a run's file until it is closed. */
    public static LastCall keep(Warehouse warehouse, CallDesk desk) {
        try {
            Path marker = new Path(folder(warehouse), warehouse.runId());
            return new LastCall(files(warehouse), marker, desk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long a run must send nothing, because another that ended nobody knows how may have called just now. */
    public static Duration quietLeft(Warehouse warehouse, Clock clock) {
        Duration longest = Duration.ZERO;
        try {
            FileSystem files = files(warehouse);
            for (FileStatus left : files.listStatus(folder(warehouse))) {
                if (left.getPath().getName().equals(warehouse.runId())) {
                    continue;
                }
                // The file is at most one interval behind the call.
                Duration since = Duration.ofMillis(clock.millis() - left.getModificationTime());
                Duration quiet = QuotaLedger.WINDOW.plus(REFRESHED).minus(since);
                if (quiet.isNegative()) {
                    files.delete(left.getPath(), false);
                } else if (quiet.compareTo(longest) > 0) {
                    longest = quiet;
                }
            }
        } catch (FileNotFoundException e) {
            return Duration.ZERO;
        } catch (IOException e) {
            LOG.warn("Whether an earlier run called just now cannot be seen: {}", e.toString());
            return QuotaLedger.WINDOW;
        }
        if (!longest.isZero()) {
            LOG.info(
                    "An earlier run with a quota ended without a word: the first call waits {} s", longest.toSeconds());
        }
        return longest;
    }

    private static Path folder(Warehouse warehouse) {
        return new Path(warehouse.location() + "/_staging/calls");
    }

    private static FileSystem files(Warehouse warehouse) throws IOException {
        return folder(warehouse).getFileSystem(warehouse.spark().sessionState().newHadoopConf());
    }

    private void refresh() {
        boolean calledSince = desk.sinceLastSent()
                .filter(since -> since.compareTo(REFRESHED) <= 0)
                .isPresent();
        if (!calledSince) {
            return;
        }
        try (OutputStream out = files.create(marker, true)) {
            out.write('\n');
        } catch (IOException e) {
            LOG.warn("The time of the last call cannot be kept at {}: {}", marker, e.toString());
        }
    }

    @Override
    public void close() {
        refreshing.cancel(false);
        timer.shutdown();
        try {
            files.delete(marker, false);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted; the next run waits a minute for nothing: {}", marker, e.toString());
        }
    }
}
