package com.tiktokrec.common.model;

import com.tiktokrec.common.model.DeskMessage.Ask;
import com.tiktokrec.common.model.DeskMessage.Claim;
import com.tiktokrec.common.model.DeskMessage.Claimed;
import com.tiktokrec.common.model.DeskMessage.Ended;
import com.tiktokrec.common.model.DeskMessage.Grant;
import com.tiktokrec.common.model.DeskMessage.KeyWanted;
import com.tiktokrec.common.model.DeskMessage.Leases;
import com.tiktokrec.common.model.DeskMessage.Noted;
import com.tiktokrec.common.model.DeskMessage.Staged;
import com.tiktokrec.common.model.DeskMessage.TaskOver;
import com.tiktokrec.common.model.DeskMessage.Unused;
import com.tiktokrec.common.model.DeskMessage.Want;
import com.tiktokrec.common.model.client.ModelCallException.Outcome;
import com.tiktokrec.common.model.quota.Budget;
import com.tiktokrec.common.model.quota.Claims;
import com.tiktokrec.common.model.quota.QuotaLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side of a run's calls: it leases the quota, keeps the budget, knows who asks for what, stops calling
 * when no call can succeed, and counts. One a run, found by its id. Thread-safe; nothing here waits.
 */
public final class CallDesk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CallDesk.class);

    /** Without any answer for so long, with calls being made, the server counts as gone. */
    private static final Duration OUTAGE = Duration.ofMinutes(5);

    /** The same before the first answer: an address where nobody ever answered. */
    private static final Duration NEVER_THERE = Duration.ofMinutes(1);

    private static final Map<String, CallDesk> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong BATCHES = new AtomicLong();

    /** The calls of one step, from first to last. */
    final class Batch implements AutoCloseable {

        private final String id;
        private final String step;
        private final ModelKind kind;
        private final long of;
        private final long startedAt = millis.getAsLong();
        private final Claims claims = new Claims();
        private final long attemptsBefore;
        private final long promptTokensBefore;
        private final long completionTokensBefore;
        private final double usdBefore;
        private long answered;
        private long failed;
        private long stagedCalls;
        private long callingSince;
        private long endedAt;
        private String firstFailure;
        private boolean told;

        private Batch(String step, ModelKind kind, long of) {
            this.id = kind.word() + "-" + step.replaceAll("[^A-Za-z0-9]+", "_") + "-" + BATCHES.incrementAndGet();
            this.step = step;
            this.kind = kind;
            this.of = of;
            CallStatistics before = statistics(kind);
            this.attemptsBefore = before.attempts();
            this.promptTokensBefore = before.promptTokens();
            this.completionTokensBefore = before.completionTokens();
            this.usdBefore = before.usd();
        }

        /** Names files and claims of this step. */
        String id() {
            return id;
        }

        /** Calls whose outcomes are in files so far. */
        long stagedCalls() {
            synchronized (CallDesk.this) {
                return stagedCalls;
            }
        }

        /** What the step came to; from now on its calls are not under way. */
        CallTotals totals(long requested) {
            synchronized (CallDesk.this) {
                told = true;
                return soFar(requested);
            }
        }

        private CallTotals soFar(long requested) {
            CallStatistics now = statistics(kind);
            return new CallTotals(
                    requested,
                    requested - of,
                    answered,
                    of - answered,
                    now.attempts() - attemptsBefore,
                    now.promptTokens() - promptTokensBefore,
                    now.completionTokens() - completionTokensBefore,
                    now.usd() - usdBefore,
                    firstFailure);
        }

        private double callingSeconds() {
            return callingSince == 0 ? 0 : (Math.max(endedAt, callingSince) - callingSince) / 1e3;
        }

        @Override
        public void close() {
            synchronized (CallDesk.this) {
                statistics(kind).called(callingSeconds());
                batches.remove(id);
            }
        }
    }

    private record Lease(ModelKind kind, long id) {}

    private record Reserved(String executor, double usd) {}

    private final String runId;
    private final CallRules rules;
    private final LongSupplier millis;
    private final Budget budget;
    private final Map<ModelKind, QuotaLedger> ledgers = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, CallStatistics> statistics = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, Integer> maxInFlight = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, Long> failingSince = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, Long> pausedUntil = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, String> stopped = new EnumMap<>(ModelKind.class);
    private final Map<ModelKind, Boolean> everAnswered = new EnumMap<>(ModelKind.class);
    private final Map<String, Batch> batches = new TreeMap<>();
    private final Map<Lease, Reserved> reserved = new HashMap<>();
    private boolean budgetSpent;
    private volatile long lastSentAt;
    private volatile AutoCloseable closedWithThis = () -> {};

    private CallDesk(String runId, CallRules rules, Duration untilFirst, LongSupplier millis) {
        this.runId = runId;
        this.rules = rules;
        this.millis = millis;
        this.budget = new Budget(rules.budgetUsd());
        for (ModelKind kind : ModelKind.values()) {
            CallRules.Quota quota = rules.quota(kind);
            ledgers.put(
                    kind,
                    new QuotaLedger(
                            quota.requestsPerMinute(),
                            quota.tokensPerMinute(),
                            millis,
                            quota.limited() ? untilFirst : Duration.ZERO));
            statistics.put(kind, new CallStatistics());
        }
    }

    /**
     * Opens the desk of a run; the one that is open stays.
     *
     * @param untilFirst how long nothing may be sent where there is a quota
     */
    public static CallDesk open(String runId, CallRules rules, Duration untilFirst) {
        return OPEN.computeIfAbsent(runId, id -> new CallDesk(id, rules, untilFirst, CallDesk::monotonicMillis));
    }

    /** A desk on a clock of one's own, found by nobody else. */
    static CallDesk detached(String runId, CallRules rules, LongSupplier millis) {
        return new CallDesk(runId, rules, Duration.ZERO, millis);
    }

    /** The desk of a run, if it is in this JVM. */
    public static Optional<CallDesk> find(String runId) {
        return Optional.ofNullable(OPEN.get(runId));
    }

    /** An executor is gone: what it had out is spent, what it asked for may be asked by others. */
    static void executorLost(String executor) {
        OPEN.values().forEach(desk -> desk.lost(executor));
    }

    private static long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    public CallRules rules() {
        return rules;
    }

    /** How long ago leave for a call was last given or a call ended, empty where none was made. */
    Optional<Duration> sinceLastSent() {
        return lastSentAt == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.max(0, millis.getAsLong() - lastSentAt)));
    }

    /** Closes something with this desk. */
    public void closeAlso(AutoCloseable other) {
        closedWithThis = other;
    }

    /** Begins a step's calls. */
    synchronized Batch begin(String step, ModelKind kind, long toCall, int inFlightOfAnExecutor) {
        Batch batch = new Batch(step, kind, toCall);
        batches.put(batch.id(), batch);
        failingSince.remove(kind);
        maxInFlight.put(kind, inFlightOfAnExecutor);
        return batch;
    }

    /** Answers an executor. */
    Object answer(DeskMessage message) {
        if (message instanceof Ask ask) {
            return leases(ask);
        }
        if (message instanceof Claim claim) {
            return claimed(claim);
        }
        if (message instanceof Staged staged) {
            staged(staged);
        } else if (message instanceof TaskOver over) {
            synchronized (this) {
                batch(over.batch()).ifPresent(batch -> batch.claims.release(over.task()));
            }
        } else if (message instanceof KeyWanted) {
            return new DeskMessage.Key(Secrets.openAiKey().orElse(""));
        }
        return new Noted();
    }

    private Optional<Batch> batch(String id) {
        return Optional.ofNullable(batches.get(id));
    }

    private synchronized Claimed claimed(Claim claim) {
        return batch(claim.batch())
                .map(batch -> new Claimed(batch.claims.claim(claim.task(), claim.executor(), claim.hashes())))
                .orElseThrow(() -> new IllegalStateException("The step " + claim.batch() + " of run " + claim.runId()
                        + " is over: this task is a late copy"));
    }

    private synchronized void staged(Staged staged) {
        batch(staged.batch()).ifPresent(batch -> {
            batch.claims.done(staged.task(), staged.hashes());
            batch.answered += staged.answered();
            batch.failed += staged.failed();
            batch.stagedCalls += staged.calls();
            if (batch.firstFailure == null) {
                batch.firstFailure = staged.firstFailure();
            }
            statistics(batch.kind).done(staged.answered());
        });
    }

    private synchronized Leases leases(Ask ask) {
        QuotaLedger ledger = ledgers.get(ask.kind());
        for (Unused unused : ask.unused()) {
            ledger.unused(unused.lease());
            settle(new Lease(ask.kind(), unused.lease()), 0);
        }
        ask.ended().forEach(ended -> ended(ask.kind(), ledger, ended));
        statistics(ask.kind()).throttled(ask.executor(), ask.throttled());
        List<Grant> grants = new ArrayList<>(ask.wants().size());
        for (Want want : ask.wants()) {
            grants.add(grant(ask, ledger, want));
        }
        long now = millis.getAsLong();
        if (!ask.wants().isEmpty()) {
            batches.values().stream()
                    .filter(batch -> batch.kind == ask.kind() && batch.callingSince == 0)
                    .forEach(batch -> batch.callingSince = now);
        }
        return new Leases(
                grants, Math.max(0, pausedUntil.getOrDefault(ask.kind(), now) - now), stopped.get(ask.kind()));
    }

    private Grant grant(Ask ask, QuotaLedger ledger, Want want) {
        if (stopped.containsKey(ask.kind())) {
            return new Grant(0, 0);
        }
        switch (budget.reserve(want.usd())) {
            case LATER -> {
                return new Grant(0, 0);
            }
            case SPENT -> {
                budgetSpent = true;
                stop(ask.kind(), budgetIsSpent());
                return new Grant(0, 0);
            }
            case GRANTED -> {}
        }
        Optional<QuotaLedger.Lease> lease = ledger.lease(ask.executor(), want.tokens());
        if (lease.isEmpty()) {
            budget.settle(want.usd(), 0);
            return new Grant(0, 0);
        }
        reserved.put(new Lease(ask.kind(), lease.get().id()), new Reserved(ask.executor(), want.usd()));
        lastSentAt = millis.getAsLong() + lease.get().notBeforeMillis();
        return new Grant(lease.get().id(), lease.get().notBeforeMillis());
    }

    private String budgetIsSpent() {
        return "models.budget-usd (" + rules.budgetUsd().orElse(0)
                + ") is spent: what was bought is kept, the rest takes its fallback; raise it to go on";
    }

    /** Reserves the most that a line of a batch can cost, or says why not. */
    synchronized Optional<String> reserve(double usd) {
        if (budget.reserve(usd) == Budget.Verdict.GRANTED) {
            return Optional.empty();
        }
        budgetSpent = true;
        return Optional.of(budgetIsSpent());
    }

    /** Turns what was reserved for lines of batches into what they cost. */
    synchronized void settle(double reservedUsd, double paidUsd) {
        budget.settle(reservedUsd, paidUsd);
    }

    /** A lease that is not known was settled when its executor was lost. */
    private void settle(Lease lease, double paidUsd) {
        Reserved before = reserved.remove(lease);
        if (before != null) {
            budget.settle(before.usd(), paidUsd);
        }
    }

    private void ended(ModelKind kind, QuotaLedger ledger, Ended ended) {
        long now = millis.getAsLong();
        boolean answered = ended.ended().equals(Ended.ANSWERED);
        long used = ended.promptTokens() + ended.completionTokens();
        ledger.ended(ended.lease(), ended.agoMillis(), used > 0 ? OptionalLong.of(used) : OptionalLong.empty());
        ledger.lowerTo(limit(ended.requestsPerMinute()), limit(ended.tokensPerMinute()));
        settle(new Lease(kind, ended.lease()), ended.perhapsPaid() ? ended.reservedUsd() : ended.usd());
        statistics(kind).ended(ended);
        lastSentAt = now;
        batches.values().stream()
                .filter(batch -> batch.kind == kind)
                .forEach(batch -> batch.endedAt = now - ended.agoMillis());
        if (ended.ended().equals(Outcome.RATE_LIMITED.name())) {
            ledger.refusedForRate();
        }
        if (ended.pauseMillis() > 0) {
            ledger.pause(Duration.ofMillis(ended.pauseMillis()));
            pausedUntil.merge(kind, now + ended.pauseMillis(), Math::max);
        }
        if (answered) {
            failingSince.remove(kind);
            everAnswered.put(kind, true);
        } else if (ended.stop() != null) {
            stop(kind, ended.stop());
        } else {
            stopIfGone(kind, now, ended.ended());
        }
    }

    private static OptionalLong limit(long number) {
        return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** Where nobody answers, thousands of requests would each be tried to the last attempt, the night through. */
    private void stopIfGone(ModelKind kind, long now, String ended) {
        boolean isThere = ended.equals(Outcome.RATE_LIMITED.name()) || ended.equals(Outcome.REJECTED.name());
        if (isThere) {
            failingSince.remove(kind);
            return;
        }
        failingSince.putIfAbsent(kind, now);
        Duration patience = everAnswered.getOrDefault(kind, false) ? OUTAGE : NEVER_THERE;
        if (now - failingSince.get(kind) >= patience.toMillis()) {
            stop(
                    kind,
                    "the models' server gave no answer for " + patience.toMinutes() + " min (the last attempt: "
                            + ended.toLowerCase(Locale.ROOT).replace('_', ' ')
                            + "): check the base URL, the network and the provider's status; the next run tries again");
        }
    }

    private void stop(ModelKind kind, String reason) {
        if (stopped.putIfAbsent(kind, reason) == null) {
            LOG.warn("No more {} calls in this run: {}", kind.word(), reason);
        }
    }

    synchronized void lost(String executor) {
        ledgers.values().forEach(ledger -> ledger.lost(executor));
        batches.values().forEach(batch -> batch.claims.lost(executor));
        // Nobody knows whether its calls were paid. Left open, what was set aside for them would have others ask for
        // ever.
        List.copyOf(reserved.entrySet()).stream()
                .filter(entry -> entry.getValue().executor().equals(executor))
                .forEach(entry -> settle(entry.getKey(), entry.getValue().usd()));
    }

    private CallStatistics statistics(ModelKind kind) {
        return statistics.get(kind);
    }

    /** Why calls of a kind stopped, if they did. */
    public synchronized Optional<String> stopped(ModelKind kind) {
        return Optional.ofNullable(stopped.get(kind));
    }

    /** Whether calls were left out for want of money. */
    public synchronized boolean budgetSpent() {
        return budgetSpent;
    }

    /** What the steps came to so far that have not told their totals. */
    public synchronized CallTotals underWay() {
        return batches.values().stream()
                .filter(batch -> !batch.told)
                .map(batch -> batch.soFar(batch.of))
                .reduce(CallTotals.NONE, CallTotals::plus);
    }

    /** How far the calls under way are. */
    public synchronized List<CallProgress> progress() {
        return batches.values().stream().map(this::progress).toList();
    }

    private CallProgress progress(Batch batch) {
        long done = batch.answered + batch.failed;
        double seconds = Math.max(1, millis.getAsLong() - batch.startedAt) / 1e3;
        double perSecond = done / seconds;
        return new CallProgress(
                batch.step,
                done,
                batch.of,
                perSecond,
                statistics(batch.kind).usd() - batch.usdBefore,
                done == 0 ? Duration.ZERO : Duration.ofSeconds(Math.round((batch.of - done) / perSecond)));
    }

    /** The figures of the run's calls so far by name, for its record: whole numbers, seconds and percent. */
    public synchronized Map<String, Long> figures() {
        Map<String, Long> figures = new TreeMap<>();
        statistics.forEach((kind, counted) -> {
            if (counted.attempts() == 0) {
                return;
            }
            String prefix = kind.word() + "_";
            counted.attemptsByOutcome()
                    .forEach((outcome, count) ->
                            figures.put(prefix + "attempts_" + outcome.toLowerCase(Locale.ROOT), count));
            QuotaLedger ledger = ledgers.get(kind);
            double underWay = batches.values().stream()
                    .filter(batch -> batch.kind == kind)
                    .mapToDouble(Batch::callingSeconds)
                    .sum();
            counted.efficiencyPercent(
                            ledger.requestsPerMinute(),
                            ledger.tokensPerMinute(),
                            maxInFlight.getOrDefault(kind, 0),
                            underWay)
                    .ifPresent(percent -> figures.put(prefix + "efficiency_percent", percent));
            double[] throttled = counted.throttledSeconds();
            figures.put(prefix + "seconds_throttled_by_quota", Math.round(throttled[0]));
            figures.put(prefix + "seconds_throttled_by_latency", Math.round(throttled[1]));
            figures.put(prefix + "seconds_throttled_by_provider", Math.round(throttled[2]));
        });
        return figures;
    }

    @Override
    public void close() {
        OPEN.remove(runId, this);
        try {
            closedWithThis.close();
        } catch (Exception e) {
            throw new IllegalStateException("the end of a run's calls cannot be noted", e);
        }
    }
}
