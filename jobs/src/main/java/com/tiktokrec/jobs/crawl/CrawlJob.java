package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Pipeline;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.http.InFlight;
import com.tiktokrec.common.tiktok.RequestTally;
import com.tiktokrec.common.tiktok.TikTokClient;
import com.tiktokrec.common.tiktok.TikTokConnection;
import com.tiktokrec.common.tiktok.TikTokFailure;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TikTok API → landing files, in this process alone: one place is enough to keep a pace. Many units are under way
 * at once, so that the pace is reached however slow the answers are.
 */
public final class CrawlJob {

    private static final Logger LOG = LoggerFactory.getLogger(CrawlJob.class);

    /** Enough for 30 requests a second answered within a second. */
    private static final int UNITS_AT_ONCE = 32;

    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(30);

    /**
     * What to crawl.
     *
     * @param kind what the units are, in the plural; landing files are named by it
     * @param units each once
     */
    public record Options(String kind, List<CrawlUnit> units, LandingOutput output) {

        public Options {
            units = units.stream().distinct().toList();
        }
    }

    /**
     * What came of it.
     *
     * @param units asked for
     * @param earlier of them: done by a run of the same crawl that did not end
     * @param names of the other units, by what became of them
     * @param files that were written, paths
     * @param stopped why the crawl ended before all units were done, if so
     * @param budgetLeft of tiktok.monthly-request-budget, where it is set
     */
    public record Result(
            String kind,
            int units,
            int earlier,
            Map<CrawlOutcome, List<String>> names,
            List<String> files,
            List<RequestTally.Line> requests,
            Optional<TikTokFailure> stopped,
            OptionalLong budgetLeft) {

        public List<String> names(CrawlOutcome outcome) {
            return names.getOrDefault(outcome, List.of());
        }

        /** Requests sent over the network. */
        public long sent() {
            return requests.stream().mapToLong(RequestTally.Line::sent).sum();
        }
    }

    private record Crawled(int place, CrawlOutcome outcome) {}

    private final TikTokConnection api;
    private final Settings settings;
    private final Options options;
    private final Clock clock;
    private final Map<CrawlOutcome, List<String>> names = new EnumMap<>(CrawlOutcome.class);

    private CrawlJob(TikTokConnection api, Settings settings, Options options, Clock clock) {
        this.api = api;
        this.settings = settings;
        this.options = options;
        this.clock = clock;
    }

    /**
     * Crawls all units, or goes on with a crawl of the same ones that did not end.
     *
     * @throws RunFailure where files can't be written, or another process is at the same crawl
     */
    public static Result run(TikTokConnection api, Settings settings, Options options, Clock clock) {
        try {
            return new CrawlJob(api, settings, options, clock).crawl();
        } catch (IOException | UncheckedIOException e) {
            throw RunFailure.failed(
                    "the crawl can't be written (" + e.getMessage() + "). Make room, or give another --output or"
                            + " cache.directory; what was bought is kept, and the same command goes on with it.",
                    e);
        }
    }

    private Result crawl() throws IOException {
        options.output().prepare();
        if (options.units().isEmpty()) {
            return result(0, List.of());
        }
        Path root = Path.of(settings.cache().directory()).resolve("unfinished");
        try (UnfinishedCrawl crawl = UnfinishedCrawl.open(
                root, plan(), options.kind(), options.units(), options.output(), Instant.now(clock))) {
            List<Integer> left = crawl.left();
            announce(crawl, left);
            List<String> files = new ArrayList<>(crawlAll(crawl, left));
            files.addAll(crawl.landRest());
            if (names.containsKey(CrawlOutcome.LEFT)) {
                LOG.warn(
                        "What was bought and is not complete is kept in {}",
                        crawl.state().orElseThrow());
            } else {
                crawl.end();
            }
            return result(options.units().size() - left.size(), files);
        }
    }

