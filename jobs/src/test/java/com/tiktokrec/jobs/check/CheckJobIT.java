package com.tiktokrec.jobs.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.Run;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each check, by a night that is wrong in one way. All nights stand in one warehouse: each has videos of its own, and the
 * same three users get three of them each.
 */
class CheckJobIT {

    private static final Instant CRAWLED = Instant.parse("2025-12-31T20:00:00Z");
    private static final Instant RECOMMENDED = Instant.parse("2025-12-31T22:00:00Z");
    private static final Instant LATER = Instant.parse("2026-12-31T22:00:00Z");
    private static final List<String> PEOPLE = List.of("ann", "bob", "cid");

    private static final Map<String, String> LIMITS = Map.of(
            "checks.min-users", "3",
            "checks.max-users-lost", "1",
            "checks.max-rows-lost", "1",
            "checks.max-score-change", "1",
            "checks.max-degraded-rise", "1",
            "pipeline.serve-memory-nights", "1",
            "ranking.blocked-authors", "[\"@Spammer\"]",
            "ranking.blocked-hashtags", "[FYP]");

    private static final Map<String, String> DRIFT =
            Map.of("checks.min-users", "3", "checks.min-users-with-list", "0", "checks.min-full-lists", "0");

    @TempDir
    private static Path folder;

    /** Rows of all nights, by column. */
    private static final List<Map<String, Object>> LISTS = new ArrayList<>();

    private static final List<Map<String, Object>> VIDEOS = new ArrayList<>();
    private static final List<Map<String, Object>> SEEN = new ArrayList<>();
    private static final List<Map<String, Object>> RUNS = new ArrayList<>();

    /** By what is wrong with it, the night's date. */
    private static final Map<String, Plan> PLANS = new LinkedHashMap<>();

    private static LocalDate nextDate = LocalDate.of(2026, 1, 1);

    /** A night, and the checks that it has to fail. */
    private record Plan(LocalDate date, Map<String, String> settings, List<String> failing) {}

    /** A night's rows, to be made wrong. */
    private record Night(LocalDate date, List<Map<String, Object>> lists, List<Map<String, Object>> videos) {

        static Night next() {
            Night night = new Night(nextDate, new ArrayList<>(), new ArrayList<>());
            nextDate = nextDate.plusDays(1);
            for (int rank = 1; rank <= 3; rank++) {
                Map<String, Object> video = new HashMap<>();
                video.put(Videos.VIDEO_ID, night.videoId(rank));
                video.put(Videos.AUTHOR, "author" + rank);
                video.put(Videos.AUTHOR_ID, "90" + rank);
                video.put(Videos.HASHTAGS, new String[] {"cats"});
                night.videos.add(video);
            }
            PEOPLE.forEach(person -> {
                for (int rank = 1; rank <= 3; rank++) {
                    night.lists.add(night.row(person, rank));
                }
            });
            return night;
        }

        private String videoId(int rank) {
            return date + "-" + rank;
        }

        private Map<String, Object> row(String username, int rank) {
            Map<String, Object> row = new HashMap<>();
            row.put(SearchQueries.RUN_DATE, Date.valueOf(date));
            row.put(Users.USERNAME, username);
            row.put(Videos.VIDEO_ID, videoId(rank));
            row.put(UserTags.RANK, rank);
            for (String score : List.of(
                    Recommendations.PLAY_SCORE,
                    Recommendations.ENGAGEMENT_RATE_SCORE,
                    Recommendations.SHARE_SCORE,
                    Recommendations.RECENCY_SCORE,
                    Recommendations.TAG_MATCH,
                    Recommendations.EMBEDDING_SIMILARITY,
                    Recommendations.SOURCE_BOOST)) {
                row.put(score, 0.5);
            }
            row.put(Recommendations.VIRALITY_SCORE, 0.8);
            row.put(Recommendations.RELEVANCE_SCORE, 0.6);
            row.put(Recommendations.ENGAGEMENT_SCORE, 0.7);
            row.put(Recommendations.BASE_SCORE, 0.69);
            row.put(Recommendations.SCORE, 0.69 - rank / 100.0);
            row.put(Recommendations.DEGRADED, new String[0]);
            row.put(Videos.AUTHOR, "author" + rank);
            row.put(Videos.HASHTAGS, new String[] {"cats"});
            return row;
        }

