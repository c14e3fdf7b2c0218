package com.tiktokrec.common.model;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.model.DeskMessage.Ask;
import com.tiktokrec.common.model.DeskMessage.Ended;
import com.tiktokrec.common.model.DeskMessage.Grant;
import com.tiktokrec.common.model.DeskMessage.Leases;
import com.tiktokrec.common.model.DeskMessage.Throttled;
import com.tiktokrec.common.model.DeskMessage.Unused;
import com.tiktokrec.common.model.client.CallGate;
import com.tiktokrec.common.model.client.ModelCallException;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import com.tiktokrec.common.model.client.ModelCallException.Outcome;
import com.tiktokrec.common.model.client.RateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * An executor's side of the quota: calls that are ready wait here for a lease and then for a free slot. One thread asks
 * the driver for all that wait at once, so that many calls cost few messages. One a run and model in a JVM.
 */
final class LeaseGate implements CallGate, AutoCloseable {

    /** Ended calls are reported so soon: far sooner than their permits come back. */
    private static final Duration REPORT = Duration.ofMillis(200);

    private static final Duration ASK_AGAIN = Duration.ofMillis(200);

    private final DriverLink driver;
    private final String runId;
    private final ModelKind kind;
    private final String executor;
    private final int maxInFlight;
    private final Semaphore slots;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Object lock = new Object();
    private final Lock telling = new ReentrantLock();
    private final Thread broker;

    private List<Waiting> wants = new ArrayList<>();
    private List<LongFunction<Ended>> ended = new ArrayList<>();
    private List<Unused> unused = new ArrayList<>();
    private RateLimits limits = RateLimits.NONE;
    private int waitingForQuota;
    private int waitingForServer;
    private long quotaUntil = System.nanoTime();
    private int mostInFlight;
    private volatile long pausedUntil = System.nanoTime();
    private volatile String stopped;
    private volatile boolean closed;

    /** @param maxInFlight calls sent and not yet ended, at most */
    LeaseGate(DriverLink driver, String runId, ModelKind kind, String executor, int maxInFlight) {
        this.driver = driver;
        this.runId = runId;
        this.kind = kind;
        this.executor = executor;
        this.maxInFlight = maxInFlight;
        this.slots = new Semaphore(maxInFlight);
        this.broker = DaemonThreads.named("model-call-leases-" + kind.word()).newThread(this::talkToDriver);
        broker.start();
    }

    /** A call that is ready, and what the driver says to it. */
    private static final class Waiting {
        private final DeskMessage.Want want;
        private final CompletableFuture<Granted> granted = new CompletableFuture<>();
        private long askAt;

        Waiting(DeskMessage.Want want) {
            this.want = want;
            this.askAt = System.nanoTime();
        }
    }

    private record Granted(long lease, long dueAt) {}

    @Override
    public Permit admit(long tokens, double usd) throws InterruptedException {
        failIfStopped();
        Waiting waiting = new Waiting(new DeskMessage.Want(tokens, usd));
        synchronized (lock) {
            wants.add(waiting);
            waitingForQuota++;
            lock.notifyAll();
        }
        Granted granted;
        try {
            granted = granted(waiting);
            while (System.nanoTime() - granted.dueAt() < 0) {
                boolean unusedStopped = stop.await(granted.dueAt() - System.nanoTime(), TimeUnit.NANOSECONDS);
                giveBackIfStopped(granted, usd);
            }
        } catch (InterruptedException e) {
            // A grant that comes nevertheless, or has come, goes back.
            CompletableFuture<Void> unusedResult = waiting.granted.thenAccept(late -> giveBack(late, usd));
            throw e;
        } finally {
            synchronized (lock) {
                waitingForQuota--;
            }
        }
        return sent(granted, usd);
    }

