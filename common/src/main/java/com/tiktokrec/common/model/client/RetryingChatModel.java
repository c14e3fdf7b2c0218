package com.tiktokrec.common.model.client;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.http.Sleeper;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Tries retriable failures again and counts the attempts into the answer. After a final failure every further call
 * fails at once with the same message, without reaching the model: share one instance a JVM.
 */
public final class RetryingChatModel implements ChatModel {

    private final ChatModel model;
    private final Attempts attempts;

    public RetryingChatModel(ChatModel model, RetryPolicy policy) {
        this(model, policy, Sleeper.THREAD, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param random uniform in [0, 1), the share of the back-off's bound that is waited */
    public RetryingChatModel(ChatModel model, RetryPolicy policy, Sleeper sleeper, DoubleSupplier random) {
        this.model = model;
        this.attempts = new Attempts(policy, sleeper, random);
    }

    @Override
    public ChatAnswer complete(ChatPrompt prompt) {
        Attempts.Result<ChatAnswer> result = attempts.make(() -> model.complete(prompt));
        return result.value().withAttempts(result.count());
    }

    @Override
    public void close() {
        model.close();
    }
}