        Map<String, Object> row(int index) {
            return lists.get(index);
        }

        /** Takes rows of a user away, from a rank on. */
        void shorten(String username, int from) {
            lists.removeIf(row -> username.equals(row.get(Users.USERNAME)) && (Integer) row.get(UserTags.RANK) >= from);
        }
    }

    private static void plan(String what, Map<String, String> settings, List<String> failing, Consumer<Night> wrong) {
        Night night = Night.next();
        wrong.accept(night);
        finished(night, "done");
        PLANS.put(what, new Plan(night.date(), settings, failing));
    }

    private static void plan(String what, String found, Consumer<Night> wrong) {
        plan(what, LIMITS, List.of(what + ": " + found), wrong);
    }

    /** A night, and the one before it. */
    private static void drift(String what, String found, Consumer<Night> before, Consumer<Night> wrong) {
        Night earlier = Night.next();
        before.accept(earlier);
        finished(earlier, "done");
        plan(what, DRIFT, List.of(what + ": " + found + " on " + earlier.date()), wrong);
    }

    private static void finished(Night night, String status) {
        finished(night, status, Map.of(RecommendJob.COUNT_ASKED, 3L));
    }

    private static void finished(Night night, String status, Map<String, Long> asked) {
        LISTS.addAll(night.lists());
        VIDEOS.addAll(night.videos());
        RUNS.add(finishedRun(night, "run-" + night.date(), RECOMMENDED, status, asked));
    }

    private static Map<String, Object> finishedRun(
            Night night, String id, Instant startedAt, String status, Map<String, Long> asked) {
        Map<String, Long> counts = new HashMap<>(asked);
        counts.put(RecommendJob.ROWS, (long) night.lists().size());
        counts.put(
                RecommendJob.USERS_WITH_LIST,
                night.lists().stream()
                        .map(row -> row.get(Users.USERNAME))
                        .distinct()
                        .count());
        return Map.of(
                Table.RUN_ID,
                id,
                Runs.COMMAND,
                "pipeline",
                SearchQueries.RUN_DATE,
                Date.valueOf(night.date()),
                Runs.STARTED_AT,
                Timestamp.from(startedAt),
                Users.STATUS,
                status,
                Runs.COUNTS,
                counts);
    }

    private static Map<String, Object> seen(String username, String videoId) {
        return Map.of(Users.USERNAME, username, Videos.VIDEO_ID, videoId, UserVideos.KIND, "like");
    }

