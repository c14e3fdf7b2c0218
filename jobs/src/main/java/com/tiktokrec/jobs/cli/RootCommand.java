package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.jobs.run.CodeVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "tiktok-rec",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = {
            "Turns crawls of TikTok users and videos into ranked, explained recommendations in Delta tables.",
            ""
        },
        footer = {
            "",
            "Start here:  tiktok-rec demo",
            "Every night: tiktok-rec pipeline --all --input CRAWL --warehouse W",
            "And then:    tiktok-rec check --warehouse W",
            "",
            "Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 input missing or unreadable, or an",
            "unknown user; 4 checks failed; 5 done, but too many users took a fallback."
        })
final class RootCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    private final Console console;

    RootCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        console.problem("no command given: start with `tiktok-rec demo`.");
        return ExitCode.USAGE.code();
    }

    /** The version as {@code --version} prints it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"tiktok-rec " + CodeVersion.current()};
        }
    }
}
