package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunLedger;
import com.tiktokrec.jobs.run.RunSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that does a run over a warehouse. */
abstract class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    private final Workplace workplace;

    RunCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public final Integer call() {
        if (common.dryRun()) {
            List<String> arguments = spec.commandLine().getParseResult().originalArgs();
            console().line(SparkSubmit.commandLine(spec.name(), arguments, common, workplace.environment()));
            return ExitCode.DONE.code();
        }
        return common.estimate() ? estimate() : execute();
    }

    abstract int execute();

    /** Prints what the command would buy. */
    int estimate() {
        throw RunFailure.usage("--estimate is for commands that call models: taxonomy, profile, recommend and pipeline."
                + " `" + spec.name() + "` costs nothing; leave it out.");
    }

    final int estimated(RunSession session, Function<Run, List<StepEstimate>> work) {
        List<StepEstimate> steps = session.estimate(work);
        List<List<String>> rows = new ArrayList<>();
        steps.forEach(step -> rows.add(List.of(
                step.step(),
                step.model(),
                "%,d".formatted(step.calls()),
                "%,d".formatted(step.promptTokens()),
                "%,d".formatted(step.completionTokens()),
                "%.4f".formatted(step.usd()),
                step.assumed() ? "assumed" : "")));
        rows.add(List.of(
                "total",
                "",
                "%,d".formatted(steps.stream().mapToLong(StepEstimate::calls).sum()),
                "%,d"
                        .formatted(steps.stream()
                                .mapToLong(StepEstimate::promptTokens)
                                .sum()),
                "%,d"
                        .formatted(steps.stream()
                                .mapToLong(StepEstimate::completionTokens)
                                .sum()),
                "%.4f".formatted(StepEstimate.usd(steps)),
                ""));
        console().table(List.of("step", "model", "calls", "tokens in", "tokens out", "USD", ""), rows);
        console()
                .line("Nothing was called or written. Assumed: the step's inputs are not bought yet. Files given with"
                        + " --input are counted once they are ingested, which costs nothing.");
        return ExitCode.DONE.code();
    }

    final CommonOptions common() {
        return common;
    }

    final Console console() {
        return workplace.console();
    }

    final Workplace workplace() {
        return workplace;
    }

    final Settings settings(Map<String, String> byCommand) {
        return common.settings(workplace.environment(), byCommand);
    }

    final RunSession session(Settings settings) {
        return common.session(spec.name(), settings, workplace);
    }

    /** Prints what every run ends with, and gives its exit code. */
    final int ended(RunSession session, RunSession.Ended<?> ended) {
        RunLedger ledger = ended.ledger();
        if (ledger.modelCalls() + ledger.cachedCalls() > 0) {
            console()
                    .line("Model calls: %,d made, %,d answered from the store; %,d tokens read, %,d written; %.4f USD"
                            .formatted(
                                    ledger.modelCalls(),
                                    ledger.cachedCalls(),
                                    ledger.promptTokens(),
                                    ledger.completionTokens(),
                                    ledger.costUsd()));
        }
        CallFigures.lines(ledger.counts()).forEach(console()::line);
        if (!ledger.fallbacks().isEmpty()) {
            console().line("Fallbacks: " + String.join(", ", ledger.fallbacks()));
        }
        console()
                .line("Tables in %s, run date %s, %s"
                        .formatted(session.warehouse(), session.date(), text(ended.took())));
        if (ended.degraded()) {
            console()
                    .problem("done and tables written, but more than pipeline.max-degraded-ratio ("
                            + session.settings().pipeline().maxDegradedRatio()
                            + ") of the users took a fallback (" + String.join(", ", ledger.fallbacks())
                            + "). Look at the warnings above; the next run tries these again.");
            return ExitCode.DEGRADED.code();
        }
        return ExitCode.DONE.code();
    }

    static String text(Duration duration) {
        return duration.toMinutes() == 0
                ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
                : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
}
