package com.tiktokrec.jobs.recommend;

import static com.tiktokrec.jobs.users.UserTagArrays.USER_TAGS;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.config.RetrievalSource;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.spark.FrozenFrames;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.profile.InputHash;
import com.tiktokrec.jobs.profile.ProfileFile;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import com.tiktokrec.jobs.users.UserSelection;
import com.tiktokrec.jobs.users.UserTagArrays;
import com.tiktokrec.jobs.video.VideoCredits;
import com.tiktokrec.jobs.video.VideoVectors;
import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Ranked videos for each user: queries from their tags, retrieval, scores as columns, diversity, the first N. */
public final class RecommendJob {

    /**
     * What to recommend.
     *
     * @param profile a profile file that stands in for the stored tags, for this run alone
     * @param count videos a user
     * @param output where the lists are written as JSON besides the table
     */
    public record Options(UserSelection users, Optional<String> profile, int count, Optional<String> output) {}

    /** What was recommended: users handled, users with any list, with a full list, rows, and users that a fallback touched. */
    public record Result(long users, long usersWithList, long usersWithFullList, long rows, long degradedUsers) {}

    /** Among a run's counts: rows of the lists it wrote. Every run that recommends has it. */
    public static final String ROWS = "recommendations";

    /** Among a run's counts: users it wrote a list for. */
    public static final String USERS_WITH_LIST = "users_with_list";

    /** Among a run's counts: videos a user it was asked for. Only a run for all users has it, as it makes a night. */
    public static final String COUNT_ASKED = "count_asked";

    private static final String QUERY_FALLBACK = UserQueries.FALLBACK;
    private static final String TAG_FALLBACK = "tag_fallback";
    private static final String FALLBACK = "fallback";
    private static final String NO_VIDEO_VECTOR = "no_video_vector";
    private static final String NO_USER_VECTOR = "no_user_vector";
    private static final String[] BY_USER = {Users.USERNAME};

    private static final int TOKENS_OF_A_QUERY = 5;
    private static final int LIKELY_TAGS = 6;

    private RecommendJob() {}

    public static Result run(Run run, Options options) {
        options.users().requireOutput(run, options.output());
        SearchRetrieval searches = SearchRetrieval.of(run);
        try (FrozenFrames frames = new FrozenFrames()) {
            return run(run, options, searches, frames);
        }
    }

    private static Result run(Run run, Options options, SearchRetrieval searches, FrozenFrames frames) {
        Dataset<Row> users = frames.freeze(options.users().rows(run).select(Users.USERNAME, Users.USER_ID));
        long handled = users.count();
        if (options.users().isAll()) {
            run.ledger().count(COUNT_ASKED, options.count());
        }
        if (handled == 0) {
            run.ledger().count(ROWS, 0);
            return new Result(0, 0, 0, 0, 0);
        }
        List<Category> categories = TaxonomyJob.standing(run);
        Dataset<Row> tagged = frames.freeze(tagged(run, users, options.profile(), categories));

        Dataset<Row> queries = run.step("write queries", () -> frames.freeze(UserQueries.of(run, tagged, categories)));
        searches.ask(queries);
        VideoVectors.embed(run, Corpus.servable(run));
        Dataset<Row> queryVectors = queryVectors(run, queries);

        Dataset<Row> documents = run.step("read the corpus", () -> frames.freeze(Corpus.documents(run)));
        Dataset<Row> candidates = candidates(run, users, tagged, queries, queryVectors, documents, searches);
        Dataset<Row> lists = run.step(
                "rank",
                () -> frames.freeze(candidates
                        .transform(found -> withVideos(found, documents, categories))
                        .join(tagged, BY_USER, "left")
                        .withColumn(USER_TAGS, coalesce(col(USER_TAGS), noTags()))
                        .transform(Features.virality(run.time()))
                        .transform(Features::engagement)
                        .transform(Features.relevance(
                                userVectors(run),
                                run.models().embeddings().spec().cosineFloor()))
                        .transform(Features.baseScore(run.settings().ranking()))
                        .where(col(Recommendations.BASE_SCORE)
                                .geq(run.settings().pipeline().minVideoScore()))
                        .join(queryFallbacks(queries), BY_USER, "left")
                        .withColumn(Recommendations.DEGRADED, degraded())
                        .drop(
                                Features.CREDITS,
                                Features.COSINE,
                                Features.USER_WITHOUT_VECTOR,
                                Categories.EMBEDDING,
                                USER_TAGS,
                                TAG_FALLBACK,
                                QUERY_FALLBACK,
                                SearchResults.STALE)
                        .transform(RankedLists.of(diversity(run, options.count())))
                        .transform(picks -> withDescriptions(picks, documents))
                        .withColumn(SearchQueries.RUN_DATE, lit(Date.valueOf(run.date())))));

        run.step("write recommendations", () -> {
            run.warehouse().replaceUsers(Recommendations.TABLE, lists, users, run.date());
            return null;
        });
        if (!run.backfill()) {
            run.step("write search queries", () -> {
                run.warehouse().replaceUsers(SearchQueries.TABLE, queries.drop(QUERY_FALLBACK), users);
                return null;
            });
        }
        options.output().ifPresent(output -> RecommendationFile.write(run, output, options.users(), users, lists));
        return result(run, handled, lists, tagged, queries, searches, options.count());
    }

