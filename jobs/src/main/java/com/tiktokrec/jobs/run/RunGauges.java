package com.tiktokrec.jobs.run;

import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallTotals;
import com.tiktokrec.common.model.ModelKind;
import com.tiktokrec.common.model.RunMetrics;

/** Which figures of a run Spark's metrics system shows; calls under way count as they end. */
final class RunGauges {

    private RunGauges() {}

    /** A ledger whose figures are shown from now on: each count of the run's record as {@code count_} and its name. */
    static RunLedger ledger(String runId) {
        RunMetrics metrics = RunMetrics.ofNewRun();
        RunLedger ledger =
                new RunLedger((name, count) -> metrics.show("count_" + name.replaceAll("[^A-Za-z0-9]+", "_"), count));
        metrics.show("model_calls", () -> ledger.modelCalls() + underWay(runId).attempts());
        metrics.show("model_cached_calls", ledger::cachedCalls);
        metrics.show(
                "model_prompt_tokens",
                () -> ledger.promptTokens() + underWay(runId).promptTokens());
        metrics.show(
                "model_completion_tokens",
                () -> ledger.completionTokens() + underWay(runId).completionTokens());
        metrics.show("model_cost_usd", () -> ledger.costUsd() + underWay(runId).costUsd());
        metrics.show("fallbacks", () -> ledger.fallbacks().size());
        for (ModelKind kind : ModelKind.values()) {
            String name = kind.word() + "_efficiency_percent";
            metrics.show(name, () -> efficiency(runId, ledger, name));
        }
        return ledger;
    }

    /** Not a number while it is unknown: a 0 would call for help. At its end a run notes it in its counts. */
    private static double efficiency(String runId, RunLedger ledger, String name) {
        Long percent = CallDesk.find(runId)
                .map(CallDesk::figures)
                .orElseGet(ledger::counts)
                .get(name);
        return percent == null ? Double.NaN : percent;
    }

    private static CallTotals underWay(String runId) {
        return CallDesk.find(runId).map(CallDesk::underWay).orElse(CallTotals.NONE);
    }
}
