package com.tiktokrec.jobs.crawl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.SmallCrawl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * The TikTok API on this machine: always the same answers to the same questions, about any user that is asked for.
 * Accounts and videos are replayed from ../shared/data/api-bodies where it is there, under other names, ids, captions
 * and counts; generated twins stand in elsewhere. Names that start with "gone" are nobody's, with "private" private.
 */
public final class ReplayServer implements AutoCloseable {

    public static final String KEY = "replayed-key-0123456789";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REAL_BODIES = Path.of("../../shared/data/api-bodies");
    private static final List<String> TOPICS = List.of("cooking", "pasta", "streetfood", "baking", "coffee");
    private static final int POSTS = 60;
    private static final int REPOSTS = 12;
    private static final int LIKES = 56;

    /** A request as it came, and when. */
    public record Asked(String pathAndQuery, long nanoTime) {}

    private final MockWebServer server = new MockWebServer();
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wrongKeys = new AtomicInteger();
    private final Instant now;
    private final ObjectNode account;
    private final List<ObjectNode> items;
    private volatile Duration latency = Duration.ZERO;
    private volatile Function<RecordedRequest, Optional<MockResponse>> faults = request -> Optional.empty();

    /**
     * With bodies as large as real ones.
     *
     * @param now the videos' age counts from it
     */
    public static ReplayServer real(Instant now) {
        return new ReplayServer(now, true);
    }

    /** With small bodies, for many requests. */
    public static ReplayServer small(Instant now) {
        return new ReplayServer(now, false);
    }