    static {
        plan("nothing", LIMITS, List.of(), night -> {});

        plan(
                "no list at all",
                LIMITS,
                List.of(
                        "recommendations: 0 rows",
                        "users with a list: 0.0% (0 of 3 users)",
                        "full lists: 0.0% (0 of 3 users with all 3)"),
                night -> night.lists().clear());
        plan("users with a list", "66.7% (2 of 3 users)", night -> night.shorten("cid", 1));
        plan("full lists", "33.3% (1 of 3 users with all 3)", night -> {
            night.shorten("bob", 3);
            night.shorten("cid", 2);
        });
        plan(
                "all lists cut short",
                LIMITS,
                List.of("full lists: 0.0% (0 of 3 users with all 3)"),
                night -> PEOPLE.forEach(person -> night.shorten(person, 2)));
        Night ofOlderVersion = Night.next();
        ofOlderVersion.shorten("ann", 3);
        ofOlderVersion.shorten("bob", 2);
        ofOlderVersion.shorten("cid", 2);
        finished(ofOlderVersion, "done", Map.of());
        PLANS.put(
                "full lists of an older version",
                new Plan(ofOlderVersion.date(), LIMITS, List.of("full lists: 33.3% (1 of 3 users with all 2)")));
        plan(
                "the same video twice",
                "1 rows",
                night -> night.row(2).put(Videos.VIDEO_ID, night.row(1).get(Videos.VIDEO_ID)));
        plan("ranks with gaps or repeats", "3 lists", night -> {
            night.row(2).put(UserTags.RANK, 4);
            night.row(5).put(UserTags.RANK, 2);
            night.row(6).put(UserTags.RANK, null);
        });
        plan("better scores behind worse", "1 rows", night -> night.row(2).put(Recommendations.SCORE, 0.689));

        plan("scores outside 0 to 1", "4 rows", night -> {
            night.row(2).put(Recommendations.TAG_MATCH, 1.01);
            night.row(4).put(Recommendations.SHARE_SCORE, -0.01);
            night.row(5).put(Recommendations.PLAY_SCORE, null);
            night.row(6).put(Recommendations.PLAY_SCORE, Double.NaN);
        });
        plan(
                "base scores other than their parts",
                "1 rows",
                night -> night.row(2).put(Recommendations.BASE_SCORE, 0.690001));
        plan(
                "base scores below the minimum",
                "1 rows",
                night -> night.row(2)
                        .putAll(Map.of(
                                Recommendations.VIRALITY_SCORE, 0.4,
                                Recommendations.RELEVANCE_SCORE, 0.4,
                                Recommendations.ENGAGEMENT_SCORE, 0.4,
                                Recommendations.BASE_SCORE, 0.4,
                                Recommendations.SCORE, 0.3)));
        plan("scores above the base score", "1 rows", night -> night.row(0).put(Recommendations.SCORE, 0.7));

        plan("videos of their own", "2 rows", night -> {
            night.videos().get(0).put(Videos.AUTHOR, "Ann");
            night.videos().get(1).put(Videos.AUTHOR_ID, "2");
        });
        plan("videos posted, reposted or liked", "1 rows", night -> SEEN.add(seen("bob", night.videoId(2))));
        plan("videos unknown or without author", "6 rows", night -> {
            night.videos().get(0).put(Videos.AUTHOR, null);
            night.videos().remove(1);
        });
        plan("videos that are gone", "3 rows", night -> night.videos().get(1).put(Videos.GONE, true));
        plan("videos of blocked authors", "1 rows", night -> night.row(5).put(Videos.AUTHOR, "spammer"));
        plan(
                "videos with blocked hashtags",
                "3 rows",
                night -> night.videos().get(1).put(Videos.HASHTAGS, new String[] {"cats", "fyp"}));
        plan(
                "videos served lately",
                "1 rows",
                night -> night.row(8).put(Videos.VIDEO_ID, night.date().minusDays(1) + "-3"));

        drift(
                "change of users with a list",
                "2; 3",
                before -> PEOPLE.forEach(person -> before.shorten(person, 3)),
                night -> night.shorten("cid", 1));
        drift("change of rows", "6; 9", before -> {}, night -> PEOPLE.forEach(person -> night.shorten(person, 3)));
        drift(
                "change of the mean score",
                "0.560; 0.670",
                before -> {},
                night -> night.lists()
                        .forEach(
                                row -> row.put(Recommendations.SCORE, (Double) row.get(Recommendations.SCORE) - 0.11)));
        drift(
                "change of degraded rows",
                "11.1%; 0.0%",
                before -> {},
                night -> night.row(0).put(Recommendations.DEGRADED, new String[] {"no_video_vector"}));

        // A good night, a degraded one that lost a list, and the one that lost it, too.
        Night good = Night.next();
        finished(good, "done");
        Night degraded = Night.next();
        degraded.shorten("cid", 1);
        finished(degraded, "degraded");
        plan(
                "as bad as a degraded night",
                DRIFT,
                List.of(
                        "change of users with a list: 2; 3 on " + good.date(),
                        "change of rows: 6; 9 on " + good.date()),
                night -> night.shorten("cid", 1));

        // A good night, a date for which one user was recommended to, and a night that lost a list.
        Night full = Night.next();
        finished(full, "done");
        Night ofOneUser = Night.next();
        ofOneUser.shorten("ann", 1);
        ofOneUser.shorten("cid", 1);
        finished(ofOneUser, "done", Map.of());
        plan(
                "worse than the night before one user's",
                DRIFT,
                List.of(
                        "change of users with a list: 2; 3 on " + full.date(),
                        "change of rows: 6; 9 on " + full.date()),
                night -> night.shorten("cid", 1));
    }

