package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads fields in each way that real answers spell them. */
final class Fields {

    private static final int LONGEST_NUMBER = 19;

    private Fields() {}

    /** Text, or a number as text; empty where it is missing, blank or neither. */
    static Optional<String> text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isTextual() || value.isNumber()
                ? Optional.of(value.asText().strip()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /** A whole number, also as text; empty where it is none. */
    static OptionalLong whole(JsonNode object, String field) {
        Optional<String> text =
                text(object, field).filter(digits -> digits.matches("-?[0-9]{1," + LONGEST_NUMBER + "}"));
        try {
            return text.map(digits -> OptionalLong.of(Long.parseLong(digits))).orElseGet(OptionalLong::empty);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** A count from the exact numbers, else from the rounded ones; a negative one, an overflow seen in the wild, is none. */
    static OptionalLong count(JsonNode exact, JsonNode rounded, String field) {
        OptionalLong count = atLeastZero(whole(exact, field));
        return count.isPresent() ? count : atLeastZero(whole(rounded, field));
    }

    private static OptionalLong atLeastZero(OptionalLong number) {
        return number.isPresent() && number.getAsLong() >= 0 ? number : OptionalLong.empty();
    }

    /** A yes in any of the ways seen (true, 1, "1", "true"); anything else is a no. */
    static boolean isTrue(JsonNode object, String field) {
        String text = object.path(field).asText("").toLowerCase(Locale.ROOT);
        return text.equals("true") || text.equals("1");
    }
}
