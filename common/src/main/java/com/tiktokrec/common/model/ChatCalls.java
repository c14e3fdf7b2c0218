package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.http.InFlight;
import com.tiktokrec.common.model.client.ChatAnswer;
import com.tiktokrec.common.model.client.ChatModel;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.model.client.ModelCallException;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Warehouse;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import scala.Function1;

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

    private static final StructType OUTCOME = new StructType(new StructField[] {
        Fields.string(ModelResponses.REQUEST_HASH),
        Fields.string(ModelResponses.PROMPT_VERSION),
        Fields.string(RESPONSE),
        Fields.string(FAILURE),
        Fields.bigint(Runs.PROMPT_TOKENS),
        Fields.bigint(Runs.COMPLETION_TOKENS),
        Fields.bigint(ModelResponses.LATENCY_MS),
        Fields.bigint(ModelResponses.ATTEMPTS)
    });

    private final Warehouse warehouse;
    private final ChatSpec spec;
    private final Clock clock;
    private final CallLog log;

    public ChatCalls(Warehouse warehouse, ChatSpec spec, Clock clock, CallLog log) {
        this.warehouse = warehouse;
        this.spec = spec;
        this.clock = clock;
        this.log = log;
    }

    /** The model and its settings. */
    public ChatSpec spec() {
        return spec;
    }

    /**
     * Prompts with their answers.
     *
     * @param step what the calls are for, in counts and as {@code kind} in the store
     * @param promptVersion version of the prompt's template
     * @param prompts the four prompt columns and any others, which are kept; read more than once, so persisted
     */
    public Dataset<Row> answers(String step, String promptVersion, Dataset<Row> prompts) {
        Dataset<Row> keyed = prompts.withColumn(ModelResponses.REQUEST_HASH, requestHash());
        Dataset<Row> distinct = keyed.select(ModelResponses.REQUEST_HASH, SYSTEM, USER, SCHEMA_NAME, SCHEMA)
                .dropDuplicates(ModelResponses.REQUEST_HASH)
                .persist();
        Dataset<Row> missing = distinct.join(store(), new String[] {ModelResponses.REQUEST_HASH}, "left_anti")
                .persist();
        long requested = distinct.count();
        long toCall = missing.count();
        Dataset<Row> failures = warehouse.spark().createDataFrame(List.of(), OUTCOME);
        if (toCall > 0) {
            Dataset<Row> outcomes = called(step, promptVersion, missing, toCall);
            warehouse.append(
                    ModelResponses.TABLE,
                    outcomes.where(col(RESPONSE).isNotNull()).transform(stored(step)));
            failures = outcomes.where(col(RESPONSE).isNull());
            log.called(step, totals(requested, toCall, outcomes));
        } else if (requested > 0) {
            log.called(step, CallTotals.allCached(requested));
        }
        missing.unpersist();
        distinct.unpersist();
        return keyed.join(
                        store().select(ModelResponses.REQUEST_HASH, RESPONSE),
                        new String[] {ModelResponses.REQUEST_HASH},
                        "left")
                .join(
                        failures.select(ModelResponses.REQUEST_HASH, FAILURE),
                        new String[] {ModelResponses.REQUEST_HASH},
                        "left");
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

    /** Calls the model, once for each row, and stages what came of it: no later action can call again. */
    private Dataset<Row> called(String step, String promptVersion, Dataset<Row> missing, long toCall) {
        SparkSession spark = warehouse.spark();
        int tasks = (int) Math.min(toCall, spark.sparkContext().defaultParallelism());
        String staging = warehouse.stagingPath("chat-" + step);
        missing.repartition(tasks)
                .mapPartitions(
                        new Calls(
                                spec,
                                warehouse.runId(),
                                promptVersion,
                                clock,
                                Parallelism.perTask(spark, spec.maxInFlight())),
                        Encoders.row(OUTCOME))
                .write()
                .mode("overwrite")
                .parquet(staging);
        return spark.read().schema(OUTCOME).parquet(staging);
    }

    private Function1<Dataset<Row>, Dataset<Row>> stored(String step) {
        ChatSpec called = spec;
        Column cost = udf(
                        (Long promptTokens, Long completionTokens) -> called.costUsd(promptTokens, completionTokens),
                        DataTypes.DoubleType)
                .apply(col(Runs.PROMPT_TOKENS), col(Runs.COMPLETION_TOKENS));
        return answers -> answers.withColumn(UserVideos.KIND, lit(step))
                .withColumn(ModelResponses.MODEL, lit(called.model()))
                .withColumn(Runs.COST_USD, cost)
                .withColumn(ModelResponses.CREATED_AT, lit(Timestamp.from(clock.instant())));
    }

    private CallTotals totals(long requested, long toCall, Dataset<Row> outcomes) {
        Row sums = outcomes.agg(
                        count(col(RESPONSE)),
                        coalesce(sum(ModelResponses.ATTEMPTS), lit(0L)),
                        coalesce(sum(Runs.PROMPT_TOKENS), lit(0L)),
                        coalesce(sum(Runs.COMPLETION_TOKENS), lit(0L)),
                        first(col(FAILURE), true))
                .head();
        long answered = sums.getLong(0);
        return new CallTotals(
                requested,
                requested - toCall,
                answered,
                toCall - answered,
                sums.getLong(1),
                sums.getLong(2),
                sums.getLong(3),
                spec.costUsd(sums.getLong(2), sums.getLong(3)),
                sums.getString(4));
    }

    /** Calls for the prompts of one partition. */
    private record Calls(ChatSpec spec, String runId, String promptVersion, Clock clock, int inFlight)
            implements MapPartitionsFunction<Row, Row> {

        @Override
        public Iterator<Row> call(Iterator<Row> prompts) {
            ChatModel model = ModelClients.chat(runId, spec);
            InFlight<Row, Row> calls = InFlight.inFlight(prompts, inFlight, prompt -> outcome(model, prompt));
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> calls.close());
            return calls;
        }

        private Row outcome(ChatModel model, Row row) {
            ChatPrompt prompt =
                    new ChatPrompt(row.getAs(SYSTEM), row.getAs(USER), row.getAs(SCHEMA_NAME), row.getAs(SCHEMA));
            long started = clock.millis();
            Attempted attempted = asked(model, prompt, new Attempted(null, null, 0, 0, 0));
            if (attempted.repairable()) {
                attempted = asked(model, repairing(prompt, attempted.failure()), attempted);
            }
            return RowFactory.create(
                    row.getAs(ModelResponses.REQUEST_HASH),
                    promptVersion,
                    attempted.response(),
                    attempted.failure(),
                    attempted.promptTokens(),
                    attempted.completionTokens(),
                    clock.millis() - started,
                    attempted.attempts());
        }

        private static ChatPrompt repairing(ChatPrompt prompt, String problem) {
            return new ChatPrompt(
                    prompt.system(),
                    prompt.user() + "\n\nYour previous answer was rejected: " + problem
                            + "\nAnswer again, in full, so that it fits the schema.",
                    prompt.schemaName(),
                    prompt.schema());
        }

        private static Attempted asked(ChatModel model, ChatPrompt prompt, Attempted before) {
            try {
                ChatAnswer answer = model.complete(prompt);
                String problem = switch (answer.finish()) {
                    case REFUSED -> "the model refused to answer";
                    case LENGTH -> "the answer was cut at the token limit";
                    case STOP ->
                        AnswerSchema.problem(prompt.schema(), answer.content()).orElse(null);
                };
                return before.then(answer, problem);
            } catch (ModelCallException e) {
                return before.failedWith(e);
            }
        }
    }

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
