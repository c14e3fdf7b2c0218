package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.model.client.ChatAnswer;
import com.tiktokrec.common.model.client.ChatModel;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.model.client.GatedChatModel;
import com.tiktokrec.common.model.client.ModelCallException;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Warehouse;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Chat calls as a step over a DataFrame: key each prompt, look it up in the store, call for each distinct one that is
 * not there, store the answers that hold against their schema, join back.
 */
public final class ChatCalls {

    /** Columns of the prompts that come in. */
    public static final String SYSTEM = "system";

    public static final String USER = "user";
    public static final String SCHEMA_NAME = "schema_name";
    public static final String SCHEMA = "schema";

    /** Columns that go out besides: the answer's JSON, or null and why there is none. */
    public static final String RESPONSE = ModelResponses.RESPONSE;

    public static final String FAILURE = "failure";

    /** What may be wrong with an answer that fits its schema. */
    @FunctionalInterface
    public interface Check extends Serializable {

        /** What is wrong with an answer, worded for the model; empty where it holds. */
        Optional<String> problem(String schema, String answer);
    }

    private static final Check NONE = (schema, answer) -> Optional.empty();

    /** Columns of staged answers, which are the table's. */
    private static final StructType STAGED = ModelResponses.SCHEMA.add(Fields.string(Table.RUN_ID));

    private static final StructType FAILED =
            new StructType(new StructField[] {Fields.string(ModelResponses.REQUEST_HASH), Fields.string(FAILURE)});

    private final Warehouse warehouse;
    private final ChatSpec spec;
    private final Clock clock;
    private final CallLog log;
    private final AnswerStore answers;
    private final Optional<BatchCalls> batches;

    public ChatCalls(Warehouse warehouse, ChatSpec spec, Clock clock, CallLog log) {
        this(warehouse, spec, clock, log, Optional.empty());
    }

    /** @param batches where the provider's batch jobs come first, and calls only make what they leave */
    public ChatCalls(Warehouse warehouse, ChatSpec spec, Clock clock, CallLog log, Optional<BatchCalls> batches) {
        this.warehouse = warehouse;
        this.spec = spec;
        this.clock = clock;
        this.log = log;
        this.answers = new AnswerStore(warehouse, ModelResponses.TABLE, STAGED, UnaryOperator.identity());
        this.batches = batches;
    }

    /** The model and its settings. */
    public ChatSpec spec() {
        return spec;
    }

    /** {@link #answers(String, String, Dataset, Check)} with the schema as the only check. */
    public Dataset<Row> answers(String step, String promptVersion, Dataset<Row> prompts) {
        return answers(step, promptVersion, prompts, NONE);
    }

    /**
     * Prompts with their answers.
     *
     * @param step what the calls are for, in counts and as {@code kind} in the store
     * @param promptVersion version of the prompt's template
     * @param prompts the four prompt columns and any others, which are kept; read more than once, so persisted
     * @param check of answers that fit the schema; one that does not hold is repaired once or fails
     */
    public Dataset<Row> answers(String step, String promptVersion, Dataset<Row> prompts, Check check) {
        answers.adopt();
        batches.flatMap(batch -> batch.adopt(spec)).ifPresent(totals -> log.called("earlier_batches", totals));
        Dataset<Row> keyed = prompts.withColumn(ModelResponses.REQUEST_HASH, requestHash());
        Dataset<Row> distinct = keyed.select(ModelResponses.REQUEST_HASH, SYSTEM, USER, SCHEMA_NAME, SCHEMA)
                .dropDuplicates(ModelResponses.REQUEST_HASH)
                .persist();
        Dataset<Row> missing = distinct.join(store(), new String[] {ModelResponses.REQUEST_HASH}, "left_anti")
                .persist();
        long requested = distinct.count();
        long toCall = missing.count();
        log.deduplicated(step, keyed.count() - requested);
        Map<String, String> refused = Map.of();
        if (toCall > 0 && batches.isPresent()) {
            BatchCalls.Came came = batches.get().chat(spec, step, promptVersion, missing);
            log.called(step, came.totals().with(requested - toCall));
            refused = came.refused();
            missing.unpersist();
            missing = BatchCalls.rest(distinct, store(), ModelResponses.REQUEST_HASH, refused)
                    .persist();
            toCall = missing.count();
            requested = toCall;
        }
        Dataset<Row> failures = BatchCalls.failures(warehouse.spark(), ModelResponses.REQUEST_HASH, refused);
        if (toCall > 0) {
            failures = failures.unionByName(called(step, promptVersion, missing, requested, toCall, check));
        } else if (requested > 0) {
            log.called(step, CallTotals.allCached(requested));
        }
        missing.unpersist();
        distinct.unpersist();
        return keyed.join(
                        store().select(ModelResponses.REQUEST_HASH, RESPONSE),
                        new String[] {ModelResponses.REQUEST_HASH},
                        "left")
                .join(failures, new String[] {ModelResponses.REQUEST_HASH}, "left")
                .withColumn(FAILURE, when(col(RESPONSE).isNull(), col(FAILURE)));
    }

