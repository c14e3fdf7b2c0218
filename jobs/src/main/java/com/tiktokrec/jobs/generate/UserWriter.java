package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes an account as the body of a {@code user/info} or {@code user/info-with-region} answer. */
final class UserWriter {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private UserWriter() {}

    static ObjectNode body(Account account, boolean privateAccount, boolean withRegion) {
        ObjectNode body = JSON.objectNode();
        ObjectNode userInfo = body.putObject("userInfo");
        ObjectNode user = userInfo.putObject("user");
        user.put("id", account.userId());
        user.put("uniqueId", account.username());
        user.put("nickname", account.nickname());
        user.put("signature", account.bio());
        user.put("verified", account.verified());
        user.put("secUid", account.secUid());
        if (!account.bioLink().isEmpty()) {
            user.putObject("bioLink").put("link", account.bioLink()).put("risk", 0);
        }
        ObjectNode commerce = user.putObject("commerceUserInfo");
        commerce.put("commerceUser", account.organization());
        if (account.organization()) {
            commerce.put("category", "Shopping & Retail");
        }
        user.put("privateAccount", privateAccount);
        if (withRegion) {
            user.put("createTime", account.createdAt());
            user.put("language", account.language());
            if (account.createdAt() % 4 != 0) {
                user.put("region", account.region());
            }
            user.put("isOrganization", account.organization() ? 1 : 0);
        }
        userInfo.set("stats", roundedStats(account));
        ObjectNode exact = userInfo.putObject("statsV2");
        exact.put("followerCount", Long.toString(account.followers()));
        exact.put("followingCount", Long.toString(account.following()));
        exact.put("heart", Long.toString(account.hearts()));
        exact.put("heartCount", Long.toString(account.hearts()));
        exact.put("videoCount", Long.toString(account.videoCount()));
        exact.put("diggCount", Long.toString(account.likesGiven()));
        body.put("statusCode", 0);
        body.put("statusMsg", "");
        return body;
    }

    /** An answer about a user who doesn't exist. */
    static ObjectNode missing(int statusCode) {
        ObjectNode body = JSON.objectNode();
        body.putObject("userInfo");
        body.put("statusCode", statusCode);
        body.put("statusMsg", "");
        return body;
    }

    static ObjectNode roundedStats(Account account) {
        ObjectNode stats = JSON.objectNode();
        stats.put("followerCount", Counts.rounded(account.followers()));
        stats.put("followingCount", account.following());
        stats.put("heart", Counts.rounded(account.hearts()));
        stats.put("heartCount", Counts.rounded(account.hearts()));
        stats.put("videoCount", account.videoCount());
        stats.put("diggCount", Counts.rounded(account.likesGiven()));
        return stats;
    }
}
