package com.tiktokrec.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.text.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A crawl of a few people, written for a test in the landing format: none of them is real. */
public final class SmallCrawl {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A video, popular enough to be recommended, two days old at the crawl. */
    public record Video(String id, String author, String caption) {}

    private final String fetchedAt;
    private final List<String> records = new ArrayList<>();

    public SmallCrawl(String fetchedAt) {
        this.fetchedAt = fetchedAt;
    }

    /** The id that a name has in all crawls. */
    public static String userId(String username) {
        return Long.toString(Long.parseLong(Hashes.sha256(username).substring(0, 12), 16));
    }

    public SmallCrawl user(String username, String bio) {
        return user(username, userId(username), bio);
    }

    public SmallCrawl user(String username, String userId, String bio) {
        ObjectNode body = JSON.createObjectNode().put("statusCode", 0);
        ObjectNode info = body.putObject("userInfo");
        info.putObject("user")
                .put("id", userId)
                .put("uniqueId", username)
                .put("secUid", "SEC" + userId)
                .put("nickname", "Someone")
                .put("signature", bio)
                .put("privateAccount", false);
        info.putObject("stats").put("followerCount", 12_000).put("videoCount", 9);
        return answer("user/info", JSON.createObjectNode().put("uniqueId", username), body);
    }

    /** The newest posts of a user, with older ones left unread. */
    public SmallCrawl posts(String username, List<Video> videos) {
        ObjectNode body = JSON.createObjectNode().put("statusCode", 0);
        body.set("data", page(videos));
        return answer("user/posts", params(username), body);
    }

    public SmallCrawl likes(String username, List<Video> videos) {
        return answer("user/liked-posts", params(username), page(videos).put("statusCode", 0));
    }

    private static ObjectNode params(String username) {
        return JSON.createObjectNode().put("username", username).put("cursor", "0");
    }

    private ObjectNode page(List<Video> videos) {
        ObjectNode page = JSON.createObjectNode().put("cursor", "99").put("hasMore", true);
        ArrayNode items = page.putArray("itemList");
        videos.forEach(video -> items.add(item(video)));
        return page;
    }

    private ObjectNode item(Video video) {
        ObjectNode item = JSON.createObjectNode()
                .put("id", video.id())
                .put("desc", video.caption())
                .put(
                        "createTime",
                        Instant.parse(fetchedAt).minus(Duration.ofDays(2)).getEpochSecond());
        item.putObject("author").put("uniqueId", video.author()).put("id", userId(video.author()));
        item.putObject("stats")
                .put("playCount", 900_000)
                .put("diggCount", 120_000)
                .put("commentCount", 3_000)
                .put("shareCount", 9_000);
        return item;
    }

    private SmallCrawl answer(String endpoint, ObjectNode params, ObjectNode body) {
        ObjectNode answer = JSON.createObjectNode().put("endpoint", endpoint);
        answer.set("params", params);
        answer.put("fetchedAt", fetchedAt).put("status", 200).set("body", body);
        records.add(answer.toString());
        return this;
    }

    /** Writes the crawl to a new file. */
    public Path write(Path file) {
        try {
            return Files.write(file, records);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
