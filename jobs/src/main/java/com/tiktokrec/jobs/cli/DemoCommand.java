package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.demo.DemoJob;
import com.tiktokrec.jobs.run.RunSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "The whole system on a generated crawl, offline: no key, no network.",
        footer = {"", "Example: tiktok-rec demo --warehouse demo"})
final class DemoCommand extends RunCommand {

    private static final String DEFAULT_FOLDER = "demo-warehouse";

    @Option(names = "--users", paramLabel = "N", defaultValue = "100", description = "Users (default: 100).")
    private int users;

    @Option(names = "--videos", paramLabel = "N", defaultValue = "2000", description = "Videos (default: 2000).")
    private int videos;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "42", description = "Seed of the crawl (default: 42).")
    private long seed;

    DemoCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int execute() {
        if (users < 8 || videos < 200) {
            throw RunFailure.usage("--users is " + users + " and --videos is " + videos
                    + ": a demo needs at least 8 users and 200 videos to show anything.");
        }
        Path folder = Path.of(common().warehouse().orElse(DEFAULT_FOLDER));
        Path crawl = DemoFolder.fresh(folder);
        Settings settings = settings(Map.of(
                "models.llm.provider", "local",
                "models.embedding.provider", "local",
                "pipeline.num-categories", "40"));
        RunSession session = common().session("demo", settings, workplace(), folder.toString());
        RunSession.Ended<DemoJob.Result> ended = session.run(
                true,
                run -> DemoJob.run(run, new DemoJob.Options(users, videos, seed, crawl)),
                DemoJob.Result::coverage);
        DemoReport.print(console(), ended.result());
        int exitCode = ended(session, ended);
        console().line("");
        console().line("What to run next:");
        List.of(
                        "bin/tiktok-rec recommend --username " + ended.result().username() + " --count 5 --warehouse "
                                + folder + " --output list.json",
                        "bin/tiktok-rec pipeline --all --input YOUR_CRAWL --warehouse W",
                        "bin/tiktok-rec --help")
                .forEach(next -> console().line("  " + next));
        return exitCode;
    }
}
