package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.RetrievalSource;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tiktok.TikTokEndpoint;
import com.tiktokrec.jobs.crawl.CrawlJob;
import com.tiktokrec.jobs.crawl.CrawlOutcome;
import com.tiktokrec.jobs.crawl.CrawlUnit;
import com.tiktokrec.jobs.crawl.WarehouseCrawl;
import com.tiktokrec.jobs.run.Run;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retrieval by the TikTok search: tonight's distinct queries are asked for, each once for all users, and their videos
 * come from search_results. A query that fails is served by its last answer, though old; without one, by the corpus.
 */
final class SearchRetrieval {

    static final String SEARCH = "search";
    static final String STALE_ANSWER = "stale_answer";
    static final String UNANSWERED_QUERY = "unanswered_query";

    private static final Logger LOG = LoggerFactory.getLogger(SearchRetrieval.class);

    private final Run run;
    private final Instant freshSince;
    private List<String> unanswered = List.of();

    private SearchRetrieval(Run run) {
        this.run = run;
        this.freshSince = run.clock().instant().minus(run.settings().cache().ttl(TikTokEndpoint.SEARCH_VIDEO.path()));
    }

    /**
     * The searches of a run, which has to have a key for them, unless it is a backfill: that asks for nothing.
     *
     * @throws RunFailure where it has none
     */
    static SearchRetrieval of(Run run) {
        SearchRetrieval searches = new SearchRetrieval(run);
        if (searches.isWanted() && !run.backfill() && Secrets.rapidApiKey().isEmpty()) {
            throw RunFailure.usage("retrieval.sources names search, which asks the TikTok API, and "
                    + Secrets.RAPIDAPI_KEY + " is not set: set it (see README), or take search out.");
        }
        return searches;
    }

    boolean isWanted() {
        return run.settings().retrieval().sources().contains(RetrievalSource.SEARCH);
    }

    /** Asks for those of the queries that were not answered lately, and reads the answers into the tables. */
    void ask(Dataset<Row> queries) {
        if (!isWanted() || run.backfill()) {
            return;
        }
        List<CrawlUnit> asked = run.step("look for answered queries", () -> unanswered(queries)).stream()
                .<CrawlUnit>map(CrawlUnit.Query::new)
                .toList();
        if (asked.isEmpty()) {
            LOG.info("All queries were answered lately: none is asked for");
            return;
        }
        CrawlJob.Result crawl = WarehouseCrawl.crawl(run, "searches", asked);
        crawl.stopped().ifPresent(failure -> LOG.warn("Searching stopped: {}", failure.getMessage()));
        WarehouseCrawl.ingest(run, crawl);
        unanswered = Stream.of(CrawlOutcome.FAILED, CrawlOutcome.LEFT, CrawlOutcome.ABSENT)
                .flatMap(outcome -> crawl.names(outcome).stream())
                .toList();
    }

    private List<String> unanswered(Dataset<Row> queries) {
        Dataset<Row> answered = searched()
                .where(not(col(SearchResults.STALE)))
                .where(col(SearchResults.FETCHED_AT).gt(lit(Timestamp.from(freshSince))))
                .select(SearchResults.QUERY);
        return queries.select(SearchResults.QUERY)
                .distinct()
                .join(answered, new String[] {SearchResults.QUERY}, "left_anti")
                .orderBy(SearchResults.QUERY)
                .as(Encoders.STRING())
                .collectAsList();
    }

    private Dataset<Row> searched() {
        return run.warehouse()
                .read(SearchResults.TABLE)
                .where(col(SearchResults.SOURCE).equalTo(SEARCH));
    }

    /**
     * Lists of the queries' last answers, in the columns of {@link CorpusRetrieval}, with {@link SearchResults#STALE}.
     *
     * @param documents of {@link Corpus}
     */
    Dataset<Row> lists(Dataset<Row> queries, Dataset<Row> documents) {
        String[] byQuery = {SearchResults.QUERY};
        String last = "last";
        String place = "place";
        Dataset<Row> searched =
                searched().join(queries.select(SearchResults.QUERY).distinct(), byQuery, "left_semi");
        Dataset<Row> newest = searched.groupBy(SearchResults.QUERY)
                .agg(max(SearchResults.FETCHED_AT).as(last));
        return searched.join(newest, byQuery)
                .where(col(SearchResults.FETCHED_AT).equalTo(col(last)))
                .join(
                        documents.where(not(col(Corpus.BARRED))).select(Videos.VIDEO_ID, Corpus.ORDINAL),
                        new String[] {Videos.VIDEO_ID})
                .groupBy(SearchResults.QUERY)
                .agg(
                        sort_array(collect_list(struct(UserVideos.POSITION, Corpus.ORDINAL)))
                                .as(place),
                        max(isStale()).as(SearchResults.STALE))
                .select(
                        col(SearchResults.QUERY),
                        col(place).getField(Corpus.ORDINAL).as(CorpusRetrieval.FUSED),
                        col(SearchResults.STALE));
    }

    /** A backfill takes answers as they stand: nobody tried for newer ones. */
    private Column isStale() {
        Column marked = col(SearchResults.STALE);
        return run.backfill() ? marked : marked.or(col(SearchResults.FETCHED_AT).leq(lit(Timestamp.from(freshSince))));
    }

    /** Users with a query that the API did not answer, with {@link #UNANSWERED_QUERY} as the fallback's name. */
    Dataset<Row> usersWithoutAnswer(Dataset<Row> queries, String fallback) {
        Dataset<Row> names =
                run.spark().createDataset(unanswered, Encoders.STRING()).toDF(SearchResults.QUERY);
        return queries.join(names, new String[] {SearchResults.QUERY})
                .select(col(Users.USERNAME), lit(UNANSWERED_QUERY).as(fallback));
    }
}