    private ReplayServer(Instant now, boolean real) {
        this.now = now;
        this.account = (real ? real("user_info-with-region__taylorswift.json") : Optional.<ObjectNode>empty())
                .orElseGet(ReplayServer::generatedAccount);
        this.items = new ArrayList<>();
        if (real) {
            addRealItems();
        }
        if (items.isEmpty()) {
            items.add(JSON.createObjectNode());
        }
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                asked.add(new Asked(request.getTarget(), System.nanoTime()));
                return faults.apply(request).orElseGet(() -> answer(request));
            }
        });
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addRealItems() {
        real("search_general__page1_raw_tiktok_web.json")
                .ifPresent(page -> page.path("data").forEach(entry -> {
                    if (entry.path("item") instanceof ObjectNode item) {
                        items.add(item);
                    }
                }));
        real("user_liked-posts__count1_cursor1713299545000.json")
                .ifPresent(page -> items.add((ObjectNode) page.path("itemList").path(0)));
    }

    public String baseUrl() {
        return server.url("/api").toString();
    }

    /** Lets each answer take so long from now on. */
    public void latency(Duration duration) {
        latency = duration;
    }

    /** Answers so from now on, where it has something to say; called on the request's own thread. */
    public void faults(Function<RecordedRequest, Optional<MockResponse>> answers) {
        faults = answers;
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    public int requests() {
        return asked.size();
    }

    public int requestsWithAWrongKey() {
        return wrongKeys.get();
    }

    public static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .addHeader("content-type", "application/json")
                .body(body)
                .build();
    }

    private MockResponse answer(RecordedRequest request) {
        if (!KEY.equals(request.getHeaders().get("x-rapidapi-key"))) {
            wrongKeys.incrementAndGet();
            return json(401, "{\"message\": \"Invalid API key. Go to https://docs.rapidapi.com/docs/keys\"}");
        }
        ObjectNode body = switch (request.getUrl().encodedPath().replaceFirst("^/api/", "")) {
            case "user/info", "user/info-with-region" -> user(param(request, "uniqueId"));
            case "user/posts" -> nested(list(request, "post", POSTS, 35));
            case "user/repost" -> list(request, "repost", REPOSTS, 30);
            case "user/liked-posts" -> list(request, "like", LIKES, 28);
            case "search/video" -> search(request);
            case "post/trending" -> trends(request);
            default -> throw new IllegalArgumentException(request.getTarget());
        };
        return new MockResponse.Builder()
                .addHeader("content-type", "application/json")
                .headersDelay(latency.toNanos(), TimeUnit.NANOSECONDS)
                .body(body.toPrettyString())
                .build();
    }

    private static String param(RecordedRequest request, String name) {
        return request.getUrl().queryParameter(name);
    }

    private ObjectNode user(String username) {
        if (username.startsWith("gone")) {
            ObjectNode body = JSON.createObjectNode().put("statusCode", 10221);
            body.putObject("userInfo");
            return body;
        }
        ObjectNode body = account.deepCopy();
        ((ObjectNode) body.path("userInfo").path("user"))
                .put("id", SmallCrawl.userId(username))
                .put("uniqueId", username)
                .put("secUid", "SEC-" + username)
                .put("nickname", "Someone")
                .put("signature", "I cook #cooking")
                .put("privateAccount", username.startsWith("private"));
        return body;
    }

    private static ObjectNode generatedAccount() {
        ObjectNode body = JSON.createObjectNode().put("statusCode", 0);
        ObjectNode info = body.putObject("userInfo");
        info.putObject("user").put("language", "en");
        info.putObject("statsV2").put("followerCount", "32634690").put("videoCount", "72");
        return body;
    }

    private static ObjectNode nested(ObjectNode page) {
        ObjectNode body = JSON.createObjectNode().put("statusCode", 0);
        body.set("data", page);
        return body;
    }

    /** A page of a user's list; the cursor tells how many videos came before. */
    private ObjectNode list(RecordedRequest request, String kind, int size, int perPage) {
        String owner = param(request, "secUid").replaceFirst("^SEC-", "");
        int from = Integer.parseInt(param(request, "cursor"));
        int to = Math.min(size, from + perPage);
        ObjectNode page = JSON.createObjectNode()
                .put("cursor", Integer.toString(to))
                .put("hasMore", to < size)
                .put("statusCode", 0);
        ArrayNode list = page.putArray("itemList");
        for (int place = from; place < to; place++) {
            String author = kind.equals("post") ? owner : "creator" + place % 7;
            list.add(item(kind + "/" + owner, place, author, TOPICS.get(place % TOPICS.size())));
        }
        return page;
    }

    private ObjectNode search(RecordedRequest request) {
        String keyword = param(request, "keyword");
        int from = Integer.parseInt(param(request, "cursor"));
        ObjectNode page = JSON.createObjectNode()
                .put("cursor", from + 12)
                .put("has_more", from < 24 ? 1 : 0)
                .put("status_code", 0);
        page.putObject("log_pb").put("impr_id", "impression-" + from);
        ArrayNode list = page.putArray("item_list");
        list.addObject().put("type", 6).putObject("common").put("doc_id_str", "");
        for (int place = from; place < from + 11; place++) {
            list.add(item("search/" + keyword, place, "finder" + place, keyword));
        }
        return page;
    }

    private ObjectNode trends(RecordedRequest request) {
        ObjectNode page = JSON.createObjectNode().put("statusCode", 0).put("hasMore", true);
        ArrayNode list = page.putArray("itemList");
        for (int place = 0; place < Integer.parseInt(param(request, "count")); place++) {
            list.add(item("trends", place, "star" + place, "trend"));
        }
        return page;
    }

    private ObjectNode item(String list, int place, String author, String topic) {
        ObjectNode item = items.get(place % items.size()).deepCopy();
        item.remove(List.of("challenges", "textExtra", "contents"));
        item.put("id", videoId(list, place))
                .put("desc", "Number %d on #%s".formatted(place, topic.replace(" ", "")) + " " + topic)
                .put("createTime", now.minus(Duration.ofDays(2 + place)).getEpochSecond());
        item.putObject("author").put("uniqueId", author).put("id", SmallCrawl.userId(author));
        item.putObject("stats")
                .put("playCount", 900_000)
                .put("diggCount", 120_000)
                .put("commentCount", 3_000)
                .put("shareCount", 9_000);
        item.putObject("statsV2").put("playCount", Integer.toString(900_000 + place));
        return item;
    }

    /** The id of a video by where it is listed. */
    public static String videoId(String list, int place) {
        return "7" + (Long.parseLong(SmallCrawl.userId(list + "/" + place)) % 1_000_000_000_000_000L);
    }

    private static Optional<ObjectNode> real(String file) {
        Path body = REAL_BODIES.resolve(file);
        if (!Files.exists(body)) {
            return Optional.empty();
        }
        try {
            JsonNode read = JSON.readTree(Files.readString(body));
            return Optional.of((ObjectNode) read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