    @BeforeAll
    static void nights() {
        Warehouse crawled = warehouse(CRAWLED);
        crawled.append(Users.TABLE, frame(Users.SCHEMA, users()));
        crawled.append(Videos.TABLE, frame(Videos.SCHEMA, VIDEOS));
        crawled.append(UserVideos.TABLE, frame(UserVideos.SCHEMA, SEEN));
        Warehouse recommended = warehouse(RECOMMENDED);
        recommended.append(Recommendations.TABLE, frame(Recommendations.SCHEMA, LISTS));
        recommended.append(Runs.TABLE, frame(Runs.SCHEMA, RUNS));
    }

    private static Warehouse warehouse(Instant writtenAt) {
        return new Warehouse(SharedSpark.session(), folder.toString(), "test", writtenAt);
    }

    private static List<Map<String, Object>> users() {
        List<Map<String, Object>> users = new ArrayList<>();
        for (int index = 0; index < PEOPLE.size(); index++) {
            users.add(Map.of(
                    Users.USERNAME,
                    PEOPLE.get(index),
                    Users.USER_ID,
                    Integer.toString(index + 1),
                    Users.PROFILED,
                    true,
                    Users.STATUS,
                    "active"));
        }
        // Nobody expects lists of these.
        users.add(Map.of(Users.USERNAME, "dee", Users.USER_ID, "4", Users.PROFILED, true, Users.STATUS, "private"));
        users.add(Map.of(Users.USERNAME, "eve", Users.USER_ID, "5", Users.PROFILED, false, Users.STATUS, "active"));
        return users;
    }

    private static Dataset<Row> frame(StructType schema, List<Map<String, Object>> rows) {
        return SharedSpark.session()
                .createDataFrame(
                        rows.stream()
                                .map(row -> RowFactory.create(Arrays.stream(schema.fieldNames())
                                        .map(row::get)
                                        .toArray()))
                                .toList(),
                        schema)
                .coalesce(1);
    }

    private static CheckJob.Result check(Plan plan) {
        return CheckJob.run(OfflineRun.of(folder, plan.date(), plan.settings()));
    }

    static Stream<String> whatIsWrong() {
        return PLANS.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsWrong")
    void aNightThatIsWrongInOneWayFailsThatCheckAlone(String wrong) {
        Plan plan = PLANS.get(wrong);

        CheckJob.Result result = check(plan);

        assertThat(result.checks()).hasSize(22);
        assertThat(result.failed())
                .as(result.toString())
                .extracting(check -> check.name() + ": " + check.found())
                .containsExactlyElementsOf(plan.failing());
    }

    @Test
    void whatFailedIsToldWithWhatWasFoundAndWhatToDo() {
        Plan plan = PLANS.get("users with a list");
        Run run = OfflineRun.of(folder, plan.date(), plan.settings());

        CheckJob.Result result = CheckJob.run(run);

        assertThatThrownBy(result::requireAllPassed)
                .hasMessageStartingWith("1 of 22 checks of " + plan.date()
                        + " failed: users with a list: 66.7% (2 of 3 users) (allowed: 80.0% or more). ")
                .hasMessageContaining("run `recommend` and `check`")
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.CHECKS_FAILED);
        assertThat(run.ledger().counts())
                .containsEntry("checks", 22L)
                .containsEntry("checks_failed", 1L)
                .containsEntry("check_users_expected", 3L)
                .containsEntry("check_users_with_list", 2L)
                .containsEntry("check_full_lists", 2L)
                .containsEntry("check_list_length", 3L)
                .containsEntry("check_rows", 6L)
                .containsEntry("check_videos_posted_reposted_or_liked", 0L)
                .containsEntry("check_mean_score_millionths", 670_000L)
                .containsEntry("check_degraded_rows", 0L);
    }

    @Test
    void sharesAndChangesOfFewUsersAreToldAndPass() {
        Plan plan = PLANS.get("no list at all");

        CheckJob.Result result = CheckJob.run(OfflineRun.of(folder, plan.date(), Map.of()));

        assertThat(result.failed()).as(result.toString()).isEmpty();
        assertThat(result.checks()).anySatisfy(check -> {
            assertThat(check.found()).isEqualTo("0.0% (0 of 3 users)");
            assertThat(check.allowed()).isEqualTo("any, for fewer than 20 users");
        });
    }

