package com.tiktokrec.common.model;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Embedding calls as a step over a DataFrame: texts without a stored vector are embedded, each distinct one once, and
 * stored. A text that fails has no vector, and is tried again by the next run.
 */
public final class EmbeddingCalls {

    /** The text to embed, beside {@link Videos#TEXT_HASH}. */
    public static final String TEXT = "text";

    static final String FAILURE = "failure";

    private static final String STORED = "stored";

    static final StructType OUTCOME = new StructType(new StructField[] {
        Fields.string(Videos.TEXT_HASH),
        Fields.vector(Categories.EMBEDDING),
        Fields.string(FAILURE),
        Fields.bigint(Runs.PROMPT_TOKENS),
        Fields.bigint(ModelResponses.ATTEMPTS)
    });

    /** Any character but white space of any script. */
    private static final String NOT_BLANK = "(?U)\\S";

    /** Texts of one task: small enough that a long step shows progress. */
    private static final int TEXTS_PER_TASK = 1_000;

    private final Warehouse warehouse;
    private final EmbeddingSpec spec;
    private final CallLog log;

    public EmbeddingCalls(Warehouse warehouse, EmbeddingSpec spec, CallLog log) {
        this.warehouse = warehouse;
        this.spec = spec;
        this.log = log;
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
        Dataset<Row> distinct = texts.where(col(TEXT).rlike(NOT_BLANK))
                .select(Videos.TEXT_HASH, TEXT)
                .dropDuplicates(Videos.TEXT_HASH)
                .join(
                        vectors(role).select(col(Videos.TEXT_HASH), lit(true).as(STORED)),
                        new String[] {Videos.TEXT_HASH},
                        "left")
                .persist();
        Row counts = distinct.agg(count(lit(1)), count(STORED)).head();
        long requested = counts.getLong(0);
        long toCall = requested - counts.getLong(1);
        if (toCall > 0) {
            Dataset<Row> missing = distinct.where(col(STORED).isNull()).drop(STORED);
            log.called(step, outcome(step, role, missing, requested, toCall));
        } else if (requested > 0) {
            log.called(step, CallTotals.allCached(requested));
        }
        distinct.unpersist();
    }

    /** Calls the model, once for each text, and stages what came of it: no later action can call again. */
    private CallTotals outcome(String step, Role role, Dataset<Row> missing, long requested, long toCall) {
        String staging = warehouse.stagingPath("embeddings-" + step);
        called(role, missing, toCall).write().mode("overwrite").parquet(staging);
        Dataset<Row> outcomes = warehouse.spark().read().schema(OUTCOME).parquet(staging);
        store(role, outcomes);
        return totals(requested, toCall, outcomes);
    }

    private void store(Role role, Dataset<Row> outcomes) {
        warehouse.append(
                Embeddings.TABLE,
                outcomes.where(col(Categories.EMBEDDING).isNotNull())
                        .withColumn(Categories.EMBEDDING_MODEL, lit(spec.modelKey(role))));
    }

    /** The stored vectors of this model: {@link Videos#TEXT_HASH} and {@link Categories#EMBEDDING}. */
    public Dataset<Row> vectors(Role role) {
        return warehouse
                .read(Embeddings.TABLE)
                .where(col(Categories.EMBEDDING_MODEL).equalTo(spec.modelKey(role)))
                .select(Videos.TEXT_HASH, Categories.EMBEDDING);
    }

    private Dataset<Row> called(Role role, Dataset<Row> missing, long toCall) {
        SparkSession spark = warehouse.spark();
        long tasks = Math.max(
                Math.min(toCall, spark.sparkContext().defaultParallelism()),
                spec.local() ? toCall / TEXTS_PER_TASK : 1);
        return missing.repartition(Math.toIntExact(tasks))
                .mapPartitions(
                        new EmbeddingTask(
                                spec,
                                warehouse.runId(),
                                spec.prefix(role),
                                Parallelism.perTask(spark, spec.maxInFlight())),
                        Encoders.row(OUTCOME));
    }

    private CallTotals totals(long requested, long toCall, Dataset<Row> outcomes) {
        Row sums = outcomes.agg(
                        count(col(Categories.EMBEDDING)),
                        coalesce(sum(ModelResponses.ATTEMPTS), lit(0L)),
                        coalesce(sum(Runs.PROMPT_TOKENS), lit(0L)),
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
                0,
                sums.getLong(2) * spec.inputPrice() / 1e6,
                sums.getString(3));
    }
}
