package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What makes a record malformed, so that a reader has to refuse it. */
enum Flaw {
    /** A line that is no JSON at all, such as a gateway's error page. */
    NOT_JSON,
    /** A line that ends in the middle of a record. */
    TRUNCATED,
    /** An item without id. */
    NO_ID,
    /** An item without author. */
    NO_AUTHOR,
    /** An item whose play count is an object. */
    COUNT_IS_OBJECT;

    private static final String ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head>"
            + "<body><center><h1>502 Bad Gateway</h1></center></body></html>";

    boolean ofLine() {
        return this == NOT_JSON || this == TRUNCATED;
    }

    /** Spoils an item. */
    void spoil(ObjectNode item) {
        switch (this) {
            case NO_ID -> item.remove("id");
            case NO_AUTHOR -> item.remove("author");
            case COUNT_IS_OBJECT -> {
                item.remove("statsV2");
                item.putObject("stats").putObject("playCount").put("value", 1_200);
            }
            case NOT_JSON, TRUNCATED -> throw new IllegalArgumentException(this + " spoils lines, not items.");
        }
    }

    /** A spoiled version of a line. */
    String spoiled(String line) {
        if (this == NOT_JSON) {
            return ERROR_PAGE;
        }
        int length = line.length() * 2 / 3;
        return line.substring(0, Character.isHighSurrogate(line.charAt(length - 1)) ? length - 1 : length);
    }
}
