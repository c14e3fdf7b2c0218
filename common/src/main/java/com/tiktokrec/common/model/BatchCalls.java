package com.tiktokrec.common.model;

import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.model.client.BatchJobs;
import com.tiktokrec.common.model.client.BatchJournal.Entry;
import com.tiktokrec.common.model.client.BatchLine;
import com.tiktokrec.common.model.client.ChatAnswer;
import com.tiktokrec.common.model.client.ChatAnswer.Finish;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.model.client.GatedChatModel;
import com.tiktokrec.common.model.client.ModelCallException;
import com.tiktokrec.common.model.client.OpenAiBatchClient;
import com.tiktokrec.common.model.client.OpenAiSettings;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Has missing answers made by the provider's batch jobs, at half the price and within a day, and stores them. What a
 * batch leaves unanswered (failed or expired lines, answers that do not hold) stays missing, for calls one by one.
 * Works on the driver: requests stream through files, answers come in by the thousand.
 */
public final class BatchCalls {

    /** What a batch costs beside the same calls one by one. */
    static final double PRICE = 0.5;

    private static final String STEP = "step";
    private static final String PROMPT_VERSION = "prompt_version";
    private static final String MODEL_KEY = "model_key";
    private static final String MODEL = "model";
    private static final int ROWS_A_COMMIT = 2_000;
    private static final Duration TRANSFER = Duration.ofMinutes(15);

    /**
     * What came of a step's batches.
     *
     * @param totals of the batches alone
     * @param refused requests that were not tried, nor shall be in this run, with the reason
     */
    record Came(CallTotals totals, Map<String, String> refused) {}

    /** A line, and the most that it can cost. */
    private record Costing(BatchLine line, double usd) {}

    private final Warehouse warehouse;
    private final Clock clock;
    private final Sleeper sleeper;
    private final BatchJobs.Limits limits;

    /** Why batches of earlier runs could not be looked at: theirs may be what is missing, so nothing new is sent. */
    private String unresolved;

    public BatchCalls(Warehouse warehouse, Clock clock, Sleeper sleeper, BatchJobs.Limits limits) {
        this.warehouse = warehouse;
        this.clock = clock;
        this.sleeper = sleeper;
        this.limits = limits;
    }

    /** What calls cost beside those one by one, where they are made by batches or not. */
    static double price(Optional<BatchCalls> batches) {
        return batches.isPresent() ? PRICE : 1;
    }

    /** Takes the answers of chat batches that earlier runs left; empty where there were none. */
    Optional<CallTotals> adopt(ChatSpec spec) {
        Chats sink = new Chats(spec);
        return adopted(BatchLine.CHAT, settings(spec), sink);
    }

    /** Takes the vectors of batches that earlier runs left; empty where there were none. */
    Optional<CallTotals> adopt(EmbeddingSpec spec) {
        return adopted(BatchLine.EMBEDDINGS, settings(spec), new Vectors(spec));
    }

    /**
     * Has prompts answered.
     *
     * @param missing {@link ModelResponses#REQUEST_HASH} and the four prompt columns
     */
    Came chat(ChatSpec spec, String step, String promptVersion, Dataset<Row> missing) {
        OpenAiSettings settings = settings(spec);
        Map<String, String> labels = Map.of(STEP, step, PROMPT_VERSION, promptVersion, MODEL, spec.model());
        return sent(
                BatchLine.CHAT,
                labels,
                settings,
                missing,
                row -> {
                    ChatPrompt prompt = prompt(row);
                    long tokens = GatedChatModel.promptTokens(ModelClients.chatTokens(), prompt);
                    return new Costing(
                            BatchLine.chat(row.getAs(ModelResponses.REQUEST_HASH), settings, prompt),
                            PRICE * spec.costUsd(tokens, spec.maxOutputTokens()));
                },
                new Chats(spec));
    }

    private static ChatPrompt prompt(Row row) {
        return new ChatPrompt(
                row.getAs(ChatCalls.SYSTEM),
                row.getAs(ChatCalls.USER),
                row.getAs(ChatCalls.SCHEMA_NAME),
                row.getAs(ChatCalls.SCHEMA));
    }

    /**
     * Has texts embedded.
     *
     * @param missing {@link Videos#TEXT_HASH} and {@link EmbeddingCalls#TEXT}
     */
    Came embeddings(EmbeddingSpec spec, Role role, Dataset<Row> missing) {
        OpenAiSettings settings = settings(spec);
        String prefix = spec.prefix(role);
        return sent(
                BatchLine.EMBEDDINGS,
                Map.of(MODEL_KEY, spec.modelKey(role)),
                settings,
                missing,
                row -> {
                    String text = prefix + row.<String>getAs(EmbeddingCalls.TEXT);
                    long tokens = ModelClients.embeddingTokens().count(text);
                    return new Costing(
                            BatchLine.embedding(row.getAs(Videos.TEXT_HASH), settings, dimensions(spec), text),
                            PRICE * spec.price().usd(tokens, 0));
                },
                new Vectors(spec));
    }

