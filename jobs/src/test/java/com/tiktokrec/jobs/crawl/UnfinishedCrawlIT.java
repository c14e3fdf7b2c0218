package com.tiktokrec.jobs.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tiktok.TikTokAnswer;
import com.tiktokrec.common.tiktok.TikTokClient;
import com.tiktokrec.common.tiktok.TikTokRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crawl that ended in the middle of something leaves to the next. */
class UnfinishedCrawlIT {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    private Path folder;

    private final List<TikTokRequest> asked = new ArrayList<>();
    private boolean stale;

    private TikTokAnswer answer(TikTokRequest request) throws IOException {
        asked.add(request);
        String cursor = request.params().get("cursor");
        String body = """
                {"itemList": [{"id": "%s", "desc": "a line\\u2028and another", "score": 0.10}], "cursor": "%d",
                 "hasMore": true}""".formatted(cursor, Integer.parseInt(cursor) + 1);
        return new TikTokAnswer(request, NOW, stale, new ObjectMapper().readTree(body));
    }

    private UnitJournal journal() throws IOException {
        return UnitJournal.open(
                request -> {
                    try {
                        return answer(request);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                folder.resolve("unit.under-way"),
                folder.resolve("unit.done"),
                Optional.of("someone"));
    }

    @Test
    void onlyTheAnswerThatWasHalfWrittenIsAskedForAgain() throws IOException {
        new TikTokClient(journal()).reposts("SEC", 3);
        Path file = folder.resolve("unit.under-way");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 20));
        asked.clear();

        UnitJournal resumed = journal();
        assertThat(new TikTokClient(resumed).reposts("SEC", 3)).hasSize(3);
        resumed.finish();

        assertThat(asked)
                .singleElement()
                .satisfies(request -> assertThat(request.params()).containsEntry("cursor", "2"));
        assertThat(Files.readAllBytes(folder.resolve("unit.done"))).isEqualTo(whole);
    }

    @Test
    void anExpiredAnswerIsKeptOnlyWithTheFinishedUnit() throws IOException {
        stale = true;
        UnitJournal journal = journal();
        new TikTokClient(journal).reposts("SEC", 1);
        assertThat(folder.resolve("unit.under-way")).doesNotExist();

        journal.finish();

        assertThat(folder.resolve("unit.done")).content().contains("\"stale\":true");
    }

    private UnfinishedCrawl open() throws IOException {
        return open("a plan");
    }

    private UnfinishedCrawl open(String plan) throws IOException {
        return UnfinishedCrawl.open(
                folder,
                plan,
                "users",
                List.of(new CrawlUnit.User("someone")),
                LandingOutput.local(folder.resolve("crawl")),
                NOW);
    }

    @Test
    void theSameCrawlIsNotDoneTwiceAtOnce() throws IOException {
        try (UnfinishedCrawl first = open()) {
            assertThat(first.resumed()).isFalse();
            assertThatThrownBy(this::open)
                    .isInstanceOf(RunFailure.class)
                    .hasMessageContaining("another process crawls the same into " + folder.resolve("crawl"));
        }
        try (UnfinishedCrawl second = open()) {
            assertThat(second.resumed()).isTrue();
            second.end();
        }
        try (UnfinishedCrawl third = open()) {
            assertThat(third.resumed()).as("after its end").isFalse();
        }
    }

    private Path left(String plan, Duration ago) throws IOException {
        try (UnfinishedCrawl crawl = open(plan)) {
            Path state = crawl.state().orElseThrow();
            Files.setLastModifiedTime(state, FileTime.from(NOW.minus(ago)));
            return state;
        }
    }

    @Test
    void aCrawlThatNobodyWentOnWithForAMonthIsForgottenWhenAnotherBegins() throws IOException {
        Path recent = left("29 days old", Duration.ofDays(29));
        try (UnfinishedCrawl underWay = open("31 days old and under way")) {
            Path held = underWay.state().orElseThrow();
            Files.setLastModifiedTime(held, FileTime.from(NOW.minus(Duration.ofDays(31))));
            Path old = left("31 days old", Duration.ofDays(31));
            Files.writeString(old.resolve("0000000.under-way"), "{}");
            Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofDays(31))));

            open().close();

            assertThat(old).doesNotExist();
            assertThat(recent).exists();
            assertThat(held).exists();
        }
    }

    @Test
    void anOldCrawlIsGoneOnWithByItsOwnCommand() throws IOException {
        Path old = left("a plan", Duration.ofDays(300));

        try (UnfinishedCrawl again = open()) {
            assertThat(again.resumed()).isTrue();
        }
        assertThat(old).exists();
    }
}
