package com.tiktokrec.common.tiktok;

import static com.tiktokrec.common.tiktok.TikTokServer.INFO;
import static com.tiktokrec.common.tiktok.TikTokServer.POSTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which answers are bought, which come from the cache, and which serve although they expired. */
class CachedTikTokApiTest {

    @TempDir
    private Path folder;

    private final SimulatedTime time = new SimulatedTime();
    private final RequestTally tally = new RequestTally();
    private int bought;
    private TikTokFailure failure;

    private TikTokApi api(String server, AnswerCache cache) {
        return new CachedTikTokApi(
                request -> {
                    bought++;
                    if (failure != null) {
                        throw failure;
                    }
                    return new TikTokAnswer(
                            request,
                            time.instant(),
                            false,
                            TikTokServer.json("{\"bought\": %d, \"desc\": \"é\\u2028\"}".formatted(bought)));
                },
                cache,
                Settings.load(Optional.empty(), Map.of("cache.ttl-by-endpoint", "{ user/info = 1d }"), Map.of())
                        .cache(),
                server,
                time,
                tally);
    }

    private TikTokApi api() {
        return api("api", new DiskAnswerCache(folder, 1 << 20));
    }

    @Test
    void aFreshAnswerIsNotBoughtAgain() {
        Instant bought = time.instant();
        api().fetch(POSTS);
        time.sleep(Duration.ofMinutes(59));

        TikTokAnswer answer = api().fetch(POSTS);

        assertThat(this.bought).isEqualTo(1);
        assertThat(answer.fetchedAt()).as("when the API gave it").isEqualTo(bought);
        assertThat(answer.stale()).isFalse();
        assertThat(answer.body()).isEqualTo(TikTokServer.json("{\"bought\": 1, \"desc\": \"é\\u2028\"}"));
        assertThat(tally.lines())
                .singleElement()
                .satisfies(line -> assertThat(line.cached()).isEqualTo(1));
    }

    @Test
    void anExpiredAnswerIsBoughtAgain() {
        api().fetch(POSTS);
        time.sleep(Duration.ofHours(1));

        assertThat(api().fetch(POSTS).body()).hasToString("{\"bought\":2,\"desc\":\"é\u2028\"}");
    }

    @Test
    void anEndpointMayHaveATimeOfItsOwn() {
        api().fetch(INFO);
        time.sleep(Duration.ofHours(23));
        api().fetch(INFO);

        assertThat(bought).isEqualTo(1);
    }

    @Test
    void theOrderOfParametersMakesNoDifferenceAndTheirValuesDo() {
        api().fetch(POSTS);

        api().fetch(TikTokRequest.of(TikTokEndpoint.USER_POSTS, Map.of("cursor", "0", "secUid", "SEC", "count", "35")));
        assertThat(bought).isEqualTo(1);
        api().fetch(TikTokRequest.of(TikTokEndpoint.USER_POSTS, Map.of("cursor", "1", "secUid", "SEC", "count", "35")));
        api().fetch(TikTokRequest.of(
                TikTokEndpoint.USER_REPOSTS, Map.of("cursor", "0", "secUid", "SEC", "count", "35")));
        api("another server", new DiskAnswerCache(folder, 1 << 20)).fetch(POSTS);
        assertThat(bought).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SERVER_ERROR", "TIMEOUT", "RATE", "QUOTA_SPENT", "KEY_REFUSED", "BUDGET_SPENT", "MALFORMED"})
    void anExpiredAnswerServesMarkedStaleWhereTheApiFails(Kind kind) {
        Instant bought = time.instant();
        api().fetch(POSTS);
        time.sleep(Duration.ofDays(30));
        failure = new TikTokFailure(kind, "not now");

        TikTokAnswer answer = api().fetch(POSTS);

        assertThat(answer.stale()).isTrue();
        assertThat(answer.fetchedAt()).isEqualTo(bought);
        assertThat(tally.lines())
                .singleElement()
                .satisfies(line -> assertThat(line.stale()).isEqualTo(1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_FOUND", "PRIVATE"})
    void anExpiredAnswerDoesNotServeAgainstABetterKnowledge(Kind kind) {
        api().fetch(POSTS);
        time.sleep(Duration.ofDays(1));
        failure = new TikTokFailure(kind, "gone");

        assertThatThrownBy(() -> api().fetch(POSTS)).hasMessage("gone");
    }

    @Test
    void aFailureIsNoAnswer() {
        failure = new TikTokFailure(Kind.SERVER_ERROR, "not now");
        assertThatThrownBy(() -> api().fetch(POSTS)).hasMessage("not now");

        failure = null;
        api().fetch(POSTS);
        assertThat(bought).isEqualTo(2);
    }

    @Test
    void aDamagedAnswerIsBoughtAgain() throws IOException {
        api().fetch(POSTS);
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> answers = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().length() == 64)
                    .toList();
            assertThat(answers).hasSize(1);
            byte[] whole = Files.readAllBytes(answers.get(0));
            Files.write(answers.get(0), Arrays.copyOf(whole, whole.length / 2));
        }

        api().fetch(POSTS);

        assertThat(bought).isEqualTo(2);
    }

    @Test
    void aCacheThatCannotBeReachedCostsRequestsAndNeverTheRun() {
        AnswerCache broken = new AnswerCache() {
            @Override
            public Optional<byte[]> read(String key) {
                throw new UncheckedIOException(new IOException("disk gone"));
            }

            @Override
            public void write(String key, byte[] answer, Instant fetchedAt) {
                throw new UncheckedIOException(new IOException("disk gone"));
            }

            @Override
            public void close() {}
        };

        api("api", broken).fetch(POSTS);
        api("api", broken).fetch(POSTS);

        assertThat(bought).isEqualTo(2);
    }
}