    private Optional<CallTotals> adopted(String endpoint, OpenAiSettings settings, Answers sink) {
        BatchFolder journal = journal();
        if (!isUnderWay(endpoint)) {
            return Optional.empty();
        }
        try (OpenAiBatchClient client = new OpenAiBatchClient(settings)) {
            new BatchJobs(client, journal, sleeper, limits).resume(endpoint, sink);
            unresolved = null;
        } catch (ModelCallException e) {
            unresolved = "batches of an earlier run could not be taken up: " + e.getMessage();
        } finally {
            desk().settle(0, sink.costUsd);
        }
        return Optional.of(sink.totals(unresolved));
    }

    private Came sent(
            String endpoint,
            Map<String, String> labels,
            OpenAiSettings settings,
            Dataset<Row> missing,
            Function<Row, Costing> line,
            Answers sink) {
        if (unresolved != null) {
            return notSent(missing, sink, unresolved);
        }
        CallDesk desk = desk();
        List<Double> reserved = new ArrayList<>();
        try (OpenAiBatchClient client = new OpenAiBatchClient(settings)) {
            Iterator<Row> rows = missing.toLocalIterator();
            Iterator<BatchLine> lines = Stream.generate(() -> rows)
                    .takeWhile(Iterator::hasNext)
                    .map(Iterator::next)
                    .map(line)
                    .filter(costing -> affordable(costing, desk, reserved, sink))
                    .map(Costing::line)
                    .iterator();
            new BatchJobs(client, journal(), sleeper, limits).send(endpoint, labels, lines, sink);
        } catch (ModelCallException e) {
            return notSent(missing, sink, e.getMessage());
        } finally {
            // A batch that is still under way will be paid.
            boolean underWay = isUnderWay(endpoint);
            reserved.forEach(usd -> desk.settle(usd, underWay ? usd : 0));
            desk.settle(0, underWay ? 0 : sink.costUsd);
        }
        return new Came(sink.totals(null), sink.refused);
    }

    private boolean isUnderWay(String endpoint) {
        return journal().entries().stream().anyMatch(entry -> entry.endpoint().equals(endpoint));
    }

    private CallDesk desk() {
        return CallDesk.open(warehouse.runId(), CallRules.NONE, Duration.ZERO);
    }

    /** Reserves the most that a line can cost; one that the budget has no room for is not sent. */
    private static boolean affordable(Costing costing, CallDesk desk, List<Double> reserved, Answers sink) {
        Optional<String> refused = desk.reserve(costing.usd());
        refused.ifPresentOrElse(
                reason -> sink.unanswered(costing.line().id(), reason), () -> reserved.add(costing.usd()));
        return refused.isEmpty();
    }

    /** Nothing is called one by one in place of a batch that may still be under way. */
    private static Came notSent(Dataset<Row> missing, Answers sink, String reason) {
        missing.select(missing.columns()[0])
                .toLocalIterator()
                .forEachRemaining(row -> sink.unanswered(row.getString(0), reason));
        return new Came(sink.totals(reason), sink.refused);
    }

    private BatchFolder journal() {
        return new BatchFolder(
                warehouse.location() + "/_staging/batches",
                warehouse.spark().sessionState().newHadoopConf());
    }

    private static OpenAiSettings settings(ChatSpec spec) {
        return new OpenAiSettings(
                spec.baseUrl(),
                Secrets.openAiKey().orElse(""),
                spec.model(),
                OptionalDouble.of(spec.temperature()),
                OptionalInt.of(spec.maxOutputTokens()),
                TRANSFER);
    }

