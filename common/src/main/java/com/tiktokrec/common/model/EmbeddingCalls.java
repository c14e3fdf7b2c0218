package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.any_value;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import java.time.Duration;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Embedding calls as a step over a DataFrame: texts without a stored vector are embedded, each distinct one once, and
 * stored. A text that fails has no vector, and is tried again by the next run.
 */
public final class EmbeddingCalls {

    /** The text to embed, beside {@link Videos#TEXT_HASH}. */
    public static final String TEXT = "text";

    private static final String STORED = "stored";
    private static final String COPIES = "copies";

    /** Columns of staged vectors: the table's, but for the vector, which is base64. */
    private static final StructType STAGED = new StructType(new StructField[] {
        Fields.string(Videos.TEXT_HASH),
        Fields.string(Categories.EMBEDDING_MODEL),
        Fields.string(Categories.EMBEDDING),
        Fields.string(Table.RUN_ID)
    });

    /** Any character but white space of any script. */
    private static final String NOT_BLANK = "(?U)\\S";

    /** Texts of one task: small enough that a long step shows progress. */
    private static final int TEXTS_PER_TASK = 1_000;

    private final Warehouse warehouse;
    private final EmbeddingSpec spec;
    private final CallLog log;
    private final AnswerStore answers;
    private final Optional<BatchCalls> batches;

    public EmbeddingCalls(Warehouse warehouse, EmbeddingSpec spec, CallLog log) {
        this(warehouse, spec, log, Optional.empty());
    }

    /** @param batches where the provider's batch jobs come first, and calls only make what they leave */
    public EmbeddingCalls(Warehouse warehouse, EmbeddingSpec spec, CallLog log, Optional<BatchCalls> batches) {
        this.warehouse = warehouse;
        this.spec = spec;
        this.log = log;
        this.answers = new AnswerStore(warehouse, Embeddings.TABLE, STAGED, EmbeddingCalls::decoded);
        this.batches = spec.local() ? Optional.empty() : batches;
    }

    /** The model and its settings. */
    public EmbeddingSpec spec() {
        return spec;
    }

    /**
     * Makes sure that texts have vectors in the store.
     *
     * @param texts {@link Videos#TEXT_HASH} and {@link #TEXT}; repeated and blank texts cost nothing
     */
    public void embed(String step, Role role, Dataset<Row> texts) {
        answers.adopt();
        batches.flatMap(batch -> batch.adopt(spec)).ifPresent(totals -> log.called("earlier_batches", totals));
        Dataset<Row> distinct = texts.where(col(TEXT).rlike(NOT_BLANK))
                .groupBy(Videos.TEXT_HASH)
                .agg(any_value(col(TEXT)).as(TEXT), count(lit(1)).as(COPIES))
                .join(
                        vectors(role).select(col(Videos.TEXT_HASH), lit(true).as(STORED)),
                        new String[] {Videos.TEXT_HASH},
                        "left")
                .persist();
        Row counts = distinct.agg(count(lit(1)), count(STORED), coalesce(sum(COPIES), lit(0L)))
                .head();
        long requested = counts.getLong(0);
        log.deduplicated(step, counts.getLong(2) - requested);
        long toCall = requested - counts.getLong(1);
        if (toCall > 0) {
            Dataset<Row> missing = distinct.where(col(STORED).isNull()).drop(STORED, COPIES);
            if (batches.isPresent()) {
                BatchCalls.Came came = batches.get().embeddings(spec, role, missing);
                log.called(step, came.totals().with(requested - toCall));
                missing = BatchCalls.rest(missing, vectors(role), Videos.TEXT_HASH, came.refused())
                        .persist();
                toCall = missing.count();
                requested = toCall;
            }
            if (toCall > 0) {
                log.called(step, called(step, role, missing, requested, toCall));
            }
        } else if (requested > 0) {
            log.called(step, CallTotals.allCached(requested));
        }
        distinct.unpersist();
    }

    /** What {@link #embed} would buy, without a call; a local model costs nothing. */
    public StepEstimate estimate(String step, Role role, Dataset<Row> texts, boolean assumed) {
        String prefix = spec.prefix(role);
        Column counted = udf(
                        (String text) -> (long) ModelClients.embeddingTokens().count(prefix + text), DataTypes.LongType)
                .apply(col(TEXT));
        Row sums = texts.where(col(TEXT).rlike(NOT_BLANK))
                .select(Videos.TEXT_HASH, TEXT)
                .dropDuplicates(Videos.TEXT_HASH)
                .join(vectors(role), new String[] {Videos.TEXT_HASH}, "left_anti")
                .select(counted.as(COPIES))
                .agg(count(lit(1)), coalesce(sum(COPIES), lit(0L)))
                .head();
        return estimate(step, sums.getLong(0), sums.getLong(1), assumed);
    }

    /** The same for texts that are not known yet: so many of them, with so many tokens together. */
    public StepEstimate estimate(String step, long texts, long tokens, boolean assumed) {
        long byInputs = (texts + spec.maxInputsPerRequest() - 1) / spec.maxInputsPerRequest();
        long byTokens = (tokens + spec.maxTokensPerRequest() - 1) / spec.maxTokensPerRequest();
        long calls = spec.local() ? 0 : Math.max(byInputs, byTokens);
        return new StepEstimate(
                step + " (vectors)",
                spec.name(),
                calls,
                tokens,
                0,
                BatchCalls.price(batches) * spec.price().usd(tokens, 0),
                assumed);
    }

    /** Calls the model, once for each text, and stores what came. */
    private CallTotals called(String step, Role role, Dataset<Row> missing, long requested, long toCall) {
        CallDesk desk = CallDesk.open(warehouse.runId(), CallRules.NONE, Duration.ZERO);
        int inFlight = spec.local() ? 0 : spec.maxInFlight();
        try (CallDesk.Batch batch = desk.begin(step, ModelKind.EMBEDDING, toCall, inFlight)) {
            TaskPlan plan = TaskPlan.of(warehouse, Embeddings.TABLE, batch, desk.rules());
            answers.inWaves(
                    batch,
                    desk.rules(),
                    () -> missing.repartition(tasks(toCall))
                            .mapPartitions(
                                    new EmbeddingTask(plan, spec, spec.prefix(role), spec.modelKey(role)),
                                    Encoders.row(STAGED))
                            .collectAsList());
            return batch.totals(requested);
        }
    }

    /** The local model computes on every core; calls over the network only wait. */
    private int tasks(long toCall) {
        SparkSession spark = warehouse.spark();
        int cores = spark.sparkContext().defaultParallelism();
        return Math.toIntExact(
                spec.local()
                        ? Math.max(Math.min(toCall, cores), toCall / TEXTS_PER_TASK)
                        : Math.min(toCall, Parallelism.callingTasks(spark)));
    }

    private static Dataset<Row> decoded(Dataset<Row> staged) {
        return staged.withColumn(
                Categories.EMBEDDING,
                udf((String base64) -> EmbeddingTask.vector(base64), DataTypes.createArrayType(DataTypes.FloatType))
                        .apply(col(Categories.EMBEDDING)));
    }

    /** The stored vectors of this model: {@link Videos#TEXT_HASH} and {@link Categories#EMBEDDING}. */
    public Dataset<Row> vectors(Role role) {
        return warehouse
                .read(Embeddings.TABLE)
                .where(col(Categories.EMBEDDING_MODEL).equalTo(spec.modelKey(role)))
                .select(Videos.TEXT_HASH, Categories.EMBEDDING);
    }
}
