package com.tiktokrec.jobs.cli;

import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.RunSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "All of it in order, doing only what changed: ingest, taxonomy, profile, recommend.",
        footer = {
            "",
            "With --username and RAPIDAPI_KEY set, users who were not crawled within cache.ttl are crawled first, at about 6",
            "requests each (see crawl --help); --all never crawls users. retrieval.sources = [search, corpus] asks for",
            "tonight's queries, too.",
            "",
            "A taxonomy is made where there is none, where the standing one is older than pipeline.taxonomy-max-age, or",
            "from --taxonomy. A run dated before the newest finished one is a backfill: it writes only its own date's",
            "recommendations, from the tables as they stand.",
            "",
            "Example: tiktok-rec pipeline --all --input crawl --warehouse W --run-date 2020-11-08"
        })
final class PipelineCommand extends RunCommand {

    @ArgGroup(multiplicity = "1")
    private UserOptions users;

    @Option(names = "--input", paramLabel = "URI", arity = "1..*", description = "Landing files to ingest first.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--taxonomy", paramLabel = "FILE", description = "Replace the categories by this file's.")
    private String taxonomy;

    @Mixin
    private final CountOption count = new CountOption();

    @Option(names = "--output", paramLabel = "FILE", description = "Write the lists as JSON too (a folder with --all).")
    private String output;

    PipelineCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int estimate() {
        PipelineJob.Options options = options();
        return estimated(session(settings(Map.of())), run -> PipelineJob.estimate(run, options));
    }

    private PipelineJob.Options options() {
        return new PipelineJob.Options(
                inputs, users.selection(), Optional.ofNullable(taxonomy), count.checked(), Optional.ofNullable(output));
    }

    @Override
    int execute() {
        PipelineJob.Options options = options();
        RunSession session = session(settings(Map.of()));
        RunSession.Ended<PipelineJob.Result> ended =
                session.run(true, run -> PipelineJob.run(run, options), PipelineJob.Result::coverage);
        Reports.pipeline(ended.result(), options.count()).forEach(console()::line);
        return ended(session, ended);
    }
}