    /**
     * What {@link #run} would buy, without a call.
     *
     * @param newTags whether profiles will be made before, so that tags are guessed
     */
    public static List<StepEstimate> estimate(Run run, Options options, boolean newTags) {
        Dataset<Row> users = options.users().rows(run).select(Users.USERNAME, Users.USER_ID);
        EmbeddingCalls embeddings = run.models().embeddings();
        List<StepEstimate> steps = new ArrayList<>();
        steps.add(embeddings.estimate(
                "videos",
                Role.DOCUMENT,
                Corpus.servable(run).withColumn(EmbeddingCalls.TEXT, VideoVectors.text()),
                false));
        List<Category> categories = TaxonomyJob.standingOrLikely(run);
        Dataset<Row> tagged = tagged(run, users, options.profile(), categories);
        boolean guessed = newTags || tagged.isEmpty();
        Dataset<Row> likely = guessed ? likelyTags(users, categories) : tagged;
        long lists = run.models()
                .chat()
                .map(chat -> {
                    StepEstimate queries = UserQueries.estimate(run, chat, likely, guessed);
                    steps.add(queries);
                    return queries.calls();
                })
                .orElseGet(likely::count);
        long queries = lists * run.settings().pipeline().maxSearchQueries();
        steps.add(embeddings.estimate("queries", queries, queries * TOKENS_OF_A_QUERY, true));
        return steps;
    }

    /** Users as if each had tags of their own. */
    private static Dataset<Row> likelyTags(Dataset<Row> users, List<Category> categories) {
        List<String> tags = categories.stream().map(Category::tag).sorted().toList();
        Column some = udf(
                        (String username) -> IntStream.range(0, Math.min(LIKELY_TAGS, tags.size()))
                                .mapToObj(place -> RowFactory.create(
                                        tags.get(Math.floorMod(username.hashCode() + place, tags.size())),
                                        (Math.floorMod(username.hashCode() >> place, 7) + 3) / 10.0))
                                .toList(),
                        DataTypes.createArrayType(new StructType(
                                new StructField[] {Fields.string(Categories.TAG), Fields.real(UserTags.AFFINITY)})))
                .apply(col(Users.USERNAME));
        return users.select(col(Users.USERNAME), some.as(USER_TAGS));
    }

    /** Users with tags: their tags as an array, and whether a fallback made them. */
    private static Dataset<Row> tagged(
            Run run, Dataset<Row> users, Optional<String> profile, List<Category> categories) {
        if (profile.isPresent()) {
            return ProfileFile.tags(run, profile.get(), users, categories, Relevance.USER_TAGS)
                    .withColumn(TAG_FALLBACK, lit(null).cast(DataTypes.StringType));
        }
        Dataset<Row> profiles = run.warehouse()
                .read(UserProfiles.TABLE)
                .select(
                        col(Users.USERNAME),
                        InputHash.fallback(col(UserProfiles.INPUT_HASH)).as(TAG_FALLBACK));
        Dataset<Row> userTags =
                run.warehouse().read(UserTags.TABLE).join(users.select(Users.USERNAME), BY_USER, "left_semi");
        return UserTagArrays.of(userTags, Relevance.USER_TAGS).join(profiles, BY_USER, "left");
    }

