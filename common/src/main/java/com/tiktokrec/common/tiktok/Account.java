package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A user as user/info tells it.
 *
 * @param username lower-case, without {@code @}
 * @param secUid what the user's lists are asked for by; empty in rare answers, whose lists can't be had
 */
public record Account(
        Optional<String> id,
        String username,
        Optional<String> secUid,
        boolean isPrivate,
        Optional<String> region,
        Optional<String> language,
        OptionalLong followers,
        OptionalLong videos) {

    /** Whether an answer tells that there is no such user: its userInfo is there, and empty. */
    static boolean isAbsent(JsonNode body) {
        JsonNode info = body.path("userInfo");
        JsonNode user = info.path("user");
        return info.isObject() && (user.isMissingNode() || user.isNull() || (user.isObject() && user.isEmpty()));
    }

    /**
     * The account of an answer; empty where there is no such user.
     *
     * @throws TikTokFailure where the answer is not of that shape
     */
    public static Optional<Account> of(JsonNode body) {
        if (isAbsent(body)) {
            return Optional.empty();
        }
        JsonNode info = body.path("userInfo");
        JsonNode user = info.path("user");
        String username = Fields.text(user, "uniqueId")
                .orElseThrow(() ->
                        new TikTokFailure(TikTokFailure.Kind.MALFORMED, "the answer has no userInfo.user.uniqueId"));
        JsonNode exact = info.path("statsV2");
        JsonNode rounded = info.path("stats");
        return Optional.of(new Account(
                Fields.text(user, "id"),
                username.toLowerCase(Locale.ROOT),
                Fields.text(user, "secUid"),
                Fields.isTrue(user, "privateAccount"),
                Fields.text(user, "region"),
                Fields.text(user, "language"),
                Fields.count(exact, rounded, "followerCount"),
                Fields.count(exact, rounded, "videoCount")));
    }
}