    private Granted granted(Waiting waiting) throws InterruptedException {
        try {
            return waiting.granted.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Permit sent(Granted granted, double usd) throws InterruptedException {
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            giveBack(granted, usd);
            throw e;
        }
        try {
            while (stopped == null && System.nanoTime() - pausedUntil < 0) {
                awaitPause();
            }
            giveBackIfStopped(granted, usd);
        } catch (InterruptedException e) {
            slots.release();
            giveBack(granted, usd);
            throw e;
        } catch (ModelCallException e) {
            slots.release();
            throw e;
        }
        synchronized (lock) {
            mostInFlight = Math.max(mostInFlight, maxInFlight - slots.availablePermits());
        }
        return new Sent(granted.lease(), usd, System.nanoTime());
    }

    private void awaitPause() throws InterruptedException {
        synchronized (lock) {
            waitingForServer++;
        }
        try {
            boolean unusedStopped = stop.await(pausedUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            synchronized (lock) {
                waitingForServer--;
            }
        }
    }

    private void giveBackIfStopped(Granted granted, double usd) {
        if (stopped != null) {
            giveBack(granted, usd);
            failIfStopped();
        }
    }

    private void giveBack(Granted granted, double usd) {
        synchronized (lock) {
            unused.add(new Unused(granted.lease(), usd));
        }
    }

    private void failIfStopped() {
        String reason = stopped;
        if (reason != null) {
            throw ModelCallException.stopped(reason);
        }
    }

    /** Sleeps between attempts; a stop ends it. */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        synchronized (lock) {
            waitingForServer++;
        }
        try {
            boolean over = stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
            if (over) {
                failIfStopped();
            }
        } finally {
            synchronized (lock) {
                waitingForServer--;
            }
        }
    }

    @Override
    public void limits(RateLimits said) {
        synchronized (lock) {
            limits = said;
        }
        pause(said.pause());
    }

    private void pause(Duration wait) {
        synchronized (lock) {
            long until = System.nanoTime() + wait.toNanos();
            if (until - pausedUntil > 0) {
                pausedUntil = until;
            }
        }
    }

    /** One attempt under way. */
    private final class Sent implements Permit {

        private final long lease;
        private final double reservedUsd;
        private final long sentAt;

        Sent(long lease, double reservedUsd, long sentAt) {
            this.lease = lease;
            this.reservedUsd = reservedUsd;
            this.sentAt = sentAt;
        }

        @Override
        public void answered(long promptTokens, long completionTokens, double usd) {
            over(Ended.ANSWERED, promptTokens, completionTokens, usd, false, null, Duration.ZERO);
        }

        @Override
        public void failed(ModelCallException failure) {
            boolean rate = failure.outcome() == Outcome.RATE_LIMITED;
            String reason = failure.kind() == Kind.FINAL ? failure.getMessage() : null;
            Duration wait = rate ? failure.retryAfter().orElse(Duration.ZERO) : Duration.ZERO;
            // Before the slot is free: whoever takes it next must know.
            if (rate) {
                pause(wait);
            }
            if (reason != null) {
                stop(reason);
            }
            over(failure.outcome().name(), 0, 0, 0, failure.fateUnknown(), reason, wait);
        }

        @Override
        public void aborted() {
            over("ABORTED", 0, 0, 0, true, null, Duration.ZERO);
        }

        private void over(
                String how,
                long promptTokens,
                long completionTokens,
                double usd,
                boolean perhapsPaid,
                String reason,
                Duration wait) {
            long now = System.nanoTime();
            synchronized (lock) {
                RateLimits said = limits;
                limits = RateLimits.NONE;
                ended.add(toldAt -> new Ended(
                        lease,
                        TimeUnit.NANOSECONDS.toMillis(toldAt - now),
                        how,
                        promptTokens,
                        completionTokens,
                        usd,
                        reservedUsd,
                        perhapsPaid,
                        TimeUnit.NANOSECONDS.toMillis(now - sentAt),
                        reason,
                        wait.toMillis(),
                        said.requestsPerMinute().orElse(0),
                        said.tokensPerMinute().orElse(0)));
                if (reason != null) {
                    lock.notifyAll();
                }
            }
            slots.release();
        }
    }

    private void stop(String reason) {
        synchronized (lock) {
            if (stopped == null) {
                stopped = reason;
            }
            lock.notifyAll();
        }
        stop.countDown();
    }

    private void talkToDriver() {
        double[] waited = new double[3];
        long at = System.nanoTime();
        while (!closed || !isQuiet()) {
            List<Waiting> asked = awaitWants();
            long now = System.nanoTime();
            note(waited, at, now);
            at = now;
            try {
                tell(asked, waited);
                waited = new double[3];
            } catch (RuntimeException e) {
                asked.forEach(waiting -> waiting.granted.completeExceptionally(e));
                if (closed) {
                    return;
                }
            }
        }
    }

    private boolean isQuiet() {
        synchronized (lock) {
            return wants.isEmpty() && ended.isEmpty() && unused.isEmpty();
        }
    }

    /** Calls that are to be asked for now; none after a while, so that what has ended is told. */
    private List<Waiting> awaitWants() {
        synchronized (lock) {
            long until = System.nanoTime() + REPORT.toNanos();
            while (!closed && stopped == null && due().isEmpty() && System.nanoTime() - until < 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, Math.max(1, until - System.nanoTime()));
                } catch (InterruptedException e) {
                    closed = true;
                }
            }
            if (stopped != null && wants.isEmpty() && ended.isEmpty() && !closed) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, REPORT.toNanos());
                } catch (InterruptedException e) {
                    closed = true;
                }
            }
            List<Waiting> due = stopped == null ? due() : wants;
            wants = new ArrayList<>(wants);
            wants.removeAll(due);
            return due;
        }
    }

    private List<Waiting> due() {
        long now = System.nanoTime();
        return wants.stream().filter(waiting -> now - waiting.askAt >= 0).toList();
    }

    /** What held calls up from one look to the next: slots that are taken, the server, the quota. */
    private void note(double[] waited, long from, long to) {
        double seconds = (to - from) / 1e9;
        synchronized (lock) {
            if (slots.availablePermits() == 0) {
                waited[1] += seconds;
            } else if (waitingForServer > 0 || to - pausedUntil < 0) {
                waited[2] += seconds;
            } else if (waitingForQuota > 0) {
                // A call that was never refused waited for a message only.
                waited[0] += Math.max(0, Math.min(seconds, (quotaUntil - from) / 1e9));
            }
        }
    }

    /** Tells the driver what has ended so far. */
    void report() {
        tell(List.of(), new double[3]);
    }

    private void tell(List<Waiting> asked, double[] waited) {
        // One at a time, so that whoever returns from a report knows that all before it is told.
        telling.lock();
        try {
            tellDriver(asked, waited);
        } finally {
            telling.unlock();
        }
    }

    private void tellDriver(List<Waiting> asked, double[] waited) {
        Ask ask;
        boolean active;
        synchronized (lock) {
            long now = System.nanoTime();
            List<Ended> told = ended.stream().map(call -> call.apply(now)).toList();
            ask = new Ask(
                    runId,
                    kind,
                    executor,
                    asked.stream().map(waiting -> waiting.want).toList(),
                    told,
                    List.copyOf(unused),
                    new Throttled(waited[0], waited[1], waited[2], mostInFlight));
            ended = new ArrayList<>();
            unused = new ArrayList<>();
            active = waitingForQuota > 0 || waitingForServer > 0 || slots.availablePermits() < maxInFlight;
        }
        if (ask.wants().isEmpty() && ask.ended().isEmpty() && ask.unused().isEmpty() && !active) {
            return;
        }
        Leases leases = (Leases) driver.ask(ask);
        pause(Duration.ofMillis(leases.pauseMillis()));
        if (leases.stopped() != null) {
            stop(leases.stopped());
        }
        grant(asked, leases);
    }

    private void grant(List<Waiting> asked, Leases leases) {
        long now = System.nanoTime();
        List<Waiting> again = new ArrayList<>();
        for (int index = 0; index < asked.size(); index++) {
            Waiting waiting = asked.get(index);
            Grant grant = leases.grants().get(index);
            if (grant.lease() > 0) {
                long dueAt = now + TimeUnit.MILLISECONDS.toNanos(grant.delayMillis());
                if (grant.delayMillis() > 0) {
                    heldUntil(dueAt);
                }
                waiting.granted.complete(new Granted(grant.lease(), dueAt));
            } else if (stopped != null) {
                waiting.granted.completeExceptionally(ModelCallException.stopped(stopped));
            } else {
                waiting.askAt = now + ASK_AGAIN.toNanos();
                heldUntil(waiting.askAt);
                again.add(waiting);
            }
        }
        synchronized (lock) {
            wants.addAll(again);
        }
    }

    private void heldUntil(long time) {
        synchronized (lock) {
            if (time - quotaUntil > 0) {
                quotaUntil = time;
            }
        }
    }

    /** Tells the driver what has ended, and asks no more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            broker.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