    /**
     * What {@link #answers} would buy, without a call: prompts are counted; answers are expected to be as long as those
     * of the same step in the store were.
     *
     * @param likelyAnswer tokens of an answer where the store holds none
     */
    public StepEstimate estimate(String step, Dataset<Row> prompts, long likelyAnswer, boolean assumed) {
        Column counted = udf(
                        (String system, String user, String schemaName, String schema) -> GatedChatModel.promptTokens(
                                ModelClients.chatTokens(), new ChatPrompt(system, user, schemaName, schema)),
                        DataTypes.LongType)
                .apply(col(SYSTEM), col(USER), col(SCHEMA_NAME), col(SCHEMA));
        Row sums = prompts.withColumn(ModelResponses.REQUEST_HASH, requestHash())
                .dropDuplicates(ModelResponses.REQUEST_HASH)
                .join(store(), new String[] {ModelResponses.REQUEST_HASH}, "left_anti")
                .select(counted.as(Runs.PROMPT_TOKENS))
                .agg(count(lit(1)), coalesce(sum(Runs.PROMPT_TOKENS), lit(0L)))
                .head();
        return estimate(step, sums.getLong(0), sums.getLong(1), likelyAnswer, assumed);
    }

    /** The same for prompts that are not known yet: so many calls, with so many tokens together. */
    public StepEstimate estimate(String step, long calls, long promptTokens, long likelyAnswer, boolean assumed) {
        Row before = warehouse
                .read(ModelResponses.TABLE)
                .where(col(UserVideos.KIND)
                        .equalTo(step)
                        .and(col(ModelResponses.MODEL).equalTo(spec.model())))
                .agg(avg(Runs.COMPLETION_TOKENS))
                .head();
        long completionTokens = Math.round(calls * (before.isNullAt(0) ? likelyAnswer : before.getDouble(0)));
        return new StepEstimate(
                step,
                spec.model(),
                calls,
                promptTokens,
                completionTokens,
                BatchCalls.price(batches) * spec.costUsd(promptTokens, completionTokens),
                assumed);
    }

    private Dataset<Row> store() {
        return warehouse.read(ModelResponses.TABLE).select(ModelResponses.REQUEST_HASH, RESPONSE);
    }

    private Column requestHash() {
        ChatSpec called = spec;
        return udf(
                        (String system, String user, String schemaName, String schema) ->
                                RequestHash.of(called, new ChatPrompt(system, user, schemaName, schema)),
                        DataTypes.StringType)
                .apply(col(SYSTEM), col(USER), col(SCHEMA_NAME), col(SCHEMA));
    }

    /** Calls the model, once for each row, and stores what came; gives the failures. */
    private Dataset<Row> called(
            String step, String promptVersion, Dataset<Row> missing, long requested, long toCall, Check check) {
        SparkSession spark = warehouse.spark();
        CallDesk desk = CallDesk.open(warehouse.runId(), CallRules.NONE, Duration.ZERO);
        int tasks = (int) Math.min(toCall, Parallelism.callingTasks(spark));
        try (CallDesk.Batch batch = desk.begin(step, ModelKind.CHAT, toCall, spec.maxInFlight())) {
            TaskPlan plan = TaskPlan.of(warehouse, ModelResponses.TABLE, batch, desk.rules());
            answers.inWaves(
                    batch,
                    desk.rules(),
                    () -> missing.repartition(tasks)
                            .mapPartitions(
                                    new Calls(plan, spec, step, promptVersion, clock, check), Encoders.row(FAILED))
                            .collectAsList());
            log.called(step, batch.totals(requested));
            return AnswerStore.failures(warehouse, batch, FAILED);
        }
    }

