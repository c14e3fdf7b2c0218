package com.tiktokrec.jobs.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tiktok.RequestTally;
import com.tiktokrec.common.tiktok.TikTokFailure;
import com.tiktokrec.jobs.crawl.CrawlJob;
import com.tiktokrec.jobs.crawl.CrawlOutcome;
import com.tiktokrec.jobs.crawl.CrawlUnit;
import com.tiktokrec.jobs.crawl.WarehouseCrawl;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Before a night for users by name: those whose lists were not crawled within cache.ttl are crawled, given a key. */
final class NamedUsersCrawl {

    private static final Logger LOG = LoggerFactory.getLogger(NamedUsersCrawl.class);

    private static final String NOT_CRAWLED = "not_crawled";
    private static final String STALE_USER_ANSWER = "stale_user_answer";

    private NamedUsersCrawl() {}

    /**
     * Crawls and ingests them. Where one can't be crawled, a known user goes on with what stands.
     *
     * @throws RunFailure where an unknown user can't be crawled
     */
    static Optional<CrawlJob.Result> run(Run run, UserSelection users) {
        if (users.isAll() || Secrets.rapidApiKey().isEmpty()) {
            return Optional.empty();
        }
        List<CrawlUnit> due = run.step("look for users to crawl", () -> due(run, users.usernames())).stream()
                .<CrawlUnit>map(name -> CrawlUnit.User.of(name, "--username"))
                .toList();
        if (due.isEmpty()) {
            LOG.info("All named users were crawled lately");
            return Optional.empty();
        }
        CrawlJob.Result crawl = WarehouseCrawl.crawl(run, "users", due);
        requireSomethingOf(run, users, crawl);
        run.ledger()
                .fallback(
                        STALE_USER_ANSWER,
                        crawl.requests().stream()
                                .mapToLong(RequestTally.Line::stale)
                                .sum());
        WarehouseCrawl.ingest(run, crawl);
        return Optional.of(crawl);
    }

    /** Lists tell when a user was crawled; the account may have been seen with somebody else's video since. */
    private static List<String> due(Run run, List<String> names) {
        List<String> due = new ArrayList<>(names);
        Instant freshSince = run.clock().instant().minus(run.settings().cache().ttl());
        due.removeAll(run.warehouse()
                .read(UserVideos.TABLE)
                .where(col(Users.USERNAME).isin(names.toArray()))
                .where(col(Videos.CRAWLED_AT).gt(lit(Timestamp.from(freshSince))))
                .select(Users.USERNAME)
                .distinct()
                .as(Encoders.STRING())
                .collectAsList());
        return due;
    }

    private static void requireSomethingOf(Run run, UserSelection users, CrawlJob.Result crawl) {
        List<String> missing = Stream.of(CrawlOutcome.FAILED, CrawlOutcome.LEFT, CrawlOutcome.ABSENT)
                .flatMap(outcome -> crawl.names(outcome).stream())
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        List<String> unknown = new ArrayList<>(missing);
        unknown.removeAll(known(run, missing));
        List<String> absent = crawl.names(CrawlOutcome.ABSENT);
        if (unknown.isEmpty()) {
            int failed = missing.size() - absent.size();
            LOG.warn("{} of the named users could not be crawled: what stands of them serves", failed);
            run.ledger().fallback(NOT_CRAWLED, failed);
            return;
        }
        if (absent.containsAll(unknown)) {
            LOG.warn("TikTok knows no user {}", String.join(", ", unknown));
            // Tells names close to it.
            users.rows(run);
        }
        throw RunFailure.failed("user " + String.join(", ", unknown) + " could not be crawled"
                + crawl.stopped()
                        .map(TikTokFailure::getMessage)
                        .map(why -> ": " + why)
                        .orElse("")
                + ". Nothing is known of them yet; mend that and run this again, it goes on where it was.");
    }

    private static List<String> known(Run run, List<String> names) {
        return run.warehouse()
                .read(Users.TABLE)
                .where(col(Users.USERNAME).isin(names.toArray()))
                .where(coalesce(col(Users.PROFILED), lit(false)))
                .select(Users.USERNAME)
                .as(Encoders.STRING())
                .collectAsList();
    }
}
