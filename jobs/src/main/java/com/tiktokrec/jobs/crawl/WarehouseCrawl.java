package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tiktok.TikTokConnection;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.run.Run;
import java.util.List;
import java.util.Optional;

/** Crawls that a run makes by itself: they land in a folder of the warehouse, which every executor can read. */
public final class WarehouseCrawl {

    private static final String FOLDER = "_landing";

    private WarehouseCrawl() {}

    /**
     * Crawls what a run needs.
     *
     * @throws RunFailure where there is no key
     */
    public static CrawlJob.Result crawl(Run run, String kind, List<CrawlUnit> units) {
        String key = Secrets.rapidApiKey()
                .orElseThrow(() -> RunFailure.usage(
                        Secrets.RAPIDAPI_KEY + " is not set, and " + kind + " can't be asked for without it."));
        LandingOutput output = LandingOutput.on(
                run.warehouse().location() + "/" + FOLDER,
                run.spark().sessionState().newHadoopConf());
        try (TikTokConnection api =
                TikTokConnection.open(run.settings().tiktok(), run.settings().cache(), key, run.clock())) {
            CrawlJob.Result result = run.step(
                    "crawl " + kind,
                    () -> CrawlJob.run(api, run.settings(), new CrawlJob.Options(kind, units, output), run.clock()));
            note(run, result);
            return result;
        }
    }

    /** Reads what a crawl landed into the tables; nothing where nothing landed. */
    public static Optional<IngestJob.Result> ingest(Run run, CrawlJob.Result crawl) {
        return crawl.files().isEmpty()
                ? Optional.empty()
                : Optional.of(IngestJob.run(run, new IngestJob.Options(crawl.files())));
    }

    private static void note(Run run, CrawlJob.Result result) {
        result.requests().forEach(line -> {
            run.ledger().count("tiktok_requests", line.sent());
            run.ledger().count("tiktok_retried", line.retried());
            run.ledger().count("tiktok_cached", line.cached());
            run.ledger().count("tiktok_stale", line.stale());
        });
    }
}
