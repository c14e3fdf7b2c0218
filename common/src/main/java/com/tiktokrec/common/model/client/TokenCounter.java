package com.tiktokrec.common.model.client;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/** Counts the tokens of a text before it is sent. */
@FunctionalInterface
public interface TokenCounter {

    int count(String text);

    /** As gpt-4o and later chat models count (o200k_base). Loads a table: make one and keep it. */
    static TokenCounter o200kBase() {
        return counter(EncodingType.O200K_BASE);
    }

    /** As text-embedding-3 and text-embedding-ada-002 count (cl100k_base). Loads a table: make one and keep it. */
    static TokenCounter cl100kBase() {
        return counter(EncodingType.CL100K_BASE);
    }

    /** A quarter of the characters, rounded up: for models with tokenizers of their own. */
    static TokenCounter quarterOfCharacters() {
        return text -> (text.length() + 3) / 4;
    }

    private static TokenCounter counter(EncodingType type) {
        Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
        // "Ordinary": strangers may write <|endoftext|>, which is text to count and no reason to fail.
        return encoding::countTokensOrdinary;
    }
}
