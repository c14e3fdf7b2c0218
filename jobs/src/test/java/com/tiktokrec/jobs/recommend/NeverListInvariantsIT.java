package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may never be recommended, as queries over the table that two nights of 500 users and 5,000 videos leave.
 *
 * <p>Every rule has something to forbid: some videos are gone, of the future, without an author or under an old name of
 * their author; and a third of what users did with videos is not in {@code user_videos}, so that the videos of a user
 * are known by name or id alone.
 */
class NeverListInvariantsIT {

    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);
    private static final String MODEL = "bge-small-en-v1.5-q@384";
    private static final int DIMENSIONS = 384;
    private static final int USERS = 500;
    private static final int VIDEOS = 5_000;
    private static final int COUNT = 15;
    private static final Pattern TABLE = Pattern.compile("\\{(\\w+)}");

    @TempDir
    private static Path folder;

    private static List<String> blockedAuthors;

    @BeforeAll
    static void twoNights() throws IOException {
        Path crawl = folder.resolve("crawl");
        CrawlGenerator.generate(new CrawlGenerator.Options(USERS, VIDEOS, 13, crawl, DATE));
        run("2026-11-23T21:00:00Z", "ingest", "--input", crawl.toString());
        giveEveryRuleSomethingToForbid();
        storeVectors();
        blockedAuthors = strings("SELECT author FROM {videos} WHERE author IS NOT NULL ORDER BY plays DESC LIMIT 8");
        String[] settings = {
            "--all",
            "--count=" + COUNT,
            "--set=pipeline.serve-memory-nights=1",
            "--set=pipeline.min-video-score=0.35",
            "--set=ranking.blocked-authors=[\"@"
                    + String.join("\", \"@", blockedAuthors).toUpperCase(Locale.ROOT) + "\"]",
            "--set=ranking.blocked-hashtags=[FYP, viral]"
        };
        run(
                "2026-11-23T22:00:00Z",
                Stream.concat(
                                Stream.of("pipeline", "--taxonomy=" + taxonomyFile(), "--run-date=2026-11-23"),
                                Stream.of(settings))
                        .toArray(String[]::new));
        run(
                "2026-11-24T22:00:00Z",
                Stream.concat(Stream.of("recommend", "--run-date=2026-11-24"), Stream.of(settings))
                        .toArray(String[]::new));
    }

    private static void run(String now, String... arguments) {
        SharedSpark.session();
        Program.Ended ended = Program.at(now)
                .run(Stream.concat(Stream.of(arguments), Stream.of("--warehouse=" + warehouse()))
                        .toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }

    private static Path warehouse() {
        return folder.resolve("warehouse");
    }

    private static void giveEveryRuleSomethingToForbid() {
        sql("""
                UPDATE {videos} SET
                    gone = (pmod(hash(video_id), 11) = 0),
                    author = CASE
                        WHEN pmod(hash(video_id), 17) = 0 THEN NULL
                        WHEN pmod(hash(video_id), 5) = 0 THEN concat('was.', author)
                        ELSE author END,
                    create_time = CASE
                        WHEN pmod(hash(video_id), 13) = 0 THEN timestamp'2026-11-25 00:00:00.000001'
                        WHEN pmod(hash(video_id), 19) = 0 THEN NULL
                        ELSE create_time END""");
        sql("DELETE FROM {user_videos} WHERE pmod(hash(video_id), 3) = 0");
    }

    /** Vectors of all texts, so that no model is loaded. */
    private static void storeVectors() {
        Map<String, float[]> vectors = new HashMap<>();
        strings("SELECT DISTINCT text_hash FROM {videos}")
                .forEach(hash -> vectors.put(hash, OfflineRun.vector(hash, DIMENSIONS)));
        OfflineRun.templateQueries()
                .forEach(query -> vectors.put(Hashes.sha256(query), OfflineRun.vector(query, DIMENSIONS)));
        OfflineRun.storeVectors(
                new Warehouse(
                        SharedSpark.session(), warehouse().toString(), "test", Instant.parse("2026-11-23T21:30:00Z")),
                MODEL,
                vectors);
    }

    private static Path taxonomyFile() throws IOException {
        ArrayNode categories = new ObjectMapper().createArrayNode();
        OfflineRun.KEYWORDS_BY_TAG.forEach((tag, keywords) -> {
            ObjectNode category = categories.addObject().put("tag", tag).put("description", "About " + tag + ".");
            keywords.forEach(category.withArray("keywords")::add);
            for (float value : OfflineRun.vector(tag, DIMENSIONS)) {
                category.withArray("embedding").add(value);
            }
        });
        return Files.writeString(folder.resolve("taxonomy.json"), categories.toString());
    }

    /** A query that names tables in braces. */
    private static Dataset<Row> sql(String query) {
        String named =
                TABLE.matcher(query).replaceAll(table -> "delta.`" + warehouse().resolve(table.group(1)) + "`");
        return SharedSpark.session().sql(named);
    }

    private static List<String> strings(String query) {
        return sql(query).collectAsList().stream().map(row -> row.getString(0)).toList();
    }

    private static long number(String query) {
        return sql(query).head().getLong(0);
    }

    private static Arguments never(String rule, String violations) {
        return Arguments.of(rule, violations);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                never("their own by author", "{recommendations} r WHERE r.author = r.username"),
                never("their own by author id", """
                        {recommendations} r JOIN {users} u ON u.username = r.username
                        JOIN {videos} v ON v.video_id = r.video_id WHERE v.author_id = u.user_id"""),
                never("posted, reposted or liked", """
                        {recommendations} r JOIN {user_videos} s
                        ON s.username = r.username AND s.video_id = r.video_id"""),
                never("the same video twice", """
                        (SELECT 1 FROM {recommendations} GROUP BY run_date, username, video_id HAVING count(*) > 1)"""),
                never("gone", "{recommendations} r JOIN {videos} v ON v.video_id = r.video_id WHERE v.gone"),
                never("unknown, or without an author", """
                        {recommendations} r LEFT JOIN {videos} v ON v.video_id = r.video_id WHERE v.author IS NULL"""),
                never("created after the run's time, or at an unknown time", """
                        {recommendations} r
                        WHERE r.create_time IS NULL OR r.create_time > timestampadd(DAY, 1, timestamp(r.run_date))"""),
                never("of a blocked author", "{recommendations} r WHERE r.author IN (%s)"),
                never("with a blocked hashtag", """
                        {recommendations} r JOIN {videos} v ON v.video_id = r.video_id
                        WHERE arrays_overlap(v.hashtags, array('fyp', 'viral'))"""),
                never("served the night before", """
                        {recommendations} r JOIN {recommendations} s
                        ON s.username = r.username AND s.video_id = r.video_id AND s.run_date = date_sub(r.run_date, 1)"""),
                never("for a user who is not profiled and active", """
                        {recommendations} r LEFT JOIN {users} u ON u.username = r.username
                        WHERE NOT coalesce(u.profiled AND u.status = 'active', false)"""),
                never("ranks with gaps or repeats", """
                        (SELECT 1 FROM {recommendations} GROUP BY run_date, username
                        HAVING min(rank) <> 1 OR max(rank) <> count(*) OR count(DISTINCT rank) <> count(*))"""),
                never("a list longer than asked for", """
                        (SELECT 1 FROM {recommendations} GROUP BY run_date, username HAVING count(*) > 15)"""),
                never("a score outside 0 to 1", """
                        {recommendations} r WHERE NOT coalesce(
                        least(score, base_score, virality_score, relevance_score, engagement_score, play_score,
                        engagement_rate_score, share_score, recency_score, tag_match, embedding_similarity,
                        source_boost) >= 0 AND
                        greatest(score, base_score, virality_score, relevance_score, engagement_score, play_score,
                        engagement_rate_score, share_score, recency_score, tag_match, embedding_similarity,
                        source_boost) <= 1, false)"""),
                never("a score above the base score", "{recommendations} r WHERE r.score > r.base_score"),
                never("a base score below the minimum", "{recommendations} r WHERE r.base_score < 0.35"),
                never("a better score behind a worse", """
                        {recommendations} r JOIN {recommendations} s
                        ON s.username = r.username AND s.run_date = r.run_date AND s.rank = r.rank + 1
                        WHERE s.score > r.score"""),
                never("a user without tags with another source than trending, or with a query", """
                        {recommendations} r LEFT ANTI JOIN {user_tags} t ON t.username = r.username
                        WHERE r.source <> 'trending' OR r.source_query IS NOT NULL OR size(r.source_tags) <> 0"""),
                never("a user with tags with another source than the corpus, or without a query", """
                        {recommendations} r LEFT SEMI JOIN {user_tags} t ON t.username = r.username
                        WHERE r.source <> 'corpus' OR r.source_query IS NULL OR size(r.source_tags) = 0"""));
    }

    @ParameterizedTest(name = "never: {0}")
    @MethodSource("rules")
    void isNeverRecommended(String rule, String violations) {
        String blocked = "'" + String.join("', '", blockedAuthors) + "'";

        assertThat(number("SELECT count(*) FROM " + violations.replace("%s", blocked)))
                .as(rule)
                .isZero();
    }

    @Test
    void bothNightsHaveLists() {
        List<Row> nights =
                sql("SELECT count(DISTINCT username), count(*) FROM {recommendations} GROUP BY run_date ORDER BY run_date")
                        .collectAsList();

        assertThat(nights).hasSize(2);
        assertThat(nights.get(0).getLong(0)).as("users with a list").isGreaterThan(400);
        assertThat(nights.get(0).getLong(1)).as("rows").isGreaterThan(4_000);
        assertThat(nights.get(1).getLong(1)).as("rows of the second night").isGreaterThan(2_500);
        assertThat(number("""
                SELECT count(DISTINCT username) FROM {recommendations} r LEFT ANTI JOIN {user_tags} t
                ON t.username = r.username""")).as("users without tags").isPositive();
    }

    @Test
    void nothingWasEmbedded() {
        assertThat(number("SELECT sum(model_calls) FROM {runs}")).isZero();
    }
}
