package com.tiktokrec.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.try_element_at;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.jobs.crawl.CrawlJob;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.profile.ProfileJob;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.CostGate;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunSession;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import com.tiktokrec.jobs.users.UserSelection;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A night: a crawl of users who are named, ingest, taxonomy, profile, recommend, each doing only what changed. */
public final class PipelineJob {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineJob.class);
    private static final String TAXONOMIES = "taxonomies_made";
    private static final Duration HALF_A_DAY = Duration.ofHours(12);

    /**
     * What the night is for.
     *
     * @param inputs landing files to ingest first, may be empty
     * @param taxonomy a file that replaces the categories
     * @param count videos a user
     * @param output where the lists are written as JSON besides the table
     */
    public record Options(
            List<String> inputs, UserSelection users, Optional<String> taxonomy, int count, Optional<String> output) {}

    /** What each step did; empty for a step that had no reason to run. */
    public record Result(
            Optional<CrawlJob.Result> crawl,
            Optional<IngestJob.Result> ingest,
            Optional<TaxonomyJob.Result> taxonomy,
            Optional<ProfileJob.Result> profile,
            RecommendJob.Result recommend) {

        /** How many of the users a fallback touched. */
        public RunSession.Coverage coverage() {
            return new RunSession.Coverage(recommend.users(), recommend.degradedUsers());
        }
    }

    private PipelineJob() {}

    public static Result run(Run run, Options options) {
        options.users().requireOutput(run, options.output());
        RecommendJob.Options recommend =
                new RecommendJob.Options(options.users(), Optional.empty(), options.count(), options.output());
        if (run.backfill()) {
            LOG.info("A newer night is finished: this backfill writes the recommendations of {} alone", run.date());
            CostGate.confirm(run, () -> RecommendJob.estimate(run, recommend, false));
            return new Result(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    RecommendJob.run(run, recommend));
        }
        Optional<CrawlJob.Result> crawled = NamedUsersCrawl.run(run, options.users());
        Optional<IngestJob.Result> ingested = options.inputs().isEmpty()
                ? Optional.empty()
                : Optional.of(IngestJob.run(run, new IngestJob.Options(options.inputs())));
        CostGate.confirm(run, () -> estimate(run, options));
        Optional<TaxonomyJob.Result> taxonomy = taxonomy(run, options);
        ProfileJob.Result profiled = ProfileJob.run(run, new ProfileJob.Options(options.users(), Optional.empty()));
        return new Result(crawled, ingested, taxonomy, Optional.of(profiled), RecommendJob.run(run, recommend));
    }

    /** What {@link #run} would buy, over the tables as they stand: landing files are not read. */
    public static List<StepEstimate> estimate(Run run, Options options) {
        List<StepEstimate> steps = new ArrayList<>();
        boolean newTaxonomy = options.taxonomy().isPresent() || isMissingOrOld(run);
        if (options.taxonomy().isEmpty() && newTaxonomy) {
            steps.addAll(TaxonomyJob.estimate(run, taxonomyOptions(run)));
        }
        List<StepEstimate> profiles =
                ProfileJob.estimate(run, new ProfileJob.Options(options.users(), Optional.empty()), newTaxonomy);
        boolean newTags = newTaxonomy || profiles.stream().anyMatch(step -> step.calls() > 0);
        // The videos of profiles are among those of the corpus.
        profiles.stream().filter(step -> step.completionTokens() > 0).forEach(steps::add);
        steps.addAll(RecommendJob.estimate(
                run,
                new RecommendJob.Options(options.users(), Optional.empty(), options.count(), Optional.empty()),
                newTags));
        return steps;
    }

    private static TaxonomyJob.Options taxonomyOptions(Run run) {
        return new TaxonomyJob.Options(
                List.of(), Optional.empty(), run.settings().pipeline().numCategories());
    }

    private static Optional<TaxonomyJob.Result> taxonomy(Run run, Options options) {
        if (options.taxonomy().isPresent()) {
            return Optional.of(TaxonomyJob.fromFile(run, options.taxonomy().get()));
        }
        if (isMissingOrOld(run)) {
            return Optional.of(makeTaxonomy(run, taxonomyOptions(run)));
        }
        TaxonomyJob.ensureVectors(run);
        return Optional.empty();
    }

    private static boolean isMissingOrOld(Run run) {
        Duration age = run.settings().pipeline().taxonomyMaxAge();
        return taxonomyMade(run)
                .map(made -> isOld(made, run.clock().instant(), age))
                .orElse(true);
    }

    static boolean isOld(Instant made, Instant now, Duration age) {
        // Whole days count nights, and no night's task starts at the same minute as the last: without the half day, one
        // that starts earlier would leave the taxonomy for another night.
        boolean wholeDays = age.equals(Duration.ofDays(age.toDays()));
        return made.plus(wholeDays ? age.minus(HALF_A_DAY) : age).isBefore(now);
    }

    /** When the standing taxonomy was made last; empty where there is none. */
    private static Optional<Instant> taxonomyMade(Run run) {
        Timestamp written = run.warehouse()
                .read(Categories.TABLE)
                .agg(max(Table.WRITTEN_AT))
                .head()
                .getTimestamp(0);
        if (written == null) {
            return Optional.empty();
        }
        // One that was made again and came out the same was not written again: the record of runs knows.
        Timestamp made = run.warehouse()
                .read(Runs.TABLE)
                .where(try_element_at(col(Runs.COUNTS), lit(TAXONOMIES)).gt(0))
                .agg(max(Runs.STARTED_AT))
                .head()
                .getTimestamp(0);
        return Optional.of((made != null && made.after(written) ? made : written).toInstant());
    }

    /** Makes a taxonomy and notes that it was made, from which its age counts. */
    public static TaxonomyJob.Result makeTaxonomy(Run run, TaxonomyJob.Options options) {
        TaxonomyJob.Result result = TaxonomyJob.run(run, options);
        run.ledger().count(TAXONOMIES, 1);
        return result;
    }

    /**
     * Why a scheduled command that writes more than recommendations has nothing to do: its date is a backfill. Noted in
     * the run's record, which then counts as no night's.
     */
    public static Optional<String> notDue(Run run) {
        if (!run.backfill()) {
            return Optional.empty();
        }
        run.ledger().notDue();
        return Optional.of("not due, nothing was done: a night newer than " + run.date()
                + " is finished, and a backfill writes only recommendations");
    }

    /** {@link #notDue} for a taxonomy, which also has nothing to do while the one that stands is young enough. */
    public static Optional<String> taxonomyNotDue(Run run) {
        Optional<String> backfill = notDue(run);
        if (backfill.isPresent() || isMissingOrOld(run)) {
            return backfill;
        }
        String made = taxonomyMade(run).orElseThrow().toString();
        // As in a night of the pipeline: a young taxonomy that lacks vectors is given them.
        TaxonomyJob.ensureVectors(run);
        run.ledger().notDue();
        return Optional.of(
                "not due, the categories stay: they were made at " + made + ", within pipeline.taxonomy-max-age");
    }

    /**
     * Refuses a command that would write what a newer night has written.
     *
     * @throws RunFailure exit 2
     */
    public static void refuseBackfill(Run run, String command) {
        if (run.backfill()) {
            throw RunFailure.usage("a night newer than " + run.date() + " is finished, and a backfill writes only"
                    + " recommendations: `" + command
                    + "` would put old data over new. Use `recommend` or `pipeline` for"
                    + " that date, leave --run-date out, or give --if-due to have nothing done.");
        }
    }
}
