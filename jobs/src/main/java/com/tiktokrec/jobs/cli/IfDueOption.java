package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.Run;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** For schedulers, which run every task every night: one that has nothing to do ends well, and is not refused. */
final class IfDueOption {

    @Option(
            names = "--if-due",
            description = "Do nothing and exit 0 where the command is not due (see below), for schedulers.")
    private boolean ifDue;

    /** What a command's work gave, or why there was none to do. */
    record Outcome<T>(Optional<T> result, String notDue) {

        /** The line that tells it. */
        String line(String subject, Function<T, String> report) {
            return result.map(report).orElse("%-12s%s".formatted(subject + ":", notDue));
        }
    }

    /**
     * Does the work of a command that writes more than recommendations.
     *
     * @param notDue why there is none, where there is none; asked with the option alone
     * @throws RunFailure exit 2 for a backfill without the option
     */
    <T> Outcome<T> outcome(Run run, String command, Function<Run, Optional<String>> notDue, Supplier<T> work) {
        Optional<String> reason = ifDue ? notDue.apply(run) : Optional.empty();
        if (reason.isPresent()) {
            return new Outcome<>(Optional.empty(), reason.get());
        }
        PipelineJob.refuseBackfill(run, command);
        return new Outcome<>(Optional.of(work.get()), "");
    }
}
