package com.tiktokrec.common.model.client;

/** A chat model that answers one prompt with JSON that fits the prompt's schema. Thread-safe. */
public interface ChatModel extends AutoCloseable {

    /**
     * Sends one prompt.
     *
     * @return the answer as the model gave it: the caller looks at {@link ChatAnswer#finish()} before it parses
     * @throws ModelCallException classified: to be retried, this prompt's own fault, or final for the run
     */
    ChatAnswer complete(ChatPrompt prompt);

    @Override
    void close();
}
