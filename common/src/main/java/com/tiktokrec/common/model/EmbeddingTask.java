package com.tiktokrec.common.model;

import static com.tiktokrec.common.http.InFlight.inFlight;

import com.tiktokrec.common.http.InFlight;
import com.tiktokrec.common.model.client.EmbeddingPacks;
import com.tiktokrec.common.model.client.EmbeddingPacks.PackAnswer;
import com.tiktokrec.common.model.client.Outcome;
import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.tables.Videos;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import scala.collection.immutable.ArraySeq;

/** Embeds the texts of one partition in packs, several at a time where a server does it. */
record EmbeddingTask(EmbeddingSpec spec, String runId, String prefix, int maxInFlight)
        implements MapPartitionsFunction<Row, Row> {

    private static final int LOCAL_PACK = 64;

    @Override
    public Iterator<Row> call(Iterator<Row> texts) {
        EmbeddingPacks packs = new EmbeddingPacks(
                ModelClients.embedding(runId, spec),
                spec.local() ? TokenCounter.quarterOfCharacters() : TokenCounter.cl100kBase(),
                spec.local() ? LOCAL_PACK : spec.maxInputsPerRequest(),
                spec.local() ? Integer.MAX_VALUE : spec.maxTokensPerRequest());
        InFlight<List<Row>, List<Row>> calls =
                inFlight(packs.pack(texts, this::text), spec.local() ? 1 : maxInFlight, pack -> outcomes(packs, pack));
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> calls.close());
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(calls, Spliterator.ORDERED), false)
                .flatMap(List::stream)
                .iterator();
    }

    private String text(Row row) {
        return prefix + row.getAs(EmbeddingCalls.TEXT);
    }

    private List<Row> outcomes(EmbeddingPacks packs, List<Row> pack) {
        PackAnswer answer = packs.embed(pack.stream().map(this::text).toList());
        List<Row> outcomes = new ArrayList<>(pack.size());
        for (int index = 0; index < pack.size(); index++) {
            // Tokens and attempts belong to the whole pack: its first row carries them, so that sums are right.
            long tokens = index == 0 ? answer.promptTokens() : 0;
            long attempts = index == 0 ? answer.attempts() : 0;
            String textHash = pack.get(index).getAs(Videos.TEXT_HASH);
            Outcome<float[]> outcome = answer.outcomes().get(index);
            if (outcome instanceof Outcome.Success<float[]> success) {
                outcomes.add(
                        RowFactory.create(textHash, ArraySeq.unsafeWrapArray(success.value()), null, tokens, attempts));
            } else if (outcome instanceof Outcome.Failure<float[]> failure) {
                outcomes.add(RowFactory.create(textHash, null, failure.reason(), tokens, attempts));
            }
        }
        return outcomes;
    }
}