    private static Column noTags() {
        return array().cast("array<struct<" + Categories.TAG + ":string," + UserTags.AFFINITY + ":double>>");
    }

    /** Distinct queries with their vectors, null where there is none. */
    private static Dataset<Row> queryVectors(Run run, Dataset<Row> queries) {
        Dataset<Row> distinct = queries.select(SearchResults.QUERY)
                .distinct()
                .withColumn(
                        Videos.TEXT_HASH,
                        udf((String text) -> Hashes.sha256(text), DataTypes.StringType)
                                .apply(col(SearchResults.QUERY)))
                .withColumn(EmbeddingCalls.TEXT, col(SearchResults.QUERY));
        EmbeddingCalls embeddings = run.models().embeddings();
        run.step("embed queries", () -> {
            embeddings.embed("queries", Role.QUERY, distinct);
            return null;
        });
        return distinct.join(embeddings.vectors(Role.QUERY), new String[] {Videos.TEXT_HASH}, "left")
                .select(SearchResults.QUERY, Categories.EMBEDDING);
    }

    private static Dataset<Row> candidates(
            Run run,
            Dataset<Row> users,
            Dataset<Row> tagged,
            Dataset<Row> queries,
            Dataset<Row> queryVectors,
            Dataset<Row> documents,
            SearchRetrieval searches) {
        List<RetrievalSource> sources = run.settings().retrieval().sources();
        Dataset<Row> never = NeverList.of(run, users, documents);
        Dataset<Row> trendingUsers = sources.contains(RetrievalSource.TRENDING)
                ? users
                : users.join(tagged.select(Users.USERNAME), BY_USER, "left_anti");
        List<Long> pool = run.step(
                "pool trending videos",
                () -> trendingUsers.isEmpty() ? List.<Long>of() : TrendingPool.ordinals(run, documents));
        Dataset<Row> trending = Candidates.trending(trendingUsers, pool, never);
        if (!sources.contains(RetrievalSource.CORPUS) && !searches.isWanted()) {
            return trending;
        }
        Dataset<Row> found = Candidates.bySource(
                queries,
                run.step("retrieve", () -> lists(sources, queries, queryVectors, documents, searches)),
                never,
                run.settings().pipeline().videosPerQuery());
        // A video that a query found is not told as trending besides.
        return found.unionByName(trending.join(
                found.select(Users.USERNAME, Corpus.ORDINAL),
                new String[] {Users.USERNAME, Corpus.ORDINAL},
                "left_anti"));
    }

    /** What the sources list for each query; the corpus lists for those that the search has nothing for. */
    private static Dataset<Row> lists(
            List<RetrievalSource> sources,
            Dataset<Row> queries,
            Dataset<Row> queryVectors,
            Dataset<Row> documents,
            SearchRetrieval searches) {
        if (!searches.isWanted()) {
            return Candidates.fromCorpus(CorpusRetrieval.fused(documents, queryVectors));
        }
        Dataset<Row> searched =
                searches.lists(queries, documents).withColumn(SearchResults.SOURCE, lit(SearchRetrieval.SEARCH));
        Dataset<Row> byCorpus = sources.contains(RetrievalSource.CORPUS)
                ? queryVectors
                : queryVectors.join(
                        searched.select(SearchResults.QUERY), new String[] {SearchResults.QUERY}, "left_anti");
        return searched.unionByName(Candidates.fromCorpus(CorpusRetrieval.fused(documents, byCorpus)));
    }

    /** Candidates with what scoring needs of their videos. */
    private static Dataset<Row> withVideos(Dataset<Row> candidates, Dataset<Row> documents, List<Category> categories) {
        Dataset<Row> scored = documents.select(
                col(Corpus.ORDINAL),
                col(Videos.VIDEO_ID),
                col(Videos.AUTHOR),
                col(Videos.CREATE_TIME),
                col(Videos.PLAYS),
                col(Videos.LIKES),
                col(Videos.COMMENTS),
                col(Videos.SHARES),
                col(Categories.EMBEDDING),
                VideoCredits.of(categories, col(Videos.DESCRIPTION), col(Videos.HASHTAGS))
                        .as(Features.CREDITS));
        return candidates.join(scored, new String[] {Corpus.ORDINAL});
    }

