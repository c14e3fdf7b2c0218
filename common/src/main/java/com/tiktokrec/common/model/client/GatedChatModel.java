package com.tiktokrec.common.model.client;

import com.tiktokrec.common.model.client.CallGate.Permit;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A chat model whose every attempt passes the gate. */
public final class GatedChatModel implements ChatModel {

    /** Roles and delimiters, which a server counts besides the texts. */
    private static final int TOKENS_OF_THE_FRAME = 20;

    private final ChatModel model;
    private final CallGate gate;
    private final TokenCounter tokens;
    private final int maxOutputTokens;
    private final CallPrice price;

    public GatedChatModel(ChatModel model, CallGate gate, TokenCounter tokens, int maxOutputTokens, CallPrice price) {
        this.model = model;
        this.gate = gate;
        this.tokens = tokens;
        this.maxOutputTokens = maxOutputTokens;
        this.price = price;
    }

    @Override
    public ChatAnswer complete(ChatPrompt prompt) {
        long promptTokens = promptTokens(tokens, prompt);
        return permitted(
                gate,
                promptTokens + maxOutputTokens,
                price.usd(promptTokens, maxOutputTokens),
                () -> model.complete(prompt),
                (permit, answer) -> permit.answered(
                        answer.promptTokens(),
                        answer.completionTokens(),
                        price.usd(answer.promptTokens(), answer.completionTokens())));
    }

    /** Makes a call under a permit, and tells the gate what came of it. */
    static <A> A permitted(CallGate gate, long tokens, double usd, Supplier<A> call, BiConsumer<Permit, A> onAnswer) {
        Permit permit = admitted(gate, tokens, usd);
        try {
            A answer = call.get();
            onAnswer.accept(permit, answer);
            return answer;
        } catch (ModelCallException e) {
            permit.failed(e);
            throw e;
        } catch (RuntimeException | Error e) {
            permit.aborted();
            throw e;
        }
    }

    /** Tokens of a prompt as they are counted before it is sent. */
    public static long promptTokens(TokenCounter tokens, ChatPrompt prompt) {
        return (long) tokens.count(prompt.system())
                + tokens.count(prompt.user())
                + tokens.count(prompt.schema())
                + TOKENS_OF_THE_FRAME;
    }

    private static Permit admitted(CallGate gate, long tokens, double usd) {
        try {
            return gate.admit(tokens, usd);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted before the call was sent");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
