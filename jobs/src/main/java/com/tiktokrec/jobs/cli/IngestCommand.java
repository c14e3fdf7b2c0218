package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.RunSession;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "--if-due: nothing is done where a newer night is finished already. What a backfill leaves unread is read by",
            "the next ingest that is given the same files.",
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

    @Mixin
    private final IfDueOption ifDue = new IfDueOption();

    IngestCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int execute() {
        Settings settings = settings(Map.of());
        RunSession session = session(settings);
        RunSession.Ended<IfDueOption.Outcome<IngestJob.Result>> ended = session.run(
                false,
                run -> ifDue.outcome(
                        run,
                        session.command(),
                        PipelineJob::notDue,
                        () -> IngestJob.run(run, new IngestJob.Options(inputs))),
                result -> new RunSession.Coverage(0, 0));
        console().line(ended.result().line("Ingest", Reports::ingested));
        return ended(session, ended);
    }
}
