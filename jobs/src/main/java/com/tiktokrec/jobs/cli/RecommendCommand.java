package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.CostGate;
import com.tiktokrec.jobs.run.RunSession;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "recommend",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "Ranked videos for users, each with its scores and reasons.",
        footer = {
            "",
            "retrieval.sources says where candidates come from: corpus, search, trending. With search, RAPIDAPI_KEY is needed",
            "and tonight's queries are asked for, each once for all users, at 2 requests each (see crawl --help).",
            "",
            "A date before the newest finished night's is a backfill: its lists are made from the tables as they stand, with",
            "ages at its end, and other dates' lists and tonight's queries stay. It is one, too, where the next night's",
            "ingest has finished while this night's recommend is still to come.",
            "",
            "Example: tiktok-rec recommend --username taylorswift --count 20 --output recommendations.json"
        })
final class RecommendCommand extends RunCommand {

    @ArgGroup(multiplicity = "1")
    private UserOptions users;

    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = "Take the one user's tags from this file, for this run alone.")
    private String profile;

    @Mixin
    private final CountOption count = new CountOption();

    @Option(names = "--output", paramLabel = "FILE", description = "Write the lists as JSON too (a folder with --all).")
    private String output;

    RecommendCommand(Workplace workplace) {
        super(workplace);
    }

    private RecommendJob.Options options() {
        return new RecommendJob.Options(
                users.selection(), Optional.ofNullable(profile), count.checked(), Optional.ofNullable(output));
    }

    @Override
    int estimate() {
        RecommendJob.Options options = options();
        return estimated(session(settings(Map.of())), run -> RecommendJob.estimate(run, options, false));
    }

    @Override
    int execute() {
        Settings settings = settings(Map.of());
        RecommendJob.Options options = options();
        RunSession session = session(settings);
        RunSession.Ended<RecommendJob.Result> ended = session.run(
                true,
                run -> {
                    CostGate.confirm(run, () -> RecommendJob.estimate(run, options, false));
                    return RecommendJob.run(run, options);
                },
                result -> new RunSession.Coverage(result.users(), result.degradedUsers()));
        console().line(Reports.recommended(ended.result(), options.count()));
        return ended(session, ended);
    }
}
