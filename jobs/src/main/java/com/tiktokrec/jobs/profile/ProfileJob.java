package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.spark.Frozen;
import com.tiktokrec.common.spark.FrozenFrames;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import com.tiktokrec.jobs.users.UserSelection;
import com.tiktokrec.jobs.video.VideoCredits;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Maps what users post, repost and like to categories with affinities; only users whose input changed are done anew. */
public final class ProfileJob {

    /**
     * What to profile.
     *
     * @param output where profiles are written as JSON besides the tables
     */
    public record Options(UserSelection users, Optional<String> output) {}

    /** What was profiled: users looked at, users done anew, those of them whose tags a fallback made or kept. */
    public record Result(long users, long profiled, long kept, long keywordFallbacks) {}

    private static final String HASH = "hash";
    private static final String FALLBACK = "fallback";
    private static final String[] BY_USER = {Users.USERNAME};
    private static final String[] BY_USER_AND_TAG = {Users.USERNAME, Categories.TAG};

    private ProfileJob() {}

    public static Result run(Run run, Options options) {
        options.users().requireOutput(run, options.output());
        try (FrozenFrames frames = new FrozenFrames()) {
            return run(run, options, frames);
        }
    }

    private static Result run(Run run, Options options, FrozenFrames frames) {
        Dataset<Row> users = frames.freeze(options.users().rows(run));
        List<Category> categories = TaxonomyJob.standing(run);
        if (categories.isEmpty()) {
            throw RunFailure.input("there are no categories to map users to: "
                    + run.warehouse().path(Categories.TABLE)
                    + " is empty. Run `taxonomy` first, or give a taxonomy file with --taxonomy.");
        }
        options.users().markProfiled(run);
        Dataset<Row> items = run.step(
                "read activity",
                () -> frames.freeze(AnalysedItems.of(run, users)
                        .withColumn(
                                KeywordTags.CREDITS,
                                VideoCredits.of(categories, col(Videos.DESCRIPTION), col(Videos.HASHTAGS)))));
        long handled = users.count();
        Dataset<Row> changed = run.step(
                "find users whose input changed", () -> frames.freeze(changed(run, inputs(run, users, items))));
        long profiled = changed.count();
        long kept = 0;
        long byKeywords = 0;
        if (profiled > 0) {
            Dataset<Row> changedItems = frames.freeze(items.join(changed.select(Users.USERNAME), BY_USER, "left_semi"));
            Dataset<Row> outcomes = frames.freeze(outcomes(run, changed, changedItems, categories));
            write(run, changed, changedItems, outcomes, frames);
            kept = outcomes.where(col(FALLBACK).equalTo(InputHash.KEPT)).count();
            byKeywords = outcomes.where(col(FALLBACK).equalTo(InputHash.KEYWORD_TAGS))
                    .count();
        }
        options.output().ifPresent(output -> ProfileFile.write(run, output, options.users(), users));
        run.ledger().count("profiled_users", profiled);
        run.ledger().fallback(InputHash.KEPT, kept);
        run.ledger().fallback(InputHash.KEYWORD_TAGS, byKeywords);
        return new Result(handled, profiled, kept, byKeywords);
    }

    /**
     * What {@link #run} would buy, without a call.
     *
     * @param newTaxonomy whether the categories will be made anew before, so that every profile is
     */
    public static List<StepEstimate> estimate(Run run, Options options, boolean newTaxonomy) {
        if (run.models().chat().isEmpty()) {
            return List.of();
        }
        List<Category> categories = TaxonomyJob.standingOrLikely(run);
        boolean anew = newTaxonomy || TaxonomyJob.standing(run).isEmpty();
        Dataset<Row> users = options.users().rows(run);
        Dataset<Row> items = AnalysedItems.of(run, users);
        Dataset<Row> asked = anew ? users : changed(run, inputs(run, users, items));
        try (Frozen askedItems = Frozen.of(items.join(asked.select(Users.USERNAME), BY_USER, "left_semi"))) {
            return ModelTags.estimate(run, run.models().chat().get(), asked, askedItems.rows(), categories, anew);
        }
    }

