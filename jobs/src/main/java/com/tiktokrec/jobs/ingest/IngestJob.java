package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.spark.FrozenFrames;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.VideoStats;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.run.Run;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Landing files → videos, video_stats, users, user_videos, search_results; bad records → quarantine. What was read
 * is noted last, in ingested_files: a run that is killed is done again, and the same files again change nothing.
 */
public final class IngestJob {

    private static final Logger LOG = LoggerFactory.getLogger(IngestJob.class);

    private static final int REASONS_TOLD = 3;

    private final Run run;
    private final Warehouse warehouse;
    private final FrozenFrames frames = new FrozenFrames();
    private Optional<Renames> renames = Optional.empty();

    private IngestJob(Run run) {
        this.run = run;
        this.warehouse = run.warehouse();
    }

    /**
     * What to read.
     *
     * @param inputs URIs or paths of files, folders (with all below them) and globs
     */
    public record Options(List<String> inputs) {

        public Options {
            inputs = List.copyOf(inputs);
        }
    }

    /**
     * What was read and written.
     *
     * @param files read
     * @param skippedFiles unchanged since an earlier run read them
     * @param records lines, or elements of a file that is an array
     * @param bad rows in quarantine
     * @param errorAnswers answers with an error: counted, not bad
     * @param videos distinct ones that were seen, and those found gone
     * @param users distinct ones that were seen
     * @param userVideos distinct posts, reposts and likes that were seen
     * @param searchResults distinct ones that were seen
     */
    public record Result(
            long files,
            long skippedFiles,
            long records,
            long bad,
            long errorAnswers,
            long videos,
            long users,
            long userVideos,
            long searchResults) {}

    /**
     * Reads what is new under the inputs into the tables.
     *
     * @throws RunFailure where an input is missing, empty or can't be read (nothing is written), or too much of it is
     *     bad (only quarantine is written)
     */
    public static Result run(Run run, Options options) {
        return new IngestJob(run).ingest(options.inputs());
    }

