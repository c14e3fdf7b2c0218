package com.tiktokrec.jobs.ingest;

import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;

/** An account as answers show it: in full in a user answer, in short as an item's author. */
final class AccountParser {

    static final String ACTIVE = "active";
    static final String PRIVATE = "private";
    static final String GONE = "gone";

    private AccountParser() {}

    /**
     * Columns of {@link Landing#USER_SCHEMA} from an account and its counts.
     *
     * @param exact counts that win, field by field, over the rounded ones
     */
    static RowDraft account(String username, JsonObject account, JsonObject exact, JsonObject rounded)
            throws BadRecord {
        Boolean secluded = account.flag("privateAccount");
        return new RowDraft(Landing.USER_SCHEMA)
                .set(Users.USERNAME, username)
                .set(Users.USER_ID, account.id("id"))
                .set(Users.SEC_UID, account.optionalText("secUid"))
                .set(Users.NICKNAME, account.optionalText("nickname"))
                .set(Users.BIO, bio(account))
                .set(Users.VERIFIED, account.flag("verified"))
                .set(Users.FOLLOWER_COUNT, count(exact, rounded, "followerCount"))
                .set(Users.FOLLOWING_COUNT, count(exact, rounded, "followingCount"))
                .set(Users.HEART_COUNT, hearts(exact, rounded))
                .set(Users.VIDEO_COUNT, count(exact, rounded, "videoCount"))
                .set(Users.REGION, account.optionalText("region"))
                .set(Videos.LANGUAGE, account.optionalText("language"))
                .set(Users.IS_ORGANIZATION, account.flag("isOrganization"))
                .set(Users.CATEGORY, within(account, "commerceUserInfo", "category"))
                .set(Users.BIO_LINK, within(account, "bioLink", "link"))
                .set(Users.STATUS, secluded == null ? null : secluded ? PRIVATE : ACTIVE);
    }

    /** An empty bio is one: it was taken away. */
    private static String bio(JsonObject account) {
        var signature = account.value("signature");
        return signature != null && signature.isTextual() ? signature.textValue() : null;
    }

    private static String within(JsonObject account, String object, String field) {
        var value = account.value(object);
        return value != null && value.isObject() ? new JsonObject(object, value).optionalText(field) : null;
    }

    private static Long hearts(JsonObject exact, JsonObject rounded) throws BadRecord {
        Long hearts = count(exact, rounded, "heartCount");
        return hearts != null ? hearts : count(exact, rounded, "heart");
    }

    /** A count from the exact numbers, else from the rounded ones. */
    static Long count(JsonObject exact, JsonObject rounded, String field) throws BadRecord {
        Long count = exact.count(field);
        return count != null ? count : rounded.count(field);
    }
}