    @Test
    void aDateThatNoRunRecommendedForFails() {
        CheckJob.Result result = CheckJob.run(OfflineRun.of(folder, LocalDate.of(2025, 1, 1), LIMITS));

        assertThat(result.checks())
                .singleElement()
                .satisfies(check -> assertThat(check.passed()).isFalse());
        assertThatThrownBy(result::requireAllPassed)
                .hasMessageContaining("finished run: none that recommended for this date");
    }

    /** What later runs found out: likes, and videos that went or turned out to be a user's own. */
    @Test
    void whatANightCouldNotKnowIsNotHeldAgainstIt() {
        Night night = Night.next();
        finished(night, "done");
        night.videos().get(0).put(Videos.GONE, true);
        night.videos().get(1).put(Videos.AUTHOR_ID, "1");
        Warehouse later = warehouse(LATER);
        later.append(Videos.TABLE, frame(Videos.SCHEMA, night.videos()));
        later.append(UserVideos.TABLE, frame(UserVideos.SCHEMA, List.of(seen("ann", (String)
                night.row(2).get(Videos.VIDEO_ID)))));
        Warehouse recommended = warehouse(RECOMMENDED);
        recommended.append(Recommendations.TABLE, frame(Recommendations.SCHEMA, night.lists()));
        recommended.append(Runs.TABLE, frame(Runs.SCHEMA, RUNS.subList(RUNS.size() - 1, RUNS.size())));

        CheckJob.Result result = CheckJob.run(OfflineRun.of(folder, night.date(), LIMITS));

        assertThat(result.failed()).as(result.toString()).isEmpty();
    }

    /** Likes and videos that went are ingested after the night, then one user is recommended to, and more than others. */
    @Test
    void aLaterRunForOneUserJudgesTheirListAlone() {
        Night night = Night.next();
        Map<String, Object> another = new HashMap<>(night.videos().get(0));
        another.put(Videos.VIDEO_ID, night.videoId(4));
        night.videos().add(another);
        finished(night, "done");
        List<Map<String, Object>> runs = new ArrayList<>(RUNS.subList(RUNS.size() - 1, RUNS.size()));
        List<Map<String, Object>> ofBob = new ArrayList<>(night.lists().subList(3, 6));
        ofBob.add(night.row("bob", 4));
        night.lists().subList(3, 6).clear();
        warehouse(CRAWLED)
                .append(Videos.TABLE, frame(Videos.SCHEMA, night.videos().subList(1, 4)));
        warehouse(RECOMMENDED).append(Recommendations.TABLE, frame(Recommendations.SCHEMA, night.lists()));
        Warehouse ingested = warehouse(LATER);
        night.videos().get(0).put(Videos.GONE, true);
        ingested.append(Videos.TABLE, frame(Videos.SCHEMA, night.videos().subList(0, 1)));
        ingested.append(
                UserVideos.TABLE,
                frame(
                        UserVideos.SCHEMA,
                        List.of(
                                seen("ann", night.videoId(2)),
                                seen("ann", night.videoId(3)),
                                seen("bob", night.videoId(3)))));
        Instant muchLater = LATER.plusSeconds(3600);
        Warehouse again = warehouse(muchLater);
        again.append(Recommendations.TABLE, frame(Recommendations.SCHEMA, ofBob));
        runs.add(finishedRun(night, "run-of-bob", muchLater, "degraded", Map.of()));
        again.append(Runs.TABLE, frame(Runs.SCHEMA, runs));

        CheckJob.Result result = CheckJob.run(OfflineRun.of(folder, night.date(), LIMITS));

        assertThat(result.failed())
                .as(result.toString())
                .extracting(check -> check.name() + ": " + check.found())
                .containsExactly("videos posted, reposted or liked: 1 rows", "videos that are gone: 1 rows");
        assertThat(result.checks())
                .extracting(Check::found)
                .as("what a full list is, the run for all users says")
                .contains("100.0% (3 of 3 users with all 3)");
    }
}
