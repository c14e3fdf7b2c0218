package com.tiktokrec.jobs.cli;

import com.tiktokrec.jobs.check.CheckJob;
import com.tiktokrec.jobs.run.RunSession;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "A night's checks over the tables, after recommend: coverage, ranks, scores, what may never be"
                + " recommended, drift.",
        footer = {
            "",
            "A check that fails ends with exit code 4, after all were made and told; its run is recorded as failed, with",
            "what was found. No table but runs is written, no model is called.",
            "",
            "What later runs found out (likes, posts, videos that went) is not held against the night. Users are expected",
            "as they stand: all profiled, active ones. Drift is measured against the newest earlier night that was not",
            "degraded and did not fail its check; to accept a change for good, check that night once more with the limit",
            "raised (--set checks.max-rows-lost=1). checks.* has the limits. Give the configuration of the night itself:",
            "weights, blocklists and the minimum score are checked against it.",
            "",
            "Example: tiktok-rec check --warehouse W --run-date 2020-11-08"
        })
final class CheckCommand extends RunCommand {

    CheckCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int execute() {
        RunSession session = session(settings(Map.of()));
        RunSession.Ended<CheckJob.Result> ended = session.run(
                false,
                run -> {
                    CheckJob.Result result = CheckJob.run(run);
                    // A run with a failed check ends by its failure, so its table is printed here.
                    console().table(Reports.CHECK_COLUMNS, Reports.checks(result));
                    result.requireAllPassed();
                    return result;
                },
                result -> new RunSession.Coverage(0, 0));
        console()
                .line("Check:      all %d checks of %s passed"
                        .formatted(ended.result().checks().size(), session.date()));
        return ended(session, ended);
    }
}