    private Result ingest(List<String> inputs) {
        if (inputs.isEmpty()) {
            throw RunFailure.usage("ingest needs at least one --input: a file, a folder or a glob");
        }
        LandingFiles files = run.step("ingest: list landing files", () -> LandingFiles.list(warehouse, inputs));
        if (files.fresh().isEmpty()) {
            LOG.info("Ingest: all {} files are unchanged since they were read; nothing to do", files.skipped());
            return counted(new Result(0, files.skipped(), 0, 0, 0, 0, 0, 0, 0));
        }
        Dataset<Row> landed = LandingReader.read(run, files.fresh()).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Intake intake = run.step("ingest: read landing files", () -> Intake.of(landed, inputs, files.covered()));
            LOG.info(
                    "Ingest: read {} records of {} files ({} unchanged files skipped); {} bad, {} error answers",
                    intake.records(),
                    intake.files(),
                    files.skipped() + intake.unchanged(),
                    intake.bad(),
                    intake.errorAnswers());
            return counted(load(landed, intake, files.skipped()));
        } finally {
            renames.ifPresent(Renames::close);
            frames.close();
            landed.unpersist();
        }
    }

    private Result load(Dataset<Row> landed, Intake read, long skipped) {
        Dataset<Row> accounts = UserRows.observed(landed);
        Dataset<Row> pages = read.unownedPages() == 0
                ? Pages.landed(landed)
                : frames.freeze(Pages.owned(Pages.landed(landed), accounts, warehouse.read(Users.TABLE)));
        Dataset<Row> unowned = pages.where(Pages.isUnowned());
        Intake intake = read.unownedPages() == 0
                ? read
                : read.withMoreBad(run.step("ingest: find owners of lists", unowned::count));
        quarantine(landed, unowned, intake);

        Dataset<Row> ownedPages = pages.where(Pages.isUnowned().unary_$bang());
        Dataset<Row> seen = read.listPages() == 0 ? accounts : accounts.unionByName(UserRows.owners(ownedPages));
        Dataset<Row> concerned = run.step(
                "ingest: read users", () -> frames.freeze(UserRows.concerned(warehouse.read(Users.TABLE), seen)));
        renames = run.step("ingest: look for renamed users", () -> Renames.among(seen, concerned));
        UnaryOperator<Dataset<Row>> named =
                rows -> renames.map(found -> found.applied(rows)).orElse(rows);
        renames.ifPresent(found ->
                run.step("ingest: move rows of renamed users", () -> done(() -> found.moveStoredRows(warehouse))));

        // Without pages there is nothing to work out, and each query costs a second of planning.
        Optional<Dataset<Row>> crawls = intake.listPages() + intake.searchPages() == 0
                ? Optional.empty()
                : Optional.of(run.step(
                        "ingest: put pages into crawls",
                        () -> frames.freeze(ownedPages.transform(named::apply).transform(Pages::inCrawls))));
        Optional<Dataset<Row>> completePosts =
                crawls.filter(pagesInCrawls -> intake.listPages() > 0).map(Pages::completePosts);
        Optional<Dataset<Row>> onPages = crawls.map(pagesInCrawls -> UserVideoRows.onPages(landed, pagesInCrawls));

        long videos = writeVideos(landed, completePosts);
        long users = writeUsers(seen.transform(named::apply));
        long userVideos = writeUserVideos(landed, onPages, named);
        long searchResults = intake.searchPages() == 0 ? 0 : writeSearchResults(onPages.orElseThrow());
        noteFiles(landed, unowned, intake);
        return new Result(
                intake.files(),
                skipped + intake.unchanged(),
                intake.records(),
                intake.bad(),
                intake.errorAnswers(),
                videos,
                users,
                userVideos,
                searchResults);
    }

    /** Keeps what is bad, and ends the run there if that is too much of it. */
    private void quarantine(Dataset<Row> landed, Dataset<Row> unowned, Intake intake) {
        if (intake.bad() == 0) {
            return;
        }
        Dataset<Row> bad = badRows(landed, unowned, intake);
        run.step("ingest: write quarantine", () -> done(() -> warehouse.insertNew(Quarantine.TABLE, bad)));
        LOG.warn(
                "Ingest: {} of {} items are bad and in quarantine at {}",
                intake.bad(),
                intake.units(),
                warehouse.path(Quarantine.TABLE));
        double most = run.settings().ingest().maxBadRatio();
        if (intake.badRatio() > most) {
            throw RunFailure.failed(String.format(
                    Locale.ROOT,
                    "%d of %d landed items are bad (%.1f%%), more than ingest.max-bad-ratio = %s allows: %s. They are"
                            + " in %s, and no other table was written. Mend or remove these files, or set a higher"
                            + " ingest.max-bad-ratio.",
                    intake.bad(),
                    intake.units(),
                    100 * intake.badRatio(),
                    most,
                    run.step("ingest: commonest reasons", () -> commonestReasons(bad)),
                    warehouse.path(Quarantine.TABLE)));
        }
    }

    private Dataset<Row> badRows(Dataset<Row> landed, Dataset<Row> unowned, Intake intake) {
        Dataset<Row> bad = landed.where(col(UserTags.REASON).isNotNull());
        Dataset<Row> all = intake.unownedPages() == 0
                ? bad
                : bad.select(quarantined())
                        .unionByName(unowned.withColumn(
                                        UserTags.REASON,
                                        lit("params name no user, and params.secUid is missing or not known"))
                                .select(quarantined()));
        return all.select(quarantined()).withColumn(SearchQueries.RUN_DATE, lit(Date.valueOf(run.date())));
    }

    private static Column[] quarantined() {
        return List.of(
                        Quarantine.SOURCE_FILE,
                        Quarantine.BYTE_OFFSET,
                        Quarantine.ITEM,
                        Quarantine.LINE,
                        UserTags.REASON,
                        Quarantine.RAW)
                .stream()
                .map(name -> col(name))
                .toArray(Column[]::new);
    }

    private static String commonestReasons(Dataset<Row> bad) {
        String howMany = "how_many";
        String first = "first_place";
        return bad
                .groupBy(UserTags.REASON)
                .agg(
                        count(lit(1)).as(howMany),
                        min(struct(col(Quarantine.SOURCE_FILE), col(Quarantine.LINE)))
                                .as(first))
                .orderBy(col(howMany).desc(), col(UserTags.REASON))
                .limit(REASONS_TOLD)
                .collectAsList()
                .stream()
                .map(row -> "\"" + row.getAs(UserTags.REASON) + "\" " + row.getAs(howMany) + " times, first at "
                        + row.<Row>getAs(first).getString(0) + " line "
                        + row.<Row>getAs(first).getLong(1))
                .collect(Collectors.joining("; "));
    }

    private long writeVideos(Dataset<Row> landed, Optional<Dataset<Row>> completePosts) {
        Dataset<Row> observed = VideoRows.observed(landed);
        long written = write(Videos.TABLE, () -> {
            Dataset<Row> observations = warehouse.isEmpty(Videos.TABLE)
                    ? observed
                    : observed.unionByName(standingVideos(observed, completePosts));
            return observations
                    .transform(VideoRows::merged)
                    .transform(rows -> completePosts
                            .map(crawls -> VideoRows.withGone(rows, crawls))
                            .orElseGet(() -> VideoRows.withGone(rows)))
                    .transform(VideoRows::completed);
        });
        if (written > 0) {
            run.step(
                    "ingest: write video_stats",
                    () -> done(() -> warehouse.insertNew(VideoStats.TABLE, VideoRows.stats(observed))));
        }
        return written;
    }

    private Dataset<Row> standingVideos(Dataset<Row> observed, Optional<Dataset<Row>> completePosts) {
        Dataset<Row> stored = warehouse.read(Videos.TABLE);
        return completePosts
                .map(crawls -> VideoRows.standing(stored, observed, crawls))
                .orElseGet(() -> VideoRows.standing(stored, observed));
    }

    private long writeUsers(Dataset<Row> seen) {
        return write(Users.TABLE, () -> {
            Dataset<Row> observations = warehouse.isEmpty(Users.TABLE)
                    ? seen
                    : seen.unionByName(UserRows.standing(warehouse.read(Users.TABLE), seen));
            return observations.transform(UserRows::merged);
        });
    }

    private long writeUserVideos(
            Dataset<Row> landed, Optional<Dataset<Row>> onPages, UnaryOperator<Dataset<Row>> named) {
        Dataset<Row> bare =
                UserVideoRows.bareItems(landed).transform(named::apply).transform(UserVideoRows::bare);
        Dataset<Row> seen = onPages.map(UserVideoRows::listed)
                .map(bare::unionByName)
                .orElse(bare)
                .transform(UserVideoRows::newest);
        return write(UserVideos.TABLE, () -> withStanding(UserVideos.TABLE, seen, UserVideoRows::newest));
    }

    private long writeSearchResults(Dataset<Row> onPages) {
        Dataset<Row> answered = SearchResultRows.answered(onPages).transform(SearchResultRows::newest);
        return write(SearchResults.TABLE, () -> withStanding(SearchResults.TABLE, answered, SearchResultRows::newest));
    }

    /** Rows, or the stored ones of the same keys where these are newer. */
    private Dataset<Row> withStanding(Table table, Dataset<Row> rows, UnaryOperator<Dataset<Row>> newest) {
        if (warehouse.isEmpty(table)) {
            return rows;
        }
        String[] key = table.key().toArray(new String[0]);
        Dataset<Row> standing = warehouse.read(table).join(rows.select(columns(key)), key, "left_semi");
        return rows.unionByName(standing.select(columns(rows.columns()))).transform(newest::apply);
    }

    private static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    /**
     * Writes rows where there are any, and tells how many there are.
     *
     * @param rows made by a look at the table, and anew where another run changed it since
     */
    private long write(Table table, Supplier<Dataset<Row>> rows) {
        return run.step("ingest: write " + table.name(), () -> {
            AtomicLong written = new AtomicLong();
            List<Dataset<Row>> made = new ArrayList<>();
            try {
                warehouse.upsert(table, () -> {
                    // Counted and written: made once.
                    Dataset<Row> these = rows.get().persist(StorageLevel.MEMORY_AND_DISK());
                    made.add(these);
                    written.set(these.count());
                    return Optional.of(these).filter(some -> written.get() > 0);
                });
            } finally {
                made.forEach(Dataset::unpersist);
            }
            LOG.info("Ingest: {} rows of {}", written, table.name());
            return written.get();
        });
    }

    private void noteFiles(Dataset<Row> landed, Dataset<Row> unowned, Intake intake) {
        Dataset<Row> files = landed.where(col(Landing.FILE).isNotNull())
                .select(col(Quarantine.SOURCE_FILE).as(IngestedFiles.PATH), col(Landing.FILE + ".*"));
        String more = "more_bad";
        Dataset<Row> noted = intake.unownedPages() == 0
                ? files
                : files.join(
                                unowned.groupBy(col(Quarantine.SOURCE_FILE).as(IngestedFiles.PATH))
                                        .agg(count(lit(1)).as(more)),
                                new String[] {IngestedFiles.PATH},
                                "left")
                        .withColumn(IngestedFiles.BAD, col(IngestedFiles.BAD).plus(coalesce(col(more), lit(0L))));
        run.step("ingest: note files", () -> done(() -> warehouse.upsert(IngestedFiles.TABLE, noted)));
    }

    private static Void done(Runnable work) {
        work.run();
        return null;
    }

    private Result counted(Result result) {
        run.ledger().count("files", result.files());
        run.ledger().count("skipped_files", result.skippedFiles());
        run.ledger().count("records", result.records());
        run.ledger().count("bad_records", result.bad());
        run.ledger().count("error_answers", result.errorAnswers());
        run.ledger().count("videos", result.videos());
        run.ledger().count("users", result.users());
        run.ledger().count("user_videos", result.userVideos());
        run.ledger().count("search_results", result.searchResults());
        return result;
    }
}
