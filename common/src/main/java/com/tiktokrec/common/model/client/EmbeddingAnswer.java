package com.tiktokrec.common.model.client;

import java.util.List;

/**
 * Vectors for the texts of one call.
 *
 * @param vectors one a text, in the order of the texts
 * @param promptTokens tokens read, 0 where the provider counts none
 * @param attempts calls it took to get this answer, 1 where none was retried
 */
public record EmbeddingAnswer(List<float[]> vectors, long promptTokens, int attempts) {

    /** An answer to the first attempt. */
    public EmbeddingAnswer(List<float[]> vectors, long promptTokens) {
        this(vectors, promptTokens, 1);
    }

    EmbeddingAnswer withAttempts(int count) {
        return new EmbeddingAnswer(vectors, promptTokens, count);
    }
}