    /** Users with the counts of what is analysed and the hash of all that their profile is made from. */
    private static Dataset<Row> inputs(Run run, Dataset<Row> users, Dataset<Row> items) {
        Dataset<Row> activity = items.groupBy(Users.USERNAME)
                .agg(
                        countOf(ActivityKind.POST).as(UserProfiles.POSTS_ANALYZED),
                        countOf(ActivityKind.REPOST).as(UserProfiles.REPOSTS_ANALYZED),
                        countOf(ActivityKind.LIKE).as(UserProfiles.LIKES_ANALYZED),
                        sort_array(collect_list(struct(
                                        UserVideos.KIND,
                                        Videos.VIDEO_ID,
                                        Videos.TEXT_HASH,
                                        Videos.LIKES,
                                        Videos.COMMENTS,
                                        Videos.SHARES)))
                                .as("activity"));
        String maker = run.models()
                .chat()
                .map(chat -> chat.spec().model() + " " + ProfilePrompt.VERSION)
                .orElse(KeywordTags.KEYWORDS);
        return users.drop(Table.RUN_ID, Table.WRITTEN_AT)
                .join(activity, BY_USER, "left")
                .withColumn(Categories.TAXONOMY_VERSION, lit(taxonomyVersion(run)))
                .withColumn(
                        HASH,
                        sha2(
                                to_json(struct(
                                        col(Users.BIO),
                                        col(Users.FOLLOWER_COUNT),
                                        col(Categories.TAXONOMY_VERSION),
                                        lit(maker).as("maker"),
                                        lit(run.settings().pipeline().minTagAffinity())
                                                .as("min_tag_affinity"),
                                        col("activity"))),
                                256))
                .withColumn(UserProfiles.POSTS_ANALYZED, coalesce(col(UserProfiles.POSTS_ANALYZED), lit(0L)))
                .withColumn(UserProfiles.REPOSTS_ANALYZED, coalesce(col(UserProfiles.REPOSTS_ANALYZED), lit(0L)))
                .withColumn(UserProfiles.LIKES_ANALYZED, coalesce(col(UserProfiles.LIKES_ANALYZED), lit(0L)))
                .drop("activity");
    }

    private static String taxonomyVersion(Run run) {
        return run.warehouse()
                .read(Categories.TABLE)
                .select(Categories.TAXONOMY_VERSION)
                .head()
                .getString(0);
    }

    private static Column countOf(ActivityKind kind) {
        return count(when(col(UserVideos.KIND).equalTo(kind.stored()), true));
    }

    /** Inputs that no settled profile was made from. */
    private static Dataset<Row> changed(Run run, Dataset<Row> inputs) {
        return inputs.join(
                run.warehouse()
                        .read(UserProfiles.TABLE)
                        .select(
                                col(Users.USERNAME),
                                col(UserProfiles.INPUT_HASH).as(HASH)),
                new String[] {Users.USERNAME, HASH},
                "left_anti");
    }

