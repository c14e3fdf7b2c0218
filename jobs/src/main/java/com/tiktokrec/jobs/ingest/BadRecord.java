package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.databind.JsonNode;

/** A record or item that can't be read; its message is the reason that quarantine keeps, never a text of its author. */
final class BadRecord extends Exception {

    private static final long serialVersionUID = 1L;

    BadRecord(String reason) {
        // A night may hold millions of these: no stack trace.
        super(reason, null, false, false);
    }

    static BadRecord missing(String field) {
        return new BadRecord(field + " is missing");
    }

    static BadRecord wrongType(String field, JsonNode found) {
        return new BadRecord(field + " is " + typeOf(found));
    }

    static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case NUMBER -> node.isIntegralNumber() ? "a number" : "a number with a fraction";
            case OBJECT -> "an object";
            case STRING -> "a string";
            default -> "null";
        };
    }
}
