package com.tiktokrec.common.model;

import com.tiktokrec.common.model.client.EmbeddingPacks;
import com.tiktokrec.common.model.client.EmbeddingPacks.PackAnswer;
import com.tiktokrec.common.model.client.Outcome;
import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Videos;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Embeds the texts of one partition in packs, several at a time where a server does it. */
record EmbeddingTask(TaskPlan plan, EmbeddingSpec spec, String prefix, String modelKey)
        implements MapPartitionsFunction<Row, Row> {

    private static final int LOCAL_PACK = 64;

    /** Coordinates of a vector where its dimension is the server's to choose. */
    private static final int LIKELY_DIMENSIONS = 3_072;

    /** A coordinate as base64, as characters, and as a float. */
    private static final long BYTES_OF_A_COORDINATE = 16;

    private static final long BYTES_OF_A_CHARACTER = 4;

    /** Texts of one request, each with its row. */
    private record Sent(List<Row> rows, PackAnswer answer) {}

    @Override
    public Iterator<Row> call(Iterator<Row> texts) {
        String executor = SparkEnv.get().executorId();
        UnaryOperator<String> cut = spec.cutting();
        EmbeddingPacks packs = new EmbeddingPacks(
                ModelClients.embedding(plan.runId(), spec, executor),
                spec.local() ? TokenCounter.quarterOfCharacters() : ModelClients.embeddingTokens(),
                spec.local() ? LOCAL_PACK : spec.maxInputsPerRequest(),
                spec.local() ? Integer.MAX_VALUE : spec.maxTokensPerRequest());
        new CallingTask(plan, executor)
                .run(
                        texts,
                        new CallingTask.Calls<List<Row>, Sent>(
                                Videos.TEXT_HASH,
                                rows -> packs.pack(rows, row -> text(row, cut)),
                                spec.local() ? 1 : spec.maxInFlight(),
                                this::bytes,
                                pack -> new Sent(
                                        pack,
                                        packs.embed(pack.stream()
                                                .map(row -> text(row, cut))
                                                .toList())),
                                this::stage));
        return Collections.emptyIterator();
    }

    private String text(Row row, UnaryOperator<String> cut) {
        return cut.apply(prefix + row.getAs(EmbeddingCalls.TEXT));
    }

    private long bytes(List<Row> pack) {
        int dimensions = spec.dimensions() > 0 ? spec.dimensions() : LIKELY_DIMENSIONS;
        return pack.stream()
                .mapToLong(row -> row.<String>getAs(EmbeddingCalls.TEXT).length() * BYTES_OF_A_CHARACTER
                        + dimensions * BYTES_OF_A_COORDINATE)
                .sum();
    }

    private void stage(Sent sent, StagedOutcomes outcomes) {
        for (int index = 0; index < sent.rows().size(); index++) {
            String textHash = sent.rows().get(index).getAs(Videos.TEXT_HASH);
            Outcome<float[]> outcome = sent.answer().outcomes().get(index);
            if (outcome instanceof Outcome.Success<float[]> success) {
                byte[] vector = littleEndian(success.value());
                outcomes.answered(textHash, json -> {
                    json.writeStringField(Videos.TEXT_HASH, textHash);
                    json.writeStringField(Categories.EMBEDDING_MODEL, modelKey);
                    json.writeBinaryField(Categories.EMBEDDING, vector);
                    json.writeStringField(Table.RUN_ID, plan.runId());
                });
            } else if (outcome instanceof Outcome.Failure<float[]> failure) {
                outcomes.failed(textHash, Videos.TEXT_HASH, failure.reason());
            }
        }
    }

    private static byte[] littleEndian(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    /** The inverse, for staged files. */
    static Float[] vector(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        Float[] vector = new Float[bytes.length / Float.BYTES];
        ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < vector.length; index++) {
            vector[index] = floats.getFloat();
        }
        return vector;
    }
}
