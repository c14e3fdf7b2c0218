package com.tiktokrec.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.BatchCalls;
import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallRules;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.ChatSpec;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.model.ModelClients;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.model.client.BatchJobs;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.SharedSpark;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches first, calls one by one for what they leave, and one price paid. */
class BatchCallsIT {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String SCHEMA = "{\"type\": \"object\", \"required\": [\"n\"], \"properties\": {\"n\":"
            + " {\"type\": \"integer\", \"maximum\": 9}}, \"additionalProperties\": false}";
    private static final Sleeper NO_TIME = duration -> {};

    @TempDir
    private Path folder;

    private FakeBatches server;
    private LoggedCalls log;

    @BeforeEach
    void start() {
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, FakeBatches.KEY));
        server = new FakeBatches();
        log = new LoggedCalls();
    }

    @AfterEach
    void stop() {
        ModelClients.close("a-run");
        ModelClients.close("b-run");
        server.close();
        Secrets.install(Map.of());
    }

    private Warehouse warehouse(String run) {
        return new Warehouse(SharedSpark.session(), folder.toString(), run, NOW);
    }

    private BatchCalls batches(Warehouse warehouse, Sleeper sleeper) {
        return new BatchCalls(
                warehouse, CLOCK, sleeper, new BatchJobs.Limits(50_000, 200_000_000, Duration.ofMinutes(1), 2));
    }

    private ChatCalls chat(String run, Sleeper sleeper) {
        Warehouse warehouse = warehouse(run);
        return new ChatCalls(
                warehouse,
                new ChatSpec(server.baseUrl(), "a-model", 0.7, 500, Duration.ofSeconds(20), 2, 4, 2, 8),
                CLOCK,
                log,
                Optional.of(batches(warehouse, sleeper)));
    }

    private EmbeddingCalls embeddings(String run) {
        Warehouse warehouse = warehouse(run);
        EmbeddingSpec spec = new EmbeddingSpec(
                false,
                server.baseUrl(),
                "an-embedding",
                "here/an-embedding@2",
                0,
                "",
                "",
                0,
                8,
                10_000,
                Duration.ofSeconds(20),
                2,
                4,
                0.13);
        return new EmbeddingCalls(warehouse, spec, log, Optional.of(batches(warehouse, NO_TIME)));
    }

    private static Dataset<Row> prompts(String... questions) {
        return SharedSpark.session()
                .createDataFrame(
                        Arrays.stream(questions)
                                .map(question ->
                                        RowFactory.create("of " + question, "Be brief.", question, "numbers", SCHEMA))
                                .toList(),
                        new StructType(new StructField[] {
                            Fields.string(Users.USERNAME),
                            Fields.string(ChatCalls.SYSTEM),
                            Fields.string(ChatCalls.USER),
                            Fields.string(ChatCalls.SCHEMA_NAME),
                            Fields.string(ChatCalls.SCHEMA)
                        }));
    }

    private static Dataset<Row> texts(String... texts) {
        return SharedSpark.session()
                .createDataFrame(
                        Arrays.stream(texts)
                                .map(text -> RowFactory.create(Hashes.sha256(text), text))
                                .toList(),
                        new StructType(
                                new StructField[] {Fields.string(Videos.TEXT_HASH), Fields.string(EmbeddingCalls.TEXT)
                                }));
    }

    @Test
    void aFailedLineIsCalledByItselfAndTheRestCostsHalf() {
        server.failLines(line -> line.contains("two"));

        List<Row> answers = chat("a-run", NO_TIME)
                .answers("a step", "v1", prompts("one", "two", "three"))
                .collectAsList();

        assertThat(answers)
                .hasSize(3)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isEqualTo("{\"n\": 1}"));
        assertThat(server.created()).isEqualTo(1);
        assertThat(server.online()).singleElement().asString().contains("two");
        double online = (100 * 2 + 10 * 8) / 1e6;
        List<Row> stored = warehouse("a-run").read(ModelResponses.TABLE).collectAsList();
        assertThat(stored)
                .extracting(row -> row.<Double>getAs(Runs.COST_USD))
                .containsExactlyInAnyOrder(online / 2, online / 2, online);
        assertThat(stored)
                .extracting(row -> row.getAs(ModelResponses.PROMPT_VERSION))
                .containsOnly("v1");
    }

    @Test
    void aBatchTakesWhatTheBudgetCanPayAtMostAndGivesBackWhatItDidNotCost() {
        // Given: a line costs at most half of some 70 × 2 + 500 × 8 millionths of a dollar, and costs 140 of them.
        CallDesk desk = CallDesk.open(
                "a-run",
                new CallRules(Map.of(), OptionalDouble.of(0.005), 2_000, Duration.ofMinutes(1)),
                Duration.ZERO);
        ChatCalls chat = chat("a-run", NO_TIME);

        List<Row> answers =
                chat.answers("a step", "v1", prompts("one", "two", "three")).collectAsList();

        assertThat(answers)
                .filteredOn(row -> row.getAs(ChatCalls.RESPONSE) == null)
                .singleElement()
                .satisfies(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).contains("models.budget-usd (0.005)"));
        assertThat(server.uploads())
                .singleElement()
                .satisfies(file -> assertThat(file.lines()).hasSize(2));
        assertThat(server.online()).isEmpty();
        assertThat(desk.budgetSpent()).isTrue();

        // When: what the two did not cost is there again.
        assertThat(chat.answers("a step", "v1", prompts("four", "five")).collectAsList())
                .extracting(row -> row.<String>getAs(ChatCalls.RESPONSE))
                .doesNotContainNull();
    }

    @Test
    void theNextRunTakesUpTheBatchOfAKilledOne() {
        ChatCalls killed = chat("a-run", duration -> {
            throw new IllegalStateException("killed");
        });
        assertThatThrownBy(() -> killed.answers("a step", "v1", prompts("one", "two")))
                .hasMessageContaining("killed");
        warehouse("a-run").clearStaging();

        List<Row> answers = chat("b-run", NO_TIME)
                .answers("another step", "v2", prompts("two", "three"))
                .collectAsList();

        assertThat(answers)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).isNull());
        assertThat(server.uploads()).hasSize(2);
        assertThat(server.uploads().get(1)).contains("three").doesNotContain("\"two\"");
        assertThat(server.online()).isEmpty();
        assertThat(warehouse("b-run").read(ModelResponses.TABLE).collectAsList())
                .extracting(row -> row.getAs("kind") + " " + row.getAs(ModelResponses.PROMPT_VERSION))
                .containsExactlyInAnyOrder("a step v1", "a step v1", "another step v2");
    }

    @Test
    void aRefusedFileFailsItsRequestsAndNothingIsCalledInItsPlace() {
        server.endAs("failed", 0);

        List<Row> answers =
                chat("a-run", NO_TIME).answers("a step", "v1", prompts("one")).collectAsList();

        assertThat(answers)
                .singleElement()
                .satisfies(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).contains("invalid_method in line 2"));
        assertThat(server.online()).isEmpty();
        assertThat(log.last().failed()).isEqualTo(1);
        assertThat(log.last().costUsd()).isZero();

        // When: the next run tries again.
        server.endAs("completed", Integer.MAX_VALUE);
        assertThat(chat("b-run", NO_TIME)
                        .answers("a step", "v1", prompts("one"))
                        .collectAsList())
                .singleElement()
                .satisfies(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isNotNull());
    }

    @Test
    void whatAnEarlierRunLeftUnresolvedIsNotSentAgain() {
        ChatCalls killed = chat("a-run", duration -> {
            throw new IllegalStateException("killed");
        });
        assertThatThrownBy(() -> killed.answers("a step", "v1", prompts("one"))).hasMessageContaining("killed");
        server.failNext(2);

        List<Row> answers =
                chat("b-run", NO_TIME).answers("a step", "v1", prompts("one")).collectAsList();

        assertThat(answers)
                .singleElement()
                .satisfies(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).contains("earlier run"));
        assertThat(server.created()).isEqualTo(1);
        assertThat(server.online()).isEmpty();
    }

    @Test
    void anAnswerThatDoesNotFitItsSchemaIsNotStoredAndAskedByItself() {
        server.say("{\"n\": 12}");

        List<Row> answers =
                chat("a-run", NO_TIME).answers("a step", "v1", prompts("one")).collectAsList();

        assertThat(answers)
                .singleElement()
                .satisfies(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isNull());
        assertThat(warehouse("a-run").read(ModelResponses.TABLE).count()).isZero();
        assertThat(server.online()).as("asked, and repaired once").hasSize(2);
    }

    @Test
    void vectorsOfAnExpiredBatchAreKeptAndTheRestIsCalled() {
        server.endAs("expired", 2);

        EmbeddingCalls calls = embeddings("a-run");
        calls.embed("videos", Role.DOCUMENT, texts("a", "bb", "ccc", " "));

        assertThat(calls.vectors(Role.DOCUMENT).collectAsList())
                .extracting(row -> row.<Float>getList(1).get(0))
                .containsExactlyInAnyOrder(1f, 2f, 3f);
        assertThat(server.uploads()).singleElement().asString().hasLineCount(3);
        assertThat(server.online()).hasSize(1);
        assertThat(log.last().costUsd()).isCloseTo(10 * 0.13 / 1e6, within(1e-12));

        // When: all of it is asked again.
        embeddings("b-run").embed("videos", Role.DOCUMENT, texts("a", "bb", "ccc"));
        assertThat(server.created()).isEqualTo(1);
    }
}
