package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.profile.ProfileJob;
import com.tiktokrec.jobs.run.CostGate;
import com.tiktokrec.jobs.run.RunSession;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "Maps what users post, repost and like to categories, with affinities and reasons.",
        footer = {
            "",
            "--if-due: nothing is done where a newer night is finished already: profiles are never older than they were.",
            "",
            "Example: tiktok-rec profile --username taylorswift --output profile.json"
        })
final class ProfileCommand extends RunCommand {

    @ArgGroup(multiplicity = "1")
    private UserOptions users;

    @Option(names = "--taxonomy", paramLabel = "FILE", description = "Replace the categories by this file's first.")
    private String taxonomy;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the profiles as JSON too (a folder with --all).")
    private String output;

    @Mixin
    private final IfDueOption ifDue = new IfDueOption();

    ProfileCommand(Workplace workplace) {
        super(workplace);
    }

    private ProfileJob.Options options() {
        return new ProfileJob.Options(users.selection(), Optional.ofNullable(output));
    }

    @Override
    int estimate() {
        return estimated(session(settings(Map.of())), run -> ProfileJob.estimate(run, options(), taxonomy != null));
    }

    @Override
    int execute() {
        Settings settings = settings(Map.of());
        RunSession session = session(settings);
        RunSession.Ended<IfDueOption.Outcome<ProfileJob.Result>> ended = session.run(
                true,
                run -> ifDue.outcome(run, session.command(), PipelineJob::notDue, () -> {
                    CostGate.confirm(run, () -> ProfileJob.estimate(run, options(), taxonomy != null));
                    if (taxonomy != null) {
                        TaxonomyJob.fromFile(run, taxonomy);
                    }
                    return ProfileJob.run(run, options());
                }),
                outcome -> outcome.result().map(ProfileCommand::coverage).orElse(new RunSession.Coverage(0, 0)));
        console().line(ended.result().line("Profile", Reports::profiled));
        return ended(session, ended);
    }

    private static RunSession.Coverage coverage(ProfileJob.Result result) {
        return new RunSession.Coverage(result.users(), result.kept() + result.keywordFallbacks());
    }
}
