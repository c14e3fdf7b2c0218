package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A well-formed answer without an error in it.
 *
 * @param fetchedAt when the API gave it, however long ago
 * @param stale whether it had expired, and serves because the API failed
 * @param body as it came
 */
public record TikTokAnswer(TikTokRequest request, Instant fetchedAt, boolean stale, JsonNode body) {

    TikTokAnswer asStale() {
        return new TikTokAnswer(request, fetchedAt, true, body);
    }
}
