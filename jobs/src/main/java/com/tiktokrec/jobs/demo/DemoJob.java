package com.tiktokrec.jobs.demo;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunSession;
import com.tiktokrec.jobs.users.UserSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Date;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The whole system on a generated crawl, and what a newcomer wants to see of it. */
public final class DemoJob {

    private static final int COUNT = 20;
    private static final int SHOWN = 10;

    /** The crawl to generate, and where. */
    public record Options(int users, int videos, long seed, Path crawl) {}

    /**
     * What to show.
     *
     * @param categories tag, description, keywords and users who have it, most users first
     * @param username a user who reposts and likes, with many tags
     * @param profile their row of user_profiles
     * @param tags their tags, best first
     * @param list their first ten recommendations
     */
    public record Result(
            CrawlGenerator.Result crawl,
            PipelineJob.Result night,
            List<Row> categories,
            String username,
            Row profile,
            List<Row> tags,
            List<Row> list) {

        /** How many of the users a fallback touched. */
        public RunSession.Coverage coverage() {
            return night.coverage();
        }

        /** Videos a user that were asked for. */
        public int count() {
            return COUNT;
        }
    }

    private DemoJob() {}

    public static Result run(Run run, Options options) {
        CrawlGenerator.Result crawl = crawl(run, options);
        PipelineJob.Result night = PipelineJob.run(
                run,
                new PipelineJob.Options(
                        List.of(options.crawl().toString()),
                        UserSelection.all(),
                        Optional.empty(),
                        COUNT,
                        Optional.empty()));
        Dataset<Row> userTags = run.warehouse().read(UserTags.TABLE);
        List<Row> categories = run.step(
                "show categories",
                () -> run.warehouse()
                        .read(Categories.TABLE)
                        .join(
                                userTags.groupBy(Categories.TAG)
                                        .agg(count(lit(1)).as("users")),
                                new String[] {Categories.TAG},
                                "left")
                        .select(col(Categories.TAG), col(Videos.DESCRIPTION), col(Categories.KEYWORDS), col("users"))
                        .orderBy(col("users").desc_nulls_last(), col(Categories.TAG))
                        .collectAsList());
        Row profile = run.step("show a profile", () -> shownUser(run));
        String username = profile.getAs(Users.USERNAME);
        Column theirs = col(Users.USERNAME).equalTo(username);
        return new Result(
                crawl,
                night,
                categories,
                username,
                profile,
                userTags.where(theirs).orderBy(UserTags.RANK).collectAsList(),
                run.warehouse()
                        .read(Recommendations.TABLE)
                        .where(theirs)
                        .where(col(SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(run.date()))))
                        .where(col(UserTags.RANK).leq(SHOWN))
                        .orderBy(UserTags.RANK)
                        .collectAsList());
    }

    private static CrawlGenerator.Result crawl(Run run, Options options) {
        try {
            return CrawlGenerator.generate(new CrawlGenerator.Options(
                    options.users(), options.videos(), options.seed(), options.crawl(), run.date()));
        } catch (IOException e) {
            throw RunFailure.failed(
                    "the demo's crawl cannot be written to " + options.crawl() + ": " + e.getMessage(), e);
        }
    }

    /** A viewer whose list is full and whose tags are several, so that the list has something to tell. */
    private static Row shownUser(Run run) {
        Dataset<Row> lists = run.warehouse()
                .read(Recommendations.TABLE)
                .where(size(col(Recommendations.MATCHED_TAGS)).gt(0))
                .groupBy(Users.USERNAME)
                .agg(count(lit(1)).as("listed"));
        return run
                .warehouse()
                .read(UserProfiles.TABLE)
                .join(lists, new String[] {Users.USERNAME}, "left")
                .orderBy(
                        col("listed").desc_nulls_last(),
                        col(UserProfiles.LIKES_ANALYZED)
                                .plus(col(UserProfiles.REPOSTS_ANALYZED))
                                .desc(),
                        col(Users.USERNAME))
                .limit(1)
                .collectAsList()
                .stream()
                .findFirst()
                .orElseThrow(() -> RunFailure.failed(
                        "no user of the demo's crawl has a profile. Make it larger with" + " --users and --videos."));
    }
}
