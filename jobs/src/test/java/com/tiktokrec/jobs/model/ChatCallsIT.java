package com.tiktokrec.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.CallTotals;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.ChatSpec;
import com.tiktokrec.common.model.ModelClients;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.SharedSpark;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store of chat calls: one call for each distinct request, ever. */
class ChatCallsIT {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final String SCHEMA = "{\"type\": \"object\", \"required\": [\"n\"], \"properties\": {\"n\":"
            + " {\"type\": \"integer\", \"maximum\": 9}}, \"additionalProperties\": false}";

    @TempDir
    private Path folder;

    private FakeOpenAi server;
    private LoggedCalls log;
    private Warehouse warehouse;

    @BeforeEach
    void start() {
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, FakeOpenAi.KEY));
        server = new FakeOpenAi();
        server.chat(request -> FakeOpenAi.answer("{\"n\": 1}"));
        log = new LoggedCalls();
        warehouse = new Warehouse(SharedSpark.session(), folder.toString(), "a-run", NOW);
    }

    @AfterEach
    void stop() {
        ModelClients.close("a-run");
        server.close();
        Secrets.install(Map.of());
    }

    private ChatCalls calls(double temperature) {
        return new ChatCalls(
                warehouse,
                new ChatSpec(server.baseUrl(), "a-model", temperature, 500, Duration.ofSeconds(20), 2, 4, 2, 8),
                Clock.fixed(NOW, ZoneOffset.UTC),
                log);
    }

    /** Prompts of users, written as {@code user:question}. */
    private static Dataset<Row> prompts(String... prompts) {
        return SharedSpark.session()
                .createDataFrame(
                        Arrays.stream(prompts)
                                .map(prompt -> prompt.split(":"))
                                .map(parts -> RowFactory.create(parts[0], "Be brief.", parts[1], "numbers", SCHEMA))
                                .toList(),
                        new StructType(new StructField[] {
                            Fields.string(Users.USERNAME),
                            Fields.string(ChatCalls.SYSTEM),
                            Fields.string(ChatCalls.USER),
                            Fields.string(ChatCalls.SCHEMA_NAME),
                            Fields.string(ChatCalls.SCHEMA)
                        }));
    }

    private static Map<String, String> byUser(Dataset<Row> answers, String column) {
        Map<String, String> values = new TreeMap<>();
        answers.collectAsList().forEach(row -> values.put(row.getAs(Users.USERNAME), row.getAs(column)));
        return values;
    }

    @Test
    void alikeRequestsShareOneCallAndTheStoreServesThemFromThenOn() {
        Dataset<Row> answers = calls(0.7).answers("a step", "v1", prompts("ann:one", "bob:one", "cid:two", "dan:one"));

        assertThat(byUser(answers, ChatCalls.RESPONSE))
                .containsOnlyKeys("ann", "bob", "cid", "dan")
                .allSatisfy((user, response) -> assertThat(response).isEqualTo("{\"n\": 1}"));
        assertThat(server.chats()).extracting(FakeOpenAi::user).containsExactlyInAnyOrder("one", "two");
        assertThat(log.last()).isEqualTo(new CallTotals(2, 0, 2, 0, 2, 200, 20, (200 * 2 + 20 * 8) / 1e6, null));

        // When: other users ask the same, and one something new.
        Dataset<Row> later = calls(0.7).answers("a step", "v1", prompts("eve:two", "fay:one", "gus:three"));

        assertThat(byUser(later, ChatCalls.RESPONSE)).hasSize(3).doesNotContainValue(null);
        assertThat(server.chats()).extracting(FakeOpenAi::user).hasSize(3).contains("three");
        assertThat(log.last().cached()).isEqualTo(2);
        assertThat(log.last().attempts()).isEqualTo(1);
        assertThat(warehouse
                        .read(ModelResponses.TABLE)
                        .select(ModelResponses.REQUEST_HASH)
                        .distinct()
                        .count())
                .isEqualTo(warehouse.read(ModelResponses.TABLE).count())
                .isEqualTo(3);
    }

    @Test
    void whatIsStoredSaysWhatWasAskedAndWhatItCost() {
        calls(0.7).answers("a step", "v1", prompts("ann:one"));

        Row row = warehouse.read(ModelResponses.TABLE).first();
        assertThat(row.<String>getAs("kind")).isEqualTo("a step");
        assertThat(row.<String>getAs(ModelResponses.MODEL)).isEqualTo("a-model");
        assertThat(row.<String>getAs(ModelResponses.PROMPT_VERSION)).isEqualTo("v1");
        assertThat(row.<Long>getAs("prompt_tokens")).isEqualTo(100);
        assertThat(row.<Long>getAs("completion_tokens")).isEqualTo(10);
        assertThat(row.<Double>getAs("cost_usd")).isEqualTo((100 * 2 + 10 * 8) / 1e6);
        assertThat(row.<Long>getAs(ModelResponses.ATTEMPTS)).isEqualTo(1);
        assertThat(row.<String>getAs("run_id")).isEqualTo("a-run");
    }

    @Test
    void anActionOnTheOutcomeRunTwiceDoesNotCallTwice() {
        server.chat(request ->
                FakeOpenAi.user(request).equals("bad") ? FakeOpenAi.error(400) : FakeOpenAi.answer("{\"n\": 1}"));

        Dataset<Row> answers = calls(0.7).answers("a step", "v1", prompts("ann:one", "bob:two", "cid:bad"));
        answers.count();
        answers.collectAsList();
        answers.where(ChatCalls.FAILURE + " is not null").count();

        assertThat(server.chats()).hasSize(3);
    }

    @Test
    void aFailureIsToldIsNoAnswerAndIsTriedAgain() {
        server.chat(request ->
                FakeOpenAi.user(request).equals("bad") ? FakeOpenAi.error(400) : FakeOpenAi.answer("{\"n\": 1}"));
        Dataset<Row> answers = calls(0.7).answers("a step", "v1", prompts("ann:one", "bob:bad", "cid:bad"));

        assertThat(byUser(answers, ChatCalls.RESPONSE))
                .containsEntry("ann", "{\"n\": 1}")
                .containsEntry("bob", null);
        assertThat(byUser(answers, ChatCalls.FAILURE))
                .containsEntry("ann", null)
                .hasEntrySatisfying(
                        "cid", failure -> assertThat(failure).contains("400").doesNotContain(FakeOpenAi.KEY));
        assertThat(warehouse.read(ModelResponses.TABLE).count()).isEqualTo(1);
        assertThat(log.last().failed()).isEqualTo(1);
        assertThat(log.last().firstFailure()).contains("400");

        // When: the server is well again.
        server.forget();
        server.chat(request -> FakeOpenAi.answer("{\"n\": 2}"));
        Dataset<Row> later = calls(0.7).answers("a step", "v1", prompts("ann:one", "bob:bad", "cid:bad"));

        assertThat(byUser(later, ChatCalls.RESPONSE))
                .containsEntry("ann", "{\"n\": 1}")
                .containsEntry("cid", "{\"n\": 2}");
        assertThat(server.chats()).hasSize(1);
    }

    @Test
    void anAnswerThatDoesNotFitIsRepairedOnceByTellingWhy() {
        server.chat(request -> FakeOpenAi.answer(
                FakeOpenAi.user(request).startsWith("mended")
                                && FakeOpenAi.user(request).contains("rejected")
                        ? "{\"n\": 3}"
                        : "{\"n\": 77}"));

        Dataset<Row> answers = calls(0.7).answers("a step", "v1", prompts("ann:mended", "bob:stubborn"));

        assertThat(byUser(answers, ChatCalls.RESPONSE))
                .containsEntry("ann", "{\"n\": 3}")
                .containsEntry("bob", null);
        assertThat(byUser(answers, ChatCalls.FAILURE).get("bob")).contains("maximum");
        assertThat(server.chats()).hasSize(4);
        assertThat(server.chats())
                .extracting(FakeOpenAi::user)
                .filteredOn(user -> user.startsWith("stubborn"))
                .satisfiesExactlyInAnyOrder(
                        user -> assertThat(user).isEqualTo("stubborn"),
                        user -> assertThat(user).contains("Your previous answer was rejected:", "maximum"));
        assertThat(log.last().attempts()).isEqualTo(4);
        assertThat(warehouse.read(ModelResponses.TABLE).first().<Long>getAs(ModelResponses.ATTEMPTS))
                .isEqualTo(2);
    }

    @Test
    void whatChangesTheAnswerMakesAnotherRequest() {
        calls(0.7).answers("a step", "v1", prompts("ann:one"));
        calls(0.1).answers("a step", "v1", prompts("ann:one"));

        assertThat(server.chats()).hasSize(2);
        assertThat(server.chats())
                .extracting(request -> request.path("temperature").asDouble())
                .containsExactly(0.7, 0.1);
        assertThat(List.of(warehouse.read(ModelResponses.TABLE).count())).containsExactly(2L);
    }

    @Test
    void withoutPromptsNothingIsCalledOrWritten() {
        assertThat(calls(0.7).answers("a step", "v1", prompts().limit(0)).count())
                .isZero();

        assertThat(server.requests()).isZero();
        assertThat(warehouse.exists(ModelResponses.TABLE)).isFalse();
    }
}
