package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

@Command(
        name = "crawl",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "The TikTok API to landing files (not built yet).")
final class CrawlCommand implements Callable<Integer> {

    @SuppressWarnings("UnusedVariable")
    @Unmatched
    private List<String> anything;

    @Override
    public Integer call() {
        throw RunFailure.usage(
                "crawl is not built yet, and nothing was requested from the TikTok API. Bring landing files"
                        + " (API answers or bare items, see README) to `ingest`, or make some with `generate`.");
    }
}
