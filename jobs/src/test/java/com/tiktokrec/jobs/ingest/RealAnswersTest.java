package com.tiktokrec.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Real bodies of the API from {@code ../shared/data}, which a fresh clone lacks: RecordParserTest has twins. */
class RealAnswersTest {

    static final String FETCHED = "2026-11-24T01:02:03Z";

    /** The folder of real data, above the working directory or where {@code shared.data} says. */
    static Path sharedData() {
        String given = System.getProperty("shared.data");
        Path found = given == null ? null : Path.of(given);
        for (Path folder = Path.of("").toAbsolutePath(); found == null && folder != null; folder = folder.getParent()) {
            Path candidate = folder.resolve("shared").resolve("data");
            found = Files.isDirectory(candidate) ? candidate : null;
        }
        assumeTrue(found != null && Files.isDirectory(found), "no real data: there is no ../shared/data here");
        return found;
    }

    static JsonNode body(String name) throws IOException {
        return Landed.JSON.readTree(
                sharedData().resolve("api-bodies").resolve(name + ".json").toFile());
    }

    private static List<Row> parsed(String endpoint, String params, String body) throws IOException {
        List<Row> rows = RecordParserTest.parse(Landed.answer(endpoint, params, FETCHED, body(body)));
        assertThat(rows).extracting(row -> row.<String>getAs(UserTags.REASON)).containsOnlyNulls();
        return rows;
    }

    private static List<Row> videos(List<Row> rows) {
        return rows.stream()
                .map(row -> row.<Row>getAs(Landing.VIDEO))
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void searchGeneral() throws IOException {
        List<Row> rows = parsed("search/general", "{'keyword':'movie'}", "search_general__page1_raw_tiktok_web");
        assertThat(videos(rows)).hasSize(11);
        assertThat(videos(rows)).allSatisfy(video -> {
            assertThat(video.<Long>getAs(Videos.PLAYS)).isPositive();
            assertThat(video.<Long>getAs(Videos.SAVES)).isNotNull();
            assertThat(video.<String>getAs(Videos.COVER_URL)).startsWith("https://");
        });
        assertThat(rows.get(0).<Row>getAs(Landing.USER).<Long>getAs(Users.FOLLOWER_COUNT))
                .isEqualTo(398400);
        assertThat(videos(rows).get(4).<String[]>getAs(Videos.MENTIONS)).containsExactly("nabilbhuiyan122");
    }

    @Test
    void users() throws IOException {
        for (String name : List.of("user_info__taylorswift", "user_info-with-region__taylorswift")) {
            Row user = parsed(name.startsWith("user_info__") ? "user/info" : "user/info-with-region", "{}", name)
                    .get(0)
                    .getAs(Landing.USER);
            assertThat(user.<Long>getAs(Users.FOLLOWER_COUNT)).isBetween(32_634_000L, 32_638_000L);
            assertThat(user.<Boolean>getAs(Users.VERIFIED)).isTrue();
            assertThat(user.<String>getAs(Users.BIO_LINK)).isEqualTo("taylorswift.com");
        }
    }

    @Test
    void lists() throws IOException {
        String params = "{'username':'taylorswift'}";
        assertThat(videos(parsed("user/posts", params, "user_posts__abridged_transcribed")))
                .hasSize(1);
        assertThat(videos(parsed("user/repost", params, "user_repost__empty_no_itemList")))
                .isEmpty();
        assertThat(videos(parsed("user/liked-posts", params, "user_liked-posts__count1_cursor1713299545000")))
                .hasSize(1);
        assertThat(videos(parsed("user/liked-posts", params, "user_liked-posts__count2_cursor1713546556000")))
                .isNotEmpty();
        assertThat(videos(parsed("post/trending", "{}", "post_trending__1item_transcribed_urls_elided")))
                .hasSize(1);
        assertThat(videos(parsed("post/trending", "{}", "post_trending__abridged_transcribed")))
                .hasSize(2);
    }

    @Test
    void gatewayErrors() throws IOException {
        for (JsonNode error : body("errors_rapidapi_gateway")) {
            ObjectNode answer = Landed.answer("user/posts", "{}", FETCHED, error.get("body"));
            answer.put("status", error.get("status").asInt());
            assertThat(RecordParserTest.parse(answer))
                    .singleElement()
                    .satisfies(row -> assertThat(row.<Row>getAs(Landing.FILE).<Long>getAs(Landing.ERROR_ANSWERS))
                            .isEqualTo(1));
        }
    }
}
