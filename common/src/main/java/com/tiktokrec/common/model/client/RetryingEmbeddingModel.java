package com.tiktokrec.common.model.client;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.http.Sleeper;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Tries retriable failures again and counts the attempts into the answer. After a final failure every further call
 * fails at once with the same message, without reaching the model: share one instance a JVM.
 */
public final class RetryingEmbeddingModel implements EmbeddingModel {

    private final EmbeddingModel model;
    private final Attempts attempts;

    public RetryingEmbeddingModel(EmbeddingModel model, RetryPolicy policy) {
        this(model, policy, Sleeper.THREAD, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param random uniform in [0, 1), the share of the back-off's bound that is waited */
    public RetryingEmbeddingModel(EmbeddingModel model, RetryPolicy policy, Sleeper sleeper, DoubleSupplier random) {
        this.model = model;
        this.attempts = new Attempts(policy, sleeper, random);
    }

    @Override
    public EmbeddingAnswer embed(List<String> texts) {
        Attempts.Result<EmbeddingAnswer> result = attempts.make(() -> model.embed(texts));
        return result.value().withAttempts(result.count());
    }

    @Override
    public void close() {
        model.close();
    }
}