    private static OpenAiSettings settings(EmbeddingSpec spec) {
        return new OpenAiSettings(
                spec.baseUrl(),
                Secrets.openAiKey().orElse(""),
                spec.model(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                TRANSFER);
    }

    private static OptionalInt dimensions(EmbeddingSpec spec) {
        return spec.dimensions() > 0 ? OptionalInt.of(spec.dimensions()) : OptionalInt.empty();
    }

    /** Stores answers as they are read, some thousand at a time, and counts. */
    private abstract class Answers implements BatchJobs.Sink {

        final Map<String, String> refused = new HashMap<>();
        private final Table table;
        private final List<Row> rows = new ArrayList<>();
        private final Set<String> answered = new HashSet<>();
        private long tried;
        long promptTokens;
        long completionTokens;
        double costUsd;
        private String firstFailure;

        Answers(Table table) {
            this.table = table;
        }

        /** The row to store for an answer; none where it does not hold. */
        abstract Optional<Row> row(Entry entry, BatchLine.Answer.Body answer);

        /** Reads what is needed of the requests. */
        void read(Path file) {}

        @Override
        public void take(Entry entry, Path file, List<Path> answers) {
            tried += entry.requests();
            read(file);
            for (Path path : answers) {
                forEachLine(path, line -> {
                    BatchLine.Answer answer = BatchLine.answer(line);
                    if (answer instanceof BatchLine.Answer.Body body) {
                        row(entry, body).ifPresent(row -> add(body.id(), row));
                    } else if (answer instanceof BatchLine.Answer.Failure failure && firstFailure == null) {
                        firstFailure = failure.reason();
                    }
                });
            }
            store();
        }

        @Override
        public void refused(Entry entry, Path file, String reason) {
            forEachLine(file, line -> unanswered(BatchLine.idOf(line), reason));
        }

        void unanswered(String id, String reason) {
            if (!answered.contains(id)) {
                refused.put(id, reason);
                firstFailure = reason;
            }
        }

        private void add(String id, Row row) {
            rows.add(row);
            answered.add(id);
            if (rows.size() == ROWS_A_COMMIT) {
                store();
            }
        }

        private void store() {
            if (!rows.isEmpty()) {
                Dataset<Row> fresh = warehouse
                        .spark()
                        .createDataFrame(List.copyOf(rows), table.schema())
                        .dropDuplicates(table.key().toArray(new String[0]));
                warehouse.insertNew(table, fresh);
                rows.clear();
            }
        }

        CallTotals totals(String problem) {
            return new CallTotals(
                    tried + refused.size(),
                    0,
                    answered.size(),
                    tried + refused.size() - answered.size(),
                    tried,
                    promptTokens,
                    completionTokens,
                    costUsd,
                    problem == null ? firstFailure : problem);
        }
    }

    private static void forEachLine(Path file, Consumer<String> each) {
        try (Stream<String> lines = Files.lines(file)) {
            lines.filter(line -> !line.isBlank()).forEach(each);
        } catch (IOException e) {
            throw new UncheckedIOException("a batch's file cannot be read: " + e.getMessage(), e);
        }
    }

    /** Chat answers. */
    private final class Chats extends Answers {

        private final ChatSpec spec;
        private final Map<String, String> schemaById = new HashMap<>();

        Chats(ChatSpec spec) {
            super(ModelResponses.TABLE);
            this.spec = spec;
        }

        @Override
        void read(Path requests) {
            schemaById.clear();
            Map<String, String> once = new HashMap<>();
            forEachLine(
                    requests,
                    line -> BatchLine.schemaOf(line)
                            .ifPresent(schema -> schemaById.put(
                                    BatchLine.idOf(line), once.computeIfAbsent(schema, Function.identity()))));
        }

        @Override
        Optional<Row> row(Entry entry, BatchLine.Answer.Body body) {
            ChatAnswer answer = BatchLine.chatAnswer(body.body());
            double cost = PRICE * spec.costUsd(answer.promptTokens(), answer.completionTokens());
            promptTokens += answer.promptTokens();
            completionTokens += answer.completionTokens();
            costUsd += cost;
            String schema = schemaById.get(body.id());
            boolean holds = answer.finish() == Finish.STOP
                    && schema != null
                    && AnswerSchema.problem(schema, answer.content()).isEmpty();
            return holds
                    ? Optional.of(RowFactory.create(
                            body.id(),
                            entry.labels().get(STEP),
                            entry.labels().get(MODEL),
                            entry.labels().get(PROMPT_VERSION),
                            answer.content(),
                            answer.promptTokens(),
                            answer.completionTokens(),
                            cost,
                            null,
                            1L,
                            Timestamp.from(clock.instant())))
                    : Optional.empty();
        }
    }

    /** Vectors. */
    private final class Vectors extends Answers {

        private final EmbeddingSpec spec;

        Vectors(EmbeddingSpec spec) {
            super(Embeddings.TABLE);
            this.spec = spec;
        }

        @Override
        Optional<Row> row(Entry entry, BatchLine.Answer.Body body) {
            long tokens = body.body().at("/usage/prompt_tokens").asLong();
            promptTokens += tokens;
            costUsd += PRICE * spec.price().usd(tokens, 0);
            return BatchLine.vector(body.body())
                    .filter(vector -> spec.dimensions() == 0 || vector.length == spec.dimensions())
                    .map(vector -> RowFactory.create(body.id(), entry.labels().get(MODEL_KEY), vector));
        }
    }

    /** What is still to be called one by one: neither stored nor refused. */
    static Dataset<Row> rest(Dataset<Row> asked, Dataset<Row> stored, String key, Map<String, String> refused) {
        String[] byKey = {key};
        return asked.join(stored.select(key), byKey, "left_anti")
                .join(failures(asked.sparkSession(), key, refused).select(key), byKey, "left_anti");
    }

    /** Refused requests as rows: their key and {@link ChatCalls#FAILURE}. */
    static Dataset<Row> failures(SparkSession spark, String key, Map<String, String> refused) {
        List<Row> rows = refused.entrySet().stream()
                .map(entry -> RowFactory.create(entry.getKey(), entry.getValue()))
                .toList();
        return spark.createDataFrame(
                rows, new StructType(new StructField[] {Fields.string(key), Fields.string(ChatCalls.FAILURE)}));
    }
}
