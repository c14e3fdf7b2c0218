package com.tiktokrec.jobs.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a synthetic crawl of TikTok in the landing format, of any size: profiles, posts, reposts, likes, searches and
 * trends of people who don't exist, with the gaps, errors and malformed records of a real crawl. The same options give
 * the same bytes.
 */
public final class CrawlGenerator {

    /** Ids hold the create time in 31 bits, which end in 2038. */
    private static final LocalDate LAST_RUN_DATE = LocalDate.of(2037, 12, 31);

    private static final LocalDate FIRST_RUN_DATE = LocalDate.of(2018, 1, 1);

    private CrawlGenerator() {}

    /**
     * What to write: {@code users} is the number of profiled users, creators and viewers together; {@code videos} that
     * of distinct videos; {@code output} a folder that is missing or empty; the crawl happens on the evening of
     * {@code runDate}.
     */
    public record Options(int users, int videos, long seed, Path output, LocalDate runDate) {}

    /**
     * What was written: {@code records} counts lines, and items of the file that is one array; {@code malformed} the
     * lines and items among or within them that a reader must refuse; {@code files} come in the order of their names.
     */
    public record Result(int users, int videos, int records, int malformed, List<Path> files) {}

    /**
     * Writes the crawl. Throws {@link IllegalArgumentException} when an option is out of range or the output folder has
     * something in it.
     */
    public static Result generate(Options options) throws IOException {
        check(options);
        Files.createDirectories(options.output());
        Scene scene = Scene.of(options);
        CrawlClock clock = new CrawlClock(options.runDate());
        Flaws flaws = new Flaws();
        SpoiledItems spoiledItems = new SpoiledItems(options.videos(), scene.videos(), scene.items());
        LandingFolder folder = new LandingFolder(options.output());
        try (folder) {
            AnswerLog log = new AnswerLog(scene.seed(), folder, clock, spoiledItems, flaws);
            UserCrawl users = new UserCrawl(scene, CrawlClock.start(options.runDate()), log, folder);
            for (int user = 0; user < options.users(); user++) {
                users.crawl(user);
            }
            SearchCrawl searches = new SearchCrawl(scene, log, folder);
            for (int interest = 0; interest < scene.interests().size(); interest++) {
                searches.crawl(interest);
            }
            new TrendingCrawl(scene, clock.end(), log, folder).crawl();
            new BareExport(scene, clock.end(), folder, flaws, spoiledItems).write();
        }
        folder.date(clock.end());
        return new Result(options.users(), options.videos(), folder.records(), flaws.made(), folder.files());
    }

    private static void check(Options options) throws IOException {
        checkCount("users", options.users());
        checkCount("videos", options.videos());
        if (options.runDate().isBefore(FIRST_RUN_DATE) || options.runDate().isAfter(LAST_RUN_DATE)) {
            throw new IllegalArgumentException("Can't generate a crawl for the run date " + options.runDate()
                    + ": TikTok ids exist for " + FIRST_RUN_DATE + " to " + LAST_RUN_DATE
                    + " only. Give a run date in that time.");
        }
        Path output = options.output();
        if (!Files.exists(output)) {
            return;
        }
        if (!Files.isDirectory(output)) {
            throw new IllegalArgumentException("Can't write a crawl to " + output
                    + ": it is a file, and a crawl is a folder of files. Give the name of a new folder.");
        }
        try (Stream<Path> present = Files.list(output)) {
            if (present.findAny().isPresent()) {
                throw new IllegalArgumentException("Can't write a crawl to " + output
                        + ": the folder is not empty, and old and new files would be read as one crawl."
                        + " Empty the folder, or give the name of a new one.");
            }
        }
    }

    private static void checkCount(String option, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Can't generate a crawl with " + count + " " + option
                    + ": a crawl has at least one. Give a number of " + option + " from 1 on.");
        }
    }
}