    private static UserVectors userVectors(Run run) {
        return new UserVectors(run.warehouse()
                .read(Categories.TABLE)
                .where(col(Categories.EMBEDDING_MODEL)
                        .equalTo(run.models().embeddings().spec().modelKey(Role.DOCUMENT)))
                .where(col(Categories.EMBEDDING).isNotNull())
                .select(Categories.TAG, Categories.EMBEDDING)
                .collectAsList());
    }

    private static Dataset<Row> queryFallbacks(Dataset<Row> queries) {
        return queries.groupBy(Users.USERNAME).agg(max(QUERY_FALLBACK).as(QUERY_FALLBACK));
    }

    /** What a row lacks, or got by a fallback. */
    private static Column degraded() {
        Column noVideoVector = when(col(Categories.EMBEDDING).isNull(), lit(NO_VIDEO_VECTOR));
        Column noUserVector = when(col(Features.USER_WITHOUT_VECTOR), lit(NO_USER_VECTOR));
        Column staleAnswer = when(col(SearchResults.STALE), lit(SearchRetrieval.STALE_ANSWER));
        return array_sort(array_distinct(array_compact(
                array(noVideoVector, noUserVector, col(TAG_FALLBACK), col(QUERY_FALLBACK), staleAnswer))));
    }

    private static Diversity diversity(Run run, int count) {
        return new Diversity(
                run.settings().ranking().authorPenalty(),
                run.settings().ranking().tagSetPenalty(),
                count);
    }

    private static Dataset<Row> withDescriptions(Dataset<Row> picks, Dataset<Row> documents) {
        return picks.join(
                documents.select(Corpus.ORDINAL, Videos.DESCRIPTION, Videos.URL, Videos.MUSIC_TITLE, Videos.HASHTAGS),
                new String[] {Corpus.ORDINAL});
    }

    private static Result result(
            Run run,
            long handled,
            Dataset<Row> lists,
            Dataset<Row> tagged,
            Dataset<Row> queries,
            SearchRetrieval searches,
            int count) {
        Row sizes = lists.groupBy(Users.USERNAME)
                .agg(count(lit(1)).as("size"))
                .agg(
                        count(lit(1)),
                        coalesce(sum(when(col("size").geq(count), 1L).otherwise(0L)), lit(0L)),
                        coalesce(sum("size"), lit(0L)))
                .head();
        run.ledger().count(USERS_WITH_LIST, sizes.getLong(0));
        run.ledger().count(ROWS, sizes.getLong(2));
        return new Result(
                handled,
                sizes.getLong(0),
                sizes.getLong(1),
                sizes.getLong(2),
                degradedUsers(run, lists, tagged, queries, searches));
    }

    /** How many users a fallback touched; notes which did. */
    private static long degradedUsers(
            Run run, Dataset<Row> lists, Dataset<Row> tagged, Dataset<Row> queries, SearchRetrieval searches) {
        Set<String> alreadyNoted = run.ledger().fallbacks();
        Dataset<Row> touched = tagged.where(col(TAG_FALLBACK).isNotNull())
                .select(col(Users.USERNAME), col(TAG_FALLBACK).as(FALLBACK))
                .union(queries.where(col(QUERY_FALLBACK).isNotNull()).select(Users.USERNAME, QUERY_FALLBACK))
                .union(lists.where(array_contains(col(Recommendations.DEGRADED), NO_VIDEO_VECTOR))
                        .select(col(Users.USERNAME), lit(NO_VIDEO_VECTOR)));
        if (searches.isWanted()) {
            touched = touched.union(
                            lists.where(array_contains(col(Recommendations.DEGRADED), SearchRetrieval.STALE_ANSWER))
                                    .select(col(Users.USERNAME), lit(SearchRetrieval.STALE_ANSWER)))
                    .union(searches.usersWithoutAnswer(queries, FALLBACK));
        }
        touched.groupBy(FALLBACK).agg(countDistinct(Users.USERNAME)).collectAsList().stream()
                .filter(row -> !alreadyNoted.contains(row.getString(0)))
                .forEach(row -> run.ledger().fallback(row.getString(0), row.getLong(1)));
        return touched.agg(countDistinct(Users.USERNAME)).head().getLong(0);
    }
}