    /** What makes a crawl that crawl: where from and to, what, and how much of each. */
    private String plan() {
        Pipeline limits = settings.pipeline();
        return options.units().stream()
                .map(CrawlUnit::name)
                .collect(Collectors.joining(
                        "\n",
                        List.of(
                                        options.kind(),
                                        options.output().location(),
                                        settings.tiktok().baseUrl(),
                                        limits.maxPostsToAnalyze(),
                                        limits.maxReposts(),
                                        limits.maxLikedPosts(),
                                        limits.videosPerQuery())
                                + "\n",
                        ""));
    }

    private void announce(UnfinishedCrawl crawl, List<Integer> left) {
        if (crawl.resumed()) {
            LOG.info(
                    "Going on with the crawl of {}: {} of {} {} are done",
                    crawl.startedAt(),
                    options.units().size() - left.size(),
                    options.units().size(),
                    options.kind());
        }
        long requests = left.stream()
                .mapToLong(place -> options.units().get(place).requests(settings.pipeline()))
                .sum();
        LOG.info(
                "Crawling {} {}: about {} requests, {} at {} apart",
                left.size(),
                options.kind(),
                requests,
                spoken(settings.tiktok().interval().multipliedBy(requests)),
                settings.tiktok().interval());
    }

    private static String spoken(Duration duration) {
        return duration.toHours() > 0
                ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
                : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }

    private List<String> crawlAll(UnfinishedCrawl crawl, List<Integer> left) throws IOException {
        List<String> files = new ArrayList<>();
        Instant reported = clock.instant();
        int done = 0;
        try (InFlight<Integer, Crawled> crawled =
                InFlight.inFlight(left.iterator(), UNITS_AT_ONCE, place -> crawled(crawl, place))) {
            while (crawled.hasNext()) {
                Crawled unit = crawled.next();
                names.computeIfAbsent(unit.outcome(), outcome -> new ArrayList<>())
                        .add(options.units().get(unit.place()).name());
                files.addAll(crawl.landComplete(unit.place()));
                done++;
                if (Duration.between(reported, clock.instant()).compareTo(BETWEEN_REPORTS) >= 0) {
                    reported = clock.instant();
                    LOG.info(
                            "{} of {} {} done, {} requests sent",
                            done,
                            left.size(),
                            options.kind(),
                            api.tally().sent());
                }
            }
        }
        return files;
    }

    private Crawled crawled(UnfinishedCrawl crawl, int place) {
        CrawlUnit unit = options.units().get(place);
        if (api.stopped().isPresent()) {
            return new Crawled(place, CrawlOutcome.LEFT);
        }
        UnitJournal journal = crawl.journal(place, api.api());
        CrawlOutcome outcome = outcome(unit, journal);
        // With expired answers in place of those that a stopped run could not buy, it is not done.
        if (outcome == CrawlOutcome.LEFT || api.stopped().isPresent()) {
            return new Crawled(place, CrawlOutcome.LEFT);
        }
        journal.finish();
        return new Crawled(place, outcome);
    }

    private CrawlOutcome outcome(CrawlUnit unit, UnitJournal journal) {
        try {
            return unit.crawl(new TikTokClient(journal), settings.pipeline());
        } catch (TikTokFailure e) {
            if (e.kind().stopsTheRun()) {
                return CrawlOutcome.LEFT;
            }
            if (e.kind() == Kind.NOT_FOUND) {
                return CrawlOutcome.ABSENT;
            }
            if (e.kind() == Kind.PRIVATE) {
                return CrawlOutcome.PRIVATE;
            }
            LOG.warn("One of the {} failed: {}", options.kind(), e.getMessage());
            return journal.hasAnswers() ? CrawlOutcome.INCOMPLETE : CrawlOutcome.FAILED;
        }
    }

    private Result result(int earlier, List<String> files) {
        names.values().forEach(list -> list.sort(null));
        return new Result(
                options.kind(),
                options.units().size(),
                earlier,
                names,
                List.copyOf(files),
                api.tally().lines(),
                api.stopped(),
                api.budgetLeft());
    }
}
