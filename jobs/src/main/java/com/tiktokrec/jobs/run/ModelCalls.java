package com.tiktokrec.jobs.run;

import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.EmbeddingCalls;
import java.util.Optional;

/**
 * The models of a run.
 *
 * @param chat empty with the local provider: clusters, keyword mapping and templates serve instead
 */
public record ModelCalls(Optional<ChatCalls> chat, EmbeddingCalls embeddings) {}
