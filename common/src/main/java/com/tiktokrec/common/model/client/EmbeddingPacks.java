package com.tiktokrec.common.model.client;

import com.tiktokrec.common.model.client.ModelCallException.Kind;
import com.tiktokrec.common.model.client.Outcome.Failure;
import com.tiktokrec.common.model.client.Outcome.Success;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Embeds many texts a request. A pack that the server rejects is halved until the text at fault is alone; every text
 * gets an outcome, and a failed call is a failure of its texts, never an exception. Thread-safe if the counter is.
 */
public final class EmbeddingPacks {

    /**
     * Outcomes of one pack.
     *
     * @param outcomes one a text, in the order of the texts
     * @param promptTokens tokens read by the calls that were answered
     * @param attempts attempts of the calls that were answered, and one for each that was not
     * @param calls requests it took, 1 where nothing was halved
     */
    public record PackAnswer(List<Outcome<float[]>> outcomes, long promptTokens, int attempts, int calls) {

        private PackAnswer and(PackAnswer other) {
            return new PackAnswer(
                    Stream.concat(outcomes.stream(), other.outcomes.stream()).toList(),
                    promptTokens + other.promptTokens,
                    attempts + other.attempts,
                    calls + other.calls);
        }
    }

    private final EmbeddingModel model;
    private final TokenCounter tokens;
    private final int maxInputs;
    private final int maxTokens;

    /**
     * @param maxInputs texts in one request, 2,048 at OpenAI
     * @param maxTokens tokens in one request, 300,000 at OpenAI
     */
    public EmbeddingPacks(EmbeddingModel model, TokenCounter tokens, int maxInputs, int maxTokens) {
        if (maxInputs < 1 || maxTokens < 1) {
            throw new IllegalArgumentException("No text fits a request: the greatest inputs and tokens a request must"
                    + " be 1 or more (values: " + maxInputs + ", " + maxTokens + ")");
        }
        this.model = model;
        this.tokens = tokens;
        this.maxInputs = maxInputs;
        this.maxTokens = maxTokens;
    }

    /** Consecutive items in packs within both bounds, read as far as the next pack needs; order is kept. */
    public <T> Iterator<List<T>> pack(Iterator<T> items, Function<? super T, String> text) {
        return new PackedTexts<>(items, text, tokens, maxInputs, maxTokens);
    }

    /** Embeds the texts of one pack, none of them blank. */
    public PackAnswer embed(List<String> texts) {
        try {
            EmbeddingAnswer answer = model.embed(texts);
            return new PackAnswer(
                    answer.vectors().stream()
                            .<Outcome<float[]>>map(Success::new)
                            .toList(),
                    answer.promptTokens(),
                    answer.attempts(),
                    1);
        } catch (ModelCallException e) {
            PackAnswer failed = new PackAnswer(List.of(), 0, e.attempts(), 1);
            if (e.kind() == Kind.INPUT && texts.size() > 1) {
                int half = texts.size() / 2;
                return failed.and(embed(texts.subList(0, half))).and(embed(texts.subList(half, texts.size())));
            }
            List<Outcome<float[]>> failures =
                    texts.stream().<Outcome<float[]>>map(text -> Failure.of(e)).toList();
            return failed.and(new PackAnswer(failures, 0, 0, 0));
        }
    }
}