    /** Calls for the prompts of one partition. */
    private record Calls(TaskPlan plan, ChatSpec spec, String step, String promptVersion, Clock clock, Check check)
            implements MapPartitionsFunction<Row, Row> {

        @Override
        public Iterator<Row> call(Iterator<Row> prompts) {
            String executor = SparkEnv.get().executorId();
            ChatModel model = ModelClients.chat(plan.runId(), spec, executor);
            new CallingTask(plan, executor)
                    .run(
                            prompts,
                            new CallingTask.Calls<Row, Asked>(
                                    ModelResponses.REQUEST_HASH,
                                    rows -> rows,
                                    spec.maxInFlight(),
                                    this::bytes,
                                    prompt -> asked(model, prompt),
                                    this::stage));
            return Collections.emptyIterator();
        }

        private long bytes(Row prompt) {
            long characters = prompt.<String>getAs(SYSTEM).length()
                    + (long) prompt.<String>getAs(USER).length()
                    + prompt.<String>getAs(SCHEMA).length();
            return characters * BYTES_OF_A_CHARACTER + (long) spec.maxOutputTokens() * BYTES_OF_A_TOKEN;
        }

        private Asked asked(ChatModel model, Row row) {
            ChatPrompt prompt =
                    new ChatPrompt(row.getAs(SYSTEM), row.getAs(USER), row.getAs(SCHEMA_NAME), row.getAs(SCHEMA));
            long started = System.nanoTime();
            Attempted attempted = asked(model, prompt, new Attempted(null, null, 0, 0, 0));
            if (attempted.repairable()) {
                attempted = asked(model, repairing(prompt, attempted.failure()), attempted);
            }
            return new Asked(
                    row.getAs(ModelResponses.REQUEST_HASH),
                    attempted,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
        }

        private void stage(Asked asked, StagedOutcomes outcomes) {
            Attempted attempted = asked.attempted();
            if (attempted.response() == null) {
                outcomes.failed(asked.requestHash(), ModelResponses.REQUEST_HASH, attempted.failure());
                return;
            }
            outcomes.answered(asked.requestHash(), json -> {
                json.writeStringField(ModelResponses.REQUEST_HASH, asked.requestHash());
                json.writeStringField(UserVideos.KIND, step);
                json.writeStringField(ModelResponses.MODEL, spec.model());
                json.writeStringField(ModelResponses.PROMPT_VERSION, promptVersion);
                json.writeStringField(RESPONSE, attempted.response());
                json.writeNumberField(Runs.PROMPT_TOKENS, attempted.promptTokens());
                json.writeNumberField(Runs.COMPLETION_TOKENS, attempted.completionTokens());
                json.writeNumberField(
                        Runs.COST_USD, spec.costUsd(attempted.promptTokens(), attempted.completionTokens()));
                json.writeNumberField(ModelResponses.LATENCY_MS, asked.latencyMs());
                json.writeNumberField(ModelResponses.ATTEMPTS, attempted.attempts());
                json.writeStringField(ModelResponses.CREATED_AT, clock.instant().toString());
                json.writeStringField(Table.RUN_ID, plan.runId());
            });
        }

        private static ChatPrompt repairing(ChatPrompt prompt, String problem) {
            return new ChatPrompt(
                    prompt.system(),
                    prompt.user() + "\n\nYour previous answer was rejected: " + problem
                            + "\nAnswer again, in full, so that it fits the schema.",
                    prompt.schemaName(),
                    prompt.schema());
        }

        private Attempted asked(ChatModel model, ChatPrompt prompt, Attempted before) {
            try {
                ChatAnswer answer = model.complete(prompt);
                String problem = switch (answer.finish()) {
                    case REFUSED -> "the model refused to answer";
                    case LENGTH -> "the answer was cut at the token limit";
                    case STOP ->
                        AnswerSchema.problem(prompt.schema(), answer.content())
                                .or(() -> check.problem(prompt.schema(), answer.content()))
                                .orElse(null);
                };
                return before.then(answer, problem);
            } catch (ModelCallException e) {
                return before.failedWith(e);
            }
        }
    }

    private static final long BYTES_OF_A_CHARACTER = 4;
    private static final long BYTES_OF_A_TOKEN = 16;

    /** What came of one request. */
    private record Asked(String requestHash, Attempted attempted, long latencyMs) {}

    /** What the attempts at one prompt came to so far. */
    private record Attempted(String response, String failure, long promptTokens, long completionTokens, long attempts) {

        Attempted then(ChatAnswer answer, String problem) {
            return new Attempted(
                    problem == null ? answer.content() : null,
                    problem,
                    promptTokens + answer.promptTokens(),
                    completionTokens + answer.completionTokens(),
                    attempts + answer.attempts());
        }

        Attempted failedWith(ModelCallException e) {
            return new Attempted(null, e.getMessage(), promptTokens, completionTokens, attempts + e.attempts());
        }

        /** An answer came and does not hold: the model is told why, once. */
        boolean repairable() {
            return response == null && completionTokens > 0;
        }
    }
}
