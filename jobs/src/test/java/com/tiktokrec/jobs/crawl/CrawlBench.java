package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tiktok.Account;
import com.tiktokrec.common.tiktok.TikTokClient;
import com.tiktokrec.common.tiktok.TikTokConnection;
import com.tiktokrec.jobs.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;

/**
 * Measures crawling against a local server that replays the API with latency: how close requests come to the rate that
 * is set, and that they never go above it; hits of the cache; and what a crawl that is killed twice buys again.
 * Times are the server's: when a request arrived. Arguments: folder to work in; redis://… (optional).
 */
final class CrawlBench {

    private static final Duration LATENCY = Duration.ofMillis(400);
    private static final double[] RATES = {1, 5, 20, 50};
    private static final int SECONDS_A_RATE = 20;
    private static final int REQUESTS_A_USER = 6;

    private final Path folder;
    private final ReplayServer server = ReplayServer.real(Instant.now(Clock.systemUTC()));

    private CrawlBench(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        FileUtils.deleteDirectory(folder.toFile());
        CrawlBench bench = new CrawlBench(folder);
        try {
            bench.server.latency(LATENCY);
            say("Every answer takes %d ms; a user %d requests", LATENCY.toMillis(), REQUESTS_A_USER);
            for (double rate : RATES) {
                bench.rate(rate);
            }
            bench.server.latency(Duration.ZERO);
            bench.cacheHits("disk", Map.of());
            if (arguments.length > 1) {
                bench.cacheHits("redis", Map.of("cache.backend", "redis", "cache.redis-url", arguments[1]));
            }
            bench.server.latency(Duration.ofMillis(50));
            bench.killedTwice();
        } finally {
            bench.server.close();
        }
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private Settings settings(String name, Map<String, String> further) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tiktok.base-url",
                server.baseUrl(),
                "cache.directory",
                folder.resolve("cache-" + name).toString()));
        settings.putAll(further);
        return Settings.load(Optional.empty(), settings, Map.of());
    }

    private static List<CrawlUnit> users(int count) {
        return IntStream.range(0, count)
                .<CrawlUnit>mapToObj(number -> new CrawlUnit.User("user" + number))
                .toList();
    }

    private void rate(double rate) {
        String name = "rate-" + rate;
        Settings settings = settings(name, Map.of("tiktok.requests-per-second", Double.toString(rate)));
        int users = (int) Math.ceil(rate * SECONDS_A_RATE / REQUESTS_A_USER);
        int before = server.requests();
        try (TikTokConnection api =
                TikTokConnection.open(settings.tiktok(), settings.cache(), ReplayServer.KEY, Clock.systemUTC())) {
            CrawlJob.run(
                    api,
                    settings,
                    new CrawlJob.Options("users", users(users), LandingOutput.local(folder.resolve(name))),
                    Clock.systemUTC());
        }
        long[] arrived = server.asked().stream()
                .skip(before)
                .mapToLong(ReplayServer.Asked::nanoTime)
                .sorted()
                .toArray();
        double seconds = (arrived[arrived.length - 1] - arrived[0]) / 1e9;
        double reached = (arrived.length - 1) / seconds;
        long mostInASecond = 0;
        long shortest = Long.MAX_VALUE;
        for (int first = 0, last = 0; last < arrived.length; last++) {
            while (arrived[last] - arrived[first] >= 1_000_000_000L) {
                first++;
            }
            mostInASecond = Math.max(mostInASecond, last - first + 1);
            shortest = last == 0 ? shortest : Math.min(shortest, arrived[last] - arrived[last - 1]);
        }
        // At the end the last users' requests wait for each other's answers, whatever the rate.
        int tenth = arrived.length / 10;
        double steady =
                (arrived.length - 1 - 2 * tenth) / ((arrived[arrived.length - 1 - tenth] - arrived[tenth]) / 1e9);
        say(
                "set %5.1f/s: %6.3f/s reached (%.2f%%) in the middle 80%%; %d requests in %.1f s, %.2f/s; most in any"
                        + " second %d; shortest gap %.1f of %.1f ms",
                rate,
                steady,
                100 * steady / rate,
                arrived.length,
                seconds,
                reached,
                mostInASecond,
                shortest / 1e6,
                1000 / rate);
    }

    private void cacheHits(String backend, Map<String, String> further) {
        Map<String, String> all = new HashMap<>(further);
        all.put("tiktok.delay", "0s");
        Settings settings = settings(backend, all);
        try (TikTokConnection api =
                TikTokConnection.open(settings.tiktok(), settings.cache(), ReplayServer.KEY, Clock.systemUTC())) {
            TikTokClient client = new TikTokClient(api.api());
            for (int warm = 0; warm < 3; warm++) {
                IntStream.range(0, 50).forEach(number -> all(client, "user" + number));
            }
            int sent = server.requests();
            long from = System.nanoTime();
            int users = 0;
            while (System.nanoTime() - from < 5_000_000_000L) {
                all(client, "user" + users++ % 50);
            }
            double seconds = (System.nanoTime() - from) / 1e9;
            say(
                    "cache on %s: %,.0f hits/s by one thread (pages of 12 to 35 videos); %d requests sent meanwhile",
                    backend, users * REQUESTS_A_USER / seconds, server.requests() - sent);
        }
    }

    private static void all(TikTokClient client, String username) {
        Account account = client.user(username).orElseThrow();
        String secUid = account.secUid().orElseThrow();
        client.posts(secUid, 50);
        client.reposts(secUid, 30);
        client.likedPosts(secUid, 30);
    }

    private void killedTwice() throws IOException, InterruptedException {
        Path names = Files.write(
                folder.resolve("names"),
                IntStream.range(0, 50).mapToObj("user%02d"::formatted).toList());
        int before = server.requests();
        crawl(names, 100);
        crawl(names, 100);
        crawl(names, Integer.MAX_VALUE);
        long distinct = server.asked().stream()
                .skip(before)
                .map(ReplayServer.Asked::pathAndQuery)
                .distinct()
                .count();
        say(
                "50 users, killed twice: %d requests for %d answers, %d of them again (in flight when it was killed)",
                server.requests() - before, distinct, server.requests() - before - distinct);
    }

    /** A process that crawls at 20 requests a second, and is killed when it sends its last. */
    private void crawl(Path names, int last) throws IOException, InterruptedException {
        AtomicReference<Process> process = new AtomicReference<>();
        AtomicInteger left = new AtomicInteger(last);
        server.faults(request -> {
            if (left.decrementAndGet() <= 0) {
                process.get().destroyForcibly();
            }
            return Optional.empty();
        });
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "crawl",
                "--usernames-file",
                names.toString(),
                "--output",
                folder.resolve("killed").toString(),
                "--set",
                "tiktok.base-url=" + server.baseUrl(),
                "--set",
                "tiktok.requests-per-second=20",
                "--set",
                "cache.directory=" + folder.resolve("cache-killed")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .inheritIO()
                .redirectOutput(folder.resolve("killed.out").toFile());
        builder.environment().put("RAPIDAPI_KEY", ReplayServer.KEY);
        process.set(builder.start());
        process.get().waitFor();
    }
}
