package com.tiktokrec.jobs.ingest;

import static com.tiktokrec.jobs.ingest.Landed.answer;
import static com.tiktokrec.jobs.ingest.Landed.by;
import static com.tiktokrec.jobs.ingest.Landed.item;
import static com.tiktokrec.jobs.ingest.Landed.json;
import static com.tiktokrec.jobs.ingest.Landed.object;
import static com.tiktokrec.jobs.ingest.Landed.page;
import static com.tiktokrec.jobs.ingest.Landed.posts;
import static com.tiktokrec.jobs.ingest.Landed.userInfo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.VideoStats;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestJobIT {

    private static final String EVENING = "2026-11-23T20:00:00Z";
    private static final String NIGHT = "2026-11-24T01:00:00Z";
    private static final String LATER = "2026-11-24T02:00:00Z";

    @TempDir
    private Path folder;

    private IngestBench bench;

    @BeforeEach
    void newWarehouse() {
        bench = new IngestBench(folder);
    }

    private static ExitCode exitCode(Throwable failure) {
        return ((RunFailure) failure).exitCode();
    }

    @Test
    void loadsEveryShapeAndIsIdempotent() throws IOException {
        // Given: plain, gzip and array files, with a hidden one, error answers and bad records among them.
        ObjectNode bare = item("101", "Ann", 1_700_000_000, 1000);
        bare.put("desc", "line\u2028separator #Fun");
        bare.put("crawledAt", EVENING);
        bench.land(
                "a/plain.jsonl",
                bare.toString() + "\n{\"broken\"\n\n"
                        + answer("user/posts", "{'username':'bob'}", NIGHT, json("{'message':'slow'}"))
                                .put("status", 429)
                        + "\n");
        bench.land(
                "b/lists.json.gz",
                LandingStreamTest.gzip(userInfo("Bob", "7", NIGHT) + "\n"
                        + posts(
                                "bob",
                                "0",
                                NIGHT,
                                "50",
                                true,
                                by(item("201", "bob", 300, 10), "7"),
                                by(item("202", "bob", 200, 20), "7"))
                        + "\n"
                        + posts(
                                "bob",
                                "50",
                                LATER,
                                "40",
                                false,
                                by(item("203", "bob", 100, 30), "7"),
                                object("{'id':'x'}"))
                        + "\n"));
        bench.land(
                "array.json",
                "[" + item("103", "carl", 50, 5) + ",\n " + item("104", "carl", 60, 6) + ", {\"id\": \"9\"}]");
        bench.land("_ignored.jsonl", "{\"broken\"\n");

        // When
        IngestJob.Result result = bench.ingest(Map.of("ingest.max-bad-ratio", "0.5"), bench.landing());

        // Then
        assertThat(result).isEqualTo(new IngestJob.Result(3, 0, 9, 3, 1, 6, 3, 6, 0));
        Map<String, JsonNode> videos = bench.rows(Videos.TABLE);
        assertThat(videos.keySet()).containsExactly("101", "103", "104", "201", "202", "203");
        JsonNode video = videos.get("101");
        assertThat(video.get(Videos.DESCRIPTION).textValue()).isEqualTo("line\u2028separator #Fun");
        assertThat(video.get(Videos.HASHTAGS).toString()).isEqualTo("[\"fun\"]");
        assertThat(video.get(Videos.URL).textValue()).isEqualTo("https://www.tiktok.com/@ann/video/101");
        assertThat(video.get(Videos.TEXT_HASH).textValue())
                .isEqualTo(Hashes.sha256("line\u2028separator #Fun Music: A song By @ann"));
        assertThat(video.get(Videos.CRAWLED_AT).textValue()).isEqualTo(EVENING);
        assertThat(video.get(Videos.LAST_SEEN_AT).textValue()).isEqualTo(EVENING);
        assertThat(video.get(Videos.GONE).booleanValue()).isFalse();
        assertThat(bench.rows(VideoStats.TABLE)).hasSize(6);
        assertThat(bench.rows(Users.TABLE, Users.PROFILED, Users.STATUS, Users.FOLLOWER_COUNT)
                        .values())
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"profiled\":true,\"status\":\"active\"}",
                        "{\"profiled\":true,\"status\":\"active\",\"follower_count\":12034}",
                        "{\"profiled\":true,\"status\":\"active\"}");
        Map<String, JsonNode> posts = bench.rows(UserVideos.TABLE, UserVideos.POSITION, Videos.CRAWLED_AT);
        assertThat(posts.get("bob 201 post").toString()).isEqualTo("{\"position\":0,\"crawled_at\":\"" + LATER + "\"}");
        assertThat(posts.get("bob 203 post").toString()).isEqualTo("{\"position\":2,\"crawled_at\":\"" + LATER + "\"}");
        assertThat(posts.get("carl 104 post").get(UserVideos.POSITION).intValue())
                .as("newest first")
                .isZero();
        assertThat(bench.rows(Quarantine.TABLE, Quarantine.ITEM, Quarantine.LINE, UserTags.REASON, "run_date")
                        .values())
                .extracting(JsonNode::toString)
                .containsExactlyInAnyOrder(
                        "{\"item\":-1,\"line\":2,\"reason\":\"not JSON\",\"run_date\":\"2026-11-24\"}",
                        "{\"item\":1,\"line\":3,\"reason\":\"author is missing\",\"run_date\":\"2026-11-24\"}",
                        "{\"item\":2,\"line\":2,\"reason\":\"author is missing\",\"run_date\":\"2026-11-24\"}");
        assertThat(bench.rows(IngestedFiles.TABLE)).hasSize(3);

        // When: again, as they are; then with a new date; then as after a run that was killed before its last commit.
        var before = bench.content();
        IngestJob.Result again = bench.ingest(bench.landing());
        assertThat(again).isEqualTo(new IngestJob.Result(0, 3, 0, 0, 0, 0, 0, 0, 0));
        Files.setLastModifiedTime(bench.landing().resolve("array.json"), FileTime.from(Instant.parse(NIGHT)));
        IngestJob.Result touched = bench.ingest(bench.landing());
        assertThat(touched).isEqualTo(new IngestJob.Result(0, 3, 0, 0, 0, 0, 0, 0, 0));
        Files.setLastModifiedTime(bench.landing().resolve("array.json"), FileTime.from(IngestBench.MODIFIED));
        FileUtils.deleteDirectory(bench.tableFolder(IngestedFiles.TABLE));
        DeltaLog.clearCache();
        IngestJob.Result repeated = bench.ingest(Map.of("ingest.max-bad-ratio", "0.5"), bench.landing());

        // Then
        assertThat(repeated.files()).isEqualTo(3);
        var after = bench.content();
        before.remove("ingested_files");
        after.remove("ingested_files");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theNewestCrawlWinsColumnByColumnInAnyOrder() throws IOException {
        ObjectNode early = by(item("1", "ann", 1_700_000_000, 1000), "5");
        early.put("desc", "early").put("textLanguage", "fr").put("crawledAt", EVENING);
        early.withObject("/stats").put("collectCount", 3);
        ObjectNode late =
                object("{'id':'1','desc':'','author':{'uniqueId':'ann','nickname':'Late'},'stats':{'playCount':2000}}");
        late.put("crawledAt", NIGHT);
        Path first = bench.land("early.jsonl", early);
        Path second = bench.land("late.jsonl", late);
        IngestBench other = new IngestBench(folder.resolve("other"));

        bench.ingest(first);
        bench.ingest(second);
        other.ingest(second);
        other.ingest(first);

        JsonNode video = bench.rows(Videos.TABLE).get("1");
        assertThat(video.get(Videos.DESCRIPTION).textValue()).isEmpty();
        assertThat(video.get(Videos.LANGUAGE).textValue()).isEqualTo("fr");
        assertThat(video.get(Videos.AUTHOR_NICKNAME).textValue()).isEqualTo("Late");
        assertThat(video.get(Videos.PLAYS).longValue()).isEqualTo(2000);
        assertThat(video.has(Videos.SAVES)).as("counts are one record's").isFalse();
        assertThat(video.get(Videos.CRAWLED_AT).textValue()).isEqualTo(NIGHT);
        assertThat(video.get(Videos.TEXT_HASH).textValue()).isEqualTo(Hashes.sha256("Music: A song By @ann"));
        assertThat(bench.rows(VideoStats.TABLE, Videos.PLAYS, Videos.SAVES).values())
                .extracting(JsonNode::toString)
                .containsExactly("{\"plays\":1000,\"saves\":3}", "{\"plays\":2000}");
        for (var table : List.of(Videos.TABLE, VideoStats.TABLE, Users.TABLE, UserVideos.TABLE)) {
            assertThat(other.rows(table)).as(table.name()).isEqualTo(bench.rows(table));
        }
    }

    @Test
    void tooMuchThatIsBadLeavesTheTablesAsTheyWere() throws IOException {
        bench.ingest(bench.land("good.jsonl", item("1", "ann", 1, 1)));
        var before = bench.content();
        Path bad = bench.land("bad.jsonl", item("2", "ann", 1, 1), json("{'id':'3'}"), json("{'id':'4'}"), json("[]"));

        assertThatThrownBy(() -> bench.ingest(bad))
                .isInstanceOf(RunFailure.class)
                .extracting(IngestJobIT::exitCode)
                .isEqualTo(ExitCode.FAILED);
        assertThatThrownBy(() -> bench.ingest(bad))
                .hasMessageContaining("3 of 4 landed items are bad (75.0%)")
                .hasMessageContaining("ingest.max-bad-ratio = 0.2")
                .hasMessageContaining("\"author is missing\" 2 times, first at file:")
                .hasMessageContaining("line 2");

        var after = bench.content();
        assertThat(after.remove("quarantine")).hasSize(3);
        before.remove("quarantine");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void inputsThatCannotBeReadWriteNothing() throws IOException {
        bench.land("crawl-2026/empty.jsonl", "\n\n");
        bench.land("hidden/_x.jsonl", "{}");
        Path good = bench.land("good.jsonl", item("1", "ann", 1, 1));
        Path binary = bench.land("binary.jsonl", new byte[] {'{', '}', '\n', 0, 1, 2});
        byte[] whole = LandingStreamTest.gzip(item("2", "ann", 1, 1).toString());
        Path truncated = bench.land("half.gz", Arrays.copyOf(whole, whole.length / 2));

        for (Map.Entry<Object, String> input : Map.<Object, String>of(
                        bench.landing().resolve("crawl-2025"),
                        "does not exist; .*crawl-2026.*",
                        bench.landing() + "/*.csv",
                        "does not exist.*",
                        bench.landing().resolve("crawl-2026"),
                        "holds no record.*",
                        bench.landing().resolve("crawl-2026/empty.jsonl"),
                        "holds no record.*",
                        bench.landing().resolve("hidden"),
                        "holds no record: it has no file.*",
                        "s4://no/such/scheme",
                        "cannot be listed.*",
                        binary,
                        "binary.*",
                        truncated,
                        "half.gz.*")
                .entrySet()) {
            assertThatThrownBy(() -> bench.ingest(good, input.getKey()))
                    .as(input.getKey().toString())
                    .isInstanceOf(RunFailure.class)
                    .hasMessageMatching("(?s).*" + input.getValue())
                    .extracting(IngestJobIT::exitCode)
                    .isEqualTo(ExitCode.INPUT);
        }
        bench.assertNothingWritten();
    }

    @Test
    void listsOfOwnersKnownBySecUidAndPositionsOverPages() throws IOException {
        bench.land(
                "lists.jsonl",
                userInfo("bob", "7", EVENING),
                // Likes of bob, in two pages, told by secUid alone; then an older crawl of the same list.
                answer(
                        "user/liked-posts",
                        "{'secUid':'SEC7'}",
                        NIGHT,
                        page(false, "90", true, item("1", "x", 9, 1), item("2", "y", 8, 1))),
                answer(
                        "user/liked-posts",
                        "{'secUid':'SEC7','cursor':'90'}",
                        LATER,
                        page(false, "80", true, item("3", "x", 7, 1))),
                answer(
                        "user/liked-posts",
                        "{'secUid':'SEC7','cursor':0}",
                        EVENING,
                        page(false, "90", true, item("3", "x", 7, 1), item("4", "z", 6, 1))),
                // Posts that name nobody are their author's; reposts that name nobody are nobody's.
                answer("user/posts", "{}", NIGHT, page(true, "0", false, item("5", "carl", 5, 1))),
                answer("user/repost", "{'secUid':'SECX'}", NIGHT, page(false, "0", false, item("6", "x", 4, 1))),
                // A search over two pages, with a card; and trends.
                answer(
                        "search/video",
                        "{'keyword':'Pasta ','cursor':'0'}",
                        NIGHT,
                        json("{'item_list':[{'type':4}," + item("1", "x", 9, 1) + "],'cursor':12,'has_more':1}")),
                answer(
                        "search/video",
                        "{'keyword':'Pasta ','cursor':'12'}",
                        LATER,
                        json("{'item_list':[" + item("2", "y", 8, 1) + "," + item("1", "x", 9, 1)
                                + "],'cursor':24,'has_more':0}")),
                answer(
                                "post/trending",
                                "{'count':'2'}",
                                NIGHT,
                                page(false, "0", true, item("3", "x", 7, 1), item("4", "z", 6, 1)))
                        .put("stale", true));

        IngestJob.Result result = bench.ingest(bench.landing());

        assertThat(result).isEqualTo(new IngestJob.Result(1, 0, 9, 1, 0, 6, 5, 5, 4));
        assertThat(bench.lines(UserVideos.TABLE, UserVideos.POSITION, Videos.CRAWLED_AT))
                .containsExactly(
                        "bob 1 like: 0 " + LATER,
                        "bob 2 like: 1 " + LATER,
                        "bob 3 like: 2 " + LATER,
                        "bob 4 like: 1 " + EVENING,
                        "carl 5 post: 0 " + NIGHT);
        assertThat(bench.lines(SearchResults.TABLE, UserVideos.POSITION, SearchResults.FETCHED_AT, SearchResults.STALE))
                .containsExactly(
                        "search Pasta 1: 0 " + LATER + " false",
                        "search Pasta 2: 1 " + LATER + " false",
                        "trending  3: 0 " + NIGHT + " true",
                        "trending  4: 1 " + NIGHT + " true");
        assertThat(bench.rows(Quarantine.TABLE).values()).singleElement().satisfies(row -> {
            assertThat(row.get(UserTags.REASON).textValue()).startsWith("params name no user");
            assertThat(row.get(Quarantine.LINE).intValue()).isEqualTo(6);
            assertThat(row.get(Quarantine.RAW).textValue()).startsWith("{\"endpoint\":\"user/repost\"");
        });
        assertThat(bench.rows(IngestedFiles.TABLE).values())
                .singleElement()
                .satisfies(
                        row -> assertThat(row.get(IngestedFiles.BAD).intValue()).isEqualTo(1));
        assertThat(bench.lines(Users.TABLE, Users.PROFILED))
                .containsExactly("bob: true", "carl: true", "x: false", "y: false", "z: false");
    }

    @Test
    void aVideoIsGoneWhenACompleteCrawlLacksItAndBackWhenSeen() throws IOException {
        bench.ingest(bench.land(
                "1.jsonl",
                posts(
                        "ann",
                        "0",
                        EVENING,
                        "0",
                        false,
                        item("1", "ann", 100, 1),
                        item("2", "ann", 200, 1),
                        item("3", "ann", 300, 1)),
                item("9", "bob", 250, 1).put("crawledAt", EVENING)));

        // A crawl that reaches back to 150 lacks 2, and says nothing of 1; one with a hole says nothing at all.
        Path lacking = bench.land(
                "2.jsonl",
                posts("ann", "0", NIGHT, "300", true, item("3", "ann", 300, 1)),
                posts("ann", "300", NIGHT, "150", true, item("4", "ann", 150, 1)),
                posts("bob", "0", NIGHT, "300", true, item("8", "bob", 300, 1)),
                posts("bob", "200", NIGHT, "100", false, item("7", "bob", 200, 1)));
        bench.ingest(lacking);
        assertThat(bench.lines(Videos.TABLE, Videos.GONE))
                .containsExactly("1: false", "2: true", "3: false", "4: false", "7: false", "8: false", "9: false");

        // Old news of it is no news; a crawl to the end lacks 1 and shows 2 again.
        ObjectNode old = item("2", "ann", 200, 2);
        bench.ingest(bench.land("3.jsonl", old.put("crawledAt", "2026-11-23T21:00:00Z")));
        assertThat(bench.rows(Videos.TABLE, Videos.GONE)
                        .get("2")
                        .get(Videos.GONE)
                        .booleanValue())
                .isTrue();
        bench.ingest(bench.land(
                "4.jsonl",
                posts(
                        "ann",
                        "0",
                        LATER,
                        "0",
                        false,
                        item("3", "ann", 300, 1),
                        item("2", "ann", 200, 1),
                        item("4", "ann", 150, 1))));
        assertThat(bench.lines(Videos.TABLE, Videos.GONE, Videos.LAST_SEEN_AT))
                .containsExactly(
                        "1: true " + EVENING,
                        "2: false " + LATER,
                        "3: false " + LATER,
                        "4: false " + LATER,
                        "7: false " + NIGHT,
                        "8: false " + NIGHT,
                        "9: false " + EVENING);
        assertThat(bench.rows(UserVideos.TABLE)).as("never removed").containsKey("ann 1 post");
    }

    @Test
    void renamedUsersTakeTheirRowsAndTakenNamesStartAnew() throws IOException {
        // Given: ann (1), bob (2) and zoe (3), ann and bob with tags.
        bench.ingest(bench.land(
                "1.jsonl",
                userInfo("ann", "1", EVENING),
                userInfo("bob", "2", EVENING),
                userInfo("zoe", "3", EVENING),
                posts("ann", "0", EVENING, "0", false, by(item("11", "ann", 100, 1), "1")),
                posts("bob", "0", EVENING, "0", false, by(item("21", "bob", 100, 1), "2")),
                posts("zoe", "0", EVENING, "0", false, by(item("31", "zoe", 100, 1), "3"))));
        var tags = bench.spark()
                .sql("SELECT 'ann' username, 'tag_a' tag, 0.5D affinity UNION ALL SELECT 'bob', 'tag_b', 0.6D"
                        + " UNION ALL SELECT 'zoe', 'tag_z', 0.7D");
        bench.warehouse().append(UserTags.TABLE, tags);
        FileUtils.copyDirectory(
                bench.tableFolder(Users.TABLE), folder.resolve("users-before").toFile());

        // When: ann and bob swap names; zoe is a stranger's name now, and the old zoe is not seen.
        bench.ingest(bench.land(
                "2.jsonl",
                userInfo("Bob", "1", NIGHT),
                userInfo("ann", "2", NIGHT),
                userInfo("zoe", "4", NIGHT),
                // Still of the first ann, who is told by the time alone.
                answer(
                        "user/liked-posts",
                        "{'username':'ann'}",
                        EVENING,
                        page(false, "0", false, item("31", "zoe", 100, 1))),
                posts("bob", "0", NIGHT, "0", false, by(item("12", "bob", 200, 1), "1")),
                by(item("41", "zoe", 200, 1), "4").put("crawledAt", NIGHT)));

        // Then
        assertThat(bench.lines(Users.TABLE, Users.USER_ID)).containsExactly("ann: 2", "bob: 1", "zoe: 4");
        assertThat(bench.rows(UserVideos.TABLE).keySet())
                .containsExactly("ann 21 post", "bob 11 post", "bob 12 post", "bob 31 like", "zoe 41 post");
        assertThat(bench.rows(UserTags.TABLE).keySet()).containsExactly("ann tag_b", "bob tag_a");

        // When: that run is done again, as if it had been killed when all but the users table had been moved.
        var before = bench.content();
        FileUtils.deleteDirectory(bench.tableFolder(Users.TABLE));
        FileUtils.copyDirectory(folder.resolve("users-before").toFile(), bench.tableFolder(Users.TABLE));
        FileUtils.deleteDirectory(bench.tableFolder(IngestedFiles.TABLE));
        DeltaLog.clearCache();
        bench.ingest(bench.landing().resolve("2.jsonl"));

        // Then
        assertThat(bench.lines(Users.TABLE, Users.USER_ID)).containsExactly("ann: 2", "bob: 1", "zoe: 4");
        assertThat(bench.rows(UserTags.TABLE).keySet()).containsExactly("ann tag_b", "bob tag_a");
        assertThat(bench.content().get("user_videos")).isEqualTo(before.get("user_videos"));

        // When: an old file, from before, comes late.
        bench.ingest(bench.land(
                "3.jsonl",
                by(item("13", "ann", 50, 1), "1").put("crawledAt", "2026-11-23T19:00:00Z"),
                by(item("32", "zoe", 50, 1), "3").put("crawledAt", EVENING)));

        // Then: it is its owner's, and nobody's where he has no name.
        assertThat(bench.lines(Users.TABLE, Users.USER_ID)).containsExactly("ann: 2", "bob: 1", "zoe: 4");
        assertThat(bench.rows(UserVideos.TABLE).keySet())
                .containsExactly(
                        "ann 21 post", "bob 11 post", "bob 12 post", "bob 13 post", "bob 31 like", "zoe 41 post");
    }

    @Test
    void usersKeepTheNewestOfEachColumnAndTheirStatus() throws IOException {
        ObjectNode secluded = userInfo("ann", "1", NIGHT);
        secluded.withObject("/body/userInfo/user")
                .put("privateAccount", true)
                .put("signature", "")
                .remove("nickname");
        bench.ingest(bench.land(
                "1.jsonl",
                userInfo("ann", "1", EVENING),
                secluded,
                userInfo("bob", "2", EVENING),
                answer("user/info", "{'uniqueId':'nobody'}", NIGHT, json("{'userInfo':{}}"))));
        assertThat(bench.lines(Users.TABLE, Users.STATUS, Users.NICKNAME, Users.BIO))
                .containsExactly("ann: private Nick ", "bob: active Nick I cook");

        bench.ingest(bench.land(
                "2.jsonl",
                answer("user/info", "{'uniqueId':'bob'}", NIGHT, json("{'statusCode':10221,'userInfo':{}}"))));
        assertThat(bench.rows(Users.TABLE, Users.STATUS)
                        .get("bob")
                        .get(Users.STATUS)
                        .textValue())
                .isEqualTo("gone");
        assertThat(bench.rows(Users.TABLE).get("bob").get(Users.PROFILED).booleanValue())
                .isTrue();
    }

    @Test
    void realAnswersAndItemsLoad() throws IOException {
        Path data = RealAnswersTest.sharedData();
        String taylor = "{'username':'taylorswift'}";
        bench.land(
                "real.jsonl",
                answer("user/info", "{}", NIGHT, RealAnswersTest.body("user_info__taylorswift")),
                answer("user/posts", taylor, NIGHT, RealAnswersTest.body("user_posts__abridged_transcribed")),
                answer("user/repost", taylor, NIGHT, RealAnswersTest.body("user_repost__empty_no_itemList")),
                answer(
                        "user/liked-posts",
                        taylor,
                        NIGHT,
                        RealAnswersTest.body("user_liked-posts__count2_cursor1713546556000")),
                answer(
                        "search/general",
                        "{'keyword':'movie'}",
                        NIGHT,
                        RealAnswersTest.body("search_general__page1_raw_tiktok_web")),
                answer("post/trending", "{}", NIGHT, RealAnswersTest.body("post_trending__abridged_transcribed")));

        IngestJob.Result result = bench.ingest(
                bench.landing(), data.resolve("web-items-2021.json"), data.resolve("videos-trending-2020.jsonl"));

        assertThat(result.records()).isEqualTo(6 + 10 + 1000);
        assertThat(result.bad()).isZero();
        assertThat(result.searchResults()).isEqualTo(13);
        assertThat(bench.rows(Videos.TABLE)).hasSize((int) result.videos());
    }
}
