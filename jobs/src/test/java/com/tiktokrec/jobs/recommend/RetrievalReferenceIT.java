package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.recommend.Reference.Found;
import com.tiktokrec.jobs.recommend.Reference.Query;
import com.tiktokrec.jobs.recommend.Reference.Video;
import com.tiktokrec.jobs.run.Run;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Retrieval over a small random corpus against loops: 420 videos of few words, so that scores tie; a tenth of them
 * copies of others but for the id; some without a vector, gone, of the future, of unknown time, blocked by author or
 * hashtag; 30 queries, some without a vector, one without a word of the corpus.
 */
class RetrievalReferenceIT {

    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);
    private static final Instant RUN_TIME = Instant.parse("2026-11-24T00:00:00Z");
    private static final List<String> VOCABULARY = List.of(
            "dance", "salsa", "food", "street", "taco", "art", "clay", "dog", "cat", "run", "yoga", "tea", "car",
            "the");
    private static final List<String> AUTHORS = List.of("ann", "bob", "cat", "dan", "eve", "spammer");
    private static final int VIDEOS_PER_QUERY = 15;

    @TempDir
    private static Path folder;

    private static final List<Video> VIDEOS = videos(new Random(17));
    private static final Map<String, float[]> QUERIES = queries(new Random(23));

    private static Run run;
    private static Dataset<Row> documents;
    private static Dataset<Row> queryVectors;
    private static List<Video> servable;

    private static List<Video> videos(Random random) {
        List<Video> videos = new ArrayList<>();
        for (int id = 1; id <= 380; id++) {
            videos.add(video(random, Integer.toString(id * 7 % 1000 + id * 1000)));
        }
        for (int copy = 0; copy < 40; copy++) {
            Video of = videos.get(random.nextInt(videos.size()));
            String id = copy % 8 == 0 ? "copy-" + copy : Integer.toString(copy + 2);
            videos.add(new Video(
                    id,
                    of.description(),
                    of.hashtags(),
                    of.author(),
                    of.authorId(),
                    of.created(),
                    of.plays(),
                    null,
                    null,
                    null,
                    of.gone(),
                    of.vector()));
        }
        return List.copyOf(videos);
    }

    private static Video video(Random random, String id) {
        String author = AUTHORS.get(random.nextInt(AUTHORS.size()));
        List<String> hashtags = random.nextInt(3) == 0 ? List.of(word(random)) : List.of();
        if (random.nextInt(25) == 0) {
            hashtags = List.of("giveaway", word(random));
        }
        // Few distinct times, of which the newest two lie at the run's time and just behind it.
        Instant created = RUN_TIME.plus(1, ChronoUnit.MICROS).minus(Duration.ofHours(7L * random.nextInt(40)));
        if (random.nextInt(30) == 0) {
            created = RUN_TIME;
        }
        return new Video(
                id,
                random.nextInt(30) == 0 ? null : words(random, random.nextInt(9)),
                hashtags,
                random.nextInt(50) == 0 ? null : author,
                "id of " + author,
                random.nextInt(40) == 0 ? null : created,
                10L,
                null,
                null,
                null,
                random.nextInt(20) == 0,
                random.nextInt(10) == 0 ? null : vector(random));
    }

    private static String word(Random random) {
        return VOCABULARY.get(random.nextInt(VOCABULARY.size()));
    }

    private static String words(Random random, int count) {
        return IntStream.range(0, count).mapToObj(place -> word(random)).collect(Collectors.joining(" "));
    }

    private static float[] vector(Random random) {
        float[] vector = new float[OfflineRun.DIMENSIONS];
        for (int index = 0; index < vector.length; index++) {
            vector[index] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static Map<String, float[]> queries(Random random) {
        Map<String, float[]> queries = new TreeMap<>();
        while (queries.size() < 27) {
            queries.put(words(random, 1 + random.nextInt(3)), random.nextInt(6) == 0 ? null : vector(random));
        }
        queries.put("Dance, DANCE! salsa", vector(random));
        queries.put("nobody says this", vector(random));
        queries.put("nor this", null);
        return queries;
    }

    @BeforeAll
    static void storeCorpus() {
        run = OfflineRun.of(
                folder,
                DATE,
                Map.of("ranking.blocked-authors", "[\"@Spammer\"]", "ranking.blocked-hashtags", "[GiveAway]"));
        List<Row> rows = new ArrayList<>();
        Map<String, float[]> vectors = new HashMap<>();
        for (Video video : VIDEOS) {
            rows.add(RowFactory.create(
                    video.id(),
                    video.description(),
                    video.author(),
                    video.authorId(),
                    video.created() == null ? null : Timestamp.from(video.created()),
                    video.hashtags().toArray(String[]::new),
                    "hash of " + video.id(),
                    stored(video)));
            if (video.vector() != null) {
                vectors.put("hash of " + video.id(), video.vector());
            }
        }
        StructType schema = new StructType()
                .add(Fields.string(Videos.VIDEO_ID))
                .add(Fields.string(Videos.DESCRIPTION))
                .add(Fields.string(Videos.AUTHOR))
                .add(Fields.string(Videos.AUTHOR_ID))
                .add(Fields.timestamp(Videos.CREATE_TIME))
                .add(Fields.strings(Videos.HASHTAGS))
                .add(Fields.string(Videos.TEXT_HASH))
                .add(Fields.bool(Videos.GONE));
        run.warehouse()
                .append(Videos.TABLE, run.spark().createDataFrame(rows, schema).coalesce(1));
        OfflineRun.storeVectors(run.warehouse(), OfflineRun.MODEL, vectors);
        servable = Reference.servable(VIDEOS, RUN_TIME);
        documents = Corpus.documents(run).persist();
        List<Row> queryRows = new ArrayList<>();
        QUERIES.forEach((text, vector) -> queryRows.add(RowFactory.create(text, vector)));
        queryVectors = run.spark()
                .createDataFrame(
                        queryRows,
                        new StructType()
                                .add(Fields.string(SearchResults.QUERY))
                                .add(Fields.vector(Categories.EMBEDDING)));
    }

    /** Gone, not gone, or unknown, which is not gone. */
    private static Boolean stored(Video video) {
        if (video.gone()) {
            return Boolean.TRUE;
        }
        return video.id().length() % 2 == 0 ? null : Boolean.FALSE;
    }

    @AfterAll
    static void release() {
        if (documents != null) {
            documents.unpersist();
        }
    }

    private static boolean isBarred(Video video) {
        return video.author() == null
                || video.author().equals("spammer")
                || video.hashtags().contains("giveaway");
    }

    private static Set<String> barred() {
        return VIDEOS.stream()
                .filter(RetrievalReferenceIT::isBarred)
                .map(Video::id)
                .collect(Collectors.toSet());
    }

    private static Map<String, List<String>> expected() {
        Map<String, List<String>> fused = new TreeMap<>();
        QUERIES.forEach((text, vector) -> fused.put(text, Reference.fused(servable, text, vector)));
        return fused;
    }

    private static Map<Long, String> idByOrdinal() {
        Map<Long, String> ids = new HashMap<>();
        documents
                .select(Corpus.ORDINAL, Videos.VIDEO_ID)
                .collectAsList()
                .forEach(row -> ids.put(row.getLong(0), row.getString(1)));
        return ids;
    }

    @Test
    void theCorpusIsWhatMayBeServedNewestFirst() {
        Map<Long, String> ids = new TreeMap<>(idByOrdinal());

        assertThat(ids.values())
                .containsExactlyElementsOf(servable.stream().map(Video::id).toList());
        assertThat(ids.keySet()).first().isEqualTo(0L);
        assertThat(documents.where(col(Corpus.BARRED)).select(Videos.VIDEO_ID).collectAsList())
                .extracting(row -> row.getString(0))
                .hasSizeGreaterThan(20)
                .containsExactlyInAnyOrderElementsOf(servable.stream()
                        .filter(RetrievalReferenceIT::isBarred)
                        .map(Video::id)
                        .toList());
    }

    @ParameterizedTest(name = "{0} documents and {1} queries a block")
    @CsvSource({"4096, 256", "37, 7"})
    void fusedListsAreTheReferences(int documentsPerBlock, int queriesPerBlock) {
        // When
        Map<Long, String> ids = idByOrdinal();
        Map<String, List<String>> fused = new TreeMap<>();
        CorpusRetrieval.fused(documents, queryVectors, documentsPerBlock, queriesPerBlock)
                .collectAsList()
                .forEach(row -> fused.put(
                        row.getString(0),
                        row.<Long>getList(1).stream().map(ids::get).toList()));

        // Then
        Set<String> barred = barred();
        Map<String, List<String>> expected = expected();
        expected.replaceAll(
                (text, list) -> list.stream().filter(id -> !barred.contains(id)).toList());
        assertThat(fused).containsOnlyKeys(QUERIES.keySet());
        expected.forEach((text, list) -> assertThat(fused.get(text)).as(text).isEqualTo(list));
        assertThat(fused.get("nor this"))
                .as("no vector and no word: nothing is found")
                .isEmpty();
        assertThat(fused.get("nobody says this"))
                .as("by vector alone, 200 deep")
                .hasSizeBetween(120, 200);
        assertThat(fused.get("Dance, DANCE! salsa")).as("200 deep twice").hasSizeGreaterThan(200);
    }

    @Test
    void candidatesAreWhatIsFoundOfEachQuery() {
        // Given: users with four queries each, ann with most of what her first query finds on her never-list.
        Map<String, List<String>> fused = expected();
        List<String> texts = new ArrayList<>(QUERIES.keySet());
        List<String> usernames = List.of("ann", "bob", "zed");
        Map<String, List<Query>> queriesByUser = new TreeMap<>();
        List<Row> queryRows = new ArrayList<>();
        Map<String, Set<String>> seen = new HashMap<>();
        Random random = new Random(31);
        for (String username : usernames) {
            for (int place = 0; place < 4; place++) {
                String text = texts.get(random.nextInt(texts.size()));
                List<String> tags =
                        List.of(word(random), word(random)).stream().distinct().toList();
                List<Query> queries = queriesByUser.computeIfAbsent(username, key -> new ArrayList<>());
                if (queries.stream().noneMatch(query -> query.text().equals(text))) {
                    queries.add(new Query(text, tags));
                    queryRows.add(RowFactory.create(username, text, tags.toArray(String[]::new)));
                }
            }
            seen.put(username, new HashSet<>());
        }
        seen.get("ann")
                .addAll(fused.get(queriesByUser.get("ann").get(0).text()).stream()
                        .limit(90)
                        .toList());
        seen.get("bob").addAll(VIDEOS.stream().map(Video::id).limit(30).toList());
        seen.get("bob").add("no video that is known");
        storeSeen(seen);
        // A user is known by name, and by id where the name of their videos is another.
        Dataset<Row> users = run.spark()
                .createDataFrame(
                        List.of(
                                RowFactory.create("ann", "id of ann"),
                                RowFactory.create("bob", null),
                                RowFactory.create("zed", "id of eve")),
                        new StructType().add(Fields.string(Users.USERNAME)).add(Fields.string(Users.USER_ID)));

        // When
        Dataset<Row> queries = run.spark()
                .createDataFrame(
                        queryRows,
                        new StructType()
                                .add(Fields.string(Users.USERNAME))
                                .add(Fields.string(SearchResults.QUERY))
                                .add(Fields.strings(SearchQueries.SOURCE_TAGS)));
        Map<Long, String> ids = idByOrdinal();
        Map<String, List<Found>> found = new TreeMap<>();
        Candidates.byQuery(
                        queries,
                        CorpusRetrieval.fused(documents, queryVectors),
                        NeverList.of(run, users, documents),
                        VIDEOS_PER_QUERY)
                .collectAsList()
                .forEach(row -> found.computeIfAbsent(row.getAs(Users.USERNAME), key -> new ArrayList<>())
                        .add(new Found(
                                ids.get(row.<Long>getAs(Corpus.ORDINAL)),
                                row.getAs(Recommendations.SOURCE_QUERY),
                                new TreeSet<>(row.<String>getList(row.fieldIndex(SearchQueries.SOURCE_TAGS))))));

        // Then
        for (String username : usernames) {
            Set<String> out = new HashSet<>(barred());
            out.addAll(seen.get(username));
            VIDEOS.stream()
                    .filter(video -> username.equals(video.author())
                            || (username.equals("ann") && video.authorId().equals("id of ann"))
                            || (username.equals("zed") && video.authorId().equals("id of eve")))
                    .forEach(video -> out.add(video.id()));
            List<Found> expected = Reference.candidates(queriesByUser.get(username), fused, out, VIDEOS_PER_QUERY);
            assertThat(found.get(username))
                    .as(username)
                    .hasSizeGreaterThan(VIDEOS_PER_QUERY)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static void storeSeen(Map<String, Set<String>> seen) {
        List<Row> rows = new ArrayList<>();
        seen.forEach((username, ids) -> ids.forEach(id -> rows.add(RowFactory.create(
                username, id, List.of("post", "repost", "like").get(id.length() % 3)))));
        run.warehouse()
                .append(
                        UserVideos.TABLE,
                        run.spark()
                                .createDataFrame(
                                        rows,
                                        new StructType()
                                                .add(Fields.string(Users.USERNAME))
                                                .add(Fields.string(Videos.VIDEO_ID))
                                                .add(Fields.string(UserVideos.KIND)))
                                .coalesce(1));
    }
}
