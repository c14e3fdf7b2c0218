package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "Writes a synthetic crawl in the landing format: the same options give the same bytes.",
        footer = {"", "Example: tiktok-rec generate --users 100 --videos 2000 --seed 7 --output crawl"})
final class GenerateCommand implements Callable<Integer> {

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Option(names = "--users", paramLabel = "N", defaultValue = "100", description = "Profiled users (default: 100).")
    private int users;

    @Option(
            names = "--videos",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Distinct videos (default: 2000).")
    private int videos;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "42", description = "Seed (default: 42).")
    private long seed;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "An empty or new folder.")
    private Path output;

    private final Workplace workplace;

    GenerateCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() {
        if (users < 1 || videos < 1) {
            throw RunFailure.usage("--users is " + users + " and --videos is " + videos + ": both are 1 or more.");
        }
        try {
            CrawlGenerator.Result result = CrawlGenerator.generate(
                    new CrawlGenerator.Options(users, videos, seed, output, common.date(workplace)));
            workplace
                    .console()
                    .line("%,d users, %,d videos, %,d records (%,d of them malformed) in %d files under %s"
                            .formatted(
                                    result.users(),
                                    result.videos(),
                                    result.records(),
                                    result.malformed(),
                                    result.files().size(),
                                    output));
            return ExitCode.DONE.code();
        } catch (IllegalArgumentException e) {
            throw RunFailure.usage(e.getMessage());
        } catch (IOException e) {
            throw RunFailure.failed("the crawl cannot be written to " + output + ": " + e.getMessage(), e);
        }
    }
}