    /** One row a changed user: which fallback applies to them, if any, and the model's answer, if any. */
    private static Dataset<Row> outcomes(Run run, Dataset<Row> changed, Dataset<Row> items, List<Category> categories) {
        Column none = lit(null).cast("string");
        if (run.models().chat().isEmpty()) {
            return changed.select(col(Users.USERNAME))
                    .withColumn(ChatCalls.RESPONSE, none)
                    .withColumn(FALLBACK, none);
        }
        Dataset<Row> answers = ModelTags.answers(run, run.models().chat().get(), changed, items, categories);
        Dataset<Row> earlier = run.warehouse()
                .read(UserProfiles.TABLE)
                .where(coalesce(InputHash.fallback(col(UserProfiles.INPUT_HASH)), lit(InputHash.KEPT))
                        .equalTo(InputHash.KEPT))
                .select(col(Users.USERNAME), col(Categories.TAXONOMY_VERSION).as("earlier_version"));
        // Earlier tags are kept only while their categories stand.
        Column keeps = coalesce(col("earlier_version").equalTo(col(Categories.TAXONOMY_VERSION)), lit(false));
        return changed.select(Users.USERNAME, Categories.TAXONOMY_VERSION)
                .join(answers, BY_USER, "left")
                .join(earlier, BY_USER, "left")
                .select(
                        col(Users.USERNAME),
                        col(ChatCalls.RESPONSE),
                        // A user without activity is not asked for: no answer, and no failure either.
                        when(col(ChatCalls.FAILURE).isNull(), none)
                                .when(keeps, lit(InputHash.KEPT))
                                .otherwise(lit(InputHash.KEYWORD_TAGS))
                                .as(FALLBACK));
    }

    private static void write(
            Run run, Dataset<Row> changed, Dataset<Row> items, Dataset<Row> outcomes, FrozenFrames frames) {
        Dataset<Row> replaced =
                outcomes.where(not(coalesce(col(FALLBACK), lit("")).equalTo(InputHash.KEPT)));
        Dataset<Row> tags = run.step(
                "score tags",
                () -> frames.freeze(KeywordTags.evidence(items)
                        .transform(evidence -> given(run, evidence, outcomes)
                                .join(evidence, BY_USER_AND_TAG, "left")
                                .join(changed.select(Users.USERNAME, Users.FOLLOWER_COUNT), BY_USER)
                                .transform(ProfileJob::scored)
                                .where(col(UserTags.AFFINITY)
                                        .geq(run.settings().pipeline().minTagAffinity())))
                        .withColumn(
                                UserTags.RANK,
                                row_number()
                                        .over(Window.partitionBy(Users.USERNAME)
                                                .orderBy(col(UserTags.AFFINITY).desc(), col(Categories.TAG))))));
        run.step("write user tags", () -> {
            run.warehouse().replaceUsers(UserTags.TABLE, tags, replaced);
            return null;
        });
        run.step("write user profiles", () -> {
            run.warehouse()
                    .upsert(
                            UserProfiles.TABLE,
                            changed.join(outcomes.select(Users.USERNAME, FALLBACK), BY_USER)
                                    .withColumn(UserProfiles.INPUT_HASH, InputHash.stored(col(FALLBACK), col(HASH))));
            return null;
        });
    }

    /** Tags with base affinity, as the model or the keywords gave them, of all users who get new ones. */
    private static Dataset<Row> given(Run run, Dataset<Row> evidence, Dataset<Row> outcomes) {
        if (run.models().chat().isEmpty()) {
            return KeywordTags.tags(evidence);
        }
        Dataset<Row> byKeywords = outcomes.where(col(FALLBACK).equalTo(InputHash.KEYWORD_TAGS));
        return ModelTags.tags(outcomes)
                .unionByName(KeywordTags.tags(evidence.join(byKeywords.select(Users.USERNAME), BY_USER, "left_semi")));
    }

    private static Dataset<Row> scored(Dataset<Row> tags) {
        return tags.withColumn(
                        UserTags.ENGAGEMENT_BOOST,
                        coalesce(
                                Affinity.boost(col(KeywordTags.MATCHING_ENGAGEMENT), col(KeywordTags.ALL_ENGAGEMENT)),
                                lit(0.0)))
                .withColumn(UserTags.INFLUENCE_FACTOR, Affinity.influence(col(Users.FOLLOWER_COUNT)))
                .withColumn(
                        UserTags.AFFINITY,
                        Affinity.affinity(
                                col(UserTags.BASE_AFFINITY),
                                col(UserTags.ENGAGEMENT_BOOST),
                                col(UserTags.INFLUENCE_FACTOR)));
    }
}
