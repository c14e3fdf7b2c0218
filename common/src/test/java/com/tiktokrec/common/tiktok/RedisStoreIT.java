package com.tiktokrec.common.tiktok;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.tiktokrec.common.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** The contract over a real redis-server, where one is installed. */
class RedisStoreIT extends AnswerCacheContract {

    private static final String PASSWORD = "pass-of-a-team";

    @TempDir
    private static Path folder;

    private static Process server;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try {
            server = new ProcessBuilder(
                            "redis-server",
                            "--bind",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(port),
                            "--requirepass",
                            PASSWORD,
                            "--save",
                            "",
                            "--appendonly",
                            "no",
                            "--dir",
                            folder.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            abort("skipped: redis-server is not installed (Debian: apt-get install redis-server)");
        }
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains("Ready to accept connections")) {
                    return;
                }
            }
        }
        throw new IllegalStateException("redis-server ended before it was ready");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.destroy();
        }
    }

    private static String url() {
        return "redis://:" + PASSWORD + "@127.0.0.1:" + port;
    }

    @BeforeEach
    void empty() {
        try (RedisClient redis = RedisClient.create(url())) {
            redis.flushAll();
        }
    }

    @Override
    AnswerCache open() {
        return new RedisStore(url(), MAX_BYTES);
    }

    @Override
    RequestCount openCount() {
        return new RedisStore(url(), MAX_BYTES);
    }

    @Test
    void theBooksOfTheSizeAddUpToWhatIsHeld() {
        try (AnswerCache cache = open();
                RedisClient redis = RedisClient.create(url())) {
            for (int number = 0; number < 100; number++) {
                cache.write(key(number % 30), new byte[300 + number], minute(number));
            }

            long held = redis.keys("{tiktok-rec}:answer:*").stream()
                    .mapToLong(redis::strlen)
                    .sum();
            assertThat(redis.get("{tiktok-rec}:total")).isEqualTo(Long.toString(held));
            assertThat(held).isLessThanOrEqualTo(MAX_BYTES);
        }
    }

    @Test
    void aServerThatIsNotThereIsToldWithoutItsPassword() {
        Settings settings = Settings.load(
                Optional.empty(),
                Map.of("cache.backend", "redis", "cache.redis-url", "redis://:hidden@127.0.0.1:1"),
                Map.of());

        assertThatThrownBy(() -> TikTokConnection.open(
                        settings.tiktok(), settings.cache(), TikTokServer.KEY, TikTokServer.CLOCK))
                .hasMessageContaining("cache.redis-url at 127.0.0.1:1 can't be used")
                .hasMessageNotContaining("hidden")
                .hasNoCause();
    }

    @Test
    void aWholeConnectionServesFromIt() throws IOException {
        Settings settings;
        try (TikTokServer api = new TikTokServer()) {
            api.answers(200, "{\"itemList\": [{\"id\": \"1\"}]}");
            settings = Settings.load(
                    Optional.empty(),
                    Map.of(
                            "tiktok.base-url",
                            api.address() + "api",
                            "cache.backend",
                            "redis",
                            "cache.redis-url",
                            url()),
                    Map.of());
            for (int run = 0; run < 2; run++) {
                try (TikTokConnection connection = TikTokConnection.open(
                        settings.tiktok(), settings.cache(), TikTokServer.KEY, TikTokServer.CLOCK)) {
                    assertThat(new TikTokClient(connection.api()).trending(5)).hasSize(1);
                }
            }
            assertThat(api.requests()).isEqualTo(1);
        }
        try (RedisClient redis = RedisClient.create(url())) {
            for (String key : redis.keys("*")) {
                assertThat(new String(redis.dump(key), StandardCharsets.ISO_8859_1) + key)
                        .doesNotContain(TikTokServer.KEY);
            }
            assertThat(redis.get("{tiktok-rec}:requests:2026-11")).isEqualTo("1");
        }
    }
}
