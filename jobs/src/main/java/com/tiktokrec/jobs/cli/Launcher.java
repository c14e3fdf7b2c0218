package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.NearestNames;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.Secrets;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and maps what went wrong to an exit code and a message for people. */
public final class Launcher {

    private final Console console;
    private final Clock clock;
    private final Map<String, String> environment;

    /** A launcher that writes results and messages to two writers, and knows only this clock and environment. */
    public Launcher(PrintWriter out, PrintWriter err, Clock clock, Map<String, String> environment) {
        this.console = new Console(out, err);
        this.clock = clock;
        this.environment = Map.copyOf(environment);
    }

    /** A launcher over standard output and error, the system's clock and the environment. */
    public static Launcher forThisProcess() {
        return new Launcher(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                Clock.systemUTC(),
                System.getenv());
    }

    /** Runs a command line; never exits the JVM. */
    public int run(String... arguments) {
        Secrets.install(environment);
        CommandLine commandLine = commandLine();
        try {
            return commandLine.execute(arguments);
        } finally {
            console.out().flush();
            console.err().flush();
        }
    }

    private CommandLine commandLine() {
        Workplace workplace = new Workplace(console, clock, environment);
        return new CommandLine(new RootCommand(console))
                .addSubcommand(new DemoCommand(workplace))
                .addSubcommand(new GenerateCommand(workplace))
                .addSubcommand(new CrawlCommand(workplace))
                .addSubcommand(new IngestCommand(workplace))
                .addSubcommand(new TaxonomyCommand(workplace))
                .addSubcommand(new ProfileCommand(workplace))
                .addSubcommand(new RecommendCommand(workplace))
                .addSubcommand(new PipelineCommand(workplace))
                .addSubcommand(new CheckCommand(workplace))
                .setOut(console.out())
                .setErr(console.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler(this::usageMistake)
                .setExecutionExceptionHandler(this::failure);
    }

    private int usageMistake(ParameterException mistake, String[] arguments) {
        CommandSpec command = mistake.getCommandLine().getCommandSpec();
        console.problem(message(mistake, command) + " See `" + command.qualifiedName() + " --help`.");
        return ExitCode.USAGE.code();
    }

    private static String message(ParameterException mistake, CommandSpec command) {
        if (!(mistake instanceof UnmatchedArgumentException unmatched)) {
            return mistake.getMessage() + ".";
        }
        String name = unmatched.getUnmatched().get(0);
        boolean option = name.startsWith("-");
        Set<String> known = new TreeSet<>(
                option ? command.optionsMap().keySet() : command.subcommands().keySet());
        List<String> nearest = NearestNames.of(name.split("=", 2)[0], known, 1);
        String kind = option ? "option" : command.subcommands().isEmpty() ? "argument" : "command";
        return "unknown " + kind + " '" + name + "'"
                + (nearest.isEmpty() ? "." : ": did you mean '" + nearest.get(0) + "'?");
    }

    private int failure(Exception failure, CommandLine commandLine, ParseResult parsed) {
        // The parse result that comes is the whole line's, and the option is the command's.
        boolean verbose = commandLine.getParseResult().hasMatchedOption("--verbose");
        if (verbose) {
            failure.printStackTrace(console.err());
        }
        console.problem(Failures.message(failure) + (verbose ? "" : Failures.hint(failure)));
        return Failures.cause(failure, RunFailure.class)
                .map(RunFailure::exitCode)
                .orElse(ExitCode.FAILED)
                .code();
    }
}
