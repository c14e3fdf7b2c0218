package com.tiktokrec.common.model.client;

import java.util.List;

/** An embedding model whose every attempt passes the gate. */
public final class GatedEmbeddingModel implements EmbeddingModel {

    private final EmbeddingModel model;
    private final CallGate gate;
    private final TokenCounter tokens;
    private final CallPrice price;

    public GatedEmbeddingModel(EmbeddingModel model, CallGate gate, TokenCounter tokens, CallPrice price) {
        this.model = model;
        this.gate = gate;
        this.tokens = tokens;
        this.price = price;
    }

    @Override
    public EmbeddingAnswer embed(List<String> texts) {
        long counted = texts.stream().mapToLong(tokens::count).sum();
        return GatedChatModel.permitted(
                gate,
                counted,
                price.usd(counted, 0),
                () -> model.embed(texts),
                (permit, answer) -> permit.answered(answer.promptTokens(), 0, price.usd(answer.promptTokens(), 0)));
    }

    @Override
    public void close() {
        model.close();
    }
}
