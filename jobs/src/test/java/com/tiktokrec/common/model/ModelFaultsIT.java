package com.tiktokrec.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.LoggedMessages;
import com.tiktokrec.jobs.SharedSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong with models, over real HTTP and a real store. */
class ModelFaultsIT {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final int IN_FLIGHT = 4;
    private static final String SCHEMA = "{\"type\": \"object\", \"required\": [\"n\"], \"properties\": {\"n\":"
            + " {\"type\": \"integer\", \"maximum\": 9}}, \"additionalProperties\": false}";
    private static final String ANSWER = "{\"n\": 1}";

    @TempDir
    private Path folder;

    private final Map<String, CallTotals> totals = new ConcurrentHashMap<>();
    private final List<String> runs = new ArrayList<>();
    private FakeOpenAi server;

    @BeforeEach
    void start() {
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, FakeOpenAi.KEY));
        server = new FakeOpenAi();
        server.chat(request -> FakeOpenAi.answer(ANSWER));
    }

    @AfterEach
    void stop() {
        runs.forEach(ModelClients::close);
        server.close();
        Secrets.install(Map.of());
    }

    private ChatCalls chat(String run, String baseUrl, int maxAttempts) {
        runs.add(run);
        return new ChatCalls(
                warehouse(run),
                new ChatSpec(baseUrl, "a-model", 0.7, 500, Duration.ofSeconds(20), maxAttempts, IN_FLIGHT, 2, 8),
                Clock.fixed(NOW, ZoneOffset.UTC),
                (step, came) -> totals.put(run, came));
    }

    private EmbeddingCalls embeddings(String run, int inputs) {
        runs.add(run);
        return new EmbeddingCalls(
                warehouse(run),
                new EmbeddingSpec(
                        false,
                        server.baseUrl(),
                        "an-embedding",
                        "here/an-embedding@16",
                        0,
                        "",
                        "",
                        0,
                        inputs,
                        1_000_000,
                        Duration.ofSeconds(20),
                        2,
                        IN_FLIGHT,
                        0.13),
                (step, came) -> totals.put(run, came));
    }

    private Warehouse warehouse(String run) {
        return new Warehouse(SharedSpark.session(), folder.toString(), run, NOW);
    }

    private static Dataset<Row> prompts(Collection<String> questions) {
        return SharedSpark.session()
                .createDataFrame(
                        questions.stream()
                                .map(question -> RowFactory.create("Be brief.", question, "numbers", SCHEMA))
                                .toList(),
                        new StructType(new StructField[] {
                            Fields.string(ChatCalls.SYSTEM),
                            Fields.string(ChatCalls.USER),
                            Fields.string(ChatCalls.SCHEMA_NAME),
                            Fields.string(ChatCalls.SCHEMA)
                        }));
    }

    private static List<String> questions(int count) {
        return IntStream.range(0, count).mapToObj(n -> "question " + n).toList();
    }

    private static Dataset<Row> texts(Collection<String> texts) {
        return SharedSpark.session()
                .createDataFrame(
                        texts.stream()
                                .map(text -> RowFactory.create(Hashes.sha256(text), text))
                                .toList(),
                        new StructType(
                                new StructField[] {Fields.string(Videos.TEXT_HASH), Fields.string(EmbeddingCalls.TEXT)
                                }));
    }

    private List<Row> asked(String run, Collection<String> questions) {
        return chat(run, server.baseUrl(), 2)
                .answers("a step", "v1", prompts(questions))
                .collectAsList();
    }

    private long stored() {
        return warehouse("a reader").read(ModelResponses.TABLE).count();
    }

    @ParameterizedTest
    @CsvSource({"401, OPENAI_API_KEY", "403, a-model", "404, a-model", "402, quota"})
    void whatNoCallCanMendStopsTheRunAtOnceAndIsSaidOnce(int status, String word) {
        server.chat(request -> FakeOpenAi.error(status));
        List<Row> answers;
        List<String> said;
        try (LoggedMessages log = new LoggedMessages()) {
            answers = asked("run", questions(60));
            said = log.messages();
        }

        assertThat(server.chats()).as("those that were under way").hasSizeLessThanOrEqualTo(IN_FLIGHT);
        assertThat(answers)
                .hasSize(60)
                .allSatisfy(row -> assertThat(row.<String>getAs(ChatCalls.FAILURE))
                        .contains(word)
                        .doesNotContain(FakeOpenAi.KEY));
        assertThat(said).filteredOn(line -> line.contains("No more chat calls")).hasSize(1);
        assertThat(stored()).isZero();
        assertThat(totals.get("run").failed()).isEqualTo(60);
    }

    @Test
    void aQuotaSpentInMidRunKeepsWhatWasBoughtAndTheNextRunBuysTheRest() {
        AtomicInteger left = new AtomicInteger(10);
        server.chat(request -> left.getAndDecrement() > 0 ? FakeOpenAi.answer(ANSWER) : spent());

        asked("first", questions(40));

        assertThat(stored()).isEqualTo(10);
        assertThat(server.chats()).hasSizeLessThanOrEqualTo(10 + IN_FLIGHT);
        assertThat(totals.get("first").answered()).isEqualTo(10);
        assertThat(totals.get("first").firstFailure()).contains("quota", "spent");

        server.forget();
        server.chat(request -> FakeOpenAi.answer(ANSWER));
        asked("second", questions(40));

        assertThat(server.chats()).hasSize(30);
        assertThat(stored()).isEqualTo(40);
    }

    private static MockResponse spent() {
        return new MockResponse.Builder()
                .code(429)
                .body("{\"error\": {\"message\": \"m\", \"type\": \"insufficient_quota\", \"code\":"
                        + " \"insufficient_quota\"}}")
                .build();
    }

    @Test
    void aServerThatIsDownFromTheStartFailsEveryRowAndStoresNone() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        List<Row> answers = chat("run", "http://127.0.0.1:" + port + "/v1", 1)
                .answers("a step", "v1", prompts(questions(9)))
                .collectAsList();

        assertThat(answers)
                .hasSize(9)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).contains("127.0.0.1:" + port));
        assertThat(stored()).isZero();
    }

    @Test
    void aServerThatGoesDownAndComesBackLosesNoRow() {
        // Given: each question is met by a fault first: a full server, a cut body, HTML, a dropped connection.
        Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
        server.chat(request -> {
            String question = FakeOpenAi.user(request);
            int number = Integer.parseInt(question.substring("question ".length()));
            boolean first =
                    tries.computeIfAbsent(question, any -> new AtomicInteger()).getAndIncrement() == 0;
            return first ? fault(number % 5) : FakeOpenAi.answer(ANSWER);
        });

        List<Row> answers = asked("run", questions(10));

        assertThat(answers)
                .hasSize(10)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isEqualTo(ANSWER));
        assertThat(server.chats()).hasSize(20);
        assertThat(CallDesk.find("run").orElseThrow().figures())
                .containsEntry("chat_attempts_answered", 10L)
                .containsEntry("chat_attempts_rate_limited", 2L)
                .containsEntry("chat_attempts_server_error", 2L)
                .containsEntry("chat_attempts_connection", 4L)
                .containsEntry("chat_attempts_broken_answer", 2L);
    }

    private static MockResponse fault(int kind) {
        MockResponse whole = FakeOpenAi.answer(ANSWER);
        return switch (kind) {
            case 0 -> FakeOpenAi.error(429);
            case 1 -> FakeOpenAi.error(503);
            case 2 ->
                whole.newBuilder()
                        .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
                        .build();
            case 3 ->
                new MockResponse.Builder()
                        .code(200)
                        .addHeader("Content-Type", "text/html")
                        .body("<html>Welcome</html>")
                        .build();
            default ->
                whole.newBuilder()
                        .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                        .build();
        };
    }

    @Test
    void oneTextThatIsTooLongInAPackOf2000IsFoundAndTheOthersAreEmbedded() {
        List<String> texts =
                IntStream.range(0, 2_000).mapToObj(n -> "text " + n).toList();
        server.rejectEmbedding(text -> text.equals("text 1234"));

        embeddings("run", 2_000).embed("a step", Role.DOCUMENT, texts(texts));

        assertThat(warehouse("a reader").read(Embeddings.TABLE).count()).isEqualTo(1_999);
        assertThat(totals.get("run").failed()).isEqualTo(1);
        assertThat(server.embeddings()).as("two a halving, and the first").hasSizeLessThanOrEqualTo(23);
    }

    @Test
    void blankTextsAreNeverSentAndAMegabyteOfTextIsASingleRowsMatter() {
        String megabyte = "long ".repeat(200_000);
        server.rejectEmbedding(text -> text.length() > 100_000);

        embeddings("run", 100).embed("a step", Role.DOCUMENT, texts(List.of("cats", " ", "", megabyte, "dogs")));

        assertThat(warehouse("a reader").read(Embeddings.TABLE).count()).isEqualTo(2);
        assertThat(server.embeddings()).allSatisfy(pack -> assertThat(pack).doesNotContain(" ", ""));
    }

    @Test
    void jsonThatFitsItsSchemaWithWrongValuesIsRepairedOnceOrFails() {
        server.chat(request -> FakeOpenAi.answer(
                FakeOpenAi.user(request).startsWith("question 0")
                                && FakeOpenAi.user(request).contains("odd")
                        ? "{\"n\": 2}"
                        : "{\"n\": 7}"));

        List<Row> answers = chat("run", server.baseUrl(), 2)
                .answers(
                        "a step",
                        "v1",
                        prompts(questions(2)),
                        (schema, answer) -> answer.contains("7") ? Optional.of("n is odd") : Optional.empty())
                .collectAsList();

        assertThat(answers)
                .extracting(row -> row.<String>getAs(ChatCalls.RESPONSE))
                .containsExactlyInAnyOrder("{\"n\": 2}", null);
        assertThat(server.chats()).hasSize(4);
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void aBudgetIsNeverExceededAndWhatItBoughtIsKept() {
        // Given: a call costs 100 × 2 + 10 × 8 = 280 millionths of a dollar, and may cost over 4,000.
        runs.add("run");
        CallDesk desk = CallDesk.open(
                "run", new CallRules(Map.of(), OptionalDouble.of(0.010), 2_000, Duration.ofMinutes(1)), Duration.ZERO);

        List<Row> answers = asked("run", questions(60));

        assertThat(stored()).isBetween(15L, 35L);
        assertThat(totals.get("run").costUsd()).isLessThanOrEqualTo(0.010);
        assertThat(desk.budgetSpent()).isTrue();
        assertThat(server.chats()).hasSize((int) stored());
        assertThat(answers)
                .filteredOn(row -> row.getAs(ChatCalls.RESPONSE) == null)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).contains("models.budget-usd"));
    }

    @Test
    void copiesOfATaskCallOnceTogether() throws Exception {
        // Given: two tasks with the same requests, as a task and its speculative copy.
        Warehouse warehouse = warehouse("run");
        warehouse.create(List.of(Embeddings.TABLE));
        runs.add("run");
        EmbeddingSpec spec = embeddings("run", 2).spec();
        CallDesk desk = CallDesk.open("run", CallRules.NONE, Duration.ZERO);
        List<Row> rows = texts(questions(100)).collectAsList();
        try (CallDesk.Batch batch = desk.begin("a step", ModelKind.EMBEDDING, 100, IN_FLIGHT)) {
            TaskPlan plan = TaskPlan.of(warehouse, Embeddings.TABLE, batch, desk.rules());
            List<Row> twice = Stream.concat(rows.stream(), rows.stream()).toList();
            StructType schema = texts(List.of()).schema();
            SharedSpark.session()
                    .createDataFrame(twice, schema)
                    .repartition(2)
                    .mapPartitions(new EmbeddingTask(plan, spec, "", "a-model"), Encoders.row(schema))
                    .collectAsList();

            assertThat(batch.totals(100).answered()).isEqualTo(100);
        }
        assertThat(server.embeddings().stream().flatMap(List::stream))
                .hasSize(100)
                .doesNotHaveDuplicates();
    }

    @Test
    void twoRunsAtOnceOnOneStoreKeepItsKeysUnique() throws Exception {
        CountDownLatch bothCall = new CountDownLatch(2);
        Map<String, Boolean> seen = new ConcurrentHashMap<>();
        server.chat(request -> {
            // The first answers wait until both runs have looked into the store.
            if (seen.putIfAbsent(FakeOpenAi.user(request), true) != null) {
                bothCall.countDown();
                bothCall.countDown();
            }
            await(bothCall);
            return FakeOpenAi.answer(ANSWER);
        });

        CompletableFuture<List<Row>> other = CompletableFuture.supplyAsync(() -> asked("one", questions(12)));
        List<Row> mine = asked("two", questions(12));

        assertThat(mine)
                .hasSize(12)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isEqualTo(ANSWER));
        assertThat(other.get(60, TimeUnit.SECONDS)).hasSize(12);
        assertThat(stored()).isEqualTo(12);
        assertThat(warehouse("a reader")
                        .read(ModelResponses.TABLE)
                        .select(ModelResponses.REQUEST_HASH)
                        .distinct()
                        .count())
                .isEqualTo(12);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answersThatAKilledRunStagedAreTakenBeforeAnythingIsCalled() throws IOException {
        // Given: a run whose commit never happened: its staged files are all that is left of it.
        asked("killed", questions(6));
        List<Row> answers = warehouse("a reader").read(ModelResponses.TABLE).collectAsList();
        Path staged = Files.createDirectories(folder.resolve("_staging/answers/model_responses/killed"));
        StringBuilder lines = new StringBuilder();
        answers.forEach(row -> lines.append(row.json()).append('\n'));
        Files.writeString(staged.resolve("chat-a_step-1-0-0.json"), lines);
        Files.writeString(staged.resolve(".chat-a_step-1-0-1.partial"), "{\"request_hash\": \"half a li");
        deleteTable("model_responses");
        server.forget();

        List<Row> again = asked("next", questions(8));

        assertThat(server.chats()).hasSize(2);
        assertThat(again)
                .hasSize(8)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.RESPONSE)).isEqualTo(ANSWER));
        assertThat(warehouse("a reader").read(ModelResponses.TABLE).collectAsList())
                .hasSize(8)
                .extracting(row -> row.<String>getAs(Table.RUN_ID))
                .containsOnly("killed", "next");

        // When: its files are taken once more, as after a crash between storing and deleting.
        asked("third", questions(8));

        assertThat(stored()).isEqualTo(8);
    }

    private void deleteTable(String name) {
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            files.sorted((one, other) -> other.compareTo(one)).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        DeltaLog.clearCache();
    }

    @Test
    void wavesAreStoredWhileCallsGoOn() {
        // Given: the last call waits until the store holds what was answered before it.
        runs.add("run");
        CallDesk.open("run", new CallRules(Map.of(), OptionalDouble.empty(), 1, Duration.ofMillis(100)), Duration.ZERO);
        CountDownLatch storedBefore = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        server.chat(request -> {
            if (calls.incrementAndGet() == 10) {
                await(storedBefore);
            }
            return FakeOpenAi.answer(ANSWER);
        });

        CompletableFuture<List<Row>> all = CompletableFuture.supplyAsync(() -> asked("run", questions(10)));
        while (!all.isDone() && stored() < 5) {
            Thread.onSpinWait();
        }

        assertThat(all).as("the tenth call is still under way").isNotDone();
        storedBefore.countDown();
        assertThat(all.join()).hasSize(10);
        assertThat(stored()).isEqualTo(10);
        assertThat(server.chats()).hasSize(10);
    }

    @Test
    void callsWaitForTheQuota() {
        // Given: a minute's requests are spent but for three.
        runs.add("run");
        CallDesk.open(
                "run",
                new CallRules(
                        Map.of(ModelKind.CHAT, new CallRules.Quota(OptionalLong.of(3), OptionalLong.empty())),
                        OptionalDouble.empty(),
                        2_000,
                        Duration.ofMinutes(1)),
                Duration.ZERO);

        CompletableFuture<List<Row>> all = CompletableFuture.supplyAsync(() -> asked("run", questions(4)));
        while (server.chats().size() < 3) {
            Thread.onSpinWait();
        }
        // The server is told to refuse: the fourth call, were it sent now, would end the run.
        server.chat(request -> FakeOpenAi.error(401));
        CallDesk.find("run").orElseThrow().answer(stopping());

        List<Row> answers = all.join();
        assertThat(server.chats()).hasSize(3);
        assertThat(answers)
                .filteredOn(row -> row.getAs(ChatCalls.RESPONSE) == null)
                .hasSize(1)
                .allSatisfy(
                        row -> assertThat(row.<String>getAs(ChatCalls.FAILURE)).isEqualTo("the test is over"));
    }

    private static DeskMessage.Ask stopping() {
        return new DeskMessage.Ask(
                "run",
                ModelKind.CHAT,
                "elsewhere",
                List.of(),
                List.of(new DeskMessage.Ended(0, 0, "REJECTED", 0, 0, 0, 0, false, 0, "the test is over", 0, 0, 0)),
                List.of(),
                new DeskMessage.Throttled(0, 0, 0, 0));
    }

    @Test
    void theKeyIsInNoMessagesText() {
        Object key = CallDesk.open("run", CallRules.NONE, Duration.ZERO).answer(new DeskMessage.KeyWanted("run"));
        runs.add("run");

        assertThat(((DeskMessage.Key) key).value()).isEqualTo(FakeOpenAi.KEY);
        assertThat(key.toString()).doesNotContain(FakeOpenAi.KEY);
        assertThat(SharedSpark.session().sparkContext().getConf().toDebugString())
                .doesNotContain(FakeOpenAi.KEY);
    }
}
