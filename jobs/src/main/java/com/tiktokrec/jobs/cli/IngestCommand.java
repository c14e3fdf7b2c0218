package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.RunSession;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "Landing files to the tables videos, video_stats, users, user_videos and search_results.",
        footer = {
            "",
            "Takes files, folders and globs of JSON Lines, plain or gzip: API answers in their envelope, bare video items,",
            "or one JSON array of items. Broken records go to the table quarantine; unchanged files are skipped.",
            "",
            "Example: tiktok-rec ingest --input crawl --warehouse W"
        })
final class IngestCommand extends RunCommand {

    @Option(
            names = "--input",
            paramLabel = "URI",
            arity = "1..*",
            required = true,
            description = "Files, folders or globs.")
    private List<String> inputs;

    IngestCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int execute() {
        Settings settings = settings(Map.of());
        RunSession session = session(settings);
        RunSession.Ended<IngestJob.Result> ended = session.run(
                false,
                run -> {
                    PipelineJob.refuseBackfill(run, session.command());
                    return IngestJob.run(run, new IngestJob.Options(inputs));
                },
                result -> new RunSession.Coverage(0, 0));
        console().line(Reports.ingested(ended.result()));
        return ended(session, ended);
    }
}
