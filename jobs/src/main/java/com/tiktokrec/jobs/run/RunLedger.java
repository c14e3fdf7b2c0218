package com.tiktokrec.jobs.run;

import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallLog;
import com.tiktokrec.common.model.CallTotals;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run did, as it goes: counts by name, the fallbacks it took, its model calls and their cost. Thread-safe. */
public final class RunLedger implements CallLog {

    private static final Logger LOG = LoggerFactory.getLogger(RunLedger.class);

    /** Among the fallbacks: calls were left out for want of money. */
    static final String BUDGET_SPENT = "budget_spent";

    /** Among the counts: the run had nothing to do. */
    static final String NOT_DUE = "not_due";

    private final Map<String, Long> counts = new TreeMap<>();
    private final Set<String> fallbacks = new TreeSet<>();
    private long modelCalls;
    private long cachedCalls;
    private long promptTokens;
    private long completionTokens;
    private double costUsd;
    private String step = "start";
    private final BiConsumer<String, Supplier<Long>> newCount;

    public RunLedger() {
        this((name, count) -> {});
    }

    /** @param newCount is told the name of each new count, and where to read it */
    RunLedger(BiConsumer<String, Supplier<Long>> newCount) {
        this.newCount = newCount;
    }

    /** What the run does now. */
    public synchronized String step() {
        return step;
    }

    synchronized void step(String description) {
        step = description;
    }

    /** Adds to a count. */
    public synchronized void count(String name, long howMany) {
        if (counts.put(name, counted(name) + howMany) == null) {
            newCount.accept(name, () -> counted(name));
        }
    }

    private synchronized long counted(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** Notes that the run had nothing to do, and did nothing. */
    public void notDue() {
        count(NOT_DUE, 1);
    }

    /** Notes a fallback that touched some rows, users or texts; none where it touched none. */
    public synchronized void fallback(String name, long howMany) {
        if (howMany > 0) {
            LOG.warn("Fallback {} touched {} rows, users or texts", name, howMany);
            fallbacks.add(name);
            count("fallback_" + name, howMany);
        }
    }

    @Override
    public synchronized void called(String step, CallTotals totals) {
        modelCalls += totals.attempts();
        cachedCalls += totals.cached();
        promptTokens += totals.promptTokens();
        completionTokens += totals.completionTokens();
        costUsd += totals.costUsd();
        count("model_" + step + "_answered", totals.answered());
        if (totals.failed() > 0) {
            count("model_" + step + "_unanswered", totals.failed());
            LOG.warn(
                    "Model calls for {}: {} of {} got no answer. The first: {}",
                    step,
                    totals.failed(),
                    totals.requested() - totals.cached(),
                    totals.firstFailure());
        }
    }

    @Override
    public void deduplicated(String step, long calls) {
        count("model_" + step + "_deduplicated", calls);
    }

    /** Notes what is known of the run's calls at its end. */
    synchronized void noteCalls(CallDesk desk) {
        counts.putAll(desk.figures());
        if (desk.budgetSpent()) {
            fallbacks.add(BUDGET_SPENT);
        }
    }

    public synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    public synchronized Set<String> fallbacks() {
        return new TreeSet<>(fallbacks);
    }

    /** Calls sent, retries included. */
    public synchronized long modelCalls() {
        return modelCalls;
    }

    /** Requests that the store answered. */
    public synchronized long cachedCalls() {
        return cachedCalls;
    }

    public synchronized long promptTokens() {
        return promptTokens;
    }

    public synchronized long completionTokens() {
        return completionTokens;
    }

    public synchronized double costUsd() {
        return costUsd;
    }
}
