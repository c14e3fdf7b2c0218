package com.tiktokrec.common.model.client;

import com.tiktokrec.common.model.client.CallGate.Permit;
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
        Permit permit = GatedChatModel.admitted(gate, counted, price.usd(counted, 0));
        try {
            EmbeddingAnswer answer = model.embed(texts);
            permit.answered(answer.promptTokens(), 0, price.usd(answer.promptTokens(), 0));
            return answer;
        } catch (ModelCallException e) {
            permit.failed(e);
            throw e;
        } catch (RuntimeException | Error e) {
            permit.aborted();
            throw e;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
