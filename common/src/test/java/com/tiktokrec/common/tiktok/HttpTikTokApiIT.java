package com.tiktokrec.common.tiktok;

import static com.tiktokrec.common.tiktok.TikTokServer.INFO;
import static com.tiktokrec.common.tiktok.TikTokServer.KEY;
import static com.tiktokrec.common.tiktok.TikTokServer.POSTS;
import static com.tiktokrec.common.tiktok.TikTokServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each outcome over the wire means, with a real server. Some tests read ../shared/data, and skip without it. */
class HttpTikTokApiIT {

    private static final Path REAL_BODIES = Path.of("../../shared/data/api-bodies");

    private TikTokServer server;
    private HttpTikTokApi api;

    @BeforeEach
    void start() throws IOException {
        server = new TikTokServer();
        api = server.api();
    }

    @AfterEach
    void stop() {
        api.close();
        server.close();
    }

    private TikTokFailure failure(TikTokRequest request) {
        TikTokFailure failure = catchThrowableOfType(TikTokFailure.class, () -> api.fetch(request));
        assertThat(failure).as("a failure").isNotNull();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            assertThat(at.toString()).doesNotContain(KEY);
        }
        return failure;
    }

    @Test
    void asksByGetWithTheKeyAndTheParametersEncoded() {
        server.answers(200, "{\"item_list\": []}");

        TikTokAnswer answer = api.fetch(
                TikTokRequest.of(TikTokEndpoint.SEARCH_VIDEO, Map.of("keyword", "pâtes & sauce #1 🍝", "cursor", "0")));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getUrl().encodedPath()).isEqualTo("/api/search/video");
        assertThat(request.getUrl().queryParameter("keyword")).isEqualTo("pâtes & sauce #1 🍝");
        assertThat(request.getUrl().queryParameter("cursor")).isEqualTo("0");
        assertThat(request.getHeaders().get("x-rapidapi-key")).isEqualTo(KEY);
        assertThat(request.getHeaders().get("x-rapidapi-host")).isEqualTo("tiktok-api23.p.rapidapi.com");
        assertThat(answer.fetchedAt()).isEqualTo(TikTokServer.NOW);
        assertThat(answer.stale()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info. | KEY_REFUSED",
                "403 | You are not subscribed to this API. | NOT_SUBSCRIBED",
                "429 | You have exceeded the rate limit per second for your plan, BASIC, by the API provider | RATE",
                "429 | You have exceeded the MONTHLY quota for Requests on your current plan, BASIC. | QUOTA_SPENT",
                "404 | Endpoint '/api/user/info' does not exist | MISDIRECTED",
                "404 | user not found | NOT_FOUND",
                "500 | Internal Server Error | SERVER_ERROR",
                "503 | The API is unreachable | SERVER_ERROR",
                "400 | Missing parameter | REFUSED",
            })
    void tellsErrorsApartByStatusAndMessage(int status, String message, Kind kind) {
        server.answers(status, "{\"message\": \"%s\"}".formatted(message));

        assertThat(failure(INFO).kind()).isEqualTo(kind);
        assertThat(server.requests()).as("one attempt").isEqualTo(1);
    }

    @Test
    void aKeyThatTheServerRepeatsGoesNowhere() {
        server.answers(401, "{\"message\": \"Invalid API key " + KEY + "\"}")
                .answers(500, KEY)
                .answers(200, "{\"itemList\": [], \"echo\": \"" + KEY + "\"}");

        failure(INFO);
        failure(INFO);
        assertThat(api.fetch(POSTS).body().toString()).doesNotContain(KEY).contains("***");
    }

    @ParameterizedTest
    @CsvSource({"7, PT7S", "0.5, PT0.5S", "'Tue, 24 Nov 2026 12:00:30 GMT', PT30S"})
    void readsHowLongToWait(String header, Duration wait) {
        server.answers(TikTokServer.response(429, "{\"message\": \"rate limit per second\"}")
                .addHeader("retry-after", header));

        assertThat(failure(INFO).retryAfter()).contains(wait);
    }

    @Test
    void aRedirectToAnotherHostIsNotFollowedWithTheKey() throws IOException {
        try (TikTokServer other = new TikTokServer()) {
            other.answers(200, "{\"itemList\": []}");
            server.answers(TikTokServer.response(302, "").addHeader("location", other.address()));

            assertThat(failure(POSTS).kind()).isEqualTo(Kind.MISDIRECTED);
            assertThat(other.requests()).isZero();
        }
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsATimeout() {
        server.answers(TikTokServer.response(200, "{}").onResponseStart(SocketEffect.Stall.INSTANCE));
        api.close();
        api = server.api(Duration.ofMillis(50));

        assertThat(failure(INFO).kind()).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void aBodyThatIsCutOnTheWayIsALostConnection() {
        server.answers(TikTokServer.response(200, "{\"itemList\": [" + "{\"id\": \"1\"},".repeat(50_000) + "]}")
                .onResponseBody(new SocketEffect.CloseSocket()));

        assertThat(failure(POSTS).kind()).isEqualTo(Kind.CONNECTION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"itemList\": [{\"id\": \"1\"}, {\"id\"",
                "<!DOCTYPE html><html><body>Just a moment...</body></html>",
                "[]",
                "\"itemList\"",
                "{\"itemList\": \"none\"}",
                "{\"itemList\": []}{\"itemList\": []}",
            })
    void whatIsNoAnswerIsMalformed(String body) {
        server.answers(200, body);

        assertThat(failure(POSTS).kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void aUserAnswerWithoutAUserIsMalformed() {
        server.answers(200, "{\"statusCode\": 0}");

        assertThat(failure(INFO).kind()).isEqualTo(Kind.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({
        "statusCode, 10221, NOT_FOUND",
        "status_code, 10222, PRIVATE",
        "statusCode, 10101, SERVER_ERROR",
        "status_code, '\"10202\"', NOT_FOUND",
        "statusCode, -1, REFUSED",
        "status_code, 99, REFUSED",
        "statusCode, 9223372036854775807, REFUSED",
    })
    void anErrorCodeWithStatus200IsAnError(String field, String code, Kind kind) {
        server.answers(200, "{\"%s\": %s, \"itemList\": []}".formatted(field, code));

        assertThat(failure(POSTS).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"userInfo\": {}, \"statusCode\": 10221}", "{\"userInfo\": {\"user\": {}}}"})
    void anEmptyUserInfoIsTheAnswerThatThereIsNoSuchUser(String body) {
        server.answers(200, body);

        assertThat(Account.of(api.fetch(INFO).body())).isEmpty();
    }

    @Test
    void aHugePageIsReadWhole() {
        StringBuilder items = new StringBuilder();
        for (int id = 0; id < 20_000; id++) {
            items.append(id == 0 ? "" : ",")
                    .append("{\"id\": \"")
                    .append(id)
                    .append("\", \"desc\": \"")
                    .append("x".repeat(500))
                    .append("\"}");
        }
        server.answers(200, "{\"data\": {\"itemList\": [" + items + "], \"hasMore\": true, \"cursor\": \"5\"}}");

        VideoPage page = VideoPage.of(api.fetch(POSTS).body());

        assertThat(page.videos()).hasSize(20_000);
        assertThat(page.hasMore()).isTrue();
    }

    @Test
    void numbersKeepTheirDigits() {
        server.answers(200, "{\"itemList\": [], \"big\": 12345678901234567890, \"exact\": 0.1000000000000000055}");

        assertThat(api.fetch(POSTS).body().toString()).contains("12345678901234567890", "0.1000000000000000055");
    }

    @Test
    void countsMayBeTextRoundedMissingOrNegative() {
        Video video = VideoPage.of(json("""
                        {"itemList": [{"id": 7, "createTime": "1733355614", "author": "someone",
                         "stats": {"playCount": 1600000, "diggCount": -2147483648, "shareCount": "12"},
                         "statsV2": {"playCount": "1585253", "diggCount": "", "commentCount": "-5"}}]}
                        """)).videos().get(0);

        assertThat(video)
                .isEqualTo(new Video(
                        "7",
                        Optional.of("someone"),
                        "",
                        OptionalLong.of(1_733_355_614),
                        OptionalLong.of(1_585_253),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.of(12),
                        OptionalLong.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "user_posts__abridged_transcribed.json, USER_POSTS, 1, true, 1664510413000",
        "user_repost__empty_no_itemList.json, USER_REPOSTS, 0, false, 0",
        "user_liked-posts__count1_cursor1713299545000.json, LIKED_POSTS, 1, true, 1713299510000",
        "user_liked-posts__count2_cursor1713546556000.json, LIKED_POSTS, 1, true, 1713299545000",
        "search_general__page1_raw_tiktok_web.json, SEARCH_VIDEO, 11, true, 12",
        "post_trending__1item_transcribed_urls_elided.json, TRENDING, 1, false,",
        "post_trending__abridged_transcribed.json, TRENDING, 2, true, 0",
    })
    void readsRealPages(String file, TikTokEndpoint endpoint, int videos, boolean hasMore, String cursor)
            throws IOException {
        VideoPage page = VideoPage.of(real(file, endpoint));

        assertThat(page.videos()).hasSize(videos).allSatisfy(video -> {
            assertThat(video.author()).isPresent();
            assertThat(video.plays()).isPresent();
        });
        assertThat(page.hasMore()).isEqualTo(hasMore);
        assertThat(page.cursor()).isEqualTo(Optional.ofNullable(cursor));
    }

    @ParameterizedTest
    @CsvSource({
        "user_info__taylorswift.json, USER_INFO, 32637031,",
        "user_info-with-region__taylorswift.json, USER_INFO_WITH_REGION, 32634690, en"
    })
    void readsRealUsers(String file, TikTokEndpoint endpoint, long followers, String language) throws IOException {
        Account account = Account.of(real(file, endpoint)).orElseThrow();

        assertThat(account.username()).isEqualTo("taylorswift");
        assertThat(account.secUid().orElseThrow()).startsWith("MS4wLjABAAAA");
        assertThat(account.isPrivate()).isFalse();
        assertThat(account.followers()).hasValue(followers);
        assertThat(account.language()).isEqualTo(Optional.ofNullable(language));
    }

    private JsonNode real(String file, TikTokEndpoint endpoint) throws IOException {
        Path body = REAL_BODIES.resolve(file);
        assumeTrue(Files.exists(body), () -> "skipped: " + body.toAbsolutePath() + " is not there");
        server.answers(200, Files.readString(body));
        return api.fetch(TikTokRequest.of(endpoint, Map.of())).body();
    }
}
