package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.tiktok.TikTokConnection;
import com.tiktokrec.jobs.crawl.CrawlJob;
import com.tiktokrec.jobs.crawl.CrawlOutcome;
import com.tiktokrec.jobs.crawl.CrawlUnit;
import com.tiktokrec.jobs.crawl.LandingOutput;
import com.tiktokrec.jobs.crawl.TonightsQueries;
import com.tiktokrec.jobs.run.RunSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "crawl",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "The TikTok API to landing files, politely: one request a second, none of them twice.",
        footer = {
            "",
            "The API is tiktok-api23 on RapidAPI. Get a key: sign up at https://rapidapi.com, open",
            "https://rapidapi.com/Lundehund/api/tiktok-api23, subscribe to a plan (there is a free one), and copy the",
            "X-RapidAPI-Key that its test page shows. Set it for this shell: export RAPIDAPI_KEY=…",
            "",
            "A user costs about 6 requests (the account, 2 pages of posts, 1 of reposts, 2 of liked posts), a query 2,",
            "the trends 1. tiktok.requests-per-second sets the rate, tiktok.monthly-request-budget the most a month may",
            "cost. A crawl that was killed or stopped goes on where it was: give the same command again.",
            "",
            "Example: tiktok-rec crawl --username taylorswift --output crawl",
            "Then:    tiktok-rec ingest --input crawl"
        })
final class CrawlCommand extends RunCommand {

    private static final int MOST_TRENDS = 1000;
    private static final int NAMES_TOLD = 10;
    private static final Pattern REMOTE = Pattern.compile("(?!file:)[A-Za-z][A-Za-z0-9+.-]+:.*");

    /** What is crawled: one of these is required. */
    private static final class Subject {

        @Option(
                names = "--username",
                paramLabel = "U",
                arity = "1..*",
                required = true,
                description = "Users, with or without @.")
        private List<String> usernames = new ArrayList<>();

        @Option(
                names = "--usernames-file",
                paramLabel = "F",
                required = true,
                description = "Users, one a line; lines that start with # are left out.")
        private Path usernamesFile;

        @Option(
                names = "--trending",
                paramLabel = "N",
                required = true,
                description = "The trends, N videos of them, 1 to 1000.")
        private Integer trending;

        @Option(
                names = "--queries",
                required = true,
                description = "Tonight's queries of search_queries, each once for all users.")
        private boolean queries;
    }

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "Folder or URI for the landing files; what is there stays.")
    private String output;

    CrawlCommand(Workplace workplace) {
        super(workplace);
    }

    @Override
    int execute() {
        Settings settings = settings(Map.of());
        String key = Secrets.rapidApiKey()
                .orElseThrow(() -> RunFailure.usage(Secrets.RAPIDAPI_KEY
                        + " is not set, and nothing was requested: `tiktok-rec crawl --help` shows how to get a key."
                        + " Without one, `generate` makes a crawl and `ingest` reads any you have."));
        CrawlJob.Options options = options(settings);
        try (TikTokConnection api = TikTokConnection.open(
                settings.tiktok(), settings.cache(), key, workplace().clock())) {
            CrawlJob.Result result =
                    CrawlJob.run(api, settings, options, workplace().clock());
            Reports.crawled(result).forEach(console()::line);
            console().table(Reports.REQUEST_COLUMNS, Reports.requests(result));
            return ended(result, options.output());
        }
    }

    private CrawlJob.Options options(Settings settings) {
        if (subject.queries) {
            RunSession session = session(settings);
            Warehouse warehouse = new Warehouse(
                    session.openSpark(),
                    session.warehouse(),
                    "crawl",
                    Instant.now(workplace().clock()));
            List<CrawlUnit> queries = TonightsQueries.of(warehouse, session.date());
            return new CrawlJob.Options("searches", queries, landing(settings));
        }
        if (subject.trending != null) {
            int count = subject.trending;
            if (count < 1 || count > MOST_TRENDS) {
                throw RunFailure.usage("--trending is " + count + ": give a number from 1 to " + MOST_TRENDS + ".");
            }
            return new CrawlJob.Options("trends", List.of(new CrawlUnit.Trends(count)), landing(settings));
        }
        List<CrawlUnit> users = subject.usernamesFile == null
                ? subject.usernames.stream()
                        .<CrawlUnit>map(name -> CrawlUnit.User.of(name, "--username"))
                        .toList()
                : usersOf(subject.usernamesFile);
        return new CrawlJob.Options("users", users, landing(settings));
    }

    /** Only a folder elsewhere needs Spark, for what it knows of file systems. */
    private LandingOutput landing(Settings settings) {
        return REMOTE.matcher(output).matches()
                ? LandingOutput.on(
                        output, session(settings).openSpark().sessionState().newHadoopConf())
                : LandingOutput.local(Path.of(output.replaceFirst("^file:(//)?", "")));
    }

    private static List<CrawlUnit> usersOf(Path file) {
        List<CrawlUnit> users = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file)) {
            int number = 0;
            for (String line : (Iterable<String>) lines::iterator) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    users.add(CrawlUnit.User.of(line, "--usernames-file, line " + number + " of " + file + ","));
                }
            }
        } catch (NoSuchFileException e) {
            throw RunFailure.input(
                    "--usernames-file " + file + " does not exist: give a file of names, one a line.", e);
        } catch (IOException | UncheckedIOException e) {
            throw RunFailure.input(
                    "--usernames-file " + file + " can't be read as UTF-8 text (" + e.getMessage() + ").", e);
        }
        if (users.isEmpty()) {
            throw RunFailure.input("--usernames-file " + file + " holds no name: write one a line.");
        }
        return users;
    }

    private int ended(CrawlJob.Result result, LandingOutput landing) {
        for (CrawlOutcome outcome : List.of(CrawlOutcome.ABSENT, CrawlOutcome.INCOMPLETE, CrawlOutcome.FAILED)) {
            List<String> names = result.names(outcome);
            if (!names.isEmpty()) {
                console()
                        .line(outcome.words() + ": "
                                + String.join(", ", names.subList(0, Math.min(NAMES_TOLD, names.size())))
                                + (names.size() > NAMES_TOLD ? ", …" : ""));
            }
        }
        console()
                .line(
                        result.files().isEmpty()
                                ? "Nothing new to land"
                                : "%,d files in %s".formatted(result.files().size(), landing.location()));
        int left = result.names(CrawlOutcome.LEFT).size();
        if (left > 0) {
            throw stopped(result, left);
        }
        if (result.units() > 0 && result.names(CrawlOutcome.FAILED).size() == result.units()) {
            throw RunFailure.failed("none of the " + result.units() + " " + result.kind()
                    + " could be crawled: look at the warnings above, and try again later.");
        }
        return ExitCode.DONE.code();
    }

    /** A key that is refused is the caller's to mend; a quota or budget comes back by itself. */
    private static RunFailure stopped(CrawlJob.Result result, int left) {
        String message = result.stopped().orElseThrow().getMessage() + ". " + left + " of " + result.units() + " "
                + result.kind() + " are left; the same command goes on where this one stopped.";
        return switch (result.stopped().orElseThrow().kind()) {
            case KEY_REFUSED, NOT_SUBSCRIBED, MISDIRECTED -> RunFailure.usage(message);
            default -> RunFailure.failed(message);
        };
    }
}
