package com.tiktokrec.common.model.client;

import java.util.List;

/** Turns texts into vectors. Thread-safe. */
public interface EmbeddingModel extends AutoCloseable {

    /**
     * Embeds texts, none of them blank, in one call.
     *
     * @return one vector a text, in the texts' order, all of one dimension
     * @throws ModelCallException classified; {@code INPUT} where one of the texts is at fault
     */
    EmbeddingAnswer embed(List<String> texts);

    @Override
    void close();
}
