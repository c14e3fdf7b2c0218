package com.tiktokrec.common.tiktok;

import static com.tiktokrec.common.tiktok.TikTokServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How lists are paged, whatever an API says. */
class TikTokClientTest {

    private final List<TikTokRequest> requests = new ArrayList<>();
    private final Deque<Object> script = new ArrayDeque<>();
    private final TikTokClient client = new TikTokClient(request -> {
        requests.add(request);
        Object next = script.size() > 1 ? script.pop() : script.peek();
        if (next instanceof TikTokFailure failure) {
            throw failure;
        }
        return new TikTokAnswer(request, TikTokServer.NOW, false, json((String) next));
    });

    private TikTokClientTest answers(Object body) {
        script.add(body);
        return this;
    }

    private static String items(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj("{\"id\": \"%d\"}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String page(int from, int to, String cursor, Object hasMore) {
        return "{\"itemList\": %s, \"cursor\": %s, \"hasMore\": %s}".formatted(items(from, to), cursor, hasMore);
    }

    private List<String> cursors() {
        return requests.stream().map(request -> request.params().get("cursor")).toList();
    }

    @Test
    void readsPagesOfPostsFromTheirNestUntilThereAreEnough() {
        answers("{\"data\": %s}".formatted(page(0, 35, "\"1664510413000\"", true)))
                .answers("{\"data\": %s}".formatted(page(35, 70, "\"1664510412000\"", true)));

        assertThat(client.posts("SEC", 50))
                .hasSize(70)
                .first()
                .extracting(Video::id)
                .isEqualTo("0");
        assertThat(cursors()).containsExactly("0", "1664510413000");
        assertThat(requests.get(1).params()).containsEntry("secUid", "SEC").containsEntry("count", "35");
    }

    @Test
    void goesOnAfterAShortPageWithMoreToFollow() {
        answers(page(0, 28, "\"9\"", true)).answers(page(28, 31, "\"8\"", true));

        assertThat(client.likedPosts("SEC", 30)).hasSize(31);
        assertThat(requests).hasSize(2);
    }

    @Test
    void anAbsentListIsAnEmptyOne() {
        answers("{\"cursor\": \"0\", \"hasMore\": false, \"statusCode\": 0}");

        assertThat(client.reposts("SEC", 30)).isEmpty();
        assertThat(requests).hasSize(1);
    }

    @Test
    void anEmptyPageEndsAListThoughMoreShouldFollow() {
        answers(page(0, 30, "\"9\"", true)).answers(page(0, 0, "\"8\"", true));

        assertThat(client.reposts("SEC", 100)).hasSize(30);
        assertThat(requests).hasSize(2);
    }

    @Test
    void aCursorThatRepeatsEndsAList() {
        answers(page(0, 30, "\"9\"", true)).answers(page(30, 60, "\"9\"", true));

        assertThat(client.reposts("SEC", 1000)).hasSize(60);
        assertThat(requests).hasSize(2);
    }

    @Test
    void aCursorThatLeadsToTheFrontEndsAList() {
        answers(page(0, 30, "\"0\"", true));

        assertThat(client.reposts("SEC", 1000)).hasSize(30);
        assertThat(requests).hasSize(1);
    }

    @Test
    void aMissingCursorEndsAList() {
        answers("{\"itemList\": %s, \"hasMore\": true}".formatted(items(0, 5)));

        assertThat(client.reposts("SEC", 30)).hasSize(5);
        assertThat(requests).hasSize(1);
    }

    @Test
    void theSameVideosUnderEverNewCursorsEndAList() {
        answers(page(0, 30, "\"9\"", true)).answers(page(0, 30, "\"8\"", true)).answers(page(30, 60, "\"7\"", true));

        assertThat(client.reposts("SEC", 1000)).hasSize(30);
        assertThat(requests).hasSize(2);
    }

    @Test
    void crumbsForEverEndSomewhere() {
        IntStream.range(0, 1000).forEach(page -> answers(page(page, page + 1, "\"" + (5000 - page) + "\"", true)));

        assertThat(client.posts("SEC", 70)).hasSize(7);
        assertThat(requests).as("twice the pages that would do, and three").hasSize(7);
    }

    @Test
    void aSearchHandsItsIdOnAndSkipsCardsWithoutAVideo() {
        answers("""
                {"item_list": [{"type": 6}, {"id": "1"}, {"item": {"id": "2"}}], "has_more": 1, "cursor": 12,
                 "log_pb": {"impr_id": "2026AB"}}
                """).answers("{\"item_list\": [{\"id\": \"3\"}], \"has_more\": 0, \"cursor\": 24}");

        assertThat(client.search(" one pot pasta ", 20)).extracting(Video::id).containsExactly("1", "2", "3");
        assertThat(requests.get(0).params()).isEqualTo(Map.of("keyword", "one pot pasta", "cursor", "0"));
        assertThat(requests.get(1).params())
                .isEqualTo(Map.of("keyword", "one pot pasta", "cursor", "12", "search_id", "2026AB"));
    }

    @Test
    void trendsAreOneRequestWhateverTheySayOfMore() {
        answers(page(0, 30, "\"0\"", true));

        assertThat(client.trending(100)).hasSize(30);
        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request.params()).isEqualTo(Map.of("count", "100")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SERVER_ERROR", "TIMEOUT", "MALFORMED", "REFUSED", "CONNECTION", "RATE"})
    void userInfoStandsInForTheOneWithRegion(Kind kind) {
        answers(new TikTokFailure(kind, "not now"))
                .answers("{\"userInfo\": {\"user\": {\"uniqueId\": \"Someone\", \"privateAccount\": true}}}");

        Account account = client.user("@SomeOne").orElseThrow();

        assertThat(account.username()).isEqualTo("someone");
        assertThat(account.isPrivate()).isTrue();
        assertThat(requests)
                .extracting(TikTokRequest::toString)
                .containsExactly("user/info-with-region?uniqueId=someone", "user/info?uniqueId=someone");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"KEY_REFUSED", "NOT_SUBSCRIBED", "QUOTA_SPENT", "BUDGET_SPENT", "MISDIRECTED", "NOT_FOUND"})
    void nothingStandsInWhereItCouldNotHelp(Kind kind) {
        answers(new TikTokFailure(kind, "no"));

        assertThatThrownBy(() -> client.user("someone")).hasMessage("no");
        assertThat(requests).hasSize(1);
    }

    @Test
    void aUserWhoDoesNotExistCostsOneRequest() {
        answers("{\"userInfo\": {}, \"statusCode\": 10221}");

        assertThat(client.user("nobody")).isEmpty();
        assertThat(requests).hasSize(1);
    }
}
