package com.tiktokrec.jobs.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.jobs.generate.CrawlGenerator.Options;
import com.tiktokrec.jobs.generate.CrawlGenerator.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrawlGeneratorTest {

    private static final LocalDate RUN_DATE = LocalDate.of(2026, 11, 24);
    private static final List<String> USER_LISTS = List.of("user/posts", "user/repost", "user/liked-posts");

    @TempDir
    private Path folder;

    private Result generate(String name, int users, int videos, long seed) throws IOException {
        return CrawlGenerator.generate(new Options(users, videos, seed, folder.resolve(name), RUN_DATE));
    }

    private LandingReader demo() throws IOException {
        return LandingReader.read(generate("demo", 100, 2_000, 7).files());
    }

    private static Map<String, byte[]> bytes(Result result) throws IOException {
        Map<String, byte[]> bytes = new TreeMap<>();
        for (Path file : result.files()) {
            bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
        return bytes;
    }

    @Test
    void sameSeedGivesSameBytes() throws IOException {
        Map<String, byte[]> once = bytes(generate("once", 60, 500, 3));
        Map<String, byte[]> again = bytes(generate("again", 60, 500, 3));

        assertThat(again.keySet()).isEqualTo(once.keySet());
        once.forEach((name, bytes) -> assertThat(again.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void anotherSeedGivesOtherBytes() throws IOException {
        Map<String, byte[]> one = bytes(generate("one", 60, 500, 3));
        Map<String, byte[]> other = bytes(generate("other", 60, 500, 4));

        assertThat(other.get("posts-00000.jsonl")).isNotEqualTo(one.get("posts-00000.jsonl"));
        assertThat(other.get("users-00000.jsonl.gz")).isNotEqualTo(one.get("users-00000.jsonl.gz"));
    }

    @Test
    void showsExactlyTheVideosAskedFor() throws IOException {
        int[][] sizes = {{1, 1}, {3, 10}, {200, 40}, {2, 700}, {100, 2_000}};
        for (int[] size : sizes) {
            Result result = generate(size[0] + "-" + size[1], size[0], size[1], 11);

            Map<String, String> authorById = new HashMap<>();
            for (JsonNode item : LandingReader.read(result.files()).goodItems()) {
                JsonNode author = item.get("author");
                String username = author.isTextual()
                        ? author.asText()
                        : author.get("uniqueId").asText();
                String before = authorById.put(item.get("id").asText(), username);
                assertThat(before == null || before.equals(username)).isTrue();
            }
            assertThat(authorById).as("%d users, %d videos", size[0], size[1]).hasSize(size[1]);
            assertThat(result.videos()).isEqualTo(size[1]);
        }
    }

    @Test
    void profilesExactlyTheUsersAskedFor() throws IOException {
        LandingReader crawl = demo();

        Set<String> usernames = new HashSet<>();
        for (JsonNode answer : crawl.answers()) {
            if (answer.get("endpoint").asText().startsWith("user/info")) {
                usernames.add(answer.get("params").get("uniqueId").asText());
            }
        }
        for (JsonNode item : crawl.bareItems()) {
            JsonNode author = item.path("author");
            if (item.has("crawledAt")) {
                usernames.add(
                        author.isTextual()
                                ? author.asText()
                                : author.get("uniqueId").asText());
            }
        }
        assertThat(usernames).hasSize(100);
    }

    @Test
    void answersAllSevenEndpoints() throws IOException {
        LandingReader crawl = demo();

        for (String endpoint : List.of("user/info", "user/info-with-region", "search/video", "post/trending")) {
            assertThat(crawl.answersOf(endpoint)).as(endpoint).isNotEmpty();
        }
        for (String endpoint : USER_LISTS) {
            assertThat(crawl.answersOf(endpoint))
                    .as(endpoint)
                    .anyMatch(answer -> !LandingReader.listOf(answer).isEmpty());
        }
        assertThat(crawl.answersOf("user/repost"))
                .anyMatch(answer -> LandingReader.listOf(answer).isMissingNode());
        assertThat(crawl.answersOf("user/info-with-region"))
                .anyMatch(answer ->
                        answer.at("/body/userInfo/user/privateAccount").asBoolean());
        assertThat(crawl.bareItems())
                .anyMatch(item -> item.path("author").isTextual())
                .anyMatch(item -> item.path("author").isObject());
    }

    @Test
    void hasEachKindOfMalformedRecordAndError() throws IOException {
        for (int users : List.of(2, 100)) {
            Result result = generate("malformed-" + users, users, users * 20, 5);
            LandingReader crawl = LandingReader.read(result.files());

            assertThat(crawl.brokenLines())
                    .anyMatch(line -> line.startsWith("<html>"))
                    .anyMatch(line -> line.startsWith("{"));
            assertThat(crawl.items())
                    .anyMatch(item -> !item.has("id"))
                    .anyMatch(item -> !item.has("author"))
                    .anyMatch(item -> item.path("stats").path("playCount").isObject());
            int spoiled = crawl.items().size() - crawl.goodItems().size();
            assertThat(result.malformed()).isEqualTo(crawl.brokenLines().size() + spoiled);
            assertThat(crawl.answers())
                    .anyMatch(answer -> answer.get("status").asInt() == 429)
                    .anyMatch(answer -> answer.at("/body/statusCode").asInt() == 10221);
        }
    }

    @Test
    void hasTheOdditiesOfRealItems() throws IOException {
        List<JsonNode> items = demo().goodItems();

        assertThat(items)
                .anyMatch(item -> item.at("/stats/playCount").asLong() < 0)
                .anyMatch(item -> !item.has("stats"))
                .anyMatch(item -> item.has("stats") && !item.get("stats").has("playCount"))
                .anyMatch(item -> item.path("desc").asText().indexOf('\u2028') > 0)
                .anyMatch(item -> item.path("desc").asText("-").isEmpty())
                .anyMatch(item -> item.get("createTime").isTextual())
                .anyMatch(item -> item.at("/statsV2/playCount").isTextual());
        assertThat(items).extracting(item -> item.path("textLanguage").asText()).contains("en", "es", "pt", "th", "ja");
    }

    @Test
    void createsAndFetchesNothingAfterTheRunDate() throws IOException {
        LandingReader crawl = demo();
        Instant evening = CrawlClock.start(RUN_DATE);
        Instant midnight = RUN_DATE.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();

        assertThat(crawl.goodItems()).allSatisfy(item -> {
            Instant created = Instant.ofEpochSecond(item.get("createTime").asLong());
            assertThat(created).isBetween(evening.minusSeconds(201 * 86_400), evening);
            assertThat(item.get("id").asText()).hasSize(19);
            assertThat(Long.parseLong(item.get("id").asText()) >> 32).isEqualTo(created.getEpochSecond());
        });
        assertThat(crawl.answers())
                .extracting(answer -> Instant.parse(answer.get("fetchedAt").asText()))
                .allSatisfy(fetched -> assertThat(fetched).isBetween(evening, midnight.minusSeconds(1)));
    }

    @Test
    void aVideoComesAgainLaterWithHigherCounts() throws IOException {
        LandingReader crawl = demo();
        Map<String, Long> earlier = new HashMap<>();
        for (JsonNode answer : crawl.answersOf("user/posts")) {
            LandingReader.listOf(answer)
                    .forEach(item -> earlier.put(
                            item.path("id").asText(),
                            item.at("/stats/playCount").asLong()));
        }

        List<JsonNode> trending = crawl.answersOf("post/trending");
        assertThat(trending)
                .anySatisfy(answer -> assertThat(LandingReader.listOf(answer))
                        .anyMatch(item -> item.at("/stats/playCount").asLong()
                                > earlier.getOrDefault(item.get("id").asText(), Long.MAX_VALUE)));
    }

    @Test
    void cursorsOfUserListsChain() throws IOException {
        LandingReader crawl = demo();

        int followed = 0;
        for (String endpoint : USER_LISTS) {
            Map<String, String> expected = new HashMap<>();
            for (JsonNode answer : crawl.answersOf(endpoint)) {
                JsonNode params = answer.get("params");
                JsonNode body = answer.get("body");
                JsonNode list = endpoint.equals("user/posts") ? body.get("data") : body;
                String secUid = params.get("secUid").asText();
                assertThat(params.get("cursor").asText()).isEqualTo(expected.getOrDefault(secUid, "0"));
                assertThat(LandingReader.listOf(answer).size()).isLessThanOrEqualTo(35);
                expected.put(secUid, list.get("cursor").asText());
                if (list.get("hasMore").asBoolean()) {
                    followed++;
                } else {
                    expected.put(secUid, "no further page");
                }
            }
            assertThat(expected.values()).containsOnly("no further page");
        }
        assertThat(followed).isGreaterThan(20);
    }

    @Test
    void cursorsOfSearchesChain() throws IOException {
        Map<String, JsonNode> before = new HashMap<>();
        for (JsonNode answer : demo().answersOf("search/video")) {
            JsonNode params = answer.get("params");
            JsonNode previous = before.put(params.get("keyword").asText(), answer.get("body"));
            if (previous == null) {
                assertThat(params.get("cursor").asText()).isEqualTo("0");
            } else {
                assertThat(params.get("cursor").asText())
                        .isEqualTo(previous.get("cursor").asText());
                assertThat(params.get("search_id")).isEqualTo(previous.at("/log_pb/impr_id"));
            }
        }
        assertThat(before).hasSizeGreaterThan(20);
    }

    @Test
    void smallCrawlIsAGoodDemo() throws IOException {
        Map<String, Integer> likesByUser = new HashMap<>();
        LandingReader crawl = demo();
        for (JsonNode answer : crawl.answersOf("user/liked-posts")) {
            int likes = LandingReader.listOf(answer).size();
            if (likes > 0) {
                likesByUser.merge(answer.at("/params/secUid").asText(), likes, Integer::sum);
            }
        }
        Map<String, Set<String>> videosByHashtag = new HashMap<>();
        for (JsonNode item : crawl.goodItems()) {
            item.path("challenges")
                    .forEach(challenge -> videosByHashtag
                            .computeIfAbsent(challenge.get("title").asText(), title -> new TreeSet<>())
                            .add(item.get("id").asText()));
        }

        assertThat(likesByUser.values().stream().filter(likes -> likes >= 10).count())
                .isGreaterThan(40);
        assertThat(List.of("comedy", "dance", "cooking", "gym", "dogsoftiktok"))
                .allSatisfy(hashtag -> assertThat(videosByHashtag.get(hashtag)).hasSizeGreaterThan(20));
    }

    @Test
    void refusesAFolderWithSomethingInIt() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> CrawlGenerator.generate(new Options(10, 10, 1, folder, RUN_DATE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("not empty")
                .hasMessageContaining("name of a new one");
    }

    @Test
    void refusesCountsAndDatesOutOfRange() {
        assertThatThrownBy(() -> generate("none", 0, 10, 1)).hasMessageContaining("0 users");
        assertThatThrownBy(() -> generate("none", 10, -1, 1)).hasMessageContaining("-1 videos");
        Options late = new Options(10, 10, 1, folder.resolve("late"), LocalDate.of(2040, 1, 1));
        assertThatThrownBy(() -> CrawlGenerator.generate(late)).hasMessageContaining("2040-01-01");
    }
}
