package com.tiktokrec.common.model.client;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingResult;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.function.UnaryOperator;

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

    /** Cuts texts to so many tokens of cl100k_base. Loads a table: make one and keep it. */
    static UnaryOperator<String> cutToCl100kBase(int most) {
        Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);
        return text -> {
            // A character takes at most four tokens, one for each of its bytes.
            if (text.length() <= most / 4) {
                return text;
            }
            EncodingResult cut = encoding.encodeOrdinary(text, most);
            return cut.isTruncated() ? encoding.decode(cut.getTokens()) : text;
        };
    }

    private static TokenCounter counter(EncodingType type) {
        Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
        // "Ordinary": strangers may write <|endoftext|>, which is text to count and no reason to fail.
        return encoding::countTokensOrdinary;
    }
}
