package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.profile.ProfileJob;
import com.tiktokrec.jobs.recommend.Reference.Category;
import com.tiktokrec.jobs.recommend.Reference.Found;
import com.tiktokrec.jobs.recommend.Reference.Placed;
import com.tiktokrec.jobs.recommend.Reference.Query;
import com.tiktokrec.jobs.recommend.Reference.Scored;
import com.tiktokrec.jobs.recommend.Reference.Video;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A generated night against loops: from the tables that a night leaves, every list and every score of it is computed
 * again. Some videos, a category and some queries have no vector; an author and a hashtag are blocked.
 */
class RankingReferenceIT {

    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);
    private static final Instant RUN_TIME = Instant.parse("2026-11-24T00:00:00Z");
    private static final Offset<Double> NEARLY = within(1e-9);
    private static final int COUNT = 12;
    private static final int VIDEOS_PER_QUERY = 8;
    private static final double MIN_SCORE = 0.45;

    @TempDir
    private static Path folder;

    private static Run run;
    private static Map<String, Video> videos;
    private static Map<String, Category> categories;
    private static List<Row> users;
    private static Map<String, Map<String, Double>> affinitiesByUser;
    private static Map<String, List<Query>> queriesByUser;
    private static Map<String, List<Row>> listByUser;
    private static RecommendJob.Result result;

    @BeforeAll
    static void recommend() throws IOException {
        run = OfflineRun.of(
                folder.resolve("warehouse"),
                DATE,
                Map.of(
                        "pipeline.min-video-score", Double.toString(MIN_SCORE),
                        "pipeline.videos-per-query", Integer.toString(VIDEOS_PER_QUERY),
                        "ranking.blocked-hashtags", "[fyp]"));
        Path crawl = folder.resolve("crawl");
        CrawlGenerator.generate(new CrawlGenerator.Options(50, 900, 5, crawl, DATE));
        IngestJob.run(run, new IngestJob.Options(List.of(crawl.toString())));
        Map<String, float[]> vectorByTag = OfflineRun.KEYWORDS_BY_TAG.keySet().stream()
                .filter(tag -> !tag.equals("cooking"))
                .collect(Collectors.toMap(tag -> tag, OfflineRun::vector));
        OfflineRun.storeCategories(run.warehouse(), OfflineRun.KEYWORDS_BY_TAG, vectorByTag);
        OfflineRun.storeVectors(run.warehouse(), OfflineRun.MODEL, vectors());
        ProfileJob.run(run, new ProfileJob.Options(UserSelection.all(), Optional.empty()));
        result = RecommendJob.run(
                run, new RecommendJob.Options(UserSelection.all(), Optional.empty(), COUNT, Optional.empty()));
        readTables();
    }

    /** Vectors of all but some videos, and of all but some of the queries that templates can make. */
    private static Map<String, float[]> vectors() {
        Stream<String> texts = Stream.concat(
                OfflineRun.templateQueries().stream().map(Hashes::sha256),
                rows(Videos.TABLE).stream().map(row -> row.getAs(Videos.TEXT_HASH)));
        return texts.distinct()
                .filter(hash -> !hash.startsWith("a"))
                .collect(Collectors.toMap(hash -> hash, OfflineRun::vector));
    }

    private static List<Row> rows(Table table) {
        return run.warehouse().read(table).collectAsList();
    }

    private static void readTables() {
        categories = new HashMap<>();
        rows(Categories.TABLE)
                .forEach(row -> categories.put(
                        row.getAs(Categories.TAG),
                        new Category(
                                row.getAs(Categories.TAG),
                                row.getList(row.fieldIndex(Categories.KEYWORDS)),
                                OfflineRun.floats(row, Categories.EMBEDDING))));
        Map<String, float[]> vectors = new HashMap<>();
        rows(Embeddings.TABLE)
                .forEach(row -> vectors.put(row.getAs(Videos.TEXT_HASH), OfflineRun.floats(row, Categories.EMBEDDING)));
        videos = new HashMap<>();
        rows(Videos.TABLE).forEach(row -> videos.put(row.getAs(Videos.VIDEO_ID), video(row, vectors)));
        users = rows(Users.TABLE);
        affinitiesByUser = new TreeMap<>();
        rows(UserTags.TABLE)
                .forEach(row -> affinitiesByUser
                        .computeIfAbsent(row.getAs(Users.USERNAME), key -> new HashMap<>())
                        .put(row.getAs(Categories.TAG), row.getAs(UserTags.AFFINITY)));
        queriesByUser = new TreeMap<>();
        rows(SearchQueries.TABLE)
                .forEach(row -> queriesByUser
                        .computeIfAbsent(row.getAs(Users.USERNAME), key -> new ArrayList<>())
                        .add(new Query(
                                row.getAs(SearchResults.QUERY),
                                row.getList(row.fieldIndex(SearchQueries.SOURCE_TAGS)))));
        listByUser = run.warehouse().read(Recommendations.TABLE).orderBy(col(UserTags.RANK)).collectAsList().stream()
                .collect(Collectors.groupingBy(row -> row.getAs(Users.USERNAME), TreeMap::new, Collectors.toList()));
    }

    private static Video video(Row row, Map<String, float[]> vectors) {
        Timestamp created = row.getAs(Videos.CREATE_TIME);
        return new Video(
                row.getAs(Videos.VIDEO_ID),
                row.getAs(Videos.DESCRIPTION),
                row.getList(row.fieldIndex(Videos.HASHTAGS)),
                row.getAs(Videos.AUTHOR),
                row.getAs(Videos.AUTHOR_ID),
                created == null ? null : created.toInstant(),
                row.getAs(Videos.PLAYS),
                row.getAs(Videos.LIKES),
                row.getAs(Videos.COMMENTS),
                row.getAs(Videos.SHARES),
                Boolean.TRUE.equals(row.getAs(Videos.GONE)),
                vectors.get(row.<String>getAs(Videos.TEXT_HASH)));
    }

    /** Lists of all profiled, active users. */
    private static Map<String, List<Placed>> expectedLists() {
        List<Video> servable = Reference.servable(List.copyOf(videos.values()), RUN_TIME);
        Set<String> blocked = servable.stream()
                .filter(video -> video.hashtags().contains("fyp"))
                .map(Video::id)
                .collect(Collectors.toSet());
        Map<String, Set<String>> seenByUser = new HashMap<>();
        rows(UserVideos.TABLE)
                .forEach(row -> seenByUser
                        .computeIfAbsent(row.getAs(Users.USERNAME), key -> new HashSet<>())
                        .add(row.getAs(Videos.VIDEO_ID)));
        Map<String, List<String>> fused = queriesByUser.values().stream()
                .flatMap(List::stream)
                .map(Query::text)
                .distinct()
                .collect(Collectors.toMap(
                        text -> text, text -> Reference.fused(servable, text, vectorOf(Hashes.sha256(text)))));
        List<String> trending = trending(servable, blocked);
        Map<String, List<Placed>> lists = new TreeMap<>();
        for (Row user : users) {
            if (!Boolean.TRUE.equals(user.getAs(Users.PROFILED)) || !"active".equals(user.getAs(Users.STATUS))) {
                continue;
            }
            String username = user.getAs(Users.USERNAME);
            Set<String> out = new HashSet<>(blocked);
            out.addAll(seenByUser.getOrDefault(username, Set.of()));
            String userId = user.getAs(Users.USER_ID);
            servable.stream()
                    .filter(video ->
                            username.equals(video.author()) || (userId != null && userId.equals(video.authorId())))
                    .forEach(video -> out.add(video.id()));
            Map<String, Double> affinities = affinitiesByUser.getOrDefault(username, Map.of());
            List<Found> found = affinities.isEmpty()
                    ? trending.stream()
                            .filter(id -> !out.contains(id))
                            .map(id -> new Found(id, null, Set.of()))
                            .toList()
                    : Reference.candidates(queriesByUser.get(username), fused, out, VIDEOS_PER_QUERY);
            List<Scored> scored = found.stream()
                    .map(candidate -> Reference.scored(
                            candidate,
                            videos.get(candidate.id()),
                            affinities,
                            categories,
                            OfflineRun.COSINE_FLOOR,
                            RUN_TIME))
                    .filter(candidate -> candidate.baseScore() >= MIN_SCORE)
                    .toList();
            List<Placed> list = Reference.placed(scored, COUNT);
            if (!list.isEmpty()) {
                lists.put(username, list);
            }
        }
        return lists;
    }

    private static float[] vectorOf(String textHash) {
        return textHash.startsWith("a") ? null : OfflineRun.vector(textHash);
    }

    private static List<String> trending(List<Video> servable, Set<String> blocked) {
        Set<String> fresh = rows(SearchResults.TABLE).stream()
                .filter(row -> "trending".equals(row.getAs(SearchResults.SOURCE)))
                .filter(row -> !row.<Timestamp>getAs(SearchResults.FETCHED_AT)
                        .toInstant()
                        .isBefore(RUN_TIME.minus(Duration.ofDays(7))))
                .map(row -> row.<String>getAs(Videos.VIDEO_ID))
                .collect(Collectors.toSet());
        assertThat(fresh)
                .as("fewer than the pool holds, so that it is filled up")
                .hasSizeBetween(10, 190);
        return servable.stream()
                .filter(video -> !blocked.contains(video.id()))
                .sorted(Comparator.comparing((Video video) -> !fresh.contains(video.id()))
                        .thenComparing(video -> -Reference.virality(video, RUN_TIME))
                        .thenComparing(Video::id, Reference::compareIds))
                .map(Video::id)
                .limit(200)
                .toList();
    }

    @Test
    void everyListAndScoreIsTheReferences() {
        Map<String, List<Placed>> expected = expectedLists();

        assertThat(listByUser.keySet()).isEqualTo(expected.keySet());
        expected.forEach((username, list) -> {
            List<Row> rows = listByUser.get(username);
            assertThat(rows.stream().map(row -> row.<String>getAs(Videos.VIDEO_ID)))
                    .as(username)
                    .containsExactlyElementsOf(list.stream()
                            .map(placed -> placed.scored().found().id())
                            .toList());
            for (int place = 0; place < list.size(); place++) {
                assertSame(rows.get(place), place + 1, list.get(place));
            }
        });
    }

    private static void assertSame(Row row, int rank, Placed placed) {
        String about = row.getAs(Users.USERNAME) + " " + rank + ": ";
        Scored scored = placed.scored();
        assertThat(row.<Integer>getAs(UserTags.RANK)).as(about).isEqualTo(rank);
        Map<String, Double> scores = new TreeMap<>(Map.ofEntries(
                Map.entry(Recommendations.SCORE, placed.score()),
                Map.entry(Recommendations.BASE_SCORE, scored.baseScore()),
                Map.entry(Recommendations.VIRALITY_SCORE, scored.virality()),
                Map.entry(Recommendations.RELEVANCE_SCORE, scored.relevance()),
                Map.entry(Recommendations.ENGAGEMENT_SCORE, scored.engagement()),
                Map.entry(Recommendations.PLAY_SCORE, scored.plays()),
                Map.entry(Recommendations.ENGAGEMENT_RATE_SCORE, scored.engagementRate()),
                Map.entry(Recommendations.SHARE_SCORE, scored.shares()),
                Map.entry(Recommendations.RECENCY_SCORE, scored.recency()),
                Map.entry(Recommendations.TAG_MATCH, scored.tagMatch()),
                Map.entry(Recommendations.EMBEDDING_SIMILARITY, scored.embedding()),
                Map.entry(Recommendations.SOURCE_BOOST, scored.sourceBoost())));
        scores.forEach((column, score) ->
                assertThat(row.<Double>getAs(column)).as(about + column).isCloseTo(score, NEARLY));
        assertThat(row.<Integer>getAs(Recommendations.AUTHOR_REPEATS)).as(about).isEqualTo(placed.authorRepeats());
        assertThat(row.<Integer>getAs(Recommendations.TAG_SET_REPEATS))
                .as(about)
                .isEqualTo(placed.tagSetRepeats());
        assertThat(row.<String>getList(row.fieldIndex(Recommendations.MATCHED_TAGS)))
                .as(about)
                .isEqualTo(scored.matchedTags());
        assertThat(row.<String>getAs(Recommendations.SOURCE_QUERY))
                .as(about)
                .isEqualTo(scored.found().sourceQuery());
        assertThat(row.<String>getAs(SearchResults.SOURCE))
                .as(about)
                .isEqualTo(scored.found().sourceQuery() == null ? "trending" : "corpus");
        assertThat(row.<String>getList(row.fieldIndex(SearchQueries.SOURCE_TAGS)))
                .as(about)
                .containsExactlyInAnyOrderElementsOf(scored.found().sourceTags());
        assertThat(row.<String>getList(row.fieldIndex(Recommendations.DEGRADED)))
                .as(about)
                .isEqualTo(degraded(row));
        assertCopied(row, videos.get(scored.found().id()));
    }

    /** A missing vector makes the similarity 0.5, and the row says whose is missing. */
    private static List<String> degraded(Row row) {
        List<Map.Entry<String, Double>> tags =
                Reference.leading(affinitiesByUser.getOrDefault(row.<String>getAs(Users.USERNAME), Map.of()));
        List<String> missing = new ArrayList<>();
        if (Reference.userVector(tags, categories) == null) {
            missing.add("no_user_vector");
        }
        if (videos.get(row.<String>getAs(Videos.VIDEO_ID)).vector() == null) {
            missing.add("no_video_vector");
        }
        return missing;
    }

    private static void assertCopied(Row row, Video video) {
        assertThat(row.<String>getAs(Videos.DESCRIPTION)).isEqualTo(video.description());
        assertThat(row.<String>getAs(Videos.AUTHOR)).isEqualTo(video.author());
        assertThat(row.<Long>getAs(Videos.PLAYS)).isEqualTo(video.plays());
        assertThat(row.<Long>getAs(Videos.LIKES)).isEqualTo(video.likes());
        assertThat(row.<Long>getAs(Videos.COMMENTS)).isEqualTo(video.comments());
        assertThat(row.<Long>getAs(Videos.SHARES)).isEqualTo(video.shares());
        assertThat(row.<Timestamp>getAs(Videos.CREATE_TIME).toInstant()).isEqualTo(video.created());
        assertThat(row.<String>getList(row.fieldIndex(Videos.HASHTAGS))).isEqualTo(video.hashtags());
    }

    private static long count(List<Row> rows, Predicate<Row> predicate) {
        return rows.stream().filter(predicate).count();
    }

    @Test
    void theNightHoldsWhatItIsMeantToTest() {
        List<Row> rows = listByUser.values().stream().flatMap(List::stream).toList();

        assertThat(rows.size()).isGreaterThan(200);
        assertThat(count(rows, row -> row.getAs(Recommendations.SOURCE_QUERY) == null))
                .as("trending")
                .isPositive();
        assertThat(count(rows, row -> row.<Double>getAs(Recommendations.SOURCE_BOOST) > 0))
                .as("boosted")
                .isPositive();
        assertThat(count(rows, row -> row.<Integer>getAs(Recommendations.AUTHOR_REPEATS) > 0))
                .as("repeated authors")
                .isPositive();
        assertThat(count(rows, row -> row.<Integer>getAs(Recommendations.TAG_SET_REPEATS) > 0))
                .as("repeated tag sets")
                .isPositive();
        assertThat(count(
                        rows,
                        row -> row.<Integer>getAs(Recommendations.TAG_SET_REPEATS) > 0
                                && row.<Integer>getAs(Recommendations.AUTHOR_REPEATS) > 0))
                .as("both at once")
                .isPositive();
        assertThat(count(
                        rows,
                        row -> row.<String>getList(row.fieldIndex(Recommendations.DEGRADED))
                                .contains("no_video_vector")))
                .as("without a vector")
                .isPositive();
        assertThat(count(
                        rows,
                        row -> row.<String>getList(row.fieldIndex(Recommendations.DEGRADED))
                                .containsAll(List.of("no_user_vector", "no_video_vector"))))
                .as("without a vector on either side")
                .isPositive();
        assertThat(count(
                        rows,
                        row -> row.<Double>getAs(Recommendations.EMBEDDING_SIMILARITY) > 0.51
                                && row.<Double>getAs(Recommendations.EMBEDDING_SIMILARITY) < 0.99))
                .as("told apart by similarity")
                .isGreaterThan(100);
        assertThat(videos.values().stream()
                        .filter(video -> video.hashtags().contains("fyp"))
                        .count())
                .as("blocked videos")
                .isGreaterThan(50);
        assertThat(result.rows()).isEqualTo(rows.size());
        assertThat(result.usersWithList()).isEqualTo(listByUser.size());
    }
}
