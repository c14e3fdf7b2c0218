package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A video as lists show it.
 *
 * @param author the user name, where the list tells it
 * @param createdAt seconds since 1970
 */
public record Video(
        String id,
        Optional<String> author,
        String description,
        OptionalLong createdAt,
        OptionalLong plays,
        OptionalLong likes,
        OptionalLong comments,
        OptionalLong shares,
        OptionalLong saves) {

    /** The video of a list's entry; empty for a card without one. */
    static Optional<Video> of(JsonNode entry) {
        JsonNode item = entry.path("item").isObject() && !entry.has("id") ? entry.path("item") : entry;
        return Fields.text(item, "id").map(id -> of(id, item));
    }

    private static Video of(String id, JsonNode item) {
        JsonNode exact = item.path("statsV2");
        JsonNode rounded = item.path("stats");
        JsonNode author = item.path("author");
        return new Video(
                id,
                author.isTextual() ? Fields.text(item, "author") : Fields.text(author, "uniqueId"),
                item.path("desc").asText(""),
                Fields.whole(item, "createTime"),
                Fields.count(exact, rounded, "playCount"),
                Fields.count(exact, rounded, "diggCount"),
                Fields.count(exact, rounded, "commentCount"),
                Fields.count(exact, rounded, "shareCount"),
                Fields.count(exact, rounded, "collectCount"));
    }
}
