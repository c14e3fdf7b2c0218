package com.tiktokrec.jobs.crawl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.jobs.Main;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command against a server that replays the API, without a Spark session. */
class CrawlIT {

    private static final String NOW = "2026-11-24T12:00:00Z";
    private static final int REQUESTS_A_USER = 1 + 2 + 1 + 2;

    @TempDir
    private Path folder;

    private final ReplayServer server = ReplayServer.small(Instant.parse(NOW));

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> arguments(String output, String... further) {
        List<String> arguments = new ArrayList<>(List.of(
                "crawl",
                "--output",
                folder.resolve(output).toString(),
                "--set",
                "tiktok.base-url=" + server.baseUrl(),
                "--set",
                "tiktok.delay=0s",
                "--set",
                "tiktok.max-attempts=1",
                "--set",
                "cache.directory=" + folder.resolve("cache-of-" + output)));
        arguments.addAll(Arrays.asList(further));
        return arguments;
    }

    private Ended crawl(String output, String... further) {
        return Program.at(NOW)
                .withEnvironment(Map.of("RAPIDAPI_KEY", ReplayServer.KEY))
                .run(arguments(output, further).toArray(String[]::new));
    }

    private LandedFolder landed(String output) {
        return new LandedFolder(folder.resolve(output));
    }

    private Path names(int count) throws IOException {
        return Files.write(
                folder.resolve("names"),
                IntStream.range(0, count).mapToObj("user%02d"::formatted).toList());
    }

    private static void done(Ended ended) {
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }

    private void fail(String path, int status, String message) {
        server.faults(request -> request.getTarget().startsWith("/api/" + path)
                ? Optional.of(ReplayServer.json(status, "{\"message\": \"" + message + "\"}"))
                : Optional.empty());
    }

