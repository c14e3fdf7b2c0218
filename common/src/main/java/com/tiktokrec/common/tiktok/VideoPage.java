package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A page of videos, from any of the shapes that endpoints have.
 *
 * @param cursor where the next page starts
 * @param searchId what a search's next page is asked for with
 */
public record VideoPage(List<Video> videos, boolean hasMore, Optional<String> cursor, Optional<String> searchId) {

    /**
     * Reads a page; an absent list is an empty one.
     *
     * @throws TikTokFailure where the list is no list
     */
    public static VideoPage of(JsonNode body) {
        JsonNode data = body.path("data");
        JsonNode page = data.isObject() ? data : body;
        List<Video> videos = StreamSupport.stream(entries(page, data).spliterator(), false)
                .flatMap(entry -> Video.of(entry).stream())
                .toList();
        return new VideoPage(
                videos,
                Fields.isTrue(page, "hasMore") || Fields.isTrue(page, "has_more"),
                Fields.text(page, "cursor"),
                Fields.text(body.path("log_pb"), "impr_id"));
    }

    private static JsonNode entries(JsonNode page, JsonNode data) {
        for (String name : List.of("itemList", "item_list")) {
            JsonNode list = page.path(name);
            if (list.isArray()) {
                return list;
            }
            if (!list.isMissingNode() && !list.isNull()) {
                throw new TikTokFailure(TikTokFailure.Kind.MALFORMED, "the answer's " + name + " is no list");
            }
        }
        // A missing node has no entries.
        return data.isArray() ? data : MissingNode.getInstance();
    }
}
