package com.tiktokrec.common.model.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Packs of consecutive items, each within a request's bounds; an item too long for any pack is one alone. Lazy. */
final class PackedTexts<T> implements Iterator<List<T>> {

    private final Iterator<T> items;
    private final Function<? super T, String> text;
    private final TokenCounter tokens;
    private final int maxInputs;
    private final int maxTokens;
    private T pending;
    private int pendingTokens;

    PackedTexts(
            Iterator<T> items, Function<? super T, String> text, TokenCounter tokens, int maxInputs, int maxTokens) {
        this.items = items;
        this.text = text;
        this.tokens = tokens;
        this.maxInputs = maxInputs;
        this.maxTokens = maxTokens;
    }

    @Override
    public boolean hasNext() {
        return pending != null || items.hasNext();
    }

    @Override
    public List<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        List<T> pack = new ArrayList<>();
        long sum = 0;
        while (pack.size() < maxInputs && hasNext()) {
            read();
            if (!pack.isEmpty() && sum + pendingTokens > maxTokens) {
                break;
            }
            pack.add(pending);
            sum += pendingTokens;
            pending = null;
        }
        return pack;
    }

    private void read() {
        if (pending == null) {
            pending = items.next();
            pendingTokens = tokens.count(text.apply(pending));
        }
    }
}