    @Test
    void aUserLandsWithAllListsInTheEnvelopeThatIngestReads() {
        Ended ended = crawl("crawl", "--username", "@Someone");

        done(ended);
        assertThat(landed("crawl").files())
                .singleElement()
                .satisfies(file -> assertThat(file.getFileName().toString())
                        .matches("users-20261124T120000Z-[0-9a-f]{8}-00000\\.jsonl\\.gz"));
        List<JsonNode> answers = landed("crawl").answers();
        assertThat(answers)
                .extracting(answer -> answer.path("endpoint").asText())
                .containsExactly(
                        "user/info-with-region",
                        "user/posts",
                        "user/posts",
                        "user/repost",
                        "user/liked-posts",
                        "user/liked-posts");
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.path("params").path("username").asText()).isEqualTo("someone");
            assertThat(answer.path("fetchedAt").asText()).isEqualTo(NOW);
            assertThat(answer.path("status").asInt()).isEqualTo(200);
            assertThat(answer.path("body").isObject()).isTrue();
            assertThat(answer.has("stale")).isFalse();
        });
        assertThat(answers.get(2).path("params").path("cursor").asText()).isEqualTo("35");
        assertThat(ended.out())
                .contains("1 users: 1 done", "6 sent", "user/liked-posts", "1 files in")
                .containsPattern("user/posts +2 +2 +0 +0 +0");
    }

    @Test
    void aCrawlOfFiftyUsersKilledTwiceLandsWhatOneThatWasNotDoes() throws Exception {
        String file = names(50).toString();
        done(crawl("whole", "--usernames-file", file));
        Set<String> distinct = asked();
        assertThat(server.requests()).isEqualTo(50 * REQUESTS_A_USER).isEqualTo(distinct.size());

        int under = killedAfter(90, file) + killedAfter(100, file);
        assertThat(Files.exists(folder.resolve("killed")) ? landed("killed").files() : List.of())
                .as("no file that is not whole")
                .isEmpty();
        done(crawl("killed", "--usernames-file", file));

        assertThat(landed("killed").content()).isEqualTo(landed("whole").content());
        assertThat(asked()).isEqualTo(distinct);
        int boughtTwice = server.requests() - 2 * distinct.size();
        assertThat(boughtTwice).as("answers in flight when it was killed").isBetween(1, under);
    }

    private Set<String> asked() {
        return server.asked().stream().map(ReplayServer.Asked::pathAndQuery).collect(Collectors.toSet());
    }

    /** Kills a process of its own while it waits for answers; returns how many requests it had under way at most. */
    private int killedAfter(int requests, String names) throws Exception {
        AtomicReference<Process> process = new AtomicReference<>();
        AtomicInteger left = new AtomicInteger(requests);
        AtomicInteger unanswered = new AtomicInteger();
        server.faults(request -> {
            if (left.decrementAndGet() > 0) {
                return Optional.empty();
            }
            unanswered.incrementAndGet();
            return Optional.of(killing(process.get()));
        });
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments("killed", "--usernames-file", names));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed.log").toFile());
        builder.environment().put("RAPIDAPI_KEY", ReplayServer.KEY);
        synchronized (process) {
            process.set(builder.start());
        }
        assertThat(process.get().waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.get().exitValue()).as(() -> logged()).isEqualTo(128 + 9);
        server.faults(request -> Optional.empty());
        return unanswered.get() + 32;
    }

    private String logged() {
        try {
            return Files.readString(folder.resolve("killed.log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static MockResponse killing(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ReplayServer.json(500, "{}");
    }

    @Test
    void aCrawlThatWasDoneIsANewOneNextTimeAndBuysNothingFresh() {
        done(crawl("crawl", "--username", "one", "two"));
        int bought = server.requests();

        Ended again = crawl("crawl", "--username", "one", "two");

        done(again);
        assertThat(server.requests()).isEqualTo(bought);
        assertThat(again.out()).contains("0 sent").containsPattern("user/posts +0 +0 +0 +4 +0");
        assertThat(folder.resolve("cache-of-crawl/unfinished")).isEmptyDirectory();
    }

    @Test
    void usersWhoArePrivateOrGoneCostOneRequestAndTheOthersGoOn() {
        Ended ended = crawl("crawl", "--username", "private.person", "gonepher", "someone");

        done(ended);
        assertThat(server.requests()).isEqualTo(2 + REQUESTS_A_USER);
        assertThat(ended.out()).contains("1 done, 1 private, 1 not on TikTok", "not on TikTok: gonepher");
        assertThat(landed("crawl").answers()).hasSize(2 + REQUESTS_A_USER);
    }

    @Test
    void aListThatFailsLeavesItsUserIncompleteAndAllElseLanded() {
        fail("user/repost", 500, "no");

        Ended ended = crawl("crawl", "--username", "one", "two");

        done(ended);
        assertThat(ended.out()).contains("2 users: 2 incomplete", "incomplete: one, two", "2 server error");
        assertThat(landed("crawl").answers()).hasSize(2 * (REQUESTS_A_USER - 1));
    }

    @Test
    void withoutRegionIsBetterThanWithoutAUser() {
        fail("user/info-with-region", 500, "no");

        done(crawl("crawl", "--username", "someone"));

        assertThat(landed("crawl").answers().get(0).path("endpoint").asText()).isEqualTo("user/info");
    }

    @Test
    void aCrawlOfWhichNothingCameFails() {
        fail("user/info", 500, "no");

        Ended ended = crawl("crawl", "--username", "one", "two");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.lastError()).contains("none of the 2 users could be crawled");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | Invalid API key. | 2 | RAPIDAPI_KEY was refused",
                "403 | You are not subscribed to this API. | 2 | not subscribed",
                "429 | You have exceeded the MONTHLY quota for Requests | 1 | quota",
            })
    void whatStopsTheRunIsToldWithWhatIsLeftAndTheNextOneGoesOn(int status, String message, int exitCode, String told) {
        done(crawl("whole", "--username", "one", "two", "three"));
        AtomicInteger left = new AtomicInteger(10);
        server.faults(request -> left.decrementAndGet() >= 0
                ? Optional.empty()
                : Optional.of(ReplayServer.json(status, "{\"message\": \"" + message + "\"}")));
        int before = server.requests();

        Ended stopped = crawl("stopped", "--username", "one", "two", "three");

        assertThat(stopped.exitCode()).isEqualTo(exitCode);
        assertThat(stopped.lastError()).contains(told, "of 3 users are left", "goes on where this one stopped");
        int sent = server.requests() - before;
        assertThat(landed("stopped").answers()).as("what was bought is there").hasSize(10);
        server.faults(request -> Optional.empty());
        done(crawl("stopped", "--username", "one", "two", "three"));

        assertThat(landed("stopped").content()).isEqualTo(landed("whole").content());
        assertThat(server.requests() - before)
                .as("nothing that was answered is bought twice")
                .isEqualTo(sent + 3 * REQUESTS_A_USER - 10);
    }

    @Test
    void aHundredLandInAFileInTheOrderGivenThoughTheCrawlStoppedInBetween() throws IOException {
        List<String> users =
                IntStream.range(0, 150).mapToObj("private%03d"::formatted).toList();
        String file = Files.write(folder.resolve("many"), users).toString();
        AtomicInteger left = new AtomicInteger(120);
        server.faults(request -> left.decrementAndGet() >= 0
                ? Optional.empty()
                : Optional.of(ReplayServer.json(429, "{\"message\": \"You have exceeded the MONTHLY quota\"}")));
        assertThat(crawl("crawl", "--usernames-file", file).exitCode()).isEqualTo(1);
        server.faults(request -> Optional.empty());

        Ended ended = crawl("crawl", "--usernames-file", file);

        done(ended);
        assertThat(ended.out()).contains("30 sent");
        assertThat(landed("crawl").files()).hasSize(2);
        assertThat(landed("crawl").answers())
                .extracting(answer -> answer.path("params").path("username").asText())
                .isEqualTo(users);
    }

    @Test
    void aBudgetStopsACrawlAndALargerOneLetsItGoOn() {
        Ended stopped = crawl("crawl", "--username", "one", "two", "--set", "tiktok.monthly-request-budget=5");

        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.lastError()).contains("tiktok.monthly-request-budget (5) is spent for 2026-11");
        assertThat(stopped.out()).contains("5 sent; 0 left of this month's budget");
        assertThat(server.requests()).isEqualTo(5);

        Ended ended = crawl("crawl", "--username", "one", "two", "--set", "tiktok.monthly-request-budget=100");

        done(ended);
        assertThat(ended.out()).contains("7 sent; 88 left");
        assertThat(landed("crawl").answers()).hasSize(2 * REQUESTS_A_USER);
    }

    @Test
    void expiredAnswersServeMarkedStaleWhereTheApiFails() {
        done(crawl("crawl", "--username", "someone", "--set", "cache.ttl=0s"));
        server.faults(request -> Optional.of(ReplayServer.json(500, "<html>")));

        Ended ended = crawl("crawl", "--username", "someone", "--set", "cache.ttl=0s");

        done(ended);
        assertThat(ended.out()).containsPattern("user/posts +2 +0 +0 +0 +2");
        assertThat(landed("crawl").answers())
                .hasSize(REQUESTS_A_USER)
                .allSatisfy(
                        answer -> assertThat(answer.path("stale").asBoolean()).isTrue());
    }

    @Test
    void trendsAreOneRequest() {
        done(crawl("crawl", "--trending", "25"));

        assertThat(server.requests()).isEqualTo(1);
        assertThat(landed("crawl").answers()).singleElement().satisfies(answer -> {
            assertThat(answer.path("endpoint").asText()).isEqualTo("post/trending");
            assertThat(answer.path("params").path("count").asText()).isEqualTo("25");
            assertThat(answer.path("body").path("itemList")).hasSize(25);
        });
    }

    @Test
    void theKeyIsInNoFileAndNoMessage() throws IOException {
        Ended done = crawl("crawl", "--username", "someone", "--verbose");
        fail("user/posts", 401, "Invalid API key " + ReplayServer.KEY);
        Ended refused = crawl("crawl", "--username", "other", "--verbose");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(done.out() + done.err() + refused.out() + refused.err()).doesNotContain(ReplayServer.KEY);
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> written = files.filter(Files::isRegularFile).toList();
            assertThat(written).hasSizeGreaterThan(5);
            for (Path file : written) {
                assertThat(file.toString()).doesNotContain(ReplayServer.KEY);
                assertThat(unpacked(file)).as(file.toString()).doesNotContain(ReplayServer.KEY);
            }
        }
        assertThat(server.requestsWithAWrongKey()).isZero();
    }

    private static String unpacked(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        boolean gzip = bytes.length > 1 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
        return new String(
                gzip ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes,
                StandardCharsets.ISO_8859_1);
    }

    @Test
    void namesInAFileMayBeSpeltAsPeopleDoAndEachCountsOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("names"), "# our users\n@One\n\n two \nONE\n");

        done(crawl("crawl", "--usernames-file", file.toString()));

        assertThat(new HashSet<>(landed("crawl").answers().stream()
                        .map(answer -> answer.path("params").path("username").asText())
                        .toList()))
                .isEqualTo(Set.of("one", "two"));
    }

    @Test
    void badNamesAndMissingFilesAreToldBeforeAnythingIsAsked() throws IOException {
        Path file = Files.writeString(folder.resolve("names"), "one\nnot a name\n");

        assertThat(crawl("crawl", "--usernames-file", file.toString()).lastError())
                .contains("line 2 of " + file, "'not a name'");
        assertThat(crawl("crawl", "--usernames-file", folder.resolve("none").toString()))
                .satisfies(ended -> assertThat(ended.exitCode()).isEqualTo(3))
                .satisfies(ended -> assertThat(ended.lastError()).contains("does not exist"));
        assertThat(crawl("crawl", "--trending", "0").lastError()).contains("--trending is 0");
        assertThat(server.requests()).isZero();
    }
}
